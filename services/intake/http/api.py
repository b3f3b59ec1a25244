"""Intake's API reads who calls, on which channel and under which key; the intakes do everything else."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.intake import box_review, upload
from services.intake import candidate as candidates
from services.intake.box_review_intake import BoxReviewIntake
from services.intake.confirmations import SubmissionStanding
from services.intake.evidence_intake import EvidenceIntake
from services.intake.http import openapi
from services.intake.refusals import BadSubmission, BodyTooLarge, ChannelNotOpen, UnknownChannel
from services.intake.submission_intake import SubmissionIntake
from shared.contract.channels import CHANNELS
from shared.contract.submissions import BODY_LIMIT_BYTES, SUBMISSIONS
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
    reviews: BoxReviewIntake,
    tokens: Tokens,
    uploads: upload.UploadRoom,
    noted: Noted = problems.unnoted,
) -> FastAPI:
    """The HTTP service."""
    app = IntakeApp(title=openapi.TITLE, **docs_page.NO_ADDRESSES)
    problems.install(app, BadSubmission, noted)
    caller = Caller(tokens)
    _complaints(app, caller, intake, evidence)
    _evidence(app, caller, intake, evidence, uploads)
    _opinion_boxes(app, caller, reviews)
    _candidates(app, caller, intake)
    return app


def _complaints(app: FastAPI, caller: Caller, intake: SubmissionIntake, evidence: EvidenceIntake) -> None:
    @app.post("/v1/complaints/{channel}")
    async def submit(channel: str, request: Request) -> JSONResponse:
        """Take a complaint in. Repeat with the same Idempotency-Key whenever the outcome is unknown."""
        subject = caller.subject(request)
        code = open_channel(channel)
        key = idempotency_key(request)
        body = await json_body(BODY_LIMIT_BYTES, request, BodyTooLarge)
        status, taken = await intake.submit(subject, key, code, body)
        return JSONResponse(taken.model_dump(), status_code=status)

    @app.get("/v1/complaints/{case}")
    async def standing(case: str, request: Request) -> dict[str, Any]:
        """How a case stands, for whoever submitted it."""
        subject = caller.subject(request)
        intake.admission().admit(subject)
        entry, found = await evidence.standing(subject, case)
        return SubmissionStanding.of(entry, found).model_dump()


def _evidence(
    app: FastAPI, caller: Caller, intake: SubmissionIntake, evidence: EvidenceIntake, uploads: upload.UploadRoom
) -> None:
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


def _opinion_boxes(app: FastAPI, caller: Caller, reviews: BoxReviewIntake) -> None:
    @app.post("/v1/opinion-boxes/{unit}/reviews")
    async def review_box(unit: str, request: Request) -> JSONResponse:
        """Record that an opinion box was looked into, by the person who did."""
        subject = caller.subject(request)
        key = idempotency_key(request)
        body = await json_body(box_review.BODY_LIMIT_BYTES, request, BodyTooLarge)
        status, taken = await reviews.take(subject, key, unit, body)
        return JSONResponse(taken.model_dump(), status_code=status)


def _candidates(app: FastAPI, caller: Caller, intake: SubmissionIntake) -> None:
    @app.post("/v1/candidates")
    async def report_candidate(request: Request) -> JSONResponse:
        """Report what may be a complaint, found in a medium or a network."""
        subject = caller.subject(request)
        key = idempotency_key(request)
        body = await json_body(candidates.BODY_LIMIT_BYTES, request, BodyTooLarge)
        status, taken = await intake.candidates.report(subject, key, body)
        return JSONResponse(taken.model_dump(), status_code=status)

    @app.post("/v1/candidates/{candidate}/drop")
    async def drop_candidate(candidate: str, request: Request) -> JSONResponse:
        """Say why a candidate is no complaint to take in. To confirm it, submit a complaint that names it."""
        subject = caller.subject(request)
        key = idempotency_key(request)
        body = await json_body(candidates.BODY_LIMIT_BYTES, request, BodyTooLarge)
        status, taken = await intake.candidates.drop(subject, key, candidate, body)
        return JSONResponse(taken.model_dump(), status_code=status)
