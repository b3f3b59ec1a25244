"""The OpenAPI documents of all three APIs: a client is made of each, and each says all that its calls answer."""

import compileall
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from services.casework.decisions import COMMANDS
from services.casework.http import openapi as casework
from services.console.http.api import create_app
from services.console.register.exports import XLSX
from services.intake.http import openapi as intake
from shared.contract.schemas import undescribed
from tests.support.json_schema import at
from tests.unit.intake.test_openapi import references

DOCUMENTS: dict[str, dict[str, Any]] = {
    "intake": intake.document(),
    "casework": casework.document(COMMANDS),
    "console": create_app(None).openapi(),  # type: ignore[arg-type] # its document needs nobody who answers
}
EVERY = {"400", "408", "429", "500", "503"}
"""What every request can be answered with, whoever sends it."""
CALLS = [
    (api, f"{method.upper()} {path}", call)
    for api, document in DOCUMENTS.items()
    for path, calls in document["paths"].items()
    for method, call in calls.items()
]


@pytest.mark.parametrize("api", DOCUMENTS)
def test_a_client_is_generated(api: str, tmp_path: Path) -> None:
    """Without a warning: nothing is left out of it; and what is generated is Python."""
    source, made = tmp_path / "openapi.json", tmp_path / "client"
    source.write_text(json.dumps(DOCUMENTS[api]), encoding="utf-8")
    file = ConfigFile(post_hooks=[], content_type_overrides={XLSX: "application/octet-stream"})
    told = generate(config=Config.from_sources(file, MetaType.NONE, source, "utf-8", overwrite=True, output_path=made))

    assert [] == [f"{one.header}: {one.detail}" for one in told]
    assert len([path for path in (made / "api" / "default").glob("*.py") if path.stem != "__init__"]) == len(
        [call for name, _, call in CALLS if name == api]
    )
    assert compileall.compile_dir(made, quiet=1)


@pytest.mark.parametrize(("api", "name", "call"), CALLS, ids=[f"{api} {name}" for api, name, _ in CALLS])
def test_every_call_says_who_may_and_all_it_can_answer(api: str, name: str, call: dict[str, Any]) -> None:
    """A token unless it says that it needs none; the statuses of every request; a key and the body's faults."""
    open_to_all = call.get("security") == []
    answers = set(call["responses"])

    assert [{"bearer": []}] == DOCUMENTS[api]["security"]
    assert open_to_all is (name == "GET /schemas/{name}")
    assert (EVERY if open_to_all else EVERY | {"401", "403", "422"}) - {"403"} <= answers
    takes = {one["name"].lower() for one in call.get("parameters", ()) if one["in"] == "header"}
    if "accept" in takes or "application/pdf" in call["responses"]["200"].get("content", {}):
        assert "406" in answers  # what is offered in some forms only
    if name == "POST /v1/register/openings":
        assert "unknown_unit" in json.dumps(call["responses"]["422"])  # its body is the register's filter
    if name.startswith("POST"):
        key = next(one for one in call["parameters"] if one["name"] == "Idempotency-Key")
        assert ("header", True) == (key["in"], key["required"])
    if "requestBody" in call:
        assert {"413", "415"} <= answers
    assert all(one["description"] for one in call.get("parameters", ()))


@pytest.mark.parametrize("api", DOCUMENTS)
def test_every_reference_leads_somewhere_and_every_name_is_one(api: str) -> None:
    """No two calls are called alike: a client has a function for each."""
    names = [call["operationId"] for own, _, call in CALLS if own == api]

    assert all(at(DOCUMENTS[api], ref) for ref in references(DOCUMENTS[api]))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("api", DOCUMENTS)
def test_every_field_is_described(api: str) -> None:
    """Beside the field itself, or in the table of field words."""
    shapes = DOCUMENTS[api]["components"]["schemas"]

    assert [] == [field for name, shape in shapes.items() for field in undescribed(name, shape)]
