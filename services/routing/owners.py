"""Finds who owns a case under one process, as of one bank day: first-asked, accepting post, handler, chains. Pure."""

from datetime import date

from services.routing.chains import Chains, chains
from services.routing.duties import DebtorsAndCreditors, DutyMaker
from services.routing.rules.process import Process
from services.routing.state import RoutingState
from shared.bank.ladder import OFFICE, OPERATIONS, PeopleSearch, parties_concerned
from shared.bank.organisation import Organisation
from shared.bank.posts_held import NO_POST, may_keep, post_held
from shared.case.duties import Place
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.events.base import PersonAt, PostAt, Versioned
from shared.contract.events.routing import RoutingDecision


def rule_inputs(organisation: Organisation, state: RoutingState) -> tuple[str, str, str]:
    """Names what the rules look at: channel, kind of the receiving unit, form that a transferred complaint came in."""
    return state.core.channel, organisation.units[state.receipt.unit].kind, state.receipt.form


def hands_over(organisation: Organisation, accepting: PostAt) -> bool:
    """Whether a department that received a complaint hands it over: that of a sub-branch does (article 2.7)."""
    received_at, above = (
        organisation.units[accepting.unit],
        organisation.units[organisation.ladder_unit(accepting.unit)],
    )
    return accepting.post == "unit_head" and received_at.kind == "department" and above.kind == "sub_branch"


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
        self.major = state.core.looks.major or (state.core.accepting is None and state.receipt.major)
        self.search = PeopleSearch(organisation, parties_concerned(organisation, state.core.parties), on)
        self.accepting_post = self._accepting_post()
        self.accepting = self._accepting()
        self.handler, self.fell_back_to = (handler, None) if handler else self._handler(keep)
        self.office = self._office(self.accepting.unit) if hands_over(organisation, self.accepting) else None
        start = self.office.unit if self.office else self.accepting.unit
        transferring = state.receipt.transferring_unit
        levels = process.chain != "none"
        self.chains = chains(organisation, start, self.handler, transferring, self._office) if levels else Chains()

    def _office(self, unit: str) -> PostAt:
        """Whoever is the general office of a unit and not concerned; who was passed over for it is not on record."""
        return PeopleSearch(self.organisation, self.search.parties, self.on).accepting(unit, OFFICE)

    def _accepting_post(self) -> str:
        """The post of the rules; what is about operations or its head goes to the general office instead.

        Who accepts and handles in one must not be the one complained about (rules: default-box-about-operations).
        """
        post, organisation = self.process.accepting_post, self.organisation
        if self.process.handled_by != "accepting" or post != OPERATIONS:
            return post
        at = next(organisation.units_with(self.state.receipt.unit, post), None)
        head = next(iter(organisation.people_in(at, post, self.on)), None) if at is not None else None
        if head is None:
            return post
        own = {unit for led in organisation.headed_by(head) - {at} for unit in organisation.below(led)}
        return OFFICE if self.unit in own or head in self.search.parties else post

    def _accepting(self) -> PostAt:
        named = self.state.receipt.receptionist
        if (present := self._still_accepting()) is not None:
            return present
        found = self.search.accepting(self.state.receipt.unit, self.accepting_post)
        if named is not None and self._may_stay(named):
            return PostAt(unit=found.unit, post=found.post, person=named)
        return found

    def _still_accepting(self) -> PostAt | None:
        """Who accepts the case already and is not its post's first holder, or is absent now: that moves no case."""
        present = self.state.core.accepting
        if present is None or present.person is None or present.post != self.accepting_post:
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
        present = self.state.core.handler
        if self.major:
            return self._handler_of_major(present)
        if self.process.handled_by == "accepting":
            return self.accepting, None
        if keep and present is not None and present.person is not None and self._may_stay(present.person):
            held = post_held(self.organisation, present.unit, present.person, self.on)
            return PostAt(unit=present.unit, post=held or NO_POST, person=present.person), None
        return self.search.handler(self.unit) if self.unit is not None else (None, None)

    def _handler_of_major(self, present: Place | None) -> tuple[PostAt | None, str | None]:
        """Who handles a major case: the first from deputy president up; who is one of them already keeps it."""
        unit = self.unit or self.accepting.unit
        if present is not None and present.person is not None and self._may_stay(present.person):
            post = self.search.post_from_deputy_up(unit, present.unit, present.person)
            if post is not None:
                return PostAt(unit=present.unit, post=post, person=present.person), None
        return self.search.from_deputy_up(unit)

    def _may_stay(self, person: str) -> bool:
        """Whether somebody may keep what he has: an absence that begins later moves no case."""
        known = self.organisation.people.get(person)
        return known is not None and known.active(self.on) and not self.search.concerned(person)

    def _informed(self) -> PostAt | None:
        """Who answers for the complained unit, where somebody else handles the case and it is only told of it."""
        if self.process.handled_by != "accepting":
            return self.handler
        if self.unit is None:
            return None
        return PeopleSearch(self.organisation, self.search.parties, self.on).handler(self.unit)[0]

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
                "accepting_post": self.accepting_post,
                "handled_by": self.process.handled_by,
                "on": self.on.isoformat(),
            },
            first_asked=self.first_asked(),
            accepting=self.accepting,
            handler=PersonAt(unit=self.handler.unit, person=self.handler.person) if self.handler else None,
            complained_unit=self.unit,
            dispatch_chain=tuple(level.unit for level in self.chains.dispatch),
            report_chain=tuple(level.unit for level in self.chains.report),
            refused=tuple(self.search.refused),
            fell_back=self.fell_back_to is not None,
        )

    def duty_maker(self, opened_by: str) -> DutyMaker:
        """Makes this case's duties."""
        at = next(self.organisation.units_with(self.accepting.unit, "archivist"), self.accepting.unit)
        holders = self.organisation.present_in(at, "archivist", self.on)
        archivist = PostAt(unit=at, post="archivist", person=holders[0] if holders else None)
        sides = DebtorsAndCreditors(
            self.accepting, self.handler, archivist, self.chains, self.claimed_settler(), self.office, self._informed()
        )  # fmt: skip
        return DutyMaker(self.organisation, self.state, self.unit, opened_by, sides)
