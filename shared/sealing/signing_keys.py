"""A signing key proves who wrote something: private with its owner alone, public with everybody (Ed25519, RFC 8037).

Nobody trusts a key that came by a topic: public keys come from a file that operations gives every process, or in
development from the private keys under the data folder.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.process.settings import Settings
from shared.sealing.key_files import BadKeyFile, SigningKeyMissing, development_key

SIGNERS = ("intake", "intake-inbox", "routing", "sla", "notify", "casework", "casework-api", "console", "ops")
"""Who writes to the log, each under its own name: as `redress up` calls them."""
IDENTITY = "identity"
"""Who says which person or channel system a caller is. In production this is the bank's own identity service."""
SIGNER_MEMBER = "redress_signer"
"""The member of a public JSON Web Key that says whose it is."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One signer's private key, and the id that its public key is known by (RFC 7638)."""

    signer: str
    kid: str
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, signer: str, private: Ed25519PrivateKey) -> "SigningKey":
        """The key with its id."""
        return cls(signer, _jwk(private).thumbprint(), private)

    def public_jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key."""
        public = _jwk(self.private).as_dict(private=False)
        return public | {"kid": self.kid, "use": "sig", "alg": "Ed25519", SIGNER_MEMBER: self.signer}

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(content)


class TrustedKeys:
    """The public keys that count, by id; a signer that changed its key has several."""

    def __init__(self, jwks: Iterable[dict[str, Any]]) -> None:
        self.jwks = [dict(jwk) for jwk in jwks]
        self._keys: dict[str, tuple[str, Ed25519PublicKey]] = {}
        for jwk in self.jwks:
            key = OKPKey.import_key(jwk).public_key
            if not isinstance(key, Ed25519PublicKey) or "d" in jwk:
                raise BadKeyFile("Trusted keys are public Ed25519 keys.")
            self._keys[jwk["kid"]] = jwk[SIGNER_MEMBER], key

    def signer_of(self, kid: str, signature: bytes, content: bytes) -> str | None:
        """Who signed this content; None when no key that counts did."""
        signer, key = self._keys.get(kid, ("", None))
        if key is None:
            return None
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return None
        return signer

    def knows(self, kid: str) -> bool:
        """Whether a key of this id counts, whoever's it is."""
        return kid in self._keys

    def trusts(self, key: SigningKey) -> bool:
        """Whether what this key signs will count as its signer's."""
        return self._keys.get(key.kid, ("", None))[0] == key.signer


def _jwk(private: Ed25519PrivateKey) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _b64(private.public_key().public_bytes_raw()),
                              "d": _b64(private.private_bytes_raw())})  # fmt: skip


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def private_key_from(path: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file. Raises SigningKeyMissing, BadKeyFile."""
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SigningKeyMissing(f"{path} cannot be read: give this process its key (docs/how-to/keys.md).") from error
    except (ValueError, TypeError) as error:
        raise BadKeyFile(f"{path} is no private key in PEM without a password.") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise BadKeyFile(f"{path} is no Ed25519 key.")
    return found


def signing_key(settings: Settings, signer: str) -> SigningKey:
    """The private key of a signer: from its folder, or in development one made under the data folder.

    Raises:
        SigningKeyMissing: production without a folder, or no key of this signer in it.
        BadKeyFile: the file is no such key, or the trusted keys do not name it.
    """
    if settings.signing_keys is None:
        return SigningKey.of(signer, Ed25519PrivateKey.from_private_bytes(_made(settings, signer)))
    found = SigningKey.of(signer, private_key_from(settings.signing_keys / f"{signer}.pem"))
    if not trusted_keys(settings).trusts(found):
        raise BadKeyFile(
            f"{settings.signing_keys / signer}.pem is not among the keys of {signer} in REDRESS_TRUSTED_KEYS_FILE: "
            "give every process the file that names it first (docs/how-to/keys.md)."
        )
    return found


def _made(settings: Settings, signer: str) -> bytes:
    if settings.environment == "production":
        raise SigningKeyMissing("In production signing keys come from files: set REDRESS_SIGNING_KEYS.")
    return development_key(settings.data / "keys" / "signing" / f"{signer}.key")


def trusted_keys(settings: Settings) -> TrustedKeys:
    """The public keys that this process trusts. Raises SigningKeyMissing, BadKeyFile."""
    if settings.trusted_keys_file is not None:
        return _trusted_in(settings.trusted_keys_file, _mark(settings.trusted_keys_file))
    if settings.environment == "production":
        raise SigningKeyMissing("In production trusted keys come from a file: set REDRESS_TRUSTED_KEYS_FILE.")
    return _development_keys(settings.data)


def _mark(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise SigningKeyMissing(f"{path} cannot be read (REDRESS_TRUSTED_KEYS_FILE).") from error


@lru_cache(maxsize=8)
def _trusted_in(path: Path, mark: float) -> TrustedKeys:
    try:
        return TrustedKeys(orjson.loads(path.read_bytes())["keys"])
    except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
        raise BadKeyFile(f"{path} is no JSON Web Key Set with {SIGNER_MEMBER} in each key: {error!r}") from error


@lru_cache(maxsize=8)
def _development_keys(data: Path) -> TrustedKeys:
    settings = Settings(data=data, environment="development", signing_keys=None)
    return TrustedKeys(signing_key(settings, signer).public_jwk() for signer in SIGNERS)
