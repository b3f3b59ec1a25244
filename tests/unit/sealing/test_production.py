"""What production refuses to start on: every fault alone, and all of them at once."""

import base64
import errno
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OctKey

from ops.local import keys
from shared.process.settings import Settings, misspelled
from shared.sealing.process_start import begin, mended
from shared.sealing.production import faults
from shared.sealing.signing_keys import IDENTITY, SigningKey
from tests.support.installation import redress

Change = Callable[[Path, dict[str, Any]], None]


def sound(folder: Path) -> dict[str, Any]:
    """Settings that production takes: keys of `redress keys make`, everything encrypted or on this machine."""
    made = folder / "keys"
    keys.make(made, [])
    identity = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate()).public_jwk()
    (made / "identity.json").write_bytes(orjson.dumps({"keys": [identity]}))
    (made / "identity.json").chmod(0o644)
    return {
        "environment": "production", "data": folder / "data", "smtp_port": 25, "smtp_host": "mail.bank.example",
        "smtp_tls": "starttls", "kafka_bootstrap": "k1.bank.example:9093,k2.bank.example:9093",
        "kafka_security_protocol": "SSL", "master_key_file": made / "master.key", "log_key_file": made / "log.key",
        "signing_keys": made, "trusted_keys_file": made / "trusted.jwks.json",
        "token_keys_file": made / "identity.json", "token_issuer": "https://identity.bank.example",
    }  # fmt: skip


def said(**values: Any) -> Change:
    """Other settings."""
    return lambda folder, settings: settings.update(values)


def written(name: str, content: bytes) -> Change:
    """Another content of a key file."""

    def change(folder: Path, settings: dict[str, Any]) -> None:
        (folder / "keys" / name).write_bytes(content)

    return change


def opened(name: str, mode: int) -> Change:
    """A key file with another mode."""
    return lambda folder, settings: (folder / "keys" / name).chmod(mode)


def among_the_data(name: str, setting: str) -> Change:
    """A key file in the data folder."""

    def change(folder: Path, settings: dict[str, Any]) -> None:
        place = folder / "data" / name
        place.parent.mkdir(exist_ok=True)
        (folder / "keys" / name).rename(place)
        settings[setting] = place

    return change


def pem(key: Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A private key as a file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def jwks(*public: Any) -> bytes:
    """A set of keys."""
    return orjson.dumps({"keys": [dict(one) for one in public]})


SHORT_RSA = {"kty": "RSA", "kid": "short", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xc5" * 128).decode()}
"""An RSA key of 1024 bits. No need of its private half."""
FAULTS: list[tuple[str, Change]] = [
    ("CLOCK", said(clock="steered")),
    ("BOMBS", said(bombs="append:1")),
    ("SMTP_PORT", said(smtp_port=0)),
    ("SMTP_TLS", said(smtp_tls="none")),
    ("KAFKA_SECURITY_PROTOCOL", said(kafka_security_protocol="PLAINTEXT")),
    (
        "KAFKA_SECURITY_PROTOCOL",
        said(kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_username="a", kafka_sasl_password="b"),
    ),
    ("KAFKA_SECURITY_PROTOCOL", said(kafka_security_protocol="PLAINTEXT", kafka_bootstrap="127.0.0.1:1,10.0.0.1:1")),
    ("VAULT_URL", said(vault_url="postgresql://u:p@db.bank.example/vault")),
    ("CONSOLE_URL", said(console_url="postgresql://u:p@db.bank.example/console?sslmode=prefer")),
    ("DOCUMENTS_ENDPOINT", said(documents_endpoint="http://s3.bank.example")),
    ("HOST", said(host="0.0.0.0")),  # noqa: S104 - what is refused
    ("HOST", said(host="::")),
    ("MASTER_KEY_FILE", said(master_key_file=None)),
    ("MASTER_KEY_FILE", said(master_key_file=Path("/nowhere/master.key"))),
    ("MASTER_KEY_FILE", written("master.key", bytes(32))),
    ("MASTER_KEY_FILE", written("master.key", b"k" * 32)),
    ("MASTER_KEY_FILE", written("master.key", b"\1\2\3\4" * 8)),
    ("MASTER_KEY_FILE", written("master.key", bytes(range(32)))),
    ("MASTER_KEY_FILE", written("master.key", b"correct horse battery staple 123")),
    ("MASTER_KEY_FILE", written("master.key", os.urandom(16))),
    ("MASTER_KEY_FILE", written("master.key", os.urandom(33))),
    ("MASTER_KEY_FILE", written("master.key", b"")),
    ("MASTER_KEY_FILE", opened("master.key", 0o640)),
    ("MASTER_KEY_FILE", opened("master.key", 0o604)),
    ("MASTER_KEY_FILE", among_the_data("master.key", "master_key_file")),
    ("LOG_KEY_FILE", said(log_key_file=None)),
    ("LOG_KEY_FILE", written("log.key", b"00" * 32)),
    ("LOG_KEY_FILE", written("log.key", b"abcd")),
    ("LOG_KEY_FILE", written("log.key", b"no key")),
    ("LOG_KEY_FILE", written("log.key", b"")),
    ("LOG_KEY_FILE", opened("log.key", 0o644)),
    ("LOG_KEY_FILE", among_the_data("log.key", "log_key_file")),
    ("SIGNING_KEYS", said(signing_keys=None)),
    ("SIGNING_KEYS", opened("routing.pem", 0o644)),
    ("SIGNING_KEYS", written("routing.pem", pem(rsa.generate_private_key(65537, 2048)))),
    ("SIGNING_KEYS", written("routing.pem", pem(Ed25519PrivateKey.from_private_bytes(bytes(32))))),
    ("SIGNING_KEYS", written("routing.pem", os.urandom(32))),
    ("TRUSTED_KEYS_FILE", said(trusted_keys_file=None)),
    ("TRUSTED_KEYS_FILE", opened("trusted.jwks.json", 0o666)),
    ("TRUSTED_KEYS_FILE", written("trusted.jwks.json", b"[]")),
    ("TRUSTED_KEYS_FILE", written("trusted.jwks.json", jwks())),
    ("TOKEN_KEYS_FILE", said(token_keys_file=None)),
    ("TOKEN_KEYS_FILE", written("identity.json", jwks())),
    ("TOKEN_KEYS_FILE", written("identity.json", jwks(OctKey.generate_key(256).as_dict()))),
    ("TOKEN_KEYS_FILE", written("identity.json", jwks(SHORT_RSA))),
    ("TOKEN_KEYS_FILE", opened("identity.json", 0o664)),
    ("TOKEN_ISSUER", said(token_issuer="redress-development")),
]


def test_nothing_is_said_of_what_is_sound(tmp_path: Path) -> None:
    """Also with everything on this machine, and behind a declared proxy."""
    settings = sound(tmp_path)
    here = settings | {"kafka_security_protocol": "PLAINTEXT", "kafka_bootstrap": "127.0.0.1:9092,localhost:9094"}
    behind = settings | {"host": "0.0.0.0", "behind_proxy": True}  # noqa: S104 - what a proxy needs

    assert [[], [], []] == [faults(Settings(**found)) for found in (settings, here, behind)]


@pytest.mark.parametrize(("setting", "change"), FAULTS)
def test_each_fault_is_one_line_that_names_the_setting(tmp_path: Path, setting: str, change: Change) -> None:
    """And nothing is said of the others."""
    settings = sound(tmp_path)
    change(tmp_path, settings)
    lines = faults(Settings(**settings))

    assert [f"REDRESS_{setting}"] == [line.partition(":")[0] for line in lines], lines
    assert all("\n" not in line for line in lines)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Whoever sets it up starts it twice, not fifteen times."""
    lines = faults(Settings(environment="production", data=tmp_path, host="::", smtp_host="mail.bank.example",
                            kafka_bootstrap="k1.bank.example:9092", clock="steered", bombs="append:1"))  # fmt: skip
    told = {line.partition(":")[0].removeprefix("REDRESS_") for line in lines}

    assert {
        "CLOCK", "BOMBS", "SMTP_PORT", "SMTP_TLS", "KAFKA_SECURITY_PROTOCOL", "HOST", "MASTER_KEY_FILE", "LOG_KEY_FILE",
        "SIGNING_KEYS", "TRUSTED_KEYS_FILE", "TOKEN_KEYS_FILE", "TOKEN_ISSUER",
    } == told  # fmt: skip


def test_development_takes_everything(tmp_path: Path) -> None:
    """Its keys are made by itself."""
    assert [] == faults(Settings(data=tmp_path, clock="steered", bombs="append:1", host="0.0.0.0"))  # noqa: S104


def test_an_open_data_folder_is_mended_whole(tmp_path: Path) -> None:
    """What a former version left open to others is so no more; a link leads nowhere."""
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    outside.chmod(0o644)
    data = tmp_path / "data"
    (data / "logs").mkdir(parents=True)
    (data / "logs" / "a.log").write_text("")
    (data / "link").symlink_to(outside)
    for path, mode in ((data, 0o755), (data / "logs", 0o777), (data / "logs" / "a.log", 0o664)):
        path.chmod(mode)
    first, second = mended(data), mended(data)

    assert (2, 0) == (first, second)
    assert [0o700, 0o700, 0o600] == [p.stat().st_mode & 0o777 for p in (data, data / "logs", data / "logs" / "a.log")]
    assert 0o644 == outside.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARTITIONS", "1000000000000"), ("REPLICATION", "1000000000000"), ("SILENT_DAYS", "1000000000000"),
        ("OPENING_MINUTES", "1000000000000"), ("SMTP_TIMEOUT_SECONDS", "inf"), ("SMTP_IDLE_SECONDS", "nan"),
        ("COMMAND_WAIT_SECONDS", "inf"), ("PARTITIONS", "0"), ("PRINT_DAYS", "-1"),
    ],
)  # fmt: skip
def test_a_number_that_nothing_can_work_with_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    """Else a process would end at its first use, and be started for ever."""
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(f"REDRESS_{name}", value)
    with pytest.raises(SystemExit) as ended:
        begin()

    assert 2 == ended.value.code
    assert f"REDRESS_{name}: " in capsys.readouterr().err


def test_a_setting_that_there_is_not_is_told_with_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who misspells `production` would start a development installation; links of Kubernetes are nobody's."""
    for name in (
        "REDRESS_ENVIROMENT",
        "REDRESS_ENVIRONMENT",
        "REDRESS_INTAKE_SERVICE_HOST",
        "REDRESS_INTAKE_PORT_8101_TCP_ADDR",
    ):
        monkeypatch.setenv(name, "production")

    assert ["REDRESS_ENVIROMENT: there is no such setting; did you mean REDRESS_ENVIRONMENT?"] == misspelled()


def test_every_process_refuses_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Before it does anything."""
    monkeypatch.setenv("REDRESS_PROFILE_OF_THE_BANK", "production")
    with pytest.raises(SystemExit) as ended:
        begin()

    assert 2 == ended.value.code
    assert "redress: REDRESS_PROFILE_OF_THE_BANK: there is no such setting" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["REDRESS_CA_FILE", "REDRESS_KAFKA_CA_FILE"])
@pytest.mark.parametrize(
    "content", ["", "a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_an_authority_without_a_certificate_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str, content: str
) -> None:
    """Else the first letter would fail by it, and nobody would see why."""
    file = tmp_path / "bank-ca.crt"
    file.write_text(content)
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(setting, str(file))
    with pytest.raises(SystemExit) as ended:
        begin()

    assert 2 == ended.value.code
    assert f"{setting}: " in (said := capsys.readouterr().err)
    assert "no certificate in PEM" in said


@pytest.mark.parametrize("where", ["the file", "its folder"])
def test_an_authority_that_may_not_be_read_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    """Secrets are often mounted for another user: a trace would not say which file is meant."""
    file = tmp_path / "bank-ca.crt"
    file.touch()

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(file))

    if where == "the file":
        monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", denied)
    else:
        monkeypatch.setattr(type(file), "is_file", denied)
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_CA_FILE", str(file))
    with pytest.raises(SystemExit) as ended:
        begin()

    said = capsys.readouterr().err
    assert (2, 1) == (ended.value.code, said.count("\n"))
    assert "cannot be read: Permission denied." in said
    assert ("REDRESS_CA_FILE" if where == "the file" else str(file)) in said


def test_a_command_that_meets_it_says_so_in_one_line(tmp_path: Path) -> None:
    """Also one that needs no installation."""
    file = tmp_path / "bank-ca.crt"
    file.write_text("a certificate")
    done = redress("token", "--person", "luo.tian", "--data", str(tmp_path), check=False, REDRESS_CA_FILE=str(file))

    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert "no certificate in PEM" in done.stderr
