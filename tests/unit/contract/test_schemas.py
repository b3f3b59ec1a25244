"""The JSON Schemas of the events: each names itself by an address, fits its golden file, and describes every field."""

import json
import re

import pytest

from shared.contract import schemas
from shared.contract.access import AccessRecord
from shared.contract.case_changed import CaseChanged
from shared.contract.commands import CommandRecord
from shared.contract.envelope import Event, to_json, type_of
from shared.contract.governance import GovernanceStep
from shared.contract.replays import ReplayStep
from shared.contract.upcasting import STEPS
from tests.support.facts import NOW
from tests.support.json_schema import faults
from tests.support.paths import GOLDEN_EVENTS

AT = "https://redress.bank.example/schemas"


@pytest.mark.parametrize("type_", schemas.types())
def test_a_schema_names_itself_and_describes_every_field(type_: str) -> None:
    """With its dialect, so that any validator knows how to read it."""
    shape = schemas.schema_of(type_, AT)
    shapes = {type_: shape, **shape.get("$defs", {})}

    assert (f"{AT}/{type_}.json", schemas.DIALECT) == (shape["$id"], shape["$schema"])
    assert shape["description"]
    assert [] == [field for name, one in shapes.items() for field in schemas.undescribed(name, one)]


@pytest.mark.parametrize("type_", schemas.types())
def test_what_is_stored_fits_the_schema(type_: str) -> None:
    """Golden files of events are what the log holds."""
    shape = schemas.schema_of(type_, AT)
    stored = json.loads((GOLDEN_EVENTS / f"{type_.removeprefix('redress.')}.json").read_text("utf-8"))

    inner = {word: rule for word, rule in shape.items() if not word.startswith("$")}

    assert [] == faults(shape, inner, stored)


def test_every_version_that_was_ever_stored_has_a_schema() -> None:
    """Also those that are only read: an event of them names its schema for ever."""
    stored = {f"redress.{path.stem}" for path in GOLDEN_EVENTS.glob("*.json")}

    assert stored == set(schemas.types())
    assert {type_of(*read) for read in STEPS} <= set(schemas.types())


def test_no_word_is_left_of_a_field_that_is_gone() -> None:
    """What is described exists, in an event or in a body or as a parameter."""
    from tests.unit.web.test_documents import DOCUMENTS  # noqa: PLC0415 # it makes all documents

    shapes = [part for document in DOCUMENTS.values() for part in document["components"]["schemas"].items()]
    for type_ in schemas.types():
        shape = schemas.schema_of(type_, AT)
        shapes += [(schemas.types()[type_], shape), *shape.get("$defs", {}).items()]
    for record in (CommandRecord, AccessRecord, CaseChanged, GovernanceStep, ReplayStep):
        shape = record.model_json_schema()
        shapes += [(record.__name__, shape), *shape.get("$defs", {}).items()]
    known = {field for _, shape in shapes for field in shape.get("properties", {})}
    known |= {f"{name}.{field}" for name, shape in shapes for field in shape.get("properties", {})}
    calls = [call for document in DOCUMENTS.values() for path in document["paths"].values() for call in path.values()]
    known |= {f"parameter.{one['name']}" for call in calls for one in call.get("parameters", ())}

    assert [] == sorted(schemas.field_words().keys() - known)


def test_an_event_names_its_schema_by_an_absolute_address() -> None:
    """The console's, which serves it."""
    event = Event(
        "id", "/redress/routing", "redress.CaseRouted.v1", "c", NOW.isoformat(), NOW.isoformat(), "x", "c", None,
        "service:routing", {},
    )  # fmt: skip
    said = json.loads(to_json(event, AT))["dataschema"]

    assert schemas.address(AT, event.type) == said == schemas.schema_of(event.type, AT)["$id"]
    assert re.match(r"https?://", said)
