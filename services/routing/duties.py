"""The duty maker turns the rules of a routed case into duties with a debtor, a creditor and a state. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, assert_never

from services.routing.chains import Chains
from services.routing.rules.process import Creditor, DutyRule
from services.routing.state import RoutingState
from shared.bank.organisation import Organisation
from shared.bank.posts_held import NO_POST
from shared.case.duty_kinds import FORWARD, HAND_OVER, READ_SUBMISSION, RESOLVE_RECEIPT_CONFLICT, TO_BODY
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.case.speakers import CHECK_AUTHORITY, CLAIMED
from shared.contract.channels import ANSWERED_IN_BOOK
from shared.contract.events.base import DutyOpened, DutyState, PersonAt, PostAt
from shared.contract.ids import duty_id


@dataclass(frozen=True, slots=True)
class DebtorsAndCreditors:
    """Everybody by whom or to whom a duty of this case can be owed.

    ``office``: the general office to which a department hands the case over; None where it does not.
    ``informed``: who answers for the unit complained of, whether he handles the case or not.
    """

    accepting: PostAt
    handler: PostAt | None
    archivist: PostAt
    chains: Chains
    claimed_settler: PersonAt | None = None
    office: PostAt | None = None
    informed: PostAt | None = None


def _post(held: PostAt) -> PostAt:
    """A post, whoever holds it: what an office owes is owed by whoever is there."""
    return PostAt(unit=held.unit, post=held.post)


@dataclass(frozen=True, slots=True)
class DutyMaker:
    """Makes the duties that the event ``opened_by`` opens for a case about ``unit``."""

    organisation: Organisation
    state: RoutingState
    unit: str | None
    opened_by: str
    sides: DebtorsAndCreditors

    def all(self, rules: tuple[DutyRule, ...]) -> Iterator[DutyOpened]:
        """The duties of the rules, then those that the receipts, or what is unknown or only claimed, call for."""
        for rule in rules:
            yield from self._of(rule)
        yield from self._answers(rules)
        if self.state.core.reason is None:
            yield self._duty("classify", self.sides.accepting, None)
        if self.sides.handler is None and self.unit is None:
            yield self._duty("determine_unit", self.sides.accepting, None)
        if self.state.unread:
            yield self._duty(READ_SUBMISSION, self.sides.accepting, None)
        if self.state.in_conflict:
            yield self._duty(RESOLVE_RECEIPT_CONFLICT, self.sides.accepting, None)
        speakers = self.state.core.speakers
        if speakers is not None and speakers.authority == CLAIMED:
            yield self._duty(CHECK_AUTHORITY, self.sides.accepting, None)
        if (claimed := self.sides.claimed_settler) is not None:
            debtor = PostAt(unit=claimed.unit, post="first_asked", person=claimed.person)
            yield self._duty(CONFIRM_SETTLEMENT, debtor, self.sides.accepting)

    def _answers(self, rules: tuple[DutyRule, ...]) -> Iterator[DutyOpened]:
        """Answers to the bodies that passed a receipt on, on whatever channel (contract 3)."""
        receipt = self.state.receipt
        if receipt.passed_on and TO_BODY not in {rule.kind for rule in rules}:
            yield self._duty(TO_BODY, self._answerer(), receipt.body)
        for level, body in self.state.bodies:
            yield self._duty(TO_BODY, self._answerer(), body, level)

    def _answerer(self) -> PostAt:
        """Who owes the bodies their answers: the accepting post, and after a hand-over the general office."""
        office = self.sides.office
        handed = any(d.terms.kind == HAND_OVER and d.state == "discharged" for d in self.state.core.duties())
        return self.sides.accepting if office is None or not handed else _post(office)

    def _of(self, rule: DutyRule) -> Iterator[DutyOpened]:
        match rule.debtor:
            case "dispatch_levels":
                yield from self._levels(rule.kind)
            case "report_levels":
                yield from self._reports(rule.kind)
            case "accepting" | "handler" | "archivist" as debtor:
                if self._is_owed(rule):
                    state, reason, ended_by = self._state(rule)
                    creditor = self.sides.informed if rule.kind == FORWARD else self._creditor(rule.creditor)
                    by = self._answerer() if rule.kind == TO_BODY else self._debtor(debtor)
                    yield self._duty(rule.kind, by, creditor, None, state, reason, ended_by)
            case _ as unknown:
                assert_never(unknown)

    def _is_owed(self, rule: DutyRule) -> bool:
        """Whether there is anybody who owes it, and to whom."""
        sides = self.sides
        if sides.handler is None and "handler" in (rule.debtor, rule.creditor):
            return False
        there = {HAND_OVER: sides.office, FORWARD: sides.informed}
        return rule.kind not in there or there[rule.kind] is not None

    def _levels(self, kind: str) -> Iterator[DutyOpened]:
        """A duty of every level but the last, which is the handler's: whoever that is."""
        chain = self.sides.chains.dispatch
        for level, below in pairwise(chain):
            to = PostAt(unit=below.unit, post=NO_POST) if below is chain[-1] else _post(below.holder)
            yield self._duty(kind, _post(level.holder), to, level.unit)

    def _reports(self, kind: str) -> Iterator[DutyOpened]:
        """The handler's, then one of every level on the way up but the last."""
        handler, chain = self.sides.handler, self.sides.chains.report
        if handler is None:
            return
        if len(chain) == 1:
            yield self._duty(kind, handler, self.sides.accepting, chain[0].unit)
        for level, above in pairwise(chain):
            debtor = handler if level is chain[0] else _post(level.holder)
            yield self._duty(kind, debtor, _post(above.holder), level.unit)

    def _debtor(self, name: Literal["accepting", "handler", "archivist"]) -> PostAt:
        match name:
            case "accepting":
                return self.sides.accepting
            case "archivist":
                return self.sides.archivist
            case "handler":
                if self.sides.handler is None:
                    raise ValueError("nobody handles the case yet")
                return self.sides.handler
            case _ as unknown:
                assert_never(unknown)

    def _creditor(self, name: Creditor) -> PostAt | str | None:
        match name:
            case "handler" | "accepting":
                return self._debtor(name)
            case "general_office":
                return None if self.sides.office is None else _post(self.sides.office)
            case "transferring_body":
                return str(self.state.receipt.body)
            case "customer" | "media" | "next_level":
                return name
            case "":
                return None
            case _ as unknown:
                assert_never(unknown)

    def _state(self, rule: DutyRule) -> tuple[DutyState, str | None, str | None]:
        if rule.settled == "by_receipt":
            return "discharged", "told_in_person", self.state.receipt_id
        core = self.state.core
        if rule.creditor == "customer" and not core.customer_known and core.channel not in ANSWERED_IN_BOOK:
            return "waived", "customer_unknown", None
        return "open", None, None

    def _duty(
        self,
        kind: str,
        debtor: PostAt,
        creditor: PostAt | str | None,
        level: str | None = None,
        state: DutyState = "open",
        reason: str | None = None,
        ended_by: str | None = None,
    ) -> DutyOpened:
        return DutyOpened(
            id=duty_id(self.opened_by, kind, level), kind=kind, debtor=debtor, creditor=creditor, level=level,
            state=state, reason=reason, ended_by=ended_by,
        )  # fmt: skip
