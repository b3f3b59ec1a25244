"""The OpenAPI document of intake, made from the very shapes, refusals and limits that the service works with."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from services.intake import refusals as no
from services.intake.http import examples
from services.intake.http.receipts_given import EvidenceTaken, Taken
from services.intake.http.turns_of_calls import KEY_LIMIT
from services.intake.submission import SUBMISSIONS
from services.intake.upload import EvidenceForm
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.channels import CHANNELS
from shared.errors import OutcomeUnknown, RedressError
from shared.web import problems
from shared.web.auth import BadToken, ExpiredToken, Unauthenticated

Refusals = tuple[type[RedressError], ...]
EVERYWHERE: Refusals = (
    no.KeyRequired, Unauthenticated, BadToken, ExpiredToken, no.UnknownSubmitter, UnknownCase,
    no.IdempotencyConflict, no.CaseErased, no.BadSubmission, BadCaseNumber, OutcomeUnknown, no.NothingToCheckAgainst,
)  # fmt: skip
SUBMIT: Refusals = (
    *EVERYWHERE, no.BadJson, no.ChannelNotAllowed, no.UnknownChannel, no.BodyTooLarge, no.ChannelNotOpen,
    no.TimeInFuture, no.LateUnexplained, no.SettlementIncomplete,
)  # fmt: skip
ADD_EVIDENCE: Refusals = (*EVERYWHERE, no.BadMultipart, no.FileTooLarge, no.TooManyFiles)

Schema = dict[str, Any]
TITLE = "Redress intake"
INTRODUCTION = """Complaints come in here. Every write takes an `Idempotency-Key` and may be repeated with it at any
time: the same key and content give the same answer. Errors are `application/problem+json`; branch on `code`."""


def document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": INTRODUCTION},
        "paths": {
            "/v1/complaints/{channel}": {"post": _submit()},
            "/v1/cases/{case}/evidence": {"post": _add_evidence()},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token of a channel system or a person; `redress token` issues one.",
                }
            },
        },
        "security": [{"bearer": []}],
    }


def _submit() -> Schema:
    shapes = [_ref(shape) for shape in SUBMISSIONS.values()]
    body = {"schema": {"anyOf": shapes}, "examples": examples.SUBMISSIONS}
    channel = {"type": "string", "enum": [CHANNELS[code].address for code in SUBMISSIONS]}
    return {
        "operationId": "submit",
        "summary": "Take a complaint in, or a further receipt of one",
        "description": "At most 256 KiB; a narrative at most 64 KiB of UTF-8. No text may hold NUL characters.",
        "parameters": [_parameter("channel", "path", channel, "an open channel"), _key()],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": _answers(Taken, examples.TAKEN) | _refusals(SUBMIT),
    }


def _add_evidence() -> Schema:
    case = {"type": "string", "examples": [examples.CASE_NUMBER, examples.CASE_ID]}
    return {
        "operationId": "addEvidence",
        "summary": "Add a file to a case",
        "description": "At most 20 MiB a file and 20 files a case.",
        "parameters": [_parameter("case", "path", case, "a case's number or id"), _key()],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _ref(EvidenceForm)}}},
        "responses": _answers(EvidenceTaken, examples.EVIDENCE_TAKEN) | _refusals(ADD_EVIDENCE),
    }


def _parameter(name: str, where: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": where, "required": True, "schema": schema, "description": description}


def _key() -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT}
    return _parameter("Idempotency-Key", "header", schema, "the same one whenever this call is repeated")


def _answers(shape: type[BaseModel], example: Schema) -> Schema:
    content = {"application/json": {"schema": _ref(shape), "example": example}}
    return {
        "201": {"description": "Taken in; it is durable.", "content": content},
        "200": {"description": "The same key and content again: the same answer.", "content": content},
    }


def _refusals(kinds: Refusals) -> Schema:
    """Per status what may be wrong, in the words of the refusals themselves."""
    by_status: dict[int, list[RedressError]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind())
    return {str(status): _refusal(status, of) for status, of in sorted(by_status.items())}


def _refusal(status: int, kinds: list[RedressError]) -> Schema:
    codes = sorted({kind.code for kind in kinds})
    content = {
        "schema": {"allOf": [_ref(problems.Problem), {"properties": {"code": {"enum": codes}}}]},
        "examples": {type(kind).__name__: {"value": problems.body_of(kind)} for kind in kinds},
    }
    described: Schema = {
        "description": "\n".join(f"- `{kind.code}`: {kind.detail}" for kind in kinds),
        "content": {problems.MEDIA_TYPE: content},
    }
    if status == Unauthenticated.status:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    return described


def _ref(shape: type[BaseModel]) -> Schema:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _schemas() -> Schema:
    taken: Iterable[type[BaseModel]] = (*SUBMISSIONS.values(), EvidenceForm)
    given: Iterable[type[BaseModel]] = (Taken, EvidenceTaken, problems.Problem)
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(shape, "validation") for shape in (*taken, *given)]
    _, found = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    schemas: Schema = found["$defs"]
    schemas[EvidenceForm.__name__]["properties"]["file"] = {
        "type": "string",
        "format": "binary",
        "description": "the file, with its name",
    }
    return schemas
