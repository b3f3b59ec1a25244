"""The OpenAPI document of the console: what its calls declare, with who may call and everything that can be refused."""

from collections.abc import Mapping
from typing import Any

from services.console.http import candidates
from services.console.http.boxes import UnknownBox
from services.console.http.documents import Infected, InQuarantine, UnknownFile
from services.console.http.letter import NoSheet, UnknownMessage
from services.console.http.parameters import STATES, BadQuery, UnknownUnit
from services.console.http.questions import PeopleOnly, UnknownReader
from services.console.http.reference import UnknownDocument
from services.console.http.report_forms import PDF, NotAcceptable
from services.console.http.schemas import MEDIA_TYPE as SCHEMA_TYPE
from services.console.http.schemas import UnknownSchema
from services.console.http.unsealing import OpeningRefused
from services.console.openings import refusals as no
from services.console.projection.database import ConsoleDatabaseAway
from services.console.projection.live_generation import ConsoleStarting
from services.console.register.exports import XLSX, TooManyLines
from services.console.register.wording import Headers
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.bodies import Shape
from shared.contract.channels import CHANNELS
from shared.contract.json_text import BadJson, DuplicateKey
from shared.contract.positions import BadPosition
from shared.contract.schemas import field_words, types
from shared.errors import NotYet, OutcomeUnknown, RecordTooLarge
from shared.log.access_log import AccessNotRecorded
from shared.log.following import ProjectionBehind
from shared.sealing.documents import DocumentMissing, DocumentsAway
from shared.sealing.vault import KeyMissing, SealBroken, VaultAway
from shared.web import openapi, problems
from shared.web.headers import UnsupportedMediaType
from shared.web.incoming import KEY_LIMIT, KeyRequired
from shared.web.openapi import Kinds, Schema

TITLE = "Redress console"
INTRODUCTION = (
    "What happened, what is owed, what it adds up to. Errors are `application/problem+json`; branch on `code`."
)
OPENINGS = "/v1/register/openings"
"""Its POST takes the register's filter in its body."""
OPEN = frozenset({"/schemas/{name}"})
"""Calls that need no token."""
EVERY_QUESTION: Kinds = (
    *openapi.EVERY_CALL, PeopleOnly, UnknownReader, NotYet, ConsoleDatabaseAway, ConsoleStarting, BadPosition,
    ProjectionBehind, BadQuery,
)  # fmt: skip
OF_A_CASE: Kinds = (UnknownCase, BadCaseNumber)
OF_FILES: Kinds = (UnknownFile, InQuarantine, Infected, DocumentMissing, DocumentsAway)
UNSEALED: Kinds = (OpeningRefused, AccessNotRecorded, KeyMissing, SealBroken, VaultAway)
OF_OPENINGS: Kinds = (
    no.UnknownOpening, no.OpeningNotApproved, no.OpeningAnswered, no.OwnOpening, no.NobodyToApprove, AccessNotRecorded,
)  # fmt: skip
BULK: Kinds = (no.OpeningNeeded, no.UnknownOpening, no.OpeningNotApproved, no.OtherQuery, *UNSEALED)
WRITTEN: Kinds = (
    KeyRequired, no.OpeningConflict, BadJson, DuplicateKey, UnsupportedMediaType, problems.HttpTooLarge,
    RecordTooLarge, OutcomeUnknown,
)  # fmt: skip
ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time", "pattern": "^(19|2[0-9])[0-9]{2}-"}
"""In a year of ``parameters.YEARS``."""
PARAMETERS: dict[str, Schema] = {
    "after": openapi.POSITION,
    "as_of": INSTANT,
    "case": openapi.CASE_NAME,
    "channel": {
        "type": "string",
        "enum": [*CHANNELS, *(one.address for one in CHANNELS.values() if "-" in one.address)],
    },
    "cursor": {"type": "string", "pattern": "^[A-Za-z0-9_=-]{1,512}$"},
    "due_before": {"anyOf": [DAY, INSTANT]},
    "from": DAY,
    "document": ID,
    "handler": ID,
    "headers": {"type": "string", "enum": [*Headers]},
    "kind": ID,
    "message": ID,
    "name": {"type": "string", "enum": [f"{type_}.json" for type_ in types()]},
    "opening": ID,
    "state": {"type": "string", "enum": [*STATES]},
    "to": DAY,
    "unit": ID,
    "version": ID,
    "/v1/candidates state": {"type": "string", "enum": [*candidates.STATES]},
}
"""What each parameter of an address may be, by its name, or by path and name: FastAPI knows it as a text."""
BINARY: Schema = {"type": "string", "format": "binary"}
FILES: dict[str, dict[str, Schema]] = {
    ".csv": {"text/csv": {"type": "string"}},
    ".xlsx": {XLSX: BINARY},
    "/reports/yearly": {PDF: BINARY, XLSX: BINARY},
    "/schemas/{name}": {SCHEMA_TYPE: {"type": "object"}},
}
"""What answers that are no JSON documents of ours hold, by the end of the address."""


def document(declared: Schema, bodies: Mapping[str, type[Shape]]) -> Schema:
    """The whole document. ``declared``: what FastAPI makes of the calls; ``bodies``: what they take, by operation."""
    for path, calls in declared["paths"].items():
        for method, call in calls.items():
            _complete(path, method, call, bodies)
    shapes = openapi.schemas([problems.Problem, *bodies.values()])
    return openapi.document(TITLE, INTRODUCTION, declared["paths"], shapes)


def _complete(path: str, method: str, call: Schema, bodies: Mapping[str, type[Shape]]) -> None:
    """Say of a call what its function does not: answers, body, key, token."""
    name = call["operationId"] = _operation(call["operationId"], path, method)
    names = {one["name"] for one in call.get("parameters", ())}
    for one in call.get("parameters", ()):
        one.setdefault("description", field_words().get(f"parameter.{one['name']}", field_words().get(one["name"], "")))
        if (schema := PARAMETERS.get(f"{path} {one['name']}", PARAMETERS.get(one["name"]))) is not None:
            one["schema"] = schema
    answers = {status: one for status, one in call["responses"].items() if status != "422"}
    for answer in answers.values():
        for content in answer.get("content", {}).values():
            content["schema"].pop("title", None)  # a name of its own for each, which no client needs
    if method == "post":
        call.setdefault("parameters", []).append(openapi.key_parameter(KEY_LIMIT))
        answers |= {"200": answers.get("201", answers.get("200"))} if "201" in answers else {}
    if name in bodies:
        content = {"application/json": {"schema": openapi.ref(bodies[name])}}
        call["requestBody"] = {"required": True, "content": content}
    for ending, files in FILES.items():
        if path.endswith(ending):
            answers["200"]["content"] = {media_type: {"schema": schema} for media_type, schema in files.items()}
    if path.endswith("/{message}"):
        answers["200"]["content"][PDF] = {"schema": BINARY}
    call["responses"] = answers | openapi.refusals(_refused(path, method, names))
    if path in OPEN:
        call["security"] = []


def _operation(given: str, path: str, method: str) -> str:
    """The name of the function alone, with its ending where two calls have one name."""
    return given.removesuffix(f"_{_word(path)}_{method}")


def _word(path: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in path).lstrip("_")


def _refused(path: str, method: str, names: set[str]) -> Kinds:
    """What a call can be refused with, by what it takes."""
    if path in OPEN:
        return (*openapi.ANY_REQUEST, UnknownSchema)
    found: dict[str, tuple[bool, Kinds]] = {
        "case": ("{case}" in path, OF_A_CASE),
        "unit": (
            ("unit" in names and "{unit}" not in path) or (path, method) == (OPENINGS, "post"),
            (UnknownUnit,),
        ),
        "box": ("{unit}" in path, (UnknownBox,)),
        "bulk": ("opening" in names and "{opening}" not in path, BULK),
        "open": ("open" in names, UNSEALED),
        "openings": ("/openings" in path, OF_OPENINGS),
        "written": (method == "post", WRITTEN),
        "sheet": (path.endswith(".xlsx"), (TooManyLines,)),
        "letter": ("{message}" in path, (UnknownMessage, NoSheet, DocumentMissing, DocumentsAway)),
        "report": (path == "/v1/reports/yearly", (NotAcceptable,)),
        "published": ("/reference/{kind}" in path, (UnknownDocument,)),
        "file": (path.endswith("/documents/{document}"), (*OF_FILES, *UNSEALED)),
    }
    kinds: list[Any] = [*EVERY_QUESTION]
    for applies, some in found.values():
        kinds += some if applies else ()
    return tuple(dict.fromkeys(kinds))
