"""How the statistics have to count a case, told from its events alone: imports nothing of the product."""

import json
from typing import Any

from ops.verify.naive_agreements import NaiveAgreements
from ops.verify.naive_core import NaiveCase, Row, name_of
from ops.verify.naive_lateness import overruns

FROM_OUTSIDE = ("regulator", "media")
"""Channels whose complaints come from outside, whatever their origin says."""
FROM_ABOVE = ("upper_branch",)
TO_BODY = "answer_transferring_body"


def counted(case: NaiveCase, events: list[Row], matter: tuple[str | None, str | None]) -> Row:
    """What is counted of a case now. ``matter``: its unit and main reason, as last determined."""
    receipt = events[0]["data"]
    unit, reason = matter
    handler = case.owners["handler"] or (None, None)
    verdicts, late = _verdicts(events), _late(events)
    return {
        **_of_receipt(receipt),
        "reason": reason,
        "unit": unit,
        "handler_unit": handler[0],
        "handler": handler[1],
        "not_accepted": "CaseNotAccepted" in case.acts,
        "escalated": any(name_of(e) == "CaseEscalated" and e["id"] not in case.without_effect for e in events),
        "resolved": _resolved(case),
        "clocks_judged": sum(1 for body, _ in verdicts if not body),
        "clocks_kept": sum(kept for body, kept in verdicts if not body),
        "late_by_desk": late.count("desk"),
        "late_by_system": late.count("system"),
        "bodies_judged": sum(1 for body, _ in verdicts if body),
        "bodies_kept": sum(kept for body, kept in verdicts if body),
        "satisfaction": _satisfaction(events),
        "remedies": json.dumps(_granted(events), separators=(",", ":")),
    }


def _of_receipt(receipt: Row) -> Row:
    """What the first receipt says for good."""
    channel, related, group = receipt["channel"], receipt.get("relates_to"), receipt.get("group")
    origin = receipt["origin"]["kind"]
    if origin == "none" and channel in FROM_OUTSIDE:
        origin = channel
    relation = related["relation"] if related else None
    day = receipt["case_number"]
    return {
        "received_on": f"{day[:4]}-{day[4:6]}-{day[6:8]}",
        "channel": channel,
        "product": receipt["matter"].get("product"),
        "origin": origin,
        "persons": group["size"] if group else 1,
        "repeat": relation == "repeat",
        "bypassed": relation is None and (origin != "none" or channel in FROM_ABOVE),
        "registered_late": receipt.get("late_registration") is not None,
        "same_matter": related["case_id"] if related and relation == "same_matter" else None,
    }


def _resolved(case: NaiveCase) -> bool:
    acts = case.acts
    over = ("CaseClosed" in acts or "CaseArchived" in acts) and not acts.keys() & {"CaseWithdrawn", "CaseNotAccepted"}
    replies = [duty["state"] for duty in case.duties if duty["kind"] == "reply_customer"]
    return over and ("SettledOnTheSpot" in acts or replies[-1:] == ["discharged"])


def _verdicts(events: list[Row]) -> list[tuple[bool, bool]]:
    """Of every clock of the case or of an answer to a body that was judged: whether of a body, whether kept."""
    found: dict[str, Row] = {}
    for event in events:
        name, data = name_of(event), event["data"]
        if name == "ClockStarted" and not found.get(data["clock_id"], {}).get("breached"):
            wanted = data.get("duty_id") is None or data["milestone"] == TO_BODY
            found[data["clock_id"]] = {"body": data["milestone"] == TO_BODY, "wanted": wanted}
        elif name == "ClockBreached":
            found[data["clock_id"]]["breached"] = True
        elif name == "ClockMet":
            found[data["clock_id"]]["met"] = data["in_time"]
        elif name == "ClockStopped":
            found[data["clock_id"]].pop("met", None)
    judged = [c for c in found.values() if c["wanted"] and ("met" in c or c.get("breached"))]
    return [(c["body"], bool(c.get("met")) and not c.get("breached")) for c in judged]


def _late(events: list[Row]) -> list[str]:
    """Whose doing it was that the bank's own clocks were met after their limit."""
    own = {e["data"]["clock_id"] for e in events if name_of(e) == "ClockStarted" and e["data"].get("duty_id") is None}
    return [whose for clock, (_, whose) in overruns(events).items() if clock in own]


def _satisfaction(events: list[Row]) -> Any:
    """The customer's last word of the present round."""
    value = None
    for event in events:
        name, data = name_of(event), event["data"]
        if name == "CaseReopened":
            value = None
        elif name == "SettledOnTheSpot":
            value = data["settlement"]["satisfaction"]["value"]
        elif name == "SatisfactionRecorded":
            value = data["value"]
    return value


def _granted(events: list[Row]) -> list[list[Any]]:
    """Kind, amount and currency of all that was granted, each remedy once, in every round; and whether it was done."""
    ends = [place for place, event in enumerate(events) if name_of(event) == "CaseReopened"]
    return [row for end in (*ends, len(events)) for row in _of_round(events[:end])]


def _of_round(events: list[Row]) -> list[list[Any]]:
    """The same of the last round of these events; what was let go is left out."""
    states: dict[str, set[str]] = {}
    for duty in NaiveCase(events).duties:
        if duty["kind"] == "execute_remedy":
            states.setdefault(duty["level"], set()).add(duty["state"])
    told: set[str] = set()
    found = []
    for one in NaiveAgreements(events).remedies:
        owed = states.get(one["level"], {"discharged"})
        name = one["level"] or f"{one['by']}/{one['number']}"
        if owed != {"waived"} and name not in told:
            told.add(name)
            found.append([*one["terms"], "open" not in owed])
    return found
