"""Which key files production refuses: missing, weak, of the wrong kind, open to others, or kept with the data."""

import stat
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.key_files import KEY_BYTES
from shared.sealing.log_keys import log_keys
from shared.sealing.signing_keys import SIGNERS, private_key_from, trusted_keys

LEAST_DIFFERENT_BYTES = 16
"""32 random bytes have fewer once in 10^17 keys."""
LEAST_RSA_BITS = 2048
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITABLE_FOR_OTHERS = stat.S_IWGRP | stat.S_IWOTH
MAKE = "`redress keys make` makes one"


def faults_of_keys(settings: Settings) -> Iterator[str]:
    """A line for every key file that production may not have."""
    private: list[tuple[str, Path | None, Callable[[Path], str | None]]] = [
        ("REDRESS_MASTER_KEY_FILE", settings.master_key_file, lambda path: weakness(path.read_bytes())),
        ("REDRESS_LOG_KEY_FILE", settings.log_key_file, lambda path: _weak_log_key(settings)),
    ]
    for name, path, fault_in in private:
        yield from _checked(settings, name, path, OPEN_TO_OTHERS, fault_in)
    yield from _of_signing(settings)
    public: list[tuple[str, Path | None, Callable[[Path], str | None]]] = [
        ("REDRESS_TRUSTED_KEYS_FILE", settings.trusted_keys_file, lambda path: _trusted_fault(settings)),
        ("REDRESS_TOKEN_KEYS_FILE", settings.token_keys_file, _token_fault),
    ]
    for name, path, fault_in in public:
        yield from _checked(settings, name, path, WRITABLE_FOR_OTHERS, fault_in)
    if settings.token_issuer == Settings.model_fields["token_issuer"].default:
        yield "REDRESS_TOKEN_ISSUER: it is that of development; name the bank's identity service (iss)."
    if settings.kafka_key_file is not None:
        yield from _checked(settings, "REDRESS_KAFKA_KEY_FILE", settings.kafka_key_file, OPEN_TO_OTHERS, lambda _: None)


def _of_signing(settings: Settings) -> Iterator[str]:
    name, folder = "REDRESS_SIGNING_KEYS", settings.signing_keys
    if folder is None:
        yield f"{name}: signing keys come from files in production; name their folder ({MAKE})."
        return
    for path in (folder / f"{signer}.pem" for signer in SIGNERS):
        if path.exists():
            yield from _checked(settings, name, path, OPEN_TO_OTHERS, _weak_private)


def _checked(
    settings: Settings, name: str, path: Path | None, not_allowed: int, fault_in: Callable[[Path], str | None]
) -> Iterator[str]:
    if path is None:
        yield f"{name}: in production it comes from a file; name it ({MAKE})."
        return
    try:
        mode = path.stat().st_mode
        if path.resolve().is_relative_to(settings.data):
            yield f"{name}: {path} lies in the data folder, where backups take it along; keep it elsewhere."
        if mode & not_allowed:
            allowed = "0600" if not_allowed == OPEN_TO_OTHERS else "0644"
            yield f"{name}: {path} has the mode {stat.S_IMODE(mode):04o}, open to others; chmod {allowed}."
        if (why := fault_in(path)) is not None:
            yield f"{name}: {path}: {why}."
    except (OSError, RedressError, ValueError, KeyError, TypeError, JoseError) as error:
        why = error.detail if isinstance(error, RedressError) else f"it cannot be read ({type(error).__name__})"
        yield f"{name}: {path}: {why}"


def weakness(key: bytes) -> str | None:
    """Why these bytes are no key; None when nothing speaks against it."""
    if len(key) != KEY_BYTES:
        return f"a key has {KEY_BYTES} bytes, this one has {len(key)}; {MAKE}"
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    if len(set(key)) < LEAST_DIFFERENT_BYTES or len(steps) == 1:
        return f"the key repeats itself and can be guessed; {MAKE}"
    if key.isascii() and key.decode().isprintable():
        return f"a text is no key: it can be guessed; {MAKE}"
    return None


def _weak_log_key(settings: Settings) -> str | None:
    return next((why for key in log_keys(settings) if (why := weakness(key)) is not None), None)


def _weak_private(path: Path) -> str | None:
    return weakness(private_key_from(path).private_bytes_raw())


def _trusted_fault(settings: Settings) -> str | None:
    missing = set(SIGNERS) - {jwk["redress_signer"] for jwk in trusted_keys(settings).jwks}
    return f"it has no key of {', '.join(sorted(missing))}; {MAKE}" if missing else None


def _token_fault(path: Path) -> str | None:
    keys: list[dict[str, Any]] = orjson.loads(path.read_bytes())["keys"]
    if not keys:
        return "it holds no key"
    if any(jwk["kty"] == "oct" or "d" in jwk for jwk in keys):
        return "it holds a secret, by which everybody who checks tokens could make them; give public keys alone"
    public = [key.public_key for key in KeySet.import_key_set({"keys": keys}).keys]
    if any(isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS for key in public):
        return f"an RSA key is shorter than {LEAST_RSA_BITS} bits"
    return None
