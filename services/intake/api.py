"""Intake over HTTP: checks a submission, makes its key durable, seals it, appends it once, answers from the log."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Form, Header, Request, UploadFile
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.intake.evidence import FILE_LIMIT_BYTES, EvidenceDesk, Upload
from services.intake.receipts import Desk, Receipt
from services.intake.submission import BODY_LIMIT_BYTES, PhoneSubmission
from shared import problems
from shared.auth import Subject, Tokens
from shared.case_index import CaseEntry, CaseIndex
from shared.clock import Clock
from shared.errors import OutcomeUnknown, RedressError
from shared.event_log import EventLog, outgoing
from shared.ids import case_id, derived
from shared.organisation_file import CHANNELS, parse_organisation
from shared.reference import Reference
from shared.vault import Vault
from shared.working_days import calendar_of

OPEN_CHANNELS = ("phone",)
KEY_LIMIT = 200
READ_BACK_SECONDS = 4.5


class UnknownChannel(RedressError):
    """There is no such channel: the channels are phone, mail, walk-in, letter, media, upper-branch and others."""

    code = "unknown_channel"
    status = 404


class ChannelNotOpen(RedressError):
    """This channel does not take submissions here yet: open are phone."""

    code = "channel_not_open"
    status = 422


class KeyRequired(RedressError):
    """Send an Idempotency-Key header of at most 200 characters, the same one whenever you repeat this call."""

    code = "idempotency_key_required"
    status = 400


class BadJson(RedressError):
    """The body is not JSON in UTF-8."""

    code = "bad_json"
    status = 400


class TooLarge(RedressError):
    """The body is larger than 256 KiB: shorten the narrative, send files as evidence."""

    code = "too_large"
    status = 413


class IdempotencyConflict(RedressError):
    """This Idempotency-Key was used with another content: use a new key for a new complaint."""

    code = "idempotency_conflict"
    status = 409


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything the API works with."""

    log: EventLog
    index: CaseIndex
    vault: Vault
    reference: Reference
    clock: Clock
    tokens: Tokens
    evidence: EvidenceDesk

    def desk(self) -> Desk:
        """What a submission is checked against now. Raises NotYet while reference data are missing."""
        now = self.clock.now()
        organisation = self.reference.in_force("organisation", "bank", now)
        calendars = tuple((d.content, d.version) for d in self.reference.all_in_force("calendar", now))
        return Desk(self.reference.parsed(organisation, parse_organisation), calendar_of("cn", calendars), now)

    async def submit(self, subject: Subject, key: str, channel: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Take a submission in: status and answer.

        Raises:
            BadJson, BadSubmission and its kinds, ChannelNotAllowed, KeyDestroyed, IdempotencyConflict, OutcomeUnknown
        """
        desk = self.desk()
        desk.unit_of(subject, channel)
        submission = _shape(body)
        case = case_id(str(subject), key)
        known = self.index.get(case)
        if known is None:
            desk.check(submission)
        sealing_key = await self.vault.ensure_key(case)
        receipt = Receipt(case, sealing_key, submission, subject, channel, desk)
        cause = derived("submission", str(subject), key)
        if known is None:
            event = receipt.received(cause, lambda number: self.index.by_number(number) is not None)
            position = (await self.log.append([outgoing(event)]))[0]
            known = await self._first(case, position.partition, position.offset)
            if known.event_id == event.id and known.offset == position.offset:
                return 201, answer(known)
        if known.fingerprint != receipt.fingerprint():
            await self.log.append([outgoing(receipt.conflict(cause))])
            raise IdempotencyConflict
        return 200, answer(known)

    async def _first(self, case: str, partition: int, offset: int) -> CaseEntry:
        """The first receipt of the case in the log: of two at once, both callers get the same answer."""
        try:
            async with asyncio.timeout(READ_BACK_SECONDS):
                await self.index.past(partition, offset)
        except TimeoutError as error:
            raise OutcomeUnknown from error
        found = self.index.get(case)
        if found is None:
            raise OutcomeUnknown
        return found


def _shape(body: bytes) -> PhoneSubmission:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadJson from error
    return PhoneSubmission.model_validate(raw)


def answer(entry: CaseEntry) -> dict[str, Any]:
    """What the submitter is told, the same whenever he asks."""
    return {
        "case_id": entry.case_id,
        "case_number": entry.case_number,
        "event_id": entry.event_id,
        "received_at": entry.received_at,
        "log": {"partition": entry.partition, "offset": entry.offset},
    }


async def _limited(request: Request) -> bytes:
    """The body, refused as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise TooLarge
    return bytes(body)


def create_app(intake: Intake) -> FastAPI:
    """The HTTP service."""
    app = FastAPI(title="Redress intake", description="Complaints come in here.", version="1")
    problems.install(app)

    @app.exception_handler(ValidationError)
    async def of_shape(request: Request, error: ValidationError) -> JSONResponse:
        return problems.from_validation(list(error.errors(include_input=False, include_url=False)))

    @app.post("/v1/complaints/{channel}", status_code=201, openapi_extra=_openapi())
    async def submit(
        channel: str,
        request: Request,
        idempotency_key: Annotated[str | None, Header()] = None,
        authorization: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        """Take a complaint in. Repeat with the same Idempotency-Key whenever the outcome is unknown."""
        subject = intake.tokens.subject_of(authorization)
        code = channel.replace("-", "_")
        if code not in CHANNELS:
            raise UnknownChannel
        if code not in OPEN_CHANNELS:
            raise ChannelNotOpen
        if not idempotency_key or len(idempotency_key) > KEY_LIMIT:
            raise KeyRequired
        status, body = await intake.submit(subject, idempotency_key, code, await _limited(request))
        return JSONResponse(body, status_code=status)

    @app.post("/v1/cases/{case}/evidence", status_code=201)
    async def add_evidence(
        case: str,
        file: UploadFile,
        kind: Annotated[str, Form(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")],
        note: Annotated[str | None, Form(max_length=2000)] = None,
        idempotency_key: Annotated[str | None, Header()] = None,
        authorization: Annotated[str | None, Header()] = None,
    ) -> dict[str, Any]:
        """Add a file to a case."""
        subject = intake.tokens.subject_of(authorization)
        intake.desk().unit_of(subject, OPEN_CHANNELS[0])
        if not idempotency_key or len(idempotency_key) > KEY_LIMIT:
            raise KeyRequired
        media_type = file.content_type or "application/octet-stream"
        upload = Upload(file.filename or "file", media_type, await file.read(FILE_LIMIT_BYTES + 1), kind, note)
        event, position = await intake.evidence.add(subject, idempotency_key, case, upload)
        return {"event_id": event.id, "sha256": event.data["sha256"], "log": position._asdict()}

    return app


def _openapi() -> dict[str, Any]:
    schema = PhoneSubmission.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
