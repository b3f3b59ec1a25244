"""The duties of a routed case: rows of the rules become duties with a debtor, a creditor and a state."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.routing.chains import Chains
from services.routing.rules.process import DutyRule
from services.routing.state import RoutingState
from shared.bank.organisation import Organisation
from shared.contract.channels import ANSWERED_IN_BOOK
from shared.contract.events.base import DutyOpened, DutyState, PersonAt, PostAt
from shared.contract.ids import duty_id


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody a duty of this case can be owed by or to."""

    accepting: PostAt
    handler: PersonAt | None
    archivist: PostAt
    chains: Chains


@dataclass(frozen=True, slots=True)
class DutyMaker:
    """Makes the duties that the event ``opened_by`` opens for a case about ``unit``."""

    organisation: Organisation
    state: RoutingState
    unit: str | None
    opened_by: str
    parties: Parties

    def all(self, rules: tuple[DutyRule, ...]) -> Iterator[DutyOpened]:
        """The duties of the rules, then those that what is still unknown calls for."""
        for rule in rules:
            yield from self._of(rule)
        if self.state.core.reason is None:
            yield self._duty("classify", self.parties.accepting, None)
        if self.parties.handler is None and self.unit is None:
            yield self._duty("determine_unit", self.parties.accepting, None)

    def _of(self, rule: DutyRule) -> Iterator[DutyOpened]:
        if rule.debtor == "dispatch_levels":
            yield from self._levels(rule.kind, self.parties.chains.dispatch, "general_office")
        elif rule.debtor == "report_levels":
            yield from self._reports(rule.kind)
        elif "handler" not in (rule.debtor, rule.creditor) or self.parties.handler is not None:
            creditor = self._creditor(rule.creditor)
            state, reason, ended_by = self._state(rule)
            yield self._duty(rule.kind, self._debtor(rule.debtor), creditor, None, state, reason, ended_by)

    def _levels(self, kind: str, chain: tuple[str, ...], post: str) -> Iterator[DutyOpened]:
        for level, below in pairwise(chain):
            yield self._duty(kind, PostAt(unit=level, post=post), PostAt(unit=below, post=post), level)

    def _reports(self, kind: str) -> Iterator[DutyOpened]:
        handler, chain = self.parties.handler, self.parties.chains.report
        if handler is None:
            return
        if len(chain) == 1:
            yield self._duty(kind, self._post_of(handler), self.parties.accepting, chain[0])
        for position, (level, above) in enumerate(pairwise(chain)):
            debtor = self._post_of(handler) if position == 0 else PostAt(unit=level, post="general_office")
            yield self._duty(kind, debtor, PostAt(unit=above, post="general_office"), level)

    def _post_of(self, person: PersonAt) -> PostAt:
        return PostAt(unit=person.unit, post=self.organisation.head_post(person.unit), person=person.person)

    def _debtor(self, name: str) -> PostAt:
        if name == "handler" and self.parties.handler is not None:
            return self._post_of(self.parties.handler)
        return self.parties.archivist if name == "archivist" else self.parties.accepting

    def _creditor(self, name: str) -> PostAt | str | None:
        if name == "transferring_body":
            return str(self.state.receipt.body)
        if name == "general_office":
            return PostAt(unit=self.parties.accepting.unit, post="general_office")
        return self._debtor(name) if name in ("handler", "accepting") else name or None

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
