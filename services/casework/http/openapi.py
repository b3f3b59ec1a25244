"""Describes casework's API in OpenAPI: one path per command, made from the commands' declarations."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from services.casework.commands.declaration import Declaration
from services.casework.http import refusals as no
from services.casework.http.answers_given import CommandDone, CommandPending, CommandProblem, CommandStatus
from services.casework.http.door import RefusedTooOften
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.commands import AfterUnknown, AwaitedTooLong, CaseBlocked, CommandFailed
from shared.contract.json_text import BadJson, DuplicateKey
from shared.contract.positions import BadPosition
from shared.errors import MayNotAppend, NotYet, OutcomeUnknown, RecordTooLarge
from shared.log.following import ProjectionBehind
from shared.sealing.vault import KeyDestroyed, VaultAway
from shared.web import openapi
from shared.web.headers import UnsupportedMediaType
from shared.web.incoming import KEY_LIMIT, KeyRequired
from shared.web.openapi import Schema

TITLE = "Redress casework"
INTRODUCTION = """What people do on a case comes in here. Every command takes an `Idempotency-Key` and may be repeated
with it at any time: the same key gives the same answer. Errors are `application/problem+json`; branch on `code`."""
CASE = openapi.parameter("case", "path", openapi.CASE_NAME, "a case's number or id")
AFTER = openapi.parameter(
    "after",
    "query",
    openapi.POSITION,
    "<partition>:<offset> of the log that has to be seen first",
    required=False,
)
WHO_CALLS: openapi.Refusals = openapi.EVERY_CALL
EVERY_COMMAND: openapi.Refusals = (
    *WHO_CALLS, KeyRequired, BadJson, DuplicateKey, UnsupportedMediaType, no.CommandTooLarge, UnknownCase,
    BadCaseNumber, BadPosition,
    ProjectionBehind, KeyDestroyed, VaultAway, no.CommandConflict, no.Overtaken, AfterUnknown, AwaitedTooLong,
    CaseBlocked, CommandFailed, RecordTooLarge, RefusedTooOften, OutcomeUnknown, MayNotAppend, NotYet,
)  # fmt: skip
"""What can go wrong with every command, besides what its declaration names."""
STATUS_OF: openapi.Refusals = (*WHO_CALLS, UnknownCase, BadCaseNumber, BadPosition, no.CommandNotSent)


def document(declared: Mapping[str, Declaration[Any]]) -> Schema:
    """The whole document."""
    paths: Schema = {f"/v1/cases/{{case}}/commands/{name}": {"post": _command(one)} for name, one in declared.items()}
    paths["/v1/cases/{case}/commands/{id}"] = {"get": _status()}
    shapes: list[type[BaseModel]] = [one.body for one in declared.values()]
    shapes += [CommandDone, CommandPending, CommandStatus, CommandProblem]
    return openapi.document(TITLE, INTRODUCTION, paths, openapi.schemas(shapes))


def _command(declared: Declaration[Any]) -> Schema:
    needed = any(field.is_required() for field in declared.body.model_fields.values())
    answers = {
        "200": openapi.answer(f"Done: {declared.becomes.__name__} is in the log.", CommandDone),
        "202": openapi.answer("Not answered yet: `Location` says where to ask.", CommandPending),
    }
    return {
        "operationId": declared.name,
        "summary": declared.summary,
        "description": _description(declared),
        "parameters": [CASE, AFTER, openapi.key_parameter(KEY_LIMIT)],
        "requestBody": {
            "required": needed,
            "content": {"application/json": {"schema": openapi.ref(declared.body)}},
        },
        "responses": answers | openapi.refusals((*EVERY_COMMAND, *declared.refusals), CommandProblem),
    }


def _description(declared: Declaration[Any]) -> str:
    """What it becomes, what that discharges and what else follows."""
    said = [f"Becomes `{declared.becomes.__name__}`."]
    if declared.discharges:
        said.append(f"Can discharge {', '.join(f'`{kind}`' for kind in declared.discharges)}.")
    if declared.second_person is not None:
        said.append(f"A second person has to approve it {declared.second_person.when}.")
    if declared.effect:
        said.append(f"{declared.effect[0].upper()}{declared.effect[1:]}.")
    return " ".join(said)


def _status() -> Schema:
    at = openapi.parameter("at", "query", openapi.POSITION, "as the `Location` of the 202 has it", required=False)
    id_ = openapi.parameter("id", "path", {"type": "string"}, "the command's id")
    given = {"schema": {"anyOf": [openapi.ref(CommandStatus), openapi.ref(CommandPending)]}}
    answer = {"description": "What became of it.", "content": {"application/json": given}}
    return {
        "operationId": "status",
        "summary": "What became of a command: pending, done, refused or failed",
        "parameters": [CASE, id_, at],
        "responses": {"200": answer} | openapi.refusals(STATUS_OF, CommandProblem),
    }
