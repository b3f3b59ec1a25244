"""GET /v1/cases/{case}/messages/{message}: a letter's words as they were sent, or the very sheet that was printed."""

from email import message_from_bytes
from email.policy import default
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.questions import AnsweredBy, Console, Open, ReadBy, asked_by
from services.console.http.row_query import rows_of
from services.console.http.stored_case import duties_of, event_of, find
from services.console.http.unsealing import CLOSED, OpeningRefused
from services.console.projection.messages import Messages, ShownMessage, evolve
from services.console.projection.tables import event
from shared.bank.shown_instants import in_zone
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.errors import RedressError

PDF = "application/pdf"
STARTED, SENT = "MessageSendStarted", "MessageSent"
TOLD = (STARTED, SENT, "MessageFailed", "MessageSuppressed")
routes = APIRouter()


class UnknownMessage(RedressError):
    """No message of this id was sent on the case: take it from the case's timeline."""

    code = "unknown_message"
    status = 404


class NoSheet(RedressError):
    """It was not printed, so there is no PDF of it: ask for application/json."""

    code = "not_printed"
    status = 406


class Letter(NamedTuple):
    """Holds a message as the log tells of it. ``document`` names the sealed copy of what was sent, if it was."""

    shown: ShownMessage
    language: str | None
    template: Any
    document: str | None
    answer: str | None


@routes.get("/v1/cases/{case}/messages/{message}")
async def letter(
    request: Request,
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    case: str,
    message: Annotated[str, Path(description="Id of a message of the case.")],
    open_: Open = None,
) -> Any:
    """One message: to whom, by which way, what became of it, and its words to whoever may open what is sealed."""
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        duties = await duties_of(connection, row["case_id"])
        found = await _letter(connection, row["case_id"], message)
    asked = asked_by(reader, row, duties, None, "message", open_)
    content = await console.unsealer.document(asked, f"message.{message}", found.document) if found.document else None
    if PDF in request.headers.get("accept", ""):
        return _sheet(found, content)
    subject, words = _words(found.shown.way, content) if content is not None else (CLOSED, CLOSED)
    told = {"subject": subject, "text": words} if found.document else {"subject": None, "text": None}
    return in_zone(_told(found), reader.organisation.day) | told | {"opened": content is not None}


async def _letter(connection: AsyncConnection, case_id: str, message: str) -> Letter:
    """What the log tells of a message. Raises UnknownMessage."""
    of_letters = or_(*(event.c.type.startswith(f"{TYPE_PREFIX}{name}.") for name in TOLD))
    query = select(event).where(event.c.case_id == case_id, of_letters).order_by(event.c.ordinal)
    told = [one for one in map(event_of, await rows_of(connection, query)) if one is not None]
    about = [one for one in told if one.data["message_id"] == message]
    if not about:
        raise UnknownMessage
    shown: Messages = ()
    for one in about:
        shown = evolve(shown, one)
    started, sent = _last(about, STARTED), _last(about, SENT)
    return Letter(
        shown[0],
        started["language"] if started else None,
        started["template"] if started else None,
        sent["content_sha256"] if sent else None,
        (sent["smtp_reply"] or sent["gateway_reply"]) if sent else None,
    )


def _last(events: list[Event], name: str) -> dict[str, Any] | None:
    return next((one.data for one in reversed(events) if one.name == name), None)


def _told(found: Letter) -> dict[str, Any]:
    shown = found.shown
    return {
        "message_id": shown.message_id,
        "kind": shown.kind,
        "state": shown.state,
        "way": shown.way,
        "at": shown.at,
        "reason": shown.reason,
        "to": {"unit": shown.unit, "person": shown.person} if shown.unit or shown.person else "customer",
        "language": found.language,
        "template": found.template,
        "answer": found.answer,
    }


def _words(way: str | None, content: bytes) -> tuple[str | None, str | None]:
    """Subject and words of what was sent; of a printed sheet only the PDF tells them."""
    match way:
        case "email":
            mail = message_from_bytes(content, policy=default)
            return str(mail["Subject"]), mail.get_content()
        case "print":
            return None, None
        case _:
            return None, content.decode()


def _sheet(found: Letter, content: bytes | None) -> Response:
    if found.shown.way != "print" or found.document is None:
        raise NoSheet
    if content is None:
        raise OpeningRefused
    return Response(content, media_type=PDF)
