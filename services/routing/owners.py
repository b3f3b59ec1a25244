"""Finds who owns a case under one process, as of one bank day: first-asked, accepting post, handler, chains. Pure."""

from datetime import date

from services.routing.chains import Chains, chains
from services.routing.duties import DebtorsAndCreditors, DutyMaker
from services.routing.rules.process import Process
from services.routing.state import RoutingState
from shared.bank.ladder import PeopleSearch, parties_concerned
from shared.bank.organisation import Organisation
from shared.bank.posts_held import NO_POST, may_keep, post_held
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.events.base import PersonAt, PostAt, Versioned
from shared.contract.events.routing import RoutingDecision


def rule_inputs(organisation: Organisation, state: RoutingState) -> tuple[str, str, str]:
    """Names what the rules look at: channel, kind of the receiving unit, form that a transferred complaint came in."""
    return state.core.channel, organisation.units[state.receipt.unit].kind, state.receipt.form


class Routing:
    """Finds the owners of one case, and with them its duties.

    ``unit`` is the complained unit, None while it is unknown. ``keep``: the present handler stays if he may.
    ``handler``: who handles it, where that is said already.
    """

    def __init__(
        self,
        organisation: Organisation,
        state: RoutingState,
        process: Process,
        on: date,
        unit: str | None,
        keep: bool = False,
        handler: PostAt | None = None,
    ) -> None:
        self.organisation = organisation
        self.state = state
        self.process = process
        self.on = on
        self.unit = unit
        self.search = PeopleSearch(organisation, parties_concerned(organisation, state.core.parties), on)
        self.accepting = self._accepting()
        self.handler, self.fell_back_to = (handler, None) if handler else self._handler(keep)
        handling = self.handler.unit if self.handler else None
        levels = process.chain != "none"
        transferring = state.receipt.transferring_unit
        self.chains = chains(organisation, self.accepting.unit, handling, transferring) if levels else Chains((), ())

    def _accepting(self) -> PostAt:
        named = self.state.receipt.receptionist
        if (present := self._still_accepting()) is not None:
            return present
        found = self.search.accepting(self.state.receipt.unit, self.process.accepting_post)
        if named is not None and self._may_stay(named):
            return PostAt(unit=found.unit, post=found.post, person=named)
        return found

    def _still_accepting(self) -> PostAt | None:
        """Who accepts the case already and is not its post's first holder, or is absent now: that moves no case."""
        present = self.state.core.accepting
        if present is None or present.person is None or present.post != self.process.accepting_post:
            return None
        held = self.organisation.people_in(present.unit, present.post, self.on)
        absence = self.organisation.people[present.person].absent(self.on)
        if not may_keep(self.organisation, present.unit, present.post, present.person, self.on):
            return None
        if absence is None and present.person in held[:1]:
            return None
        nearest = next(self.organisation.units_with(self.state.receipt.unit, present.post), None)
        if present.unit != nearest or not self._may_stay(present.person):
            return None
        return PostAt(unit=present.unit, post=present.post, person=present.person)

    def _handler(self, keep: bool) -> tuple[PostAt | None, str | None]:
        if self.process.handled_by == "accepting":
            return self.accepting, None
        present = self.state.core.handler
        if keep and present is not None and present.person is not None and self._may_stay(present.person):
            held = post_held(self.organisation, present.unit, present.person, self.on)
            return PostAt(unit=present.unit, post=held or NO_POST, person=present.person), None
        return self.search.handler(self.unit) if self.unit is not None else (None, None)

    def _may_stay(self, person: str) -> bool:
        """Whether somebody may keep what he has: an absence that begins later moves no case."""
        known = self.organisation.people.get(person)
        return known is not None and known.active(self.on) and not self.search.concerned(person)

    def first_asked(self) -> PersonAt:
        """Who was asked first: the person who received it, else the accepting post (first-asked responsibility)."""
        receipt = self.state.receipt
        if receipt.person is not None and receipt.person not in self.search.parties:
            return PersonAt(unit=receipt.unit, person=receipt.person)
        return PersonAt(unit=self.accepting.unit, person=self.accepting.person)

    def claimed_settler(self) -> PersonAt | None:
        """Of whom the receipt claims that he settled the matter: who took it down, else the accepting person.

        None where nobody claims it, where he is concerned, and where the case was routed and the claim has ended.
        """
        receipt, core = self.state.receipt, self.state.core
        pending = core.accepting is None or bool(core.open_duties(CONFIRM_SETTLEMENT))
        if not receipt.settlement_claimed or not pending or receipt.person in self.search.parties:
            return None
        found = self.first_asked()
        return found if found.person is not None else None

    def decision(self, rule: Versioned, organisation: Versioned) -> RoutingDecision:
        """The whole record of the decision."""
        core = self.state.core
        return RoutingDecision(
            rule=rule,
            organisation=organisation,
            inputs={
                "channel": core.channel,
                "receiving_unit": self.state.receipt.unit,
                "complained_unit": self.unit,
                "complained_persons": list(core.parties),
                "reason": core.reason,
                "anonymous": core.anonymous,
                "reachable_by": list(core.reachable_by),
                "accepting_post": self.process.accepting_post,
                "handled_by": self.process.handled_by,
                "on": self.on.isoformat(),
            },
            first_asked=self.first_asked(),
            accepting=self.accepting,
            handler=PersonAt(unit=self.handler.unit, person=self.handler.person) if self.handler else None,
            complained_unit=self.unit,
            dispatch_chain=self.chains.dispatch,
            report_chain=self.chains.report,
            refused=tuple(self.search.refused),
            fell_back=self.fell_back_to is not None,
        )

    def duty_maker(self, opened_by: str) -> DutyMaker:
        """Makes this case's duties."""
        at = next(self.organisation.units_with(self.accepting.unit, "archivist"), self.accepting.unit)
        holders = self.organisation.present_in(at, "archivist", self.on)
        archivist = PostAt(unit=at, post="archivist", person=holders[0] if holders else None)
        sides = DebtorsAndCreditors(self.accepting, self.handler, archivist, self.chains, self.claimed_settler())
        return DutyMaker(self.organisation, self.state, self.unit, opened_by, sides)
