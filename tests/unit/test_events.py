"""Every event type's stored shape, held by golden files that are never edited, only added to."""

import json
from pathlib import Path

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from services.casework.service import SERVICE as CASEWORK
from services.notify.service import SERVICE as NOTIFY
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.envelope import from_json, headers_of, to_json
from shared.errors import Unreadable
from shared.events import CATALOGUE, parse
from shared.upcasting import upcast
from tests.facts import Given, event, receipt

GOLDEN = Path(__file__).parent.parent / "golden" / "events"


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_stored_shape_of_every_type_is_read_back_whole(name: str) -> None:
    """One golden file per type and version: what was ever appended can be read for ever."""
    file = GOLDEN / f"{name}.v{CATALOGUE[name].version}.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    shape = CATALOGUE[name].model_validate(stored)

    assert stored == shape.model_dump(mode="json")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_no_type_takes_a_field_it_does_not_know(name: str) -> None:
    """Closed shapes: a new field is a new version."""
    stored = json.loads((GOLDEN / f"{name}.v{CATALOGUE[name].version}.json").read_text(encoding="utf-8"))

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
    with pytest.raises(Unreadable, match="newest known version is 1"):
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
        expected, found = (service.dump(Given(service, cause, *one).state) for one in orders)  # type: ignore[arg-type]
        assert expected == found
