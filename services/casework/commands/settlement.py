"""This command settles a matter on the spot: decision, reply and report in one, also with the receipt itself."""

from typing import Any

from services.casework.act import Act
from services.casework.approvals import above_limit
from services.casework.bad_content import AttemptsMissing, ConsentMissing, UnknownUnit
from services.casework.bad_state import (
    AuthorityUnproved,
    ConfirmedAlready,
    DecidedAlready,
    NothingOwed,
    TooHardForTheSpot,
    ViolationNotOnTheSpot,
)
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.refusals import PartyConcerned
from services.casework.remedies_owed import of_decision
from services.casework.reviews import of_dissatisfied
from services.casework.sides import CLAIMED_SETTLER, FIRST_ASKED, HANDLER, LADDER
from shared.case.duty_kinds import KINDS, REOPENED
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.bodies import Id, Text
from shared.contract.events.base import DutyOpened
from shared.contract.events.casework import SettledOnTheSpot, SettlementDenied
from shared.contract.events.settlement import SealedSettlement
from shared.contract.settlement_bodies import Settlement
from shared.kernel.service import Fact


class SettleOnTheSpot(Body, Settlement):
    """Settle the matter at once, with the customer's agreement."""

    approved_by: Id | None = None


def settle(act: Act) -> Fact:
    """Settle the matter with the customer's consent.

    Raises:
        DecidedAlready, AuthorityUnproved, ViolationNotOnTheSpot, TooHardForTheSpot, ConsentMissing,
        AttemptsMissing, UnknownUnit, PartyConcerned, InvalidCommand
    """
    core = act.core
    if core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    act.check_authority()
    if "violation" in (core.reason, *act.state.other_reasons):
        raise ViolationNotOnTheSpot
    if core.level in ("hard", "major"):
        raise TooHardForTheSpot(about=(core.level,))
    said = {name: act.body[name] for name in SealedSettlement.model_fields if name in act.body}
    _check_content(act, said)
    owed = of_decision(act, [said["remedy"]])
    review = of_dissatisfied(act, (said.get("satisfaction") or {}).get("value"))
    opened = [*_done_with_it(act), *owed.opened, *review]
    return act.fact(SettledOnTheSpot, [*act.discharges_all(SettledOnTheSpot), *owed.ended], opened, settlement=said)


def _done_with_it(act: Act) -> list[DutyOpened]:
    """While nobody handles the case nobody owes a decision, reply and report: they are made all the same.

    So whoever gets the case afterwards need not do again what the settlement did.
    """
    owed = {duty.terms.kind for duty in act.core.duties()}
    made = [kind for kind in REOPENED if SettledOnTheSpot.__name__ in KINDS[kind].discharged_by and kind not in owed]
    debtor = act.post_of(act.core.handler or act.accepting)
    accepting = act.post_of(act.accepting)
    creditors = {kind: accepting if KINDS[kind].creditor == "accepting" else KINDS[kind].creditor for kind in made}
    return [act.opens(kind, debtor, creditors[kind], done="settled") for kind in made]


def _check_content(act: Act, said: dict[str, Any]) -> None:
    lacking = [name for name in ("customer_agreed", "agreed_proof") if not said.get(name)]
    if lacking:
        raise ConsentMissing(*(f"/{name}" for name in lacking))
    act.check_attempts(said.get("satisfaction") or {}, "/satisfaction")
    act.check_copies()


def _who_allows(act: Act) -> tuple[str, ...] | None:
    return above_limit(act.rights, act.core.handler or act.accepting, act.person, [act.body.get("remedy")])


class DenySettlement(Body):
    """Say that one did not settle the matter, as a receipt claims."""

    ground: Text


def deny_settlement(act: Act) -> Fact:
    """Who was claimed to have settled the matter denies it; nothing of the claim has counted.

    Raises:
        ConfirmedAlready, NothingOwed
    """
    if act.core.did("SettledOnTheSpot"):
        raise ConfirmedAlready
    duties = act.discharges_all(SettlementDenied)
    if not duties:
        raise NothingOwed(about=(CONFIRM_SETTLEMENT,))
    return act.fact(SettlementDenied, duties, **act.said("ground"))


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "settle-on-the-spot", SettleOnTheSpot, SettledOnTheSpot, settle,
        who=(FIRST_ASKED, HANDLER, LADDER),
        second_person=SecondPerson(
            "where it costs more than the own limit", _who_allows
        ),
        refused=(
            DecidedAlready, AuthorityUnproved, ViolationNotOnTheSpot, TooHardForTheSpot, ConsentMissing,
            AttemptsMissing, UnknownUnit, PartyConcerned,
        ),
        effect="where a receipt claims it of somebody, his own command confirms it; its remedy is owed unless `done`",
    ),
    Declaration(
        "deny-settlement", DenySettlement, SettlementDenied, deny_settlement,
        who=(CLAIMED_SETTLER,),
        refused=(ConfirmedAlready, NothingOwed),
        effect="the claim of the receipt never counts",
    ),
)  # fmt: skip
