"""What a case is, told from its events alone: the independent reading that the services' folds are held against.

Imports nothing of Redress. Plain and slow on purpose: every question is answered by looking through the events again.
"""

from typing import Any

Row = dict[str, Any]

ROUTINGS = ("CaseRouted", "CaseRerouted")
ON_OWNERSHIP = ("HandoverAccepted", "HandoverRefused", "AgentNamed", "HandlerReassigned")
NO_ACTS = ("CommandRefused", "MessageResendRequested", "EvidenceChecked")
"""What people asked for without its changing anything of the case."""
IN_PERSON = ("accept_handover", "deliver_written_notice", "deliver_supervision_form")
FINAL = ("CaseClosed", "CaseArchived")
REVISED, ANSWER = "DecisionRevised", "reply_customer"
"""A revised decision is told anew: what told the former one ends no answer that is owed since."""
NEW_ROUND = (
    "contact_customer", "handle", "reply_customer", "report_result", "report_up", "track_result", "archive",
)  # fmt: skip
LET_GO_ALL_BUT = {
    "CaseWithdrawn": ("answer_transferring_body", "archive", "corrective_action", "answer_suggestion"),
    "CaseNotAccepted": (
        "answer_transferring_body",
        "archive",
        "reply_customer",
        "check_authority",
        "corrective_action",
        "answer_suggestion",
    ),
}
DONE = "discharged"
NOTHING: tuple[int | None, str | None] = (None, None)
TOLD_BEFORE = {"report_overrun_reason": "OverrunReasonReported", "explain_overrun": "OverrunExplained"}


def name_of(event: Row) -> str:
    """The type without prefix and version."""
    return str(event["type"].split(".")[1])


def _concerned(name: str, data: Row) -> list[str]:
    """The people an event makes parties concerned."""
    if name == "PartyConcernedNamed":
        return [data["person"]]
    if name == "ReceiptAdded":
        return list(data["matter"]["complained_persons"])
    if name == "InvestigationRecorded":
        return list(data["parties"] if "parties" in data else data["persons_responsible"])
    refused = name == "HandoverRefused" and data["ground"] == "party_concerned"
    return [data["handler"]["person"]] if refused else []


class NaiveCase:
    """One case, read event by event; ``events`` in log order, each once."""

    def __init__(self, events: list[Row]) -> None:
        self.seen: list[Row] = []
        self.ids = {event["id"]: place for place, event in enumerate(events)}
        self.duties: list[Row] = []
        self.acts: dict[str, int] = {}
        self.owners: Row = {"accepting": None, "first_asked": None, "handler": None, "agent": None, "escalated": None}
        self.parties: list[str] = []
        self.without_effect: set[str] = set()
        self.owned: list[Row] = []
        self.moved_at = -1
        self.asked_elsewhere_at = -1
        for place, event in enumerate(events):
            self._read(place, event)
            self.seen.append(event)

    def basis(self, event: Row) -> int:
        """The place of what the event's decider had seen last; -1 if nothing."""
        return self.ids.get(event.get("basisid"), -1)

    def _read(self, place: int, event: Row) -> None:
        name, data, source = name_of(event), event["data"], event["source"]
        if name == "ComplaintReceived":
            self._receive(data)
            return
        if name in ON_OWNERSHIP and self.basis(event) < self.moved_at:
            self.without_effect.add(event["id"])
            return
        if name in FINAL and self.basis(event) < self.asked_elsewhere_at:
            self.without_effect.add(event["id"])
            return
        if name in ROUTINGS or (name == "CaseEscalated" and data["mode"] == "takes_over"):
            self._set_aside(place, self.basis(event))
        if name in ON_OWNERSHIP:
            was = {"owners": dict(self.owners), "parties": list(self.parties), "act": self.acts.get(name)}
            was["accepted"] = self.acts.get("HandoverAccepted")
            self.owned.append({"place": place, "name": name, **was})
        self._own(place, name, data)
        if (source == "/redress/casework" and name not in NO_ACTS) or name in ROUTINGS:
            self._act(place, name, data)
        self._end(place, event, name)
        self._open(place, event, source)

    def _set_aside(self, by: int, basis: int) -> None:
        """A routing sets aside the acts on who owns the case that it had not seen."""
        for act in reversed([one for one in self.owned if one["place"] > basis]):
            for who in ("handler", "agent"):
                self.owners[who] = act["owners"][who]
            if act["name"] == "HandoverRefused":
                self.parties = act["parties"]
            self.acts.pop(act["name"], None)
            if act["act"] is not None:
                self.acts[act["name"]] = act["act"]
            if act["name"] != "HandoverAccepted" and act["accepted"] is not None:
                self.acts["HandoverAccepted"] = act["accepted"]
            self._undo(act["place"], by)
        self.owned = []

    def _undo(self, place: int, by: int) -> None:
        """What an act opened is let go, what it ended is owed again, or done where its successor was done."""
        mine = [duty for duty in self.duties if duty["opened_at"] == place]
        for duty in self.duties:
            if duty["opened_at"] != place and duty["ended_at"] == place:
                next_ = [d for d in mine if (d["kind"], d["level"], d["state"]) == (duty["kind"], duty["level"], DONE)]
                next_ = [d for d in next_ if d["ended_at"] > place and d["kind"] not in IN_PERSON]
                found = next_[0] if next_ else {"state": "open", "ended_at": None, "ended_from": None}
                duty |= {field: found[field] for field in ("state", "ended_at", "ended_from")}
        for duty in mine:
            if duty["state"] == "open":
                duty |= {"state": "waived", "ended_at": by, "ended_from": "/redress/routing"}

    def _receive(self, data: Row) -> None:
        if self.seen:
            return
        self.parties = list(data["matter"]["complained_persons"])
        by = data["received_by"]
        self.owners["first_asked"] = [by["unit"], by["person"]] if by["person"] else None

    def _own(self, place: int, name: str, data: Row) -> None:
        if name in ROUTINGS:
            before = self.owners["handler"]
            for who in ("accepting", "first_asked", "handler"):
                found = data["decision"][who]
                self.owners[who] = [found["unit"], found["person"]] if found else None
            now = self.owners["handler"]
            if before is None or now is None or before[1] != now[1]:
                self.owners["agent"] = None
            self.moved_at = place
        elif name == "CaseEscalated":
            self.owners["escalated"] = [data["to"]["unit"], data["to"]["person"]]
            if data["mode"] == "takes_over":
                self.owners |= {"handler": self.owners["escalated"], "agent": None}
                self.moved_at = place
        elif name == "HandlerReassigned":
            self.owners |= {"handler": [data["handler"]["unit"], data["handler"]["person"]], "agent": None}
        elif name == "AgentNamed":
            self.owners["agent"] = data["agent"]
        self.parties += [p for p in _concerned(name, data) if p not in self.parties]
        for act in self.owned if name == "ReceiptAdded" else ():
            act["parties"] += [p for p in _concerned(name, data) if p not in act["parties"]]

    def _act(self, place: int, name: str, data: Row) -> None:
        if name == "CaseReopened":
            self.acts = {n: p for n, p in self.acts.items() if n in ("HandoverAccepted", *ROUTINGS)}
        anew = any(duty["kind"] == "accept_handover" for duty in data.get("duties_opened") or [])
        if name in ("CaseRerouted", "HandlerReassigned") and anew:
            self.acts.pop("HandoverAccepted", None)
        self.acts[name] = place

    def _end(self, place: int, event: Row, name: str) -> None:
        listed = {end["id"]: end["state"] for end in event["data"].get("duties_ended") or []}
        done = {(d["kind"], d["level"]) for d in self.duties if listed.get(d["id"]) == "discharged"}
        done |= {(kind, None) for kind, told in TOLD_BEFORE.items() if told == name}
        done |= {(d["kind"], d["level"]) for d in event["data"].get("duties_opened") or [] if d["state"] == DONE}
        begun = self.acts.get("CaseReopened", -1)
        former = self.basis(event) < begun < place
        revised = self.acts.get(REVISED, -1)
        stale = self.basis(event) < revised < place
        if not former:
            listed |= dict.fromkeys(self._instead(event, stale), DONE)
        for duty in self.duties:
            if duty["state"] != "open" or (former and duty["opened_at"] >= begun):
                continue
            if stale and duty["kind"] == ANSWER and duty["opened_at"] >= revised and duty["id"] not in listed:
                continue
            state, unseen = listed.get(duty["id"]), duty["opened_at"] > self.basis(event)
            if state is None and unseen and (duty["kind"], duty["level"]) in done and duty["kind"] not in IN_PERSON:
                state = "discharged"
            if state is None and unseen and name == "CaseReopened" and duty["kind"] in NEW_ROUND:
                state = "waived"
            if state is None and unseen and name in LET_GO_ALL_BUT and duty["kind"] not in LET_GO_ALL_BUT[name]:
                state = "waived"
            if state is not None:
                duty |= {"state": state, "ended_at": place, "ended_from": event["source"]}

    def _instead(self, event: Row, stale: bool) -> list[str]:
        """The open duties that were done in the place of those that a routing had set aside."""
        found: list[str] = []
        ends = [end for end in event["data"].get("duties_ended") or [] if end["state"] == DONE]
        known = {d["id"]: (d["kind"], d["level"]) for d in self.duties}
        levels = {known[end["id"]] for end in ends if end["id"] in known}
        strange = {end["kind"] for end in ends if end["id"] not in known} - {kind for kind, _ in levels}
        for duty in self.duties:
            if duty["state"] != "open" or duty["kind"] in IN_PERSON:
                continue
            if stale and duty["kind"] == ANSWER:
                strange.discard(ANSWER)
                continue
            if (duty["kind"], duty["level"]) in levels or duty["kind"] in strange:
                strange.discard(duty["kind"])
                found.append(duty["id"])
        return found

    def _open(self, place: int, event: Row, source: str) -> None:
        opened = event["data"].get("duties_opened") or []
        self.duties += [self._first(place, event, duty) for duty in opened]
        if source != "/redress/casework" and any(duty["state"] == "open" for duty in opened):
            self.asked_elsewhere_at = place
            for name in [name for name in FINAL if self.acts.get(name, -1) > self.basis(event)]:
                self._undo(self.acts.pop(name), place)

    def _first(self, place: int, event: Row, duty: Row) -> Row:
        state, ended = duty["state"], NOTHING if duty["state"] == "open" else (place, event["source"])
        anew = name_of(event) == "CaseReopened" or (name_of(event) == REVISED and duty["kind"] == ANSWER)
        if state == "open" and not anew:
            meanwhile = [
                (before["ended_at"], before["ended_from"])
                for before in self.duties
                if (before["kind"], before["level"], before["state"]) == (duty["kind"], duty["level"], "discharged")
                and before["ended_at"] > self.basis(event)
                and duty["kind"] not in IN_PERSON
                and not event["source"] == before["ended_from"] == "/redress/casework"
            ]
            told = self.acts.get(TOLD_BEFORE.get(duty["kind"], ""), -1)
            meanwhile += [(told, "/redress/casework")] if told > self.basis(event) else []
            state, ended = ("discharged", meanwhile[0]) if meanwhile else self._let_go(event, duty)
        return {**duty, "state": state, "opened_at": place, "ended_at": ended[0], "ended_from": ended[1]}

    def _let_go(self, event: Row, duty: Row) -> tuple[str, tuple[int | None, str | None]]:
        """Another service's duty begins waived where a withdrawal that it had not seen would have waived it."""
        reopened = self.acts.get("CaseReopened", -1)
        if event["source"] != "/redress/casework" and reopened > self.basis(event) and duty["kind"] in NEW_ROUND:
            return "waived", (reopened, "/redress/casework")
        for name, kept in LET_GO_ALL_BUT.items():
            place = self.acts.get(name, -1)
            if event["source"] != "/redress/casework" and place > self.basis(event) and duty["kind"] not in kept:
                return "waived", (place, "/redress/casework")
        return "open", NOTHING

    def life(self) -> str:
        """Where the case stands."""
        acts = self.acts
        for act, state in (
            ("CaseArchived", "archived"), ("CaseClosed", "closed"), ("CaseWithdrawn", "withdrawn"),
            ("CaseNotAccepted", "not_accepted"),
        ):  # fmt: skip
            if act in acts:
                return state
        if "ResultReported" in acts or "SettledOnTheSpot" in acts:
            return "reported"
        if "DecisionMade" in acts:
            replies = [duty for duty in self.duties if duty["kind"] == "reply_customer"]
            return "replied" if replies and replies[-1]["state"] == "discharged" else "decided"
        if acts.keys() & {"CustomerContacted", "InterimReplyGiven", "InvestigationRecorded"}:
            return "in_handling"
        if "CaseReopened" in acts:
            return "reopened"
        if "HandoverAccepted" in acts:
            return "accepted"
        return "routed" if self.owners["accepting"] else "received"

    def duty_rows(self) -> list[list[str]]:
        """Kind, level, state and debtor of every duty, sorted."""
        return sorted([d["kind"], d["level"] or "", d["state"], d["debtor"]["person"] or ""] for d in self.duties)
