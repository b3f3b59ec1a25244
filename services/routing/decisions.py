"""Routing's one decision: a complaint came in, so it gets an owner by the rule of its channel."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.routing.chains import Chains, chains
from services.routing.duties import DutyMaker, Parties
from services.routing.rules import Process, parse_rules
from services.routing.state import RoutingState
from shared.candidates import Search, parties_concerned
from shared.envelope import Event
from shared.events import parse
from shared.events.base import PersonAt, PostAt, Versioned
from shared.events.intake import ComplaintReceived
from shared.events.routing import CaseRouted, RoutingDecision, RoutingFellBack
from shared.organisation import Organisation
from shared.organisation_file import parse_organisation
from shared.service import Context, Fact, LogTrigger, Trigger

REACTS_TO = {"ComplaintReceived": datetime(2000, 1, 1, tzinfo=UTC)}


def owes(before: RoutingState | None, event: Event) -> bool:
    """A case is routed once, at its first receipt."""
    return before is None


def decide(state: RoutingState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Route the case of a receipt (article 2).

    Raises:
        NotYet: organisation or rules are not published.
        BadReference: no rule covers the channel.
    """
    if not isinstance(trigger, LogTrigger):
        raise TypeError(f"routing does not answer {trigger!r}")
    receipt = parse(trigger.event)
    if not isinstance(receipt, ComplaintReceived):
        raise TypeError(f"routing does not answer {trigger.event.type}")
    reference = context.reference
    organisation_document = reference.in_force("organisation", "bank", context.now)
    rules_document = reference.in_force("routing", "rules", context.now)
    organisation = reference.parsed(organisation_document, parse_organisation)
    routing = Routing(
        organisation,
        receipt,
        reference.parsed(rules_document, parse_rules)(*rule_inputs(organisation, receipt)),
        context.now.astimezone(ZoneInfo(organisation.bank.timezone)).date(),
    )
    decision = routing.decision(
        Versioned(id="rules", version=rules_document.version),
        Versioned(id="bank", version=organisation_document.version),
    )
    routed = CaseRouted(
        decision=decision,
        duties_opened=tuple(routing.duty_maker(trigger.id, context.event_id()).all(routing.process.duties)),
    )
    if routing.fell_back_to is None:
        return [Fact(routed)]
    return [Fact(routed), Fact(RoutingFellBack(unit=routing.fell_back_to, reason="nobody_eligible"))]


def rule_inputs(organisation: Organisation, receipt: ComplaintReceived) -> tuple[str, str, str]:
    """What the rules look at: channel, kind of the receiving unit, form the transferred complaint came in."""
    return (
        receipt.channel,
        organisation.units[receipt.received_by.unit].kind,
        str(receipt.details.get("form") or "") if receipt.channel == "regulator" else "",
    )


class Routing:
    """One case's routing under one process, as of one bank day."""

    def __init__(self, organisation: Organisation, receipt: ComplaintReceived, process: Process, on: date) -> None:
        self.organisation = organisation
        self.receipt = receipt
        self.process = process
        self.on = on
        parties = parties_concerned(organisation, receipt.matter.complained_persons)
        self.search = Search(organisation, parties, on)
        self.accepting = self._accepting()
        self.handler, self.fell_back_to = self._handler()
        transferring = receipt.details.get("unit") if receipt.channel == "upper_branch" else None
        handling = self.handler.unit if self.handler else None
        levels = process.chain != "none"
        self.chains = chains(organisation, self.accepting.unit, handling, transferring) if levels else Chains((), ())

    def _accepting(self) -> PostAt:
        named = self.receipt.details.get("receptionist") if self.receipt.channel == "walk_in" else None
        found = self.search.accepting(self.receipt.received_by.unit, self.process.accepting_post)
        if named is not None and self.search.first([named]) == named:
            return PostAt(unit=found.unit, post=found.post, person=named)
        return found

    def _handler(self) -> tuple[PersonAt | None, str | None]:
        if self.process.handled_by == "accepting":
            return PersonAt(unit=self.accepting.unit, person=self.accepting.person), None
        unit = self.receipt.matter.complained_unit
        return self.search.handler(unit) if unit is not None else (None, None)

    def first_asked(self) -> PersonAt:
        """Who was asked first: the person who received it, else the accepting post (first-asked responsibility)."""
        by = self.receipt.received_by
        if by.person is not None and by.person not in self.search.parties:
            return by
        return PersonAt(unit=self.accepting.unit, person=self.accepting.person)

    def decision(self, rule: Versioned, organisation: Versioned) -> RoutingDecision:
        """The whole record of the decision."""
        receipt = self.receipt
        return RoutingDecision(
            rule=rule,
            organisation=organisation,
            inputs={
                "channel": receipt.channel,
                "receiving_unit": receipt.received_by.unit,
                "complained_unit": receipt.matter.complained_unit,
                "complained_persons": list(receipt.matter.complained_persons),
                "reason": receipt.matter.reason,
                "anonymous": receipt.anonymous,
                "reachable_by": list(receipt.reachable_by),
                "accepting_post": self.process.accepting_post,
                "handled_by": self.process.handled_by,
                "on": self.on.isoformat(),
            },
            first_asked=self.first_asked(),
            accepting=self.accepting,
            handler=self.handler,
            complained_unit=receipt.matter.complained_unit,
            dispatch_chain=self.chains.dispatch,
            report_chain=self.chains.report,
            refused=tuple(self.search.refused),
            fell_back=self.fell_back_to is not None,
        )

    def duty_maker(self, receipt_id: str, opened_by: str) -> DutyMaker:
        """Makes this case's duties."""
        at = next(self.organisation.units_with(self.accepting.unit, "archivist"), self.accepting.unit)
        holders = self.organisation.people_in(at, "archivist", self.on)
        archivist = PostAt(unit=at, post="archivist", person=holders[0] if holders else None)
        parties = Parties(self.accepting, self.handler, archivist, self.chains)
        return DutyMaker(self.organisation, self.receipt, receipt_id, opened_by, parties)
