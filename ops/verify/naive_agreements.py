"""What bank and customer agreed on, told from a case's events alone; imports nothing of the product."""

from typing import Any

from ops.verify.naive_core import NaiveCase, Row, name_of

NOBODY_OWES = ("apology", "explanation", "process_change")


class NaiveAgreements:
    """The plans and the remedies of the present round of a case."""

    def __init__(self, events: list[Row]) -> None:
        self.plans: list[Row] = []
        self.remedies: list[Row] = []
        for place, event in enumerate(events):
            name, data = name_of(event), event["data"]
            if name == "CaseReopened":
                self.plans, self.remedies = [], []
            elif name == "NegotiationPlanOffered":
                self._now("replaced", [plan for plan in self.plans if plan["answer"] == "open"])
                self.plans.append({"id": event["id"], "answer": "open", **data})
            elif name == "NegotiationPlanAnswered":
                self._answer(events[:place], data)
            elif name == "SettledOnTheSpot":
                self._grant(events[:place], event["id"], "settlement", [data["settlement"]["remedy"]])
            elif name == "DecisionMade":
                self._grant(events[:place], event["id"], "decision", data["remedies_offered"])
            elif name == "DecisionRevised":  # what it lets go itself is not owed on under its former level
                self._grant(events[: place + 1], event["id"], "decision", data["remedies_offered"])

    def _now(self, answer: str, plans: list[Row]) -> None:
        for plan in plans:
            plan["answer"] = answer

    def _answer(self, before: list[Row], data: Row) -> None:
        answered = [plan for plan in self.plans if plan["id"] == data["plan"]]
        if data["answer"] == "accepted" and answered and answered[0]["remedies"]:
            self._grant(before, data["plan"], "plan", answered[0]["remedies"])
        if data["answer"] == "accepted":
            self._now("replaced", [plan for plan in self.plans if plan["answer"] == "accepted"])
        for plan in answered:
            plan |= {"answer": data["answer"], "way": data["way"], "at_time": data["at_time"]}

    def _grant(self, before: list[Row], by: str, how: str, remedies: list[Row]) -> None:
        """Each remedy is owed as one that was granted before and not let go, else by its own number."""
        duties = [one for one in NaiveCase(before).duties if one["state"] != "waived"]
        still = [one["level"] for one in duties if one["kind"] == "execute_remedy"]  # others have no level
        owed = [one for one in self.remedies if one["level"] in still]
        for number, remedy in enumerate(remedies, 1):
            said: Row = {"by": by, "how": how, "number": number, "level": None, "terms": _terms(remedy)}
            same = [one["level"] for one in owed if one["terms"] == said["terms"]]
            if same:
                said["level"] = same[0]
                owed = [one for one in owed if one["level"] != same[0]]
            elif not remedy.get("done") and remedy["kind"] not in NOBODY_OWES:
                said["level"] = f"{by}/{number}"
            self.remedies.append(said)

    def plan_rows(self) -> list[list[Any]]:
        """Per plan its version and what became of it."""
        return [[plan["plan_version"], plan["answer"]] for plan in self.plans]

    def remedy_rows(self) -> list[list[str]]:
        """Per remedy its kind and the level under which it is owed."""
        return [[one["terms"][0], one["level"] or ""] for one in self.remedies]


def _terms(remedy: Row) -> list[Any]:
    return [remedy["kind"], remedy.get("amount_minor"), remedy.get("currency")]
