"""The OpenAPI document of intake, made from the very shapes, refusals and limits that the service works with."""

from collections.abc import Iterable

from pydantic import BaseModel

from services.intake import refusals as no
from services.intake.box_review import BoxReview
from services.intake.candidate import Candidate, Drop
from services.intake.confirmations import (
    BoxReviewConfirmation,
    CandidateConfirmation,
    EvidenceConfirmation,
    SubmissionConfirmation,
    SubmissionStanding,
)
from services.intake.http import examples
from services.intake.upload import EvidenceForm, UploadsBusy
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.channels import CHANNELS, WATCHED
from shared.contract.json_text import BadJson, DuplicateKey
from shared.contract.submissions import SUBMISSIONS
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
    no.BodyTooLarge, no.ChannelNotOpen, no.TimeInFuture, no.TimeTooFar, no.TimeTooEarly, no.TimeAfterReceipt,
    no.AuditorOnlyReads, no.NoReceptionist, no.BoxNotUp, no.BoxElsewhere, no.NotAbove, no.TwoBodies,
    no.ReceivedByAnother, no.LateUnexplained, no.SettlementIncomplete, no.PartyAddsNothing,
)  # fmt: skip
ADD_EVIDENCE: Refusals = (
    *EVERYWHERE, no.NotMultipart, no.BadMultipart, no.FileTooLarge, no.TooManyFiles, no.PartyAddsNothing,
    no.UploadQuota, no.AuditorOnlyReads, DocumentsAway, UploadsBusy,
)  # fmt: skip

REVIEW_BOX: Refusals = (
    *WHO_CALLS, KeyRequired, BadJson, DuplicateKey, UnsupportedMediaType, no.BodyTooLarge, no.AuditorOnlyReads,
    no.BadSubmission, no.TimeInFuture, no.NoOpinionBox, no.BoxNotUp, no.BoxReviewedAlready, no.ReviewedByAnother,
    no.NotYourBox, no.IdempotencyConflict, OutcomeUnknown, MayNotAppend,
)  # fmt: skip
CANDIDATES: Refusals = (
    *WHO_CALLS, KeyRequired, BadJson, DuplicateKey, UnsupportedMediaType, no.BodyTooLarge, no.AuditorOnlyReads,
    no.BadSubmission, no.IdempotencyConflict, OutcomeUnknown, VaultAway, MayNotAppend, RecordTooLarge,
)  # fmt: skip
REPORT_CANDIDATE: Refusals = (*CANDIDATES, no.ChannelNotAllowed, no.TimeInFuture)
DECIDE_CANDIDATE: Refusals = (no.CandidateForPeople, no.UnknownCandidate, no.NotYourCandidate, no.CandidateDecided)
DROP_CANDIDATE: Refusals = (*CANDIDATES, *DECIDE_CANDIDATE)
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
        **{address(code): {"post": _submit_on(code)} for code in SUBMISSIONS},
        "/v1/complaints/{case}": {"get": _standing()},
        "/v1/cases/{case}/evidence": {"post": _add_evidence()},
        "/v1/opinion-boxes/{unit}/reviews": {"post": _review_box()},
        "/v1/candidates": {"post": _report_candidate()},
        "/v1/candidates/{candidate}/drop": {"post": _drop_candidate()},
    }
    return openapi.document(TITLE, INTRODUCTION, paths, _schemas())


def _submit() -> Schema:
    shapes = [openapi.ref(shape) for shape in SUBMISSIONS.values()]
    channel = {"type": "string", "enum": [CHANNELS[code].address for code in SUBMISSIONS]}
    return {
        "operationId": "submit",
        "summary": "Take a complaint in, or a further receipt of one",
        "description": "At most 256 KiB; a narrative at most 64 KiB of UTF-8. No text may hold NUL characters.",
        "parameters": [
            openapi.parameter("channel", "path", channel, "an open channel"),
            openapi.key_parameter(KEY_LIMIT),
        ],
        "requestBody": _body({"anyOf": shapes}, examples.SUBMISSIONS),
        "responses": _answers(SubmissionConfirmation, examples.TAKEN) | openapi.refusals((*SUBMIT, *DECIDE_CANDIDATE)),
    }


def address(channel: str) -> str:
    """The address of an open channel: each has its own, so that a client made from the document knows its details."""
    return f"/v1/complaints/{CHANNELS[channel].address}"


def _submit_on(channel: str) -> Schema:
    refused = (*SUBMIT, *DECIDE_CANDIDATE) if channel in WATCHED else SUBMIT
    called, shape = CHANNELS[channel], SUBMISSIONS[channel]
    example = {"summary": f"A complaint by {called.en}", "value": examples.ON_EACH[channel]}
    shown = {"complaint": example} | (examples.SUBMISSIONS if channel == "phone" else {})
    return _submit() | {
        "operationId": "submit" + shape.__name__.removesuffix("Submission"),
        "summary": f"Take a complaint by {called.en} ({called.zh}) in, or a further receipt of one",
        "parameters": [openapi.key_parameter(KEY_LIMIT)],
        "requestBody": _body(openapi.ref(shape), shown),
        "responses": _answers(SubmissionConfirmation, examples.TAKEN) | openapi.refusals(refused),
    }


def _body(schema: Schema, shown: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema, "examples": shown}}}


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


def _review_box() -> Schema:
    unit = {"type": "string", "examples": ["dongqiao"]}
    return {
        "operationId": "reviewBox",
        "summary": "Record that an opinion box was looked into",
        "description": "Once for each day on which a box hangs there, also when it was empty, before it closes.",
        "parameters": [
            openapi.parameter("unit", "path", unit, "the unit where the box hangs"),
            openapi.key_parameter(KEY_LIMIT),
        ],
        "requestBody": _body(openapi.ref(BoxReview), examples.BOX_REVIEWS),
        "responses": _answers(BoxReviewConfirmation, examples.BOX_REVIEWED) | openapi.refusals(REVIEW_BOX),
    }


def _report_candidate() -> Schema:
    return {
        "operationId": "reportCandidate",
        "summary": "Report what may be a complaint, found in a medium or a network",
        "description": "It is no case. A person confirms it by a complaint whose details name it, or drops it.",
        "parameters": [KEY],
        "requestBody": _body(openapi.ref(Candidate), examples.CANDIDATES),
        "responses": _answers(CandidateConfirmation, examples.CANDIDATE_TAKEN) | openapi.refusals(REPORT_CANDIDATE),
    }


def _drop_candidate() -> Schema:
    id_ = {"type": "string", "examples": [examples.CANDIDATE_ID]}
    return {
        "operationId": "dropCandidate",
        "summary": "Say why a candidate is no complaint to take in",
        "parameters": [openapi.parameter("candidate", "path", id_, "the candidate's id"), KEY],
        "requestBody": _body(openapi.ref(Drop), examples.DROPS),
        "responses": _answers(CandidateConfirmation, examples.CANDIDATE_DROPPED) | openapi.refusals(DROP_CANDIDATE),
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
    taken: Iterable[type[BaseModel]] = (*SUBMISSIONS.values(), EvidenceForm, BoxReview, Candidate, Drop)
    given: Iterable[type[BaseModel]] = (
        SubmissionConfirmation, SubmissionStanding, EvidenceConfirmation, BoxReviewConfirmation, CandidateConfirmation,
        problems.Problem,
    )  # fmt: skip
    schemas = openapi.schemas((*taken, *given))
    schemas[EvidenceForm.__name__]["properties"]["file"] = {
        "type": "string",
        "format": "binary",
        "minLength": 1,
        "description": "the file, with its name",
    }
    return schemas
