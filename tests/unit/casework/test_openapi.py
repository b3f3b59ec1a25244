"""The OpenAPI document of casework: one path per command, with its body, its answers and who may call."""

from typing import Any

import pytest

from services.casework.decisions import COMMANDS
from services.casework.http import openapi
from services.casework.http.api import create_app
from services.casework.http.command_intake import CommandIntake
from tests.support.json_schema import at, faults
from tests.support.paths import ROOT
from tests.unit.casework.test_rights import BODIES
from tests.unit.intake.test_openapi import references

DOCUMENT = openapi.document(COMMANDS)
STATUSES = [
    "200",
    "202",
    "400",
    "401",
    "403",
    "404",
    "408",
    "409",
    "410",
    "413",
    "415",
    "422",
    "429",
    "500",
    "503",
    "504",
]
STATUS_PATH = "/v1/cases/{case}/commands/{id}"


def operation(command: str) -> dict[str, Any]:
    """What the document says of a command."""
    found: dict[str, Any] = DOCUMENT["paths"][f"/v1/cases/{{case}}/commands/{command}"]["post"]
    return found


def test_every_command_has_a_path_of_its_own() -> None:
    """And one path says what became of a command."""
    assert {*(f"/v1/cases/{{case}}/commands/{name}" for name in COMMANDS), STATUS_PATH} == set(DOCUMENT["paths"])


def test_every_reference_leads_somewhere() -> None:
    """And nothing is described that nothing refers to."""
    found = set(references(DOCUMENT))

    assert {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]} == found
    assert all(at(DOCUMENT, ref) for ref in found)


NAMED = {
    "waive-duty": {"duty": "d"}, "approve": {"approval": "a"}, "refuse-approval": {"approval": "a"},
    "withdraw-request": {"approval": "a"}, "answer-plan": {"plan": "p"}, "execute-step": {"plan": "p"},
}  # fmt: skip
"""What a body names that only a real case has."""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_names_its_answers_its_key_and_its_token(command: str) -> None:
    """All statuses, the header, the bearer scheme, and what its declaration says of it."""
    said, declared = operation(command), COMMANDS[command]
    key = next(one for one in said["parameters"] if one["name"] == "Idempotency-Key")

    assert STATUSES == sorted(said["responses"])
    assert ("header", True) == (key["in"], key["required"])
    assert [{"bearer": []}] == DOCUMENT["security"]
    assert (declared.name, declared.summary) == (said["operationId"], said["summary"])
    assert declared.becomes.__name__ in said["description"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_names_the_refusals_of_its_declaration(command: str) -> None:
    """Each under its status, in its own words."""
    answers = operation(command)["responses"]
    for error in COMMANDS[command].refusals:
        assert f"- `{error.code}`: " in answers[str(error.status)]["description"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_body_that_is_taken_fits_its_schema_and_an_unknown_field_does_not(command: str) -> None:
    """The schema is the very shape that checks."""
    schema = operation(command)["requestBody"]["content"]["application/json"]["schema"]
    body = BODIES.get(command, {}) | NAMED.get(command, {})

    assert [] == faults(DOCUMENT, schema, body)
    assert [] != faults(DOCUMENT, schema, body | {"no_such_field": 1})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_of_a_problem_fits_its_schema(command: str) -> None:
    """As callers get them."""
    contents = [c for a in operation(command)["responses"].values() for c in a["content"].values()]
    values = [(c["schema"], one["value"]) for c in contents for one in c.get("examples", {}).values()]

    assert len(values) > 15
    assert [] == [fault for schema, value in values for fault in faults(DOCUMENT, schema, value)]


def test_the_service_answers_with_this_document() -> None:
    """Made anew of whatever is declared."""
    intake = CommandIntake(COMMANDS, None, None, None, None, None, None, None, {})  # type: ignore[arg-type] # needs none of them

    assert DOCUMENT == create_app(intake, None).openapi()  # type: ignore[arg-type] # nor the index


def test_every_code_is_on_the_page_of_refusals_or_of_http() -> None:
    """What is not on a page does not exist for who develops a caller."""
    pages = "".join(
        (ROOT / "docs" / "reference" / name).read_text("utf-8") for name in ("refusals.md", "http-intake.md", "http.md")
    )
    codes = {
        example["value"]["code"]
        for path in DOCUMENT["paths"].values()
        for said in path.values()
        for answer in said["responses"].values()
        for content in answer["content"].values()
        for example in content.get("examples", {}).values()
    }

    assert [] == sorted(code for code in codes if f"`{code}`" not in pages)
