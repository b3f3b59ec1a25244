"""The OpenAPI document and the reference page say what the service does, all of it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.routing import Route

from services.intake.http import examples, openapi
from services.intake.http.api import create_app, open_channel
from shared.bank.organisation_file import parse_organisation
from shared.case.numbers import checked
from shared.contract.ids import case_id
from shared.contract.settlement_bodies import Settlement
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS
from tests.support.json_schema import at, faults
from tests.support.opinion_boxes import with_box
from tests.support.paths import REFERENCE
from tests.unit.intake.test_admission import ADMISSION

DOCUMENT = openapi.document()
PAGE = (REFERENCE / "http-intake.md").read_text(encoding="utf-8")
OPERATIONS = {path: row["post"] for path, row in DOCUMENT["paths"].items() if "post" in row}
EACH = {openapi.address(code): code for code in SUBMISSIONS}
"""Each open channel by the address it is described at."""
BOXED = replace(ADMISSION, organisation=parse_organisation(with_box('{since: 2020-03-01, closes_at: "17:00"}')))
STATUSES = ["200", "201", "400", "401", "403", "404", "408", "409", "410", "413", "415", "422", "429", "500", "503"]


def references(value: Any) -> list[str]:
    """All references in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [ref for one in value.values() for ref in references(one)]
    return [ref for one in value for ref in references(one)] if isinstance(value, list) else []


def test_every_reference_leads_somewhere() -> None:
    """And nothing is described that nothing refers to."""
    found = set(references(DOCUMENT))
    schemas = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}

    assert schemas == found
    assert all(at(DOCUMENT, ref) for ref in found)


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_operation_names_its_answers_its_key_and_its_token(path: str) -> None:
    """All statuses, the header, the bearer scheme."""
    operation = OPERATIONS[path]
    key = next(one for one in operation["parameters"] if one["name"] == "Idempotency-Key")

    quota = {"429"} if path.endswith("/evidence") and "429" not in STATUSES else set()
    erased = {"410"} if path.startswith(("/v1/opinion-boxes", "/v1/candidates")) else set()
    new = {"404"} if path == "/v1/candidates" else set()
    assert sorted({*STATUSES} - erased - new | quota) == sorted(operation["responses"])
    assert ("header", True) == (key["in"], key["required"])
    assert [{"bearer": []}] == DOCUMENT["security"]
    assert "bearer" == DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"]


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_example_fits_its_schema(path: str) -> None:
    """Requests, answers and problems."""
    operation = OPERATIONS[path]
    contents = [content for answer in operation["responses"].values() for content in answer["content"].values()]
    contents += [c for c in operation["requestBody"]["content"].values() if "examples" in c]
    wrong = []
    for content in contents:
        values = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
        wrong += [fault for value in values for fault in faults(DOCUMENT, content["schema"], value)]

    assert [] == wrong


@pytest.mark.parametrize("name", examples.SUBMISSIONS)
def test_every_example_can_be_submitted(name: str) -> None:
    """To the example organisation."""
    ADMISSION.check(
        SUBMISSIONS["phone"].model_validate(examples.SUBMISSIONS[name]["value"]), Subject("channel", "hotline")
    )

    assert examples.CASE_NUMBER == checked(examples.CASE_NUMBER)
    assert examples.CASE_ID == case_id("channel:hotline", "call-1")


def test_the_document_and_the_service_have_the_same_addresses() -> None:
    """Beside them only the document itself; its page is added where it is served."""
    app = create_app(None, None, None, None, None)  # type: ignore[arg-type] # its document needs none of them
    served = {route.path for route in app.routes if isinstance(route, Route)}

    assert {*DOCUMENT["paths"], "/openapi.json"} - EACH.keys() == served


@pytest.mark.parametrize("channel", SUBMISSIONS)
def test_a_client_made_from_the_document_sees_what_each_channel_takes(channel: str) -> None:
    """An address and an operation of its own, its very shape, and an example that the example bank takes."""
    path = next(path for path, code in EACH.items() if code == channel)
    operation = OPERATIONS[path]
    body = operation["requestBody"]["content"]["application/json"]
    shape = SUBMISSIONS[channel]

    assert f"#/components/schemas/{shape.__name__}" == body["schema"]["$ref"]
    assert ["Idempotency-Key"] == [one["name"] for one in operation["parameters"]]
    assert channel == open_channel(path.rpartition("/")[2])
    for shown in body["examples"].values():
        BOXED.check(shape.model_validate(shown["value"]), Subject("person", "lin.fang"))
    assert body["examples"]["complaint"]["value"]["details"]


def test_no_two_operations_have_one_name() -> None:
    """A generated client would lose one of them."""
    names = [operation["operationId"] for row in DOCUMENT["paths"].values() for operation in row.values()]

    assert sorted(set(names)) == sorted(names)


def test_the_reference_page_names_every_field_code_and_example() -> None:
    """What is not on the page does not exist for who develops a channel system."""
    schemas = DOCUMENT["components"]["schemas"]
    fields = {name for schema in schemas.values() for name in schema.get("properties", {})}
    words = {word for field in schemas.values() for one in field.get("properties", {}).values() for word in enums(one)}
    codes = set(re.findall(r"`([a-z_]+)`: ", "\n".join(str(o["responses"]) for o in OPERATIONS.values())))

    assert len(codes) > 20
    assert [] == sorted(word for word in fields | words | codes if f"`{word}`" not in PAGE)
    assert set(Settlement.model_fields) <= fields


def enums(schema: Any) -> list[str]:
    """The words that a field may be."""
    own: list[str] = schema.get("enum", [])
    return own + [word for one in schema.get("anyOf", []) for word in enums(one)]


def test_every_message_says_what_to_do() -> None:
    """A sentence that ends, and after a colon what to do; or one that says it at once."""
    details = {
        line for o in OPERATIONS.values() for a in o["responses"].values() for line in a["description"].splitlines()
    }
    told = [line.split("`: ", 1)[1] for line in details if line.startswith("- ")]

    assert len(told) > 20
    assert [] == [text for text in told if not text.endswith(".") or not (": " in text or text.startswith("Send "))]
