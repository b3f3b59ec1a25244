"""Somebody who can write to the topics, and has no key of Redress, is passed over and told of."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contract.commands import command_id
from shared.contract.envelope import from_json
from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Record
from shared.contract.topics import ACCESS, COMMANDS, DEAD_LETTERS, EVENTS, REFERENCE
from shared.process.settings import Settings
from tests.acceptance.test_handling import act, received
from tests.support import attacker
from tests.support.installation import authorization, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]


def events(settings: Settings, case: str) -> list[Record]:
    """What lies in the log under a case, whoever wrote it."""
    return [record for record in attacker.read(settings, EVENTS) if record.key == case]


def answered(settings: Settings, case: str) -> list[str]:
    """The types of the events that lie in the log under a case."""
    return [record.headers.get(HEADER_TYPE, b"").decode() for record in events(settings, case)]


def accepted(settings: Settings, key: str) -> str:
    """A case that somebody has accepted, as it is done: nothing holds it up."""
    case = str(received(settings, key)["case_id"])
    assert act(settings, case, "accept-handover").status_code == 200
    return case


def the_command(settings: Settings, case: str) -> Record:
    """The command on a case as the API wrote it."""
    return next(record for record in attacker.read(settings, COMMANDS) if record.key == case)


def verified(settings: Settings) -> tuple[int, list[str]]:
    """What ``redress rebuild verify`` says."""
    done = redress("rebuild", "verify", "--json", "--data", str(settings.data), check=False)
    return done.returncode, json.loads(done.stdout)["differences"]


def told(settings: Settings, place: str) -> list[str]:
    """The services that published a dead letter about a record."""
    letters = [json.loads(record.value) for record in attacker.read(settings, DEAD_LETTERS)]
    return sorted(letter["service"] for letter in letters if letter["cause"] == place and letter["kind"] == "unproven")


def until(holds: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something holds; what it is then."""
    limit = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < limit:
        time.sleep(0.2)
    return found


def counted(settings: Settings, port: int, topic: str) -> float:
    """How many records of a topic a process passed over."""
    lines = httpx.get(f"http://127.0.0.1:{settings.ports + port}/metrics").text.splitlines()
    name = f'redress_unproven_records_total{{topic="{topic}"}}'
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


def test_a_forged_command_is_done_by_nobody(old_bank: Settings) -> None:
    """In another's name, with the headers of a real one: the case goes on as if it were not there."""
    case = str(received(old_bank, "forged-command")["case_id"])
    real = the_command(old_bank, accepted(old_bank, "forged-model"))
    id_ = command_id("person:luo.tian", case, "forged")
    value = attacker.changed(real.value, id=id_, case=case, after=0)
    headers = {**real.headers, HEADER_ID: id_.encode()}
    offset = attacker.write(old_bank, COMMANDS, case, value, headers.items())
    done = act(old_bank, case, "accept-handover", key="the true one")
    causes = [record.headers[HEADER_CAUSATION].decode() for record in events(old_bank, case)]

    assert 200 == done.status_code, done.text
    assert id_ not in causes
    assert until(lambda: told(old_bank, f"{COMMANDS}/{events(old_bank, case)[0].partition}:{offset}"))
    asked = httpx.get(
        f"http://127.0.0.1:{old_bank.ports + 2}/v1/cases/{case}/commands/{id_}",
        params={"at": f"{events(old_bank, case)[0].partition}:{offset}"},
        headers=authorization(old_bank, "luo.tian", "person"),
    )
    assert 404 == asked.status_code, asked.text


@pytest.mark.parametrize(
    "fields", [{"actor": "person:chen.jing"}, {"name": "reassign"}, {"at": "2020-01-02T09:00:00+08:00"}]
)
def test_a_real_command_is_not_changed_on_its_way(old_bank: Settings, fields: dict[str, str]) -> None:
    """Another actor, act or time under the signature of the true one."""
    case = accepted(old_bank, f"changed-{fields}")
    real, before = the_command(old_bank, case), len(answered(old_bank, case))
    id_ = str(uuid4())
    attacker.write(old_bank, COMMANDS, case, attacker.changed(real.value, id=id_, **fields), real.headers.items())
    assert (
        200 == act(old_bank, case, "record-contact", {"way": "phone", "points": "…", "outcome": "reached"}).status_code
    )
    causes = [record.headers[HEADER_CAUSATION].decode() for record in events(old_bank, case)[before:]]

    assert id_ not in causes


def test_a_real_command_is_not_replayed_onto_another_case(old_bank: Settings) -> None:
    """Byte by byte, under the other case's key."""
    real = the_command(old_bank, accepted(old_bank, "replayed"))
    other = str(received(old_bank, "replayed-onto")["case_id"])
    assert until(lambda: any(".CaseRouted." in type_ for type_ in answered(old_bank, other)))
    attacker.write(old_bank, COMMANDS, other, attacker.changed(real.value, case=other), real.headers.items())
    attacker.write(old_bank, COMMANDS, other, real.value, real.headers.items())

    assert 200 == act(old_bank, other, "accept-handover").status_code
    assert 1 == sum(".HandoverAccepted." in type_ for type_ in answered(old_bank, other))


def test_a_real_command_that_is_sent_again_is_answered_once(old_bank: Settings) -> None:
    """Its proof holds, and its id is in the log."""
    case = accepted(old_bank, "again")
    real = the_command(old_bank, case)
    for _ in range(3):
        attacker.write(old_bank, COMMANDS, case, real.value, real.headers.items())
    assert (
        200 == act(old_bank, case, "record-contact", {"way": "phone", "points": "…", "outcome": "reached"}).status_code
    )

    assert 1 == sum(".HandoverAccepted." in type_ for type_ in answered(old_bank, case))


FORGERIES: list[tuple[str, Callable[[Record], dict[str, bytes]]]] = [
    (
        "no proof",
        lambda real: {k: v for k, v in real.headers.items() if not k.startswith(("redress-mac", "redress-sig"))},
    ),
    ("a proof of another record", lambda real: dict(real.headers)),
    ("no headers at all", lambda real: {}),
    (
        "headers of nothing",
        lambda real: {HEADER_ID: b"\xff", HEADER_TYPE: b"\xff", HEADER_SOURCE: b"", "redress-mac": b""},
    ),
]


@pytest.mark.parametrize(("kind", "headers"), FORGERIES, ids=[kind for kind, _ in FORGERIES])
def test_a_forged_event_changes_nothing_and_blocks_nothing(
    old_bank: Settings, kind: str, headers: Callable[[Record], dict[str, bytes]]
) -> None:
    """A decision that nobody made, and bytes that nobody can read, on a case that goes on."""
    case = accepted(old_bank, f"event-{kind}")
    model = events(old_bank, case)[0]
    event = from_json(model.value)
    forged = attacker.changed(
        model.value,
        id=str(uuid4()),
        type="redress.CaseArchived.v1",
        source="/redress/casework",
        causationid=str(uuid4()),
        data={},
        subject=event.subject,
    )
    said = headers(model)
    if HEADER_TYPE in said and kind != "headers of nothing":
        said |= {
            HEADER_ID: str(uuid4()).encode(),
            HEADER_TYPE: b"redress.CaseArchived.v1",
            HEADER_SOURCE: b"/redress/casework",
        }
    places = [attacker.write(old_bank, EVENTS, case, value, said.items()) for value in (forged, b"\xff\xfe", b"")]
    done = act(old_bank, case, "record-contact", {"way": "phone", "points": "…", "outcome": "reached"})
    code, differences = verified(old_bank)

    assert 200 == done.status_code, done.text
    assert 1 == code
    assert all(any(f"{model.partition}:{place}," in line for line in differences) for place in places)
    assert until(lambda: told(old_bank, f"{EVENTS}/{model.partition}:{places[0]}"))
    assert [] == [row for row in json.loads(status(old_bank)) if row["blocked"] or row["held"]]


def status(settings: Settings) -> str:
    """What ``redress status`` shows."""
    return redress("status", "--data", str(settings.data), "--json", check=False).stdout


def test_a_forged_version_of_the_organisation_is_in_force_nowhere(old_bank: Settings) -> None:
    """Somebody makes himself president: no process takes it in, and none ends of it."""
    real = next(r for r in attacker.read(old_bank, REFERENCE) if r.key == "organisation/bank")
    content = json.loads(real.value)["content"].replace("luo.tian", "chen.jing")
    value = attacker.changed(real.value, content=content, version="0" * 12, effective_from="2001-01-01T00:00:00+08:00")
    for said in ({}, dict(real.headers)):
        attacker.write(old_bank, REFERENCE, real.key, value, said.items())
    attacker.write(old_bank, REFERENCE, "organisation/bank", b"\xff")
    case = accepted(old_bank, "after the forged organisation")

    assert any(".HandoverAccepted." in type_ for type_ in answered(old_bank, case))
    assert until(lambda: counted(old_bank, 11, REFERENCE) >= 3)
    assert not any("0" * 12 in record.value.decode() for record in events(old_bank, case))


def opened(settings: Settings, key: str) -> str:
    """A case that its handler has looked into."""
    case, who = accepted(settings, key), authorization(settings, "luo.tian", "person")
    url = f"http://127.0.0.1:{settings.ports}/v1/cases/{case}"
    assert until(lambda: httpx.get(url, headers=who, params={"open": "true"}).status_code == 200)
    return case


@pytest.mark.parametrize("topic", [ACCESS, DEAD_LETTERS])
def test_a_forged_access_or_dead_letter_counts_for_nothing_and_is_told(old_bank: Settings, topic: str) -> None:
    """With the headers of a real one, and without any: neither listed nor folded, and an alarm that says what to do."""
    case = opened(old_bank, f"forged in {topic}")
    attacker.write(old_bank, EVENTS, case, b"so that there is a dead letter")
    assert until(lambda: attacker.read(old_bank, DEAD_LETTERS))
    real = next(record for record in attacker.read(old_bank, topic) if HEADER_SOURCE in record.headers)
    value = attacker.changed(real.value, id="forged", who="person:lin.fang")
    places = [
        f"{topic} 0:{attacker.write(old_bank, topic, real.key, value, headers.items())}"
        for headers in (dict(real.headers), {}, {HEADER_SOURCE: b"/redress/console", "redress-mac": bytes(20)})
    ]
    reader = 0 if topic == ACCESS else 11
    assert until(lambda: counted(old_bank, reader, topic) >= len(places))
    status = redress("status", "--data", str(old_bank.data), check=False)
    listed = json.loads(redress("access", "list", "--json", "--data", str(old_bank.data)).stdout)["accesses"]
    code, wrong = verified(old_bank)

    assert "forged" not in {one["id"] for one in listed}
    assert 1 == status.returncode
    assert f"records of {topic} were not written by this installation" in status.stdout
    assert 1 == code
    assert all(any(line.startswith(f"{place},") for line in wrong) for place in places)


def test_a_copy_of_a_real_access_is_no_second_access(old_bank: Settings) -> None:
    """Its proof holds; its id is known."""
    case = opened(old_bank, "an access that is copied")
    real = next(record for record in attacker.read(old_bank, ACCESS) if record.key == case)
    attacker.write(old_bank, ACCESS, real.key, real.value, real.headers.items())
    listed = json.loads(redress("access", "list", "--json", "--data", str(old_bank.data)).stdout)["accesses"]

    assert 1 == [one["id"] for one in listed].count(json.loads(real.value)["id"])
