"""A signed token names the caller: a person of the bank or a channel system. Times are the machine's."""

import time

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.vault import development_key

AUDIENCE = "redress"
ALGORITHM = "HS256"
DEFAULT_LIFETIME_SECONDS = 12 * 3600


class Unauthenticated(RedressError):
    """Send a token: Authorization: Bearer <token> (`redress token` issues one in development)."""

    code = "missing_token"
    status = 401


class BadToken(Unauthenticated):
    """The token is not one of this installation: ask for a new one."""

    code = "bad_token"


class ExpiredToken(Unauthenticated):
    """The token has expired: ask for a new one."""

    code = "expired_token"


class SigningKeyMissing(RedressError):
    """In production the signing key comes from a file: set REDRESS_AUTH_KEY_FILE."""

    code = "signing_key_missing"
    status = 503


class Tokens:
    """Issues and checks tokens with one symmetric key."""

    def __init__(self, key: bytes) -> None:
        self._key = OctKey.import_key(key)

    def issue(self, subject: Subject, lifetime_seconds: int = DEFAULT_LIFETIME_SECONDS) -> str:
        """A token for ``subject``."""
        now = int(time.time())
        claims = {"sub": str(subject), "aud": AUDIENCE, "iat": now, "exp": now + lifetime_seconds}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key)

    def subject_of(self, authorization: str | None) -> Subject:
        """The caller named by an ``Authorization`` header.

        Raises:
            Unauthenticated, BadToken, ExpiredToken
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}).validate(claims)
        except ExpiredTokenError as error:
            raise ExpiredToken from error
        except (JoseError, ValueError) as error:
            raise BadToken from error
        kind, _, id_ = str(claims.get("sub", "")).partition(":")
        if kind not in ("person", "channel") or not id_:
            raise BadToken
        return Subject("person" if kind == "person" else "channel", id_)


def tokens_for(settings: Settings) -> Tokens:
    """The installation's tokens. Raises SigningKeyMissing in production without a key file."""
    if settings.auth_key_file is not None:
        return Tokens(settings.auth_key_file.read_bytes())
    if settings.environment == "production":
        raise SigningKeyMissing
    return Tokens(development_key(settings.data / "keys" / "auth.key"))
