"""A second real Kafka that lets in who has a password or a token, over TLS; its certificates are made for the run."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from ops.local import broker as brokers
from ops.local.tokens import TokenIssuer
from shared.sealing.signing_keys import IDENTITY, SIGNERS, SigningKey
from shared.web.auth import identity_jwk
from tests.support.broker import free_ports

USER, PASSWORD = "redress", "open-sesame-1"
CHANNEL_SYSTEMS = ("channel-hotline", "letters")
"""One with an inbox of its own, one without."""
LOGIN = "org.apache.kafka.common.security"
IDENTITY_KEY = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate())
IDENTITY_SERVICE = TokenIssuer(IDENTITY_KEY, "redress-development", "redress")
"""Whose tokens it takes."""


@dataclass(frozen=True, slots=True)
class Secured:
    """How to reach it."""

    bootstrap: str
    ca_file: Path


@dataclass(frozen=True, slots=True)
class SecuredBroker(brokers.Broker):
    """A broker with a SASL_SSL listener at ``port + 2``, taking SCRAM, PLAIN and tokens."""

    def properties(self) -> dict[str, str]:
        """Those of every broker, and the listener that clients use."""
        here = "127.0.0.1"
        listener = "listener.name.sasl_ssl"
        return brokers.Broker.properties(self) | {
            "listeners": f"PLAINTEXT://{here}:{self.port},CONTROLLER://{here}:{self.port + 1},"
            f"SASL_SSL://{here}:{self.port + 2}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            f"{listener}.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN,OAUTHBEARER",
            f"{listener}.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
            f"{listener}.plain.sasl.jaas.config": f"{LOGIN}.plain.PlainLoginModule required "
            + " ".join(f"user_{name}='{PASSWORD}'" for name in (USER, *SIGNERS, *CHANNEL_SYSTEMS, "nobody-known"))
            + ";",
            **{f"{listener}.oauthbearer.{name}": value for name, value in self.tokens().items()},
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{USER}",
            f"{listener}.ssl.keystore.type": "PEM",
            f"{listener}.ssl.keystore.location": str(self.data / "server.pem"),
        }

    def tokens(self) -> dict[str, str]:
        """What makes it take the tokens of systems: docs/how-to/consume.md shows the same."""
        return {
            "sasl.jaas.config": f"{LOGIN}.oauthbearer.OAuthBearerLoginModule required;",
            "sasl.server.callback.handler.class": f"{LOGIN}.oauthbearer.OAuthBearerValidatorCallbackHandler",
            "sasl.oauthbearer.jwks.endpoint.url": self.identity_keys.as_uri(),
            "sasl.oauthbearer.expected.issuer": "redress-development",
            "sasl.oauthbearer.expected.audience": "redress",
            "sasl.oauthbearer.sub.claim.name": "client_id",
        }

    @property
    def identity_keys(self) -> Path:
        """The public keys of whoever issues tokens."""
        return self.data / "identity.jwks.json"

    def _java(self, *arguments: str) -> list[str]:
        allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={self.identity_keys.as_uri()}"
        scram = ["--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"]
        java, *rest = brokers.Broker._java(self, *arguments, *(scram if "format" in arguments else []))
        return [java, allowed, *rest]


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, authority: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def write_certificates(folder: Path) -> Path:
    """An authority of its own and, signed by it, the broker's certificate with its key; the authority's file."""
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    ca = _certificate("Redress test authority", authority, "Redress test authority", authority, True)
    own = _certificate("127.0.0.1", server, "Redress test authority", authority, False)
    key = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(key + own.public_bytes(pem) + ca.public_bytes(pem))
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(ca.public_bytes(pem))
    return ca_file


@pytest.fixture(scope="session")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A running broker that asks for a password over TLS."""
    data = tmp_path_factory.mktemp("secured-kafka")
    ca_file = write_certificates(data)
    broker = SecuredBroker(data, free_ports(3))
    broker.identity_keys.write_bytes(orjson.dumps({"keys": [identity_jwk(IDENTITY_KEY)]}))
    process = brokers.start(broker)
    yield Secured(f"127.0.0.1:{broker.port + 2}", ca_file)
    brokers.stop(process)
