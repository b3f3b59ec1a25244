"""Who calls is said by a token that the identity service alone can make."""

import base64
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from ops.local.tokens import TokenIssuer
from shared.contract.subjects import Subject
from shared.sealing.signing_keys import IDENTITY, SigningKey
from shared.web.auth import (
    BadToken,
    ExpiredToken,
    ForeignToken,
    Tokens,
    TokenTooLong,
    TopicsOnly,
    Unauthenticated,
    identity_jwk,
)
from tests.support.tokens import AUDIENCE, ISSUER, issuer_and_tokens

WHO = Subject("person", "lin.fang")
KEY = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
OURS = TokenIssuer(KEY, ISSUER, AUDIENCE)
TOKENS = Tokens(KeySet.import_key_set({"keys": [identity_jwk(KEY)]}), ISSUER, AUDIENCE)
NOW = int(time.time())
CLAIMS = {"sub": str(WHO), "iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 600}


def test_a_token_names_its_subject() -> None:
    """Issued and read back."""
    assert WHO == TOKENS.subject_of(f"Bearer {OURS.issue(WHO)}")


def test_a_consumers_token_opens_topics_and_no_call() -> None:
    """It names its account on the brokers, and says so where it is used elsewhere."""
    token = OURS.issue(Subject("consumer", "bi"))
    head, body, _ = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))

    assert ("EdDSA", "consumer:bi", "consumer-bi") == (
        json.loads(head)["alg"], json.loads(body)["sub"], json.loads(body)["client_id"]
    )  # fmt: skip
    with pytest.raises(TopicsOnly):
        TOKENS.subject_of(f"Bearer {token}")


def under_the_public_key(form: bytes) -> str:
    """A token under HS256 whose secret is what everybody can read at /.well-known/jwks.json."""
    key = OctKey.import_key(form)
    return jwt.encode({"alg": "HS256", "kid": KEY.kid}, CLAIMS, key, algorithms=["HS256"])


def unsigned() -> str:
    """A token under the algorithm `none`."""
    parts = [{"alg": "none", "kid": KEY.kid}, CLAIMS]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def with_key_in_the_header() -> str:
    """A token that brings the key it is to be checked by."""
    own = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
    token = TokenIssuer(own, ISSUER, AUDIENCE).issue(WHO)
    header = {"alg": "Ed25519", "jwk": own.public_jwk(), "kid": KEY.kid}
    front = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join([front, *token.split(".")[1:]])


def altered() -> str:
    """A token whose subject was changed after it was signed."""
    head, body, signature = OURS.issue(WHO).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = json.dumps(claims | {"sub": "person:chen.jing"}).encode()
    return ".".join([head, base64.urlsafe_b64encode(changed).rstrip(b"=").decode(), signature])


def by_rsa() -> str:
    """A token under another kind of key with the id of ours."""
    key = RSAKey.import_key(rsa.generate_private_key(65537, 2048))
    return jwt.encode({"alg": "RS256", "kid": KEY.kid}, CLAIMS, key, algorithms=["RS256"])


RAW = KEY.private.public_key().public_bytes_raw()
PEM = KEY.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, Unauthenticated),
        ("", Unauthenticated),
        ("Basic abc", Unauthenticated),
        ("Bearer abc", BadToken),
        ("Bearer a.b.c", BadToken),
        (f"Bearer {issuer_and_tokens()[0].issue(WHO)}", BadToken),
        (f"Bearer {under_the_public_key(RAW)}", BadToken),
        (f"Bearer {under_the_public_key(json.dumps(KEY.public_jwk()).encode())}", BadToken),
        (f"Bearer {unsigned()}", BadToken),
        (f"Bearer {with_key_in_the_header()}", BadToken),
        (f"Bearer {altered()}", BadToken),
        (f"Bearer {by_rsa()}", BadToken),
        (f"Bearer {OURS.issue(WHO, sub='service:routing')}", BadToken),
        (f"Bearer {OURS.issue(WHO, sub='lin.fang')}", BadToken),
        (f"Bearer {OURS.issue(WHO, nbf=NOW + 3600)}", BadToken),
        (f"Bearer {OURS.issue(WHO, iat=NOW + 3600, exp=NOW + 3700)}", BadToken),
        (f"Bearer {OURS.issue(WHO, iss='https://elsewhere.example')}", ForeignToken),
        (f"Bearer {OURS.issue(WHO, iss=None)}", ForeignToken),
        (f"Bearer {OURS.issue(WHO, aud='payments')}", ForeignToken),
        (f"Bearer {OURS.issue(WHO, aud=None)}", ForeignToken),
        (f"Bearer {OURS.issue(WHO, -1)}", ExpiredToken),
        (f"Bearer {OURS.issue(WHO, 12 * 3600 + 1)}", TokenTooLong),
        (f"Bearer {OURS.issue(WHO, exp=None)}", TokenTooLong),
        (f"Bearer {OURS.issue(WHO, iat=None)}", TokenTooLong),
    ],
)
def test_any_other_token_is_refused(header: str | None, error: type[Unauthenticated]) -> None:
    """Each with its own code."""
    with pytest.raises(Unauthenticated) as caught:
        TOKENS.subject_of(header)

    assert error.code == caught.value.code
