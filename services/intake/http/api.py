"""Intake's API reads who calls, on which channel and under which key; the intakes do everything else."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.intake import upload
from services.intake.confirmations import SubmissionStanding
from services.intake.evidence_intake import EvidenceIntake
from services.intake.http import openapi
from services.intake.refusals import BadSubmission, BodyTooLarge, ChannelNotOpen, UnknownChannel
from services.intake.submission import BODY_LIMIT_BYTES, SUBMISSIONS
from services.intake.submission_intake import SubmissionIntake
from shared.contract.channels import CHANNELS
from shared.web import docs_page, problems
from shared.web.auth import Tokens
from shared.web.incoming import Caller, idempotency_key, json_body
from shared.web.problems import Noted

BY_ADDRESS = {channel.address: code for code, channel in CHANNELS.items()}


class IntakeApp(FastAPI):
    """The application, described by ``services.intake.http.openapi`` instead of what FastAPI can guess."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return openapi.document()


def open_channel(address: str) -> str:
    """The code of an open channel from its part of the address. Raises UnknownChannel, ChannelNotOpen."""
    channel = BY_ADDRESS.get(address)
    if channel is None:
        raise UnknownChannel
    if channel not in SUBMISSIONS:
        raise ChannelNotOpen
    return channel


def create_app(
    intake: SubmissionIntake,
    evidence: EvidenceIntake,
    tokens: Tokens,
    uploads: upload.UploadRoom,
    noted: Noted = problems.unnoted,
) -> FastAPI:
    """The HTTP service."""
    app = IntakeApp(title=openapi.TITLE, **docs_page.NO_ADDRESSES)
    problems.install(app, BadSubmission, noted)
    caller = Caller(tokens)

    @app.post("/v1/complaints/{channel}")
    async def submit(channel: str, request: Request) -> JSONResponse:
        """Take a complaint in. Repeat with the same Idempotency-Key whenever the outcome is unknown."""
        subject = caller.subject(request)
        code = open_channel(channel)
        key = idempotency_key(request)
        body = await json_body(BODY_LIMIT_BYTES, request, BodyTooLarge)
        status, taken = await intake.submit(subject, key, code, body)
        return JSONResponse(taken.model_dump(), status_code=status)

    @app.post("/v1/cases/{case}/evidence")
    async def add_evidence(case: str, request: Request) -> JSONResponse:
        """Add a file to a case: any caller who may submit on some channel."""
        subject = caller.subject(request)
        key = idempotency_key(request)
        admission = intake.admission()
        admission.admit(subject)
        entry = await evidence.case(case, subject, admission)
        async with uploads.place():
            status, taken = await evidence.add(subject, key, entry, await upload.read(request))
        return JSONResponse(taken.model_dump(), status_code=status)

    @app.get("/v1/complaints/{case}")
    async def standing(case: str, request: Request) -> dict[str, Any]:
        """How a case stands, for whoever submitted it."""
        subject = caller.subject(request)
        intake.admission().admit(subject)
        entry, found = await evidence.standing(subject, case)
        return SubmissionStanding.of(entry, found).model_dump()

    return app
