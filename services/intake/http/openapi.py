"""The OpenAPI document of intake, made from the very shapes, refusals and limits that the service works with."""

from collections.abc import Iterable

from pydantic import BaseModel

from services.intake import refusals as no
from services.intake.confirmations import EvidenceConfirmation, SubmissionConfirmation, SubmissionStanding
from services.intake.http import examples
from services.intake.submission import SUBMISSIONS
from services.intake.upload import EvidenceForm, UploadsBusy
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.channels import CHANNELS
from shared.contract.json_text import BadJson, DuplicateKey
from shared.errors import MayNotAppend, OutcomeUnknown, RecordTooLarge, RedressError
from shared.sealing.documents import DocumentsAway
from shared.sealing.vault import VaultAway
from shared.web import openapi, problems
from shared.web.headers import UnsupportedMediaType
from shared.web.incoming import KEY_LIMIT, KeyRequired
from shared.web.openapi import Schema

Refusals = tuple[type[RedressError], ...]
WHO_CALLS: Refusals = (*openapi.EVERY_CALL, no.UnknownSubmitter, no.NothingToCheckAgainst)
EVERYWHERE: Refusals = (
    *WHO_CALLS, KeyRequired, UnknownCase,
    no.IdempotencyConflict, no.CaseErased, no.BadSubmission, BadCaseNumber, OutcomeUnknown, VaultAway,
    MayNotAppend, RecordTooLarge,
)  # fmt: skip
SUBMIT: Refusals = (
    *EVERYWHERE, BadJson, DuplicateKey, UnsupportedMediaType, no.ChannelNotAllowed, no.UnknownChannel,
    no.BodyTooLarge, no.ChannelNotOpen, no.TimeInFuture, no.TimeTooFar, no.TimeTooEarly, no.AuditorOnlyReads,
    no.ReceivedByAnother, no.LateUnexplained, no.SettlementIncomplete, no.PartyAddsNothing,
)  # fmt: skip
ADD_EVIDENCE: Refusals = (
    *EVERYWHERE, no.NotMultipart, no.BadMultipart, no.FileTooLarge, no.TooManyFiles, no.PartyAddsNothing,
    no.UploadQuota, no.AuditorOnlyReads, DocumentsAway, UploadsBusy,
)  # fmt: skip

STANDING: Refusals = (
    *WHO_CALLS, UnknownCase, BadCaseNumber,
)  # fmt: skip

KEY = openapi.key_parameter(KEY_LIMIT)
TITLE = "Redress intake"
INTRODUCTION = """Complaints come in here. Every write takes an `Idempotency-Key` and may be repeated with it at any
time: the same key and content give the same answer. Errors are `application/problem+json`; branch on `code`."""


def document() -> Schema:
    """The whole document."""
    paths = {
        "/v1/complaints/{channel}": {"post": _submit()},
        "/v1/complaints/{case}": {"get": _standing()},
        "/v1/cases/{case}/evidence": {"post": _add_evidence()},
    }
    return openapi.document(TITLE, INTRODUCTION, paths, _schemas())


def _submit() -> Schema:
    shapes = [openapi.ref(shape) for shape in SUBMISSIONS.values()]
    body = {"schema": {"anyOf": shapes}, "examples": examples.SUBMISSIONS}
    channel = {"type": "string", "enum": [CHANNELS[code].address for code in SUBMISSIONS]}
    return {
        "operationId": "submit",
        "summary": "Take a complaint in, or a further receipt of one",
        "description": "At most 256 KiB; a narrative at most 64 KiB of UTF-8. No text may hold NUL characters.",
        "parameters": [
            openapi.parameter("channel", "path", channel, "an open channel"),
            openapi.key_parameter(KEY_LIMIT),
        ],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": _answers(SubmissionConfirmation, examples.TAKEN) | openapi.refusals(SUBMIT),
    }


def _add_evidence() -> Schema:
    case = openapi.CASE_NAME | {"examples": [examples.CASE_NUMBER, examples.CASE_ID]}
    return {
        "operationId": "addEvidence",
        "summary": "Add a file to a case",
        "description": "At most 20 MiB a file and 20 files a case.",
        "parameters": [
            openapi.parameter("case", "path", case, "a case's number or id"),
            openapi.key_parameter(KEY_LIMIT),
        ],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": openapi.ref(EvidenceForm)}}},
        "responses": _answers(EvidenceConfirmation, examples.EVIDENCE_TAKEN) | openapi.refusals(ADD_EVIDENCE),
    }


def _standing() -> Schema:
    case = openapi.CASE_NAME | {"examples": [examples.CASE_NUMBER, examples.CASE_ID]}
    found = openapi.answer("Where it stands. To everybody but its submitter there is no such case.", SubmissionStanding)
    return {
        "operationId": "standing",
        "summary": "Ask how a case stands that you submitted",
        "parameters": [openapi.parameter("case", "path", case, "a case's number or id")],
        "responses": {"200": found} | openapi.refusals(STANDING),
    }


def _answers(shape: type[BaseModel], example: Schema) -> Schema:
    return {
        "201": openapi.answer("SubmissionConfirmation in; it is durable.", shape, example),
        "200": openapi.answer("The same key and content again: the same answer.", shape, example),
    }


def _schemas() -> Schema:
    taken: Iterable[type[BaseModel]] = (*SUBMISSIONS.values(), EvidenceForm)
    given: Iterable[type[BaseModel]] = (
        SubmissionConfirmation, SubmissionStanding, EvidenceConfirmation, problems.Problem,
    )  # fmt: skip
    schemas = openapi.schemas((*taken, *given))
    schemas[EvidenceForm.__name__]["properties"]["file"] = {
        "type": "string",
        "format": "binary",
        "description": "the file, with its name",
    }
    return schemas
