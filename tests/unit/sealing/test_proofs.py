"""A record counts only as it was written: by whom, to which place, with which headers."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contract.records import HEADER_MAC, HEADER_SIGNATURE, HEADER_SOURCE, Outgoing, Record
from shared.contract.topics import ACCESS, COMMANDS, DEAD_LETTERS, EVENTS
from shared.process.settings import Settings
from shared.sealing.key_files import BadKeyFile, SigningKeyMissing
from shared.sealing.proofs import UNKNOWN_LOG_KEY, UNKNOWN_SIGNING_KEY, Proofs
from shared.sealing.signing_keys import SIGNERS, SigningKey

PARTITION = 3
HEADERS = [("redress-id", b"an id"), (HEADER_SOURCE, b"/redress/routing")]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own."""
    return Settings(data=tmp_path)


def read(outgoing: Outgoing, partition: int = PARTITION) -> Record:
    """The record as it is read."""
    return Record(partition, 7, outgoing.key, outgoing.value, dict(outgoing.headers))


def written(settings: Settings, topic: str = EVENTS) -> Record:
    """A record as one of ours wrote it."""
    return read(Proofs(settings, topic).signed(Outgoing("a case", b"a value", HEADERS), PARTITION))


def without(name: str) -> Callable[[Record], Record]:
    """A record that lost a header."""
    return lambda record: record._replace(headers={k: v for k, v in record.headers.items() if k != name})


def with_header(name: str, value: bytes) -> Callable[[Record], Record]:
    """A record with another header."""
    return lambda record: record._replace(headers=record.headers | {name: value})


CHANGES: list[Callable[[Record], Record]] = [
    lambda record: record._replace(value=b"another value"),
    lambda record: record._replace(key="another case"),
    lambda record: record._replace(partition=PARTITION + 1),
    lambda record: record._replace(key="a casea", value=b" value"),
    without(HEADER_SOURCE),
    without(HEADER_MAC),
    with_header(HEADER_SOURCE, b"/redress/casework"),
    with_header("more", b""),
    with_header(HEADER_MAC, b""),
]


def test_what_was_written_counts_and_names_its_writer(settings: Settings) -> None:
    """Of an event, the service that it says it is from."""
    record = written(settings)

    assert (None, "routing") == (Proofs(settings).fault(record), Proofs(settings).signer(record))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("topic", [EVENTS, COMMANDS, ACCESS, DEAD_LETTERS])
def test_what_was_altered_or_lies_elsewhere_does_not(
    settings: Settings, topic: str, change: Callable[[Record], Record]
) -> None:
    """Neither the key of another record, nor a header, nor a place."""
    changed = change(written(settings, topic))

    assert Proofs(settings, topic).fault(changed) is not None
    assert without("nothing")(written(settings, topic)) == written(settings, topic)


@pytest.mark.parametrize("topic", [ACCESS, DEAD_LETTERS])
def test_an_access_and_a_dead_letter_are_signed_by_the_service_that_they_are_from(tmp_path: Path, topic: str) -> None:
    """A service that was taken over has the log key, and none of another's."""
    folder, trusted = keys(tmp_path, *SIGNERS)
    everybody = installed(tmp_path, folder, trusted)
    real = written(everybody, topic)
    (folder / "routing.pem").write_bytes((folder / "sla.pem").read_bytes())
    nameless = read(Proofs(everybody, topic).signed(Outgoing("a case", b"a value", HEADERS[:1]), PARTITION))

    assert None is Proofs(everybody, topic).fault(real)
    with pytest.raises(BadKeyFile):
        written(everybody, topic)
    assert "it was not signed by the service that it is from" == Proofs(everybody, topic).fault(nameless)
    assert "it was not signed by routing" == Proofs(everybody, topic).fault(without(HEADER_SIGNATURE)(real))


def test_keys_that_were_changed_in_the_wrong_order_are_told_apart_from_a_forgery(tmp_path: Path) -> None:
    """Both look alike to who reads; who operates it has to know where to look first."""
    folder, trusted = keys(tmp_path, *SIGNERS)
    ours = installed(tmp_path, folder, trusted)
    command = read(Proofs(ours, COMMANDS).signed(Outgoing("a case", b"a value", HEADERS), PARTITION))
    others = [one for one in orjson.loads(orjson.dumps(trusted)) if one["redress_signer"] != "casework-api"]
    fewer = tmp_path / "fewer.json"
    fewer.write_bytes(orjson.dumps({"keys": others}))
    behind = Proofs(ours.model_copy(update={"trusted_keys_file": fewer}), COMMANDS)
    log_key = tmp_path / "another.key"
    log_key.write_text("cd" * 32 + "\n")
    log_key.chmod(0o600)
    without_line = Proofs(ours.model_copy(update={"log_key_file": log_key}), COMMANDS)

    assert f"it was not signed by casework-api{UNKNOWN_SIGNING_KEY}" == behind.fault(command)
    assert UNKNOWN_LOG_KEY == without_line.fault(command)
    assert None is Proofs(ours, COMMANDS).fault(command)


def test_a_record_of_one_topic_or_installation_is_none_of_another(settings: Settings) -> None:
    """Though the keys are the same."""
    others = [
        Proofs(settings, COMMANDS),
        Proofs(settings.model_copy(update={"installation": "other"})),
    ]

    assert all(other.fault(written(settings)) is not None for other in others)


def test_another_installations_record_counts_for_nothing(settings: Settings, tmp_path: Path) -> None:
    """With keys of its own."""
    other = Settings(data=tmp_path / "other")

    assert Proofs(settings).fault(written(other)) is not None
    assert Proofs(settings).signer(written(other)) is None


def test_a_service_that_has_the_log_key_signs_no_command(tmp_path: Path) -> None:
    """It makes the one proof, and not the other."""
    folder, trusted = keys(tmp_path, *SIGNERS)
    (folder / "casework-api.pem").unlink()
    everybody = installed(tmp_path, folder, trusted)
    with pytest.raises(SigningKeyMissing):
        written(everybody, COMMANDS)
    record = read(Proofs(everybody, EVENTS).signed(Outgoing("a case", b"", HEADERS), PARTITION))
    forged = with_header(HEADER_SIGNATURE, record.headers[HEADER_SIGNATURE])(record)

    assert "it has no proof" in str(Proofs(everybody, COMMANDS).fault(without(HEADER_MAC)(forged)))


def keys(folder: Path, *signers: str) -> tuple[Path, list[dict[str, object]]]:
    """A folder of private keys and their public halves."""
    place, public = folder / "keys", []
    place.mkdir(exist_ok=True)
    for signer in signers:
        private = Ed25519PrivateKey.generate()
        pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        (place / f"{signer}.pem").write_bytes(private.private_bytes(pem, form, serialization.NoEncryption()))
        public.append(SigningKey.of(signer, private).public_jwk())
    return place, public


def installed(folder: Path, private: Path, public: list[dict[str, object]], log_keys: str = "ab" * 32) -> Settings:
    """Settings with these key files."""
    trusted, log = folder / f"trusted-{len(public)}.json", folder / f"log-{len(log_keys)}.key"
    trusted.write_bytes(orjson.dumps({"keys": public}))
    log.write_text(log_keys)
    return Settings(data=folder, signing_keys=private, trusted_keys_file=trusted, log_key_file=log)


def test_after_a_rotation_both_old_and_new_records_count(tmp_path: Path) -> None:
    """Old public keys stay among the trusted ones, old log keys behind the new one."""
    folder, old = keys(tmp_path, *SIGNERS)
    before = installed(tmp_path, folder, old)
    first = written(before, COMMANDS)
    folder, new = keys(tmp_path, *SIGNERS)
    after = installed(tmp_path, folder, [*old, *new], "\n".join(["cd" * 32, "ab" * 32]))
    second = written(after, COMMANDS)

    assert first.headers[HEADER_SIGNATURE] != second.headers[HEADER_SIGNATURE]
    assert [None, None] == [Proofs(after, COMMANDS).fault(one) for one in (first, second)]
    assert Proofs(before, COMMANDS).fault(second) is not None


def test_a_key_that_nobody_trusts_is_refused_before_it_writes(tmp_path: Path) -> None:
    """Else everything it wrote would be passed over."""
    folder, old = keys(tmp_path, *SIGNERS)
    keys(tmp_path, "routing")

    with pytest.raises(BadKeyFile, match="REDRESS_TRUSTED_KEYS_FILE"):
        written(installed(tmp_path, folder, old))


def test_a_log_that_is_restored_under_another_prefix_counts(settings: Settings) -> None:
    """As the page on operating says a backup is brought back."""
    assert Proofs(settings.model_copy(update={"topic_prefix": "restored."})).fault(written(settings)) is None
