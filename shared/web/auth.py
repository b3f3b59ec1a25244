"""A signed token names the caller: a person of the bank or a channel system. Times are the machine's.

Only the identity service can make one: whoever checks it has the public keys alone, so no service that is taken over
passes for a person.
"""

import time
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError, SecurityWarning
from joserfc.jwk import KeySet

from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.key_files import BadKeyFile, SigningKeyMissing
from shared.sealing.signing_keys import IDENTITY, SigningKey, signing_key

ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "PS256", "RS256"]
"""Asymmetric ones alone: under HS256 a public key, which everybody has, would do as the secret."""
KEY_KINDS = frozenset({"OKP", "EC", "RSA"})
LONGEST_LIFETIME_SECONDS = 12 * 3600
CLOCKS_APART_SECONDS = 60
"""So far the identity service's clock may be ahead of ours."""


class Unauthenticated(RedressError):
    """Send a token: Authorization: Bearer <token> (`redress token` issues one in development)."""

    code = "missing_token"
    status = 401


class BadToken(Unauthenticated):
    """The token is not one of this installation: ask for a new one."""

    code = "bad_token"


class ForeignToken(Unauthenticated):
    """The token was issued by or for somebody else (`iss`, `aud`): ask for one that is meant for Redress."""

    code = "foreign_token"


class ExpiredToken(Unauthenticated):
    """The token has expired: ask for a new one."""

    code = "expired_token"


class TokenTooLong(Unauthenticated):
    """The token is valid for more than 12 hours, or does not say since when and until when: ask for a shorter one."""

    code = "token_too_long"


class TopicsOnly(RedressError):
    """This is a consumer's token, which opens topics on the brokers: ask here as a person or as a channel system."""

    code = "topics_only"
    status = 403


class Tokens:
    """Checks tokens by the identity service's public keys."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            leeway=CLOCKS_APART_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
        )

    def subject_of(self, authorization: str | None) -> Subject:
        """The caller named by an ``Authorization`` header.

        Raises:
            Unauthenticated, BadToken, ForeignToken, ExpiredToken, TokenTooLong, TopicsOnly
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        claims = self._claims_of(token)
        kind, _, id_ = str(claims.get("sub", "")).partition(":")
        if kind == "consumer" and id_:
            raise TopicsOnly
        if kind not in ("person", "channel") or not id_:
            raise BadToken
        return Subject("person" if kind == "person" else "channel", id_)

    def _claims_of(self, token: str) -> dict[str, Any]:
        try:
            # An identity service may call its algorithm by the name that is outdated: no line of ours is about it.
            with warnings.catch_warnings(category=SecurityWarning, action="ignore"):
                claims = jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise ExpiredToken from error
        except (InvalidClaimError, MissingClaimError) as error:
            raise (ForeignToken if error.claim in ("iss", "aud") else BadToken) from error
        except (JoseError, ValueError, TypeError, AttributeError) as error:
            raise BadToken from error
        _check_times(claims)
        return claims


def _check_times(claims: dict[str, Any]) -> None:
    """The lifetime is bounded, and over to the second. Raises TokenTooLong, ExpiredToken."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int):
        raise TokenTooLong
    if expires - issued > LONGEST_LIFETIME_SECONDS:
        raise TokenTooLong
    if expires <= time.time():
        raise ExpiredToken


def tokens_for(settings: Settings) -> Tokens:
    """The check of tokens as the settings say. Raises SigningKeyMissing, BadKeyFile."""
    return Tokens(token_keys(settings), settings.token_issuer, settings.token_audience)


def token_keys(settings: Settings) -> KeySet:
    """The identity service's public keys: from a file, or in development that of `redress token`.

    Raises:
        SigningKeyMissing: production without a file, or the file cannot be read.
        BadKeyFile: it is no set of public keys.
    """
    if settings.token_keys_file is not None:
        return _keys_in(settings.token_keys_file)
    if settings.environment == "production":
        raise SigningKeyMissing("In production tokens are the bank's own: set REDRESS_TOKEN_KEYS_FILE.")
    return KeySet.import_key_set({"keys": [identity_jwk(signing_key(settings, IDENTITY))]})


def identity_jwk(key: SigningKey) -> dict[str, Any]:
    """The public key by which a development installation's tokens are checked, here and by brokers.

    It names no algorithm: that of its tokens goes by two names (``ALGORITHMS`` has both).
    """
    return {name: value for name, value in key.public_jwk().items() if name != "alg"}


@lru_cache(maxsize=8)
def _keys_in(path: Path) -> KeySet:
    try:
        keys = orjson.loads(path.read_bytes())
        if not all(jwk["kty"] in KEY_KINDS and "d" not in jwk for jwk in keys["keys"]):
            raise BadKeyFile(f"{path} may hold public keys alone, of the kinds {', '.join(sorted(KEY_KINDS))}.")
        return KeySet.import_key_set(keys)
    except OSError as error:
        raise SigningKeyMissing(f"{path} cannot be read (REDRESS_TOKEN_KEYS_FILE).") from error
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise BadKeyFile(f"{path} is no JSON Web Key Set: {error!r}") from error
