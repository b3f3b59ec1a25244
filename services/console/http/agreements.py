"""What bank and customer agreed on, as a case in full shows it: plans with their steps, remedies with their state."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.row_query import rows_of
from services.console.http.stored_case import event_of
from services.console.projection.tables import CaseRows, event
from shared.case.agreements import NEVER_EXECUTED, level
from shared.case.duty_kinds import EXECUTE_REMEDY, EXECUTE_STEP
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.process.pace import each

Json = dict[str, Any]
ABOUT = (
    "NegotiationPlanOffered", "NegotiationPlanAnswered", "NegotiationPlanStepExecuted", "DecisionMade",
    "SettledOnTheSpot", "RemedyExecuted",
)  # fmt: skip
DONE = {"open": "open", "discharged": "executed", "waived": "waived"}
"""How far it is with what is owed, by the state of its duty."""


async def agreements_of(connection: AsyncConnection, known: CaseRows, known_us: int | None) -> Json:
    """The plans and remedies of a case's present round; what was typed of them is sealed here."""
    agreed = orjson.loads(known.row["agreed"] or "null")
    if agreed is None:
        return {"plans": [], "remedies": []}
    told = or_(*(event.c.type.startswith(f"{TYPE_PREFIX}{name}.") for name in ABOUT))
    query = select(event).where(event.c.case_id == known.row["case_id"], told).order_by(event.c.ordinal)
    if known_us is not None:
        query = query.where(event.c.known_us <= known_us)
    events = [one for one in await each(await rows_of(connection, query), event_of) if one is not None]
    facts = Facts(events, known.duties, agreed["remedies"])
    return {
        "plans": [facts.plan(plan) for plan in agreed["plans"]],
        "remedies": [facts.remedy(remedy) for remedy in agreed["remedies"]],
    }


class Facts:
    """Answers what a plan or remedy says, and what became of it, by the events and duties of its case."""

    def __init__(self, events: Iterable[Event], duties: Iterable[Mapping[str, Any]], remedies: Iterable[Json]) -> None:
        self._events = list(events)
        levels = {(one["granted_by"], one["remedy"]): one["level"] for one in remedies}
        done = [one for one in self._events if one.name == "RemedyExecuted"]
        self._executed = {levels.get((one.data["granted_by"], one.data["remedy"])): one for one in done}
        self._by_id = {one.id: one for one in self._events}
        self._states: dict[tuple[str, str], str] = {}
        for duty in duties:
            key = (str(duty["kind"]), str(duty["level"]))
            known = self._states.get(key, duty["state"])
            self._states[key] = min(known, duty["state"], key=list(DONE).index)

    def plan(self, plan: Json) -> Json:
        """A plan as it was offered, with its answer."""
        offer, answer = self._by_id.get(plan["plan"]), self._about("NegotiationPlanAnswered", plan=plan["plan"])
        data: Json = offer.data if offer is not None else {}
        return {
            **plan,
            "offered_at": offer.time if offer is not None else None,
            "answer_by": data.get("answer_by"),
            "ways": data.get("ways", []),
            "times": data.get("times", []),
            "steps": [self._step(plan, number, step) for number, step in enumerate(data.get("steps", []), 1)],
            "remedies": data.get("remedies", []),
            "answered_at": answer.time if answer is not None else None,
            "words": answer.data["words"] if answer is not None else None,
        }

    def _step(self, plan: Json, number: int, step: Json) -> Json:
        done = self._about("NegotiationPlanStepExecuted", plan=plan["plan"], step=number)
        state = self._states.get((EXECUTE_STEP, level(plan["plan"], number)))
        return {
            "step": number,
            **{name: step[name] for name in ("what", "due_on", "by")},
            "state": DONE[state] if state is not None else "offered",
            "executed_at": done.time if done is not None else None,
            "outcome": done.data["outcome"] if done is not None else None,
        }

    def remedy(self, remedy: Json) -> Json:
        """A remedy as it was granted, and how far it is; one that another list granted first is one with it."""
        said, at = self._said(remedy), remedy["level"]
        executed = self._executed.get(at) if at is not None else None
        return {
            **{name: value for name, value in remedy.items() if name != "level"},
            "words": said.get("words"),
            "done": bool(said.get("done")),
            "state": self._remedy_state(remedy, at, bool(said.get("done"))),
            "arrived_on": executed.data["arrived_on"] if executed is not None else None,
            "executed_at": executed.time if executed is not None else None,
            "outcome": executed.data["outcome"] if executed is not None else None,
        }

    def _remedy_state(self, remedy: Json, at: str | None, done: bool) -> str | None:
        if at is None:
            return "done" if done else "said" if remedy["kind"] in NEVER_EXECUTED else None
        state = self._states.get((EXECUTE_REMEDY, at))
        return DONE[state] if state is not None else None

    def _said(self, remedy: Json) -> Json:
        """What the list says of a remedy that grants it."""
        found = self._by_id.get(remedy["granted_by"])
        if found is None:
            return {}
        data: Json = found.data
        one_only = [data["settlement"]["remedy"]] if "settlement" in data else None
        listed = one_only or data.get("remedies_offered") or data.get("remedies") or []
        said: Json = listed[remedy["remedy"] - 1] if remedy["remedy"] <= len(listed) else {}
        return said

    def _about(self, name: str, **wanted: Any) -> Event | None:
        """The last event of a type that says this."""
        fits = (one for one in reversed(self._events) if one.name == name)
        return next((one for one in fits if wanted.items() <= one.data.items()), None)
