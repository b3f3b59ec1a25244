"""Every event type's stored shape, held by golden files that are never edited, only added to."""

import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from services.casework.decisions import SERVICE as CASEWORK
from services.notify.decisions import SERVICE as NOTIFY
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.bodies import IDS_JOINED
from shared.contract.envelope import from_json, headers_of, to_json
from shared.contract.events import CATALOGUE, parse
from shared.contract.events.base import Unsealed, confidential
from shared.contract.upcasting import upcast
from shared.errors import Unreadable
from tests.support.facts import Given, event, receipt
from tests.support.paths import GOLDEN_EVENTS

EVENTS = GOLDEN_EVENTS
OLDER = sorted(f.stem for f in EVENTS.glob("*.json") if f.stem != f"{f.stem[:-3]}.v{CATALOGUE[f.stem[:-3]].version}")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_stored_shape_of_every_type_is_read_back_whole(name: str) -> None:
    """One golden file per type and version: what was ever appended can be read for ever."""
    file = EVENTS / f"{name}.v{CATALOGUE[name].version}.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    shape = CATALOGUE[name].model_validate(stored)

    assert stored == shape.model_dump(mode="json")


@pytest.mark.parametrize("stem", OLDER)
def test_an_older_version_is_read_as_the_newest(stem: str) -> None:
    """All that it held is still there, and what it could not hold yet fits the newest shape."""
    name = stem[:-3]
    stored = json.loads((EVENTS / f"{stem}.json").read_text(encoding="utf-8"))
    read = upcast(event(receipt())._replace(type=f"redress.{stem}", data=stored))

    assert f"redress.{name}.v{CATALOGUE[name].version}" == read.type
    assert read.data == CATALOGUE[name].model_validate(read.data).model_dump(mode="json")
    assert stored == held(stored, read.data)


def held(stored: Any, read: Any) -> Any:
    """Of what is read, what was stored."""
    if isinstance(stored, list) and isinstance(read, list):
        return [held(value, now) for value, now in zip(stored, read, strict=True)]
    if isinstance(stored, dict) and confidential(stored) and "name" in read:
        return read["name"]
    if isinstance(stored, dict) and isinstance(read, dict):
        return {name: held(value, read[name]) for name, value in stored.items() if name in read}
    if isinstance(stored, list) and isinstance(read, list) and len(stored) == len(read):
        return [held(one, other) for one, other in zip(stored, read, strict=True)]
    if isinstance(unsealed := confidential(read), Unsealed):
        return unsealed.text.split(IDS_JOINED) if isinstance(stored, list) else unsealed.text
    return read


@pytest.mark.parametrize(("persons", "text"), [([], ""), (["a"], "a"), (["a", "b.c"], "a; b.c")])
def test_what_a_former_version_said_of_staff_is_shown_as_if_it_were_sealed(persons: list[str], text: str) -> None:
    """Who is concerned stays in the clear."""
    stored = json.loads((EVENTS / "InvestigationRecorded.v1.json").read_text(encoding="utf-8"))
    old = event(receipt())._replace(
        type="redress.InvestigationRecorded.v1", data=stored | {"persons_responsible": persons}
    )
    read = upcast(old).data

    assert persons == read["parties"]
    assert Unsealed(label="record-investigation.fault", text="responsible") == confidential(read["fault"])
    assert Unsealed(label="record-investigation.persons_responsible", text=text) == confidential(
        read["persons_responsible"]
    )


@pytest.mark.parametrize("name", ["ComplaintReceived", "ReceiptAdded"])
def test_nobody_could_name_before_what_version_2_of_a_receipt_adds(name: str) -> None:
    """So it is null or empty."""
    stored = json.loads((EVENTS / f"{name}.v1.json").read_text(encoding="utf-8"))
    read = upcast(event(receipt())._replace(type=f"redress.{name}.v1", data=stored)).data
    added = [value for field, value in read.items() if field not in stored]

    assert added
    assert all(value in (None, []) for value in added)


def test_every_version_up_to_the_newest_has_its_golden_file() -> None:
    """None was ever taken away."""
    expected = {f"{name}.v{n}" for name, shape in CATALOGUE.items() for n in range(1, shape.version + 1)}

    assert expected == {file.stem for file in EVENTS.glob("*.json")}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_no_type_takes_a_field_it_does_not_know(name: str) -> None:
    """Closed shapes: a new field is a new version."""
    stored = json.loads((EVENTS / f"{name}.v{CATALOGUE[name].version}.json").read_text(encoding="utf-8"))

    with pytest.raises(ValidationError):
        CATALOGUE[name].model_validate(stored | {"colour": "red"})


def test_an_event_survives_the_envelope() -> None:
    """To JSON and back."""
    before = event(receipt())

    assert before == from_json(to_json(before))


def test_the_envelope_is_a_cloud_event_for_the_official_sdk() -> None:
    """Structured mode by the Kafka binding."""
    before = event(receipt())
    headers = dict(headers_of(before))
    read = from_structured(KafkaMessage(headers, before.subject.encode(), to_json(before)), JSONFormat())

    assert (before.id, before.type, before.subject) == (read.get_id(), read.get_type(), read.get_subject())


def test_an_unknown_type_or_a_newer_version_is_unreadable() -> None:
    """Never guessed."""
    known = event(receipt())
    newer = known._replace(type="redress.ComplaintReceived.v9")
    with pytest.raises(Unreadable, match="newest known version is 5"):
        upcast(newer)
    unknown = known._replace(type="redress.NeverHeardOf.v1")
    with pytest.raises(Unreadable, match="catalogue"):
        parse(unknown)


@for_all(st.permutations(["routed", "clock", "conflict"]))
def test_every_interleaving_of_two_services_facts_folds_alike(order: list[str]) -> None:
    """Routing's and sla's answers to a receipt cross in any order: each service ends with the same case.

    What differs is only where among its case's events each fact lies.
    """
    cause = event(receipt())
    facts = {
        "routed": event(Given(ROUTING).when_event(cause)[0], cause.id),
        "clock": event(Given(SLA).when_event(cause)[0], cause.id),
        "conflict": event(
            CATALOGUE["ReceiptConflictDetected"].model_validate({"submitter": "channel:x", "fingerprint": "f"})
        ),
    }
    for service in (ROUTING, CASEWORK, SLA, NOTIFY):
        orders = [facts.values(), [facts[name] for name in order]]
        expected, found = (service.dump(Given(service, cause, *one).state) for one in orders)
        assert expected == found
