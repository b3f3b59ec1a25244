"""GET /v1/candidates: what was found in media and networks, and whether it became a complaint."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select

from services.console.http import parameters
from services.console.http.questions import AnsweredBy, Console, Open, ReadBy
from services.console.http.rights import AUDITOR, Reader, Right
from services.console.http.row_query import rows_of
from services.console.http.stored_case import event_of
from services.console.http.unsealing import Asked, OpeningRequest
from services.console.projection.tables import Row, event
from shared.bank.candidates import decides
from shared.bank.shown_instants import in_zone
from shared.contract.envelope import Event
from shared.contract.ids import CANDIDATE_PREFIX

STATES = ("open", "confirmed", "dropped")
LISTED = 200
"""Candidates told at once, the last reported ones."""
ROLE = "candidate"
"""As what whoever decides about candidates opens what is sealed in them."""
routes = APIRouter()


@routes.get("/v1/candidates")
async def candidates(
    console: Console, reader: ReadBy, database: AnsweredBy, state: str | None = None, open_: Open = None
) -> dict[str, Any]:
    """The candidates that the reader confirms or drops, and to an auditor all; the last reported 200, newest first."""
    if state is not None and state not in STATES:
        raise parameters.refused("state", "one_of", expected=STATES)
    prefix = func.substr(event.c.case_id, 1, len(CANDIDATE_PREFIX))
    query = select(event).where(prefix == CANDIDATE_PREFIX).order_by(event.c.known_us, event.c.ordinal)
    async with database.read() as connection:
        told = _told(await rows_of(connection, query))
    mine = [one for one in told if _sees(reader, one) and state in (None, one["state"])][: -LISTED - 1 : -1]
    dated = in_zone(mine, reader.organisation.day)
    asked = [_asked(reader, one, open_) for one in dated]
    return {"candidates": [one.value | {"opened": one.opened} for one in await console.unsealer.show(asked)]}


def _asked(reader: Reader, one: dict[str, Any], open_: bool | None) -> Asked:
    role = AUDITOR if reader.sight.everything else ROLE
    request = OpeningRequest(reader.person, "candidates", Right(role, concerned=False), open_)
    return Asked(CANDIDATE_PREFIX + one["candidate"], one, request)


def _sees(reader: Reader, one: dict[str, Any]) -> bool:
    return reader.sight.everything or decides(reader.organisation, reader.person, one["unit"], reader.on)


def _told(rows: list[Row]) -> list[dict[str, Any]]:
    """Each candidate with what became of it, in the order of reporting; where both crossed, the case counts."""
    found: dict[str, dict[str, Any]] = {}
    for one in map(event_of, rows):
        if one is not None and one.name == "CandidateReported":
            found.setdefault(one.data["candidate"], _reported(one))
        elif one is not None and (known := found.get(one.data["candidate"])) is not None:
            _decided(known, one)
    return list(found.values())


def _reported(one: Event) -> dict[str, Any]:
    undecided = {"state": "open", "decided_by": None, "decided_at": None, "ground": None, "why": None}
    cases: dict[str, Any] = {"case_number": None, "other_cases": []}
    data: dict[str, Any] = one.data
    return data | {"reported_by": one.actor, "reported_at": one.recordedtime, **undecided, **cases}


def _decided(known: dict[str, Any], one: Event) -> None:
    by = {"decided_by": one.actor, "decided_at": one.recordedtime}
    number = one.data.get("case_number")
    if one.name == "CandidateConfirmed" and known["case_number"] not in (None, number):
        if number not in known["other_cases"]:  # two desks confirmed it in one instant: the first counts
            known["other_cases"].append(number)
    elif one.name == "CandidateConfirmed" and known["case_number"] is None:
        no_more = {"ground": None, "why": None}
        known.update(by | no_more, state="confirmed", case_number=one.data["case_number"])
    elif one.name == "CandidateDropped" and known["state"] == "open":
        known.update(by, state="dropped", ground=one.data["ground"], why=one.data["words"])
