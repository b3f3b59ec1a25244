"""An identity service for tests, and the check that trusts it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import KeySet

from ops.local.tokens import TokenIssuer
from shared.sealing.signing_keys import IDENTITY, SigningKey
from shared.web.auth import Tokens

ISSUER, AUDIENCE = "https://identity.bank.example", "redress"


def issuer_and_tokens() -> tuple[TokenIssuer, Tokens]:
    """Both halves, with a key of their own."""
    key = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
    keys = KeySet.import_key_set({"keys": [key.public_jwk()]})
    return TokenIssuer(key, ISSUER, AUDIENCE), Tokens(keys, ISSUER, AUDIENCE)
