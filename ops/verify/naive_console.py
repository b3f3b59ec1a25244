"""What the console's database has to say of every case, told from the log alone: imports nothing of the product.

Its half of the comparison is ``services/console/projection/dump.py``.
"""

import json
from collections.abc import Iterable
from typing import Any

from ops.verify.naive_agreements import NaiveAgreements
from ops.verify.naive_core import NaiveCase, Row, name_of
from ops.verify.naive_counted import counted
from ops.verify.naive_lateness import overruns
from ops.verify.naive_speakers import speakers

OWNERS = ("first_asked", "accepting", "handler", "escalated")
OF_OWN_CLOCK = (
    "handle", "reply_customer", "respond_media", "report_result", "report_up", "answer_transferring_body",
)  # fmt: skip
"""What the bank's own clock waits for: its limit is theirs, unless they have a clock of their own."""
SENDING = {"MessageSendStarted": "started", "MessageSent": "sent", "MessageFailed": "failed"}


class ShownCase(NaiveCase):
    """A case with the closings that lost their effect to a duty that came later in the log."""

    def __init__(self, events: list[Row]) -> None:
        self.undone: set[int] = set()
        super().__init__(events)

    def _open(self, place: int, event: Row, source: str) -> None:
        closed = self.acts.get("CaseClosed")
        super()._open(place, event, source)
        if closed is not None and "CaseClosed" not in self.acts:
            self.undone.add(closed)


def console(bodies: Iterable[bytes]) -> dict[str, Row]:
    """Per case what the console has to show."""
    cases: dict[str, list[Row]] = {}
    seen: set[tuple[str, str]] = set()
    for body in bodies:
        event = json.loads(body)
        if (event["subject"], event["id"]) not in seen:
            seen.add((event["subject"], event["id"]))
            cases.setdefault(event["subject"], []).append(event)
    return {case: _shown(events) for case, events in cases.items() if name_of(events[0]) == "ComplaintReceived"}


def _shown(events: list[Row]) -> Row:
    case, agreed = ShownCase(events), NaiveAgreements(events)
    receipt = events[0]["data"]
    unit, reason = _matter(events)
    return {
        "case_number": receipt["case_number"],
        "channel": receipt["channel"],
        "state": case.life(),
        "reason": reason,
        **_came_in(events),
        "complained_unit": unit,
        "agent": case.owners["agent"],
        "first_asked": case.owners["first_asked"],
        "accepting": case.owners["accepting"],
        "handler": case.owners["handler"],
        "escalated_to": case.owners["escalated"],
        "blocked": False,
        "parties": case.parties,
        "receipts": sum(name_of(event) in ("ComplaintReceived", "ReceiptAdded") for event in events),
        **_result(events),
        "counted": counted(case, events, (unit, reason)),
        "speakers": speakers(events),
        "plans": agreed.plan_rows(),
        "remedies_owed": agreed.remedy_rows(),
        "duties": _duties(case, events),
        "clocks": clocks(events),
        "messages": _messages(events),
        "missing": _missing(case, events),
        "ties": sorted(_ties(events, case)),
        "events": len(events),
        "overtaken": len(case.without_effect) + len(case.undone),
    }


def _came_in(events: list[Row]) -> Row:
    """When it was received, from whom and by how many, as the receipt was put right last."""
    receipt = events[0]["data"]
    number = receipt["case_number"]
    said: Row = {
        "received_at": receipt["received_at"],
        "received_on": f"{number[:4]}-{number[4:6]}-{number[6:8]}",
        "origin_kind": receipt["origin"]["kind"],
        "persons": receipt["group"]["size"] if receipt["group"] else 1,
    }
    for data in (event["data"] for event in events if name_of(event) == "ReceiptCorrected"):
        field = {"/received_at": "received_at", "/origin/kind": "origin_kind", "/group/size": "persons"}
        if data["pointer"] in field:
            said[field[data["pointer"]]] = data["value"]
        if data["received_on"]:
            said["received_on"] = data["received_on"]
    if said["origin_kind"] == "none" and receipt["channel"] in ("media", "regulator"):
        said["origin_kind"] = receipt["channel"]
    return said


def _missing(case: ShownCase, events: list[Row]) -> list[str]:
    """The first hop that did not answer, of routing, the bank's own clock, the acknowledgement; and a debtor."""
    of_letters = (*SENDING, "MessageSuppressed")
    over = case.life() in ("closed", "archived", "withdrawn", "not_accepted")
    came = {
        "routed": case.owners["accepting"] is not None,
        "clocked": any(name_of(event) == "ClockStarted" and event["data"]["duty_id"] is None for event in events),
        "acknowledged": any(
            name_of(event) in of_letters and event["data"]["kind"] == "acknowledgement" for event in events
        ),
    }
    hops = [] if over else [hop for hop, there in came.items() if not there][:1]
    vacant = any(duty["state"] == "open" and duty["debtor"]["person"] is None for duty in case.duties)
    return sorted([*hops, *(["debtor"] if vacant else [])])


def _ties(events: list[Row], case: ShownCase) -> set[str]:
    """Everything that lets somebody see the case: people and posts with a part, units, parties concerned."""
    unit, _ = _matter(events)
    owners = case.owners
    registered = [event["actor"] for event in events if name_of(event) in ("ComplaintReceived", "ReceiptAdded")]
    people = {actor.removeprefix("person:") if actor.startswith("person:") else None for actor in registered}
    people |= {owners["agent"], *(owners[who][1] for who in OWNERS if owners[who])}
    units = {unit, *(owners[who][0] for who in ("accepting", "handler") if owners[who])}
    posts = {_accepting_post(events)}
    for duty in case.duties:
        if duty["state"] != "waived" and duty["kind"] != "corrective_action":
            debtor = duty["debtor"]
            people.add(debtor["person"])
            posts.add(f"{debtor['unit']}/{debtor['post']}" if debtor.get("post") else None)
        if duty["state"] != "waived" and duty["kind"] == "approve":
            people |= _approvers(events, duty["level"])
    named = (("person", people), ("post", posts), ("unit", units), ("party", set(case.parties)))
    return {f"{kind}:{one}" for kind, all_ in named for one in all_ if one is not None}


def _approvers(events: list[Row], request: str) -> set[str]:
    """Who may answer a request for an approval; once somebody did, he alone."""
    for event in reversed(events):
        if event["data"].get("approval") == request and name_of(event) in ("ApprovalGranted", "ApprovalRefused"):
            return {event["actor"].removeprefix("person:")}
    return {person for event in events if event["id"] == request for person in event["data"]["approvers"]}


def _accepting_post(events: list[Row]) -> str | None:
    """The post that the last routing named to accept the case."""
    routed = [event["data"]["decision"] for event in events if name_of(event) in ("CaseRouted", "CaseRerouted")]
    accepting = routed[-1]["accepting"] if routed else None
    return f"{accepting['unit']}/{accepting['post']}" if accepting else None


def _matter(events: list[Row]) -> tuple[str | None, str | None]:
    """The unit complained about and the main reason, as last determined."""
    matter = events[0]["data"]["matter"]
    unit, reason, determined_at = matter["complained_unit"], matter["reason"], -1
    places = {event["id"]: place for place, event in enumerate(events)}
    for place, event in enumerate(events[1:], 1):
        name, data = name_of(event), event["data"]
        if name in ("CaseRouted", "CaseRerouted") and determined_at <= places.get(event.get("basisid"), -1):
            unit = data["decision"]["complained_unit"]
        elif name == "ComplainedUnitDetermined":
            unit, determined_at = data["unit"], place
        elif name == "ComplaintClassified":
            reason = data["reason"]
    return unit, reason


def _sealed_fault(said: Any) -> Row:
    """Where an investigation saw the fault: as it is sealed, or as version 1 had it in the clear."""
    return said if isinstance(said, dict) else {"label": "record-investigation.fault", "text": said}


ROUND: Row = {"outcome": None, "remedies": [], "satisfaction": None, "decided_at": None, "reported_at": None}
"""What begins anew with a round, besides until when the case is kept."""


def _result(events: list[Row]) -> Row:
    """What was found, and decided, reported and said of it since the last reopening."""
    found: Row = {"fault": None, "retain_until": None} | ROUND
    for event in events:
        name, data, at = name_of(event), event["data"], event["time"]
        if name == "CaseReopened":
            found |= ROUND | {"retain_until": None}
        elif name == "InvestigationRecorded":
            found |= {"fault": _sealed_fault(data["fault"])}
        elif name == "DecisionMade":
            remedies = [remedy["kind"] for remedy in data["remedies_offered"]]
            found |= {"outcome": data["outcome"], "remedies": remedies, "decided_at": at}
        elif name == "DecisionRevised":
            found |= {"outcome": data["outcome"], "remedies": [remedy["kind"] for remedy in data["remedies_offered"]]}
        elif name == "SettledOnTheSpot":
            settled = data["settlement"]
            found |= {
                "outcome": "settled",
                "remedies": [settled["remedy"]["kind"]],
                "decided_at": at,
                "reported_at": at,
            }
            found |= {"satisfaction": settled["satisfaction"]["value"]}
        elif name == "SatisfactionRecorded":
            found |= {"satisfaction": data["value"]}
        elif name == "ResultReported":
            found |= {"reported_at": at}
        elif name == "CaseArchived":
            found |= {"retain_until": data["retain_until"]}
    return found


def clocks(events: list[Row]) -> list[list[Any]]:
    """Clock id, milestone, state, from when to when it runs, whether provisional, and its whole verdict."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        name, data = name_of(event), event["data"]
        if name == "ClockStarted":
            if found.get(data["clock_id"], {}).get("state") == "breached":
                continue  # it was judged, for ever
            found[data["clock_id"]] = {"milestone": data["milestone"], "state": "running", **_nothing()}
        if name in ("ClockStarted", "ClockRecomputed"):
            deadline = data["deadline"]
            found[data["clock_id"]] |= {key: deadline[key] for key in ("due_on", "due_at", "target_on", "provisional")}
            found[data["clock_id"]]["started_at"] = deadline["received_at"]
        elif name == "ClockBreached":
            found[data["clock_id"]] |= {"state": "breached", "breached_at": event["time"]}
        elif name == "ClockStopped":
            clock = found[data["clock_id"]]
            clock |= {"state": "breached" if clock["state"] == "breached" else "stopped", "stopped_at": event["time"]}
        elif name == "ClockMet":
            clock = found[data["clock_id"]]
            clock |= {key: data[key] for key in ("met_at", "in_time", "late_by_working_days")}
            clock["state"] = "breached" if clock["state"] == "breached" else "met"
    order = ("milestone", "state", "started_at", "due_on", "due_at", "target_on", "provisional", *_nothing())
    late = overruns(events)
    return sorted(
        [clock_id, *(clock[key] for key in order), *late.get(clock_id, (None, None))]
        for clock_id, clock in found.items()
    )


def _nothing() -> dict[str, Any]:
    return {"met_at": None, "in_time": None, "breached_at": None, "late_by_working_days": None, "stopped_at": None}


def _duties(case: ShownCase, events: list[Row]) -> list[list[str]]:
    """Kind, level, state, debtor and instant of every duty: that of its own clock, else of the bank's in its round."""
    due: dict[str | None, str] = {}
    judged: set[str | None] = set()
    own: dict[str, str] = {}
    for event in events:
        name, data = name_of(event), event["data"]
        clock, duty = data.get("clock_id"), data.get("duty_id")
        judged |= {clock} if name == "ClockBreached" else set()
        if name == "ClockRecomputed" or (name == "ClockStarted" and clock not in judged):
            if duty is None:
                own[clock] = data["deadline"]["due_at"]
            else:
                due[duty] = data["deadline"]["due_at"]
    until = [due.get(duty["id"]) or _of_round(case, duty, own) for duty in case.duties]
    who = [duty["debtor"]["person"] or "" for duty in case.duties]
    told = [[duty["kind"], duty["level"] or "", duty["state"]] for duty in case.duties]
    return sorted([*row, person, at] for row, person, at in zip(told, who, until, strict=True))


def _of_round(case: ShownCase, duty: Row, own: dict[str, str]) -> str:
    """When the bank's own clock of a duty's round is due, if it waits for such duties."""
    if duty["kind"] not in OF_OWN_CLOCK or not own:
        return ""
    rounds, begun = list(own.values()), case.acts.get("CaseReopened", -1)
    former = duty["ended_at"] is not None and duty["ended_at"] <= begun
    return rounds[-2] if former and len(rounds) > 1 else rounds[-1]


def _messages(events: list[Row]) -> list[list[str]]:
    """Message id, kind and state; a message that cannot be asked for again is known by its event."""
    found: dict[str, list[str]] = {}
    for event in events:
        name, data = name_of(event), event["data"]
        if name in SENDING:
            found[data["message_id"]] = [data["message_id"], data["kind"], SENDING[name]]
        elif name == "MessageSuppressed":
            known, state = (
                data.get("message_id") or "event:" + event["id"],
                "held" if data.get("held_until") else "suppressed",
            )
            found[known] = [known, data["kind"], state]
    return sorted(found.values())
