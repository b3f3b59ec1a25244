"""The identity service of a development installation: it signs tokens, as the bank's own does in production."""

import time
import warnings
from typing import Any

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from shared.contract.subjects import Subject
from shared.errors import BadReference
from shared.process.settings import Settings
from shared.sealing.signing_keys import IDENTITY, SigningKey, signing_key
from shared.web.auth import LONGEST_LIFETIME_SECONDS

FOR_APIS, FOR_BROKERS = "Ed25519", "EdDSA"
"""One algorithm under its two names: the brokers' library of tokens knows the one that is outdated alone."""


class TokenIssuer:
    """Issues tokens with the identity service's private key."""

    def __init__(self, key: SigningKey, issuer: str, audience: str) -> None:
        self._kid = key.kid
        self._key = OKPKey.import_key(key.private)
        self._about = {"iss": issuer, "aud": audience}

    def issue(self, subject: Subject, lifetime_seconds: int = LONGEST_LIFETIME_SECONDS, **claims: Any) -> str:
        """A token for ``subject``; ``claims`` take the place of those it would have, None leaves one out.

        A consumer's is for the brokers, and names its account there (``client_id``).
        """
        now, reads = int(time.time()), subject.kind == "consumer"
        account = {"client_id": subject.principal} if reads else {}
        said = {"sub": str(subject), **account, **self._about, "iat": now, "exp": now + lifetime_seconds} | claims
        present = {name: value for name, value in said.items() if value is not None}
        algorithm = FOR_BROKERS if reads else FOR_APIS
        with warnings.catch_warnings(category=SecurityWarning, action="ignore"):
            return jwt.encode({"alg": algorithm, "kid": self._kid}, present, self._key, algorithms=[algorithm])


def issuer_for(settings: Settings) -> TokenIssuer:
    """The issuer of a development installation. Raises BadReference in production, and where the bank has its own."""
    if settings.environment == "production" or settings.token_keys_file is not None:
        raise BadReference("Tokens are issued by the bank's own identity service here (REDRESS_TOKEN_KEYS_FILE).")
    return TokenIssuer(signing_key(settings, IDENTITY), settings.token_issuer, settings.token_audience)
