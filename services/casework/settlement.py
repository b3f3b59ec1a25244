"""Settling on the spot: decision, reply and report in one, by command or with the receipt itself."""

from typing import Any

from services.casework import act_times as times
from services.casework.acting import Act
from services.casework.answers import check_copies
from services.casework.bad_content import AttemptsMissing, ConsentMissing
from services.casework.refusals import (
    AboveOwnLimit,
    CaseEnded,
    DecidedAlready,
    TooHardForTheSpot,
    ViolationNotOnTheSpot,
)
from shared.contract.bodies import NEEDS_ATTEMPTS
from shared.contract.events.casework import SettledOnTheSpot
from shared.contract.events.settlement import SealedSettlement
from shared.kernel.service import Fact

DISCHARGED = (
    "acknowledge_customer", "accept_handover", "contact_customer", "handle", "promise", "reply_customer",
    "report_result",
)  # fmt: skip
"""What nobody needs to do any more when the customer has agreed."""


def settle(act: Act) -> Fact:
    """Settle the matter with the customer's consent.

    Raises:
        CaseEnded, DecidedAlready, ViolationNotOnTheSpot, TooHardForTheSpot, ConsentMissing, AttemptsMissing,
        AboveOwnLimit, UnknownUnit, PartyConcerned, InvalidCommand
    """
    core = act.core
    if core.ended:
        raise CaseEnded
    if core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    if core.reason == "violation":
        raise ViolationNotOnTheSpot
    if core.level in ("hard", "major"):
        raise TooHardForTheSpot(about=(core.level,))
    said = {name: act.body[name] for name in SealedSettlement.model_fields if name in act.body}
    _check_content(act, said)
    return act.fact(SettledOnTheSpot, act.ends(*DISCHARGED), settlement=said)


def _check_content(act: Act, said: dict[str, Any]) -> None:
    lacking = [name for name in ("customer_agreed", "agreed_proof") if not said.get(name)]
    if lacking:
        raise ConsentMissing(*(f"/{name}" for name in lacking))
    satisfaction = said.get("satisfaction") or {}
    attempts = satisfaction.get("attempts") or ()
    if satisfaction.get("value") in NEEDS_ATTEMPTS and not attempts:
        raise AttemptsMissing("/satisfaction/attempts")
    times.check_attempts(attempts, "/satisfaction/attempts", act.state, act.context.now)
    check_copies(act)
    if ((said.get("remedy") or {}).get("amount_minor") or 0) > own_limit(act):
        raise AboveOwnLimit("/remedy/amount_minor")


def own_limit(act: Act) -> int:
    """The highest amount that a post of the actor may approve, in minor units; without such a post, nothing."""
    posts = act.organisation.posts_of(act.person) if act.person is not None else ()
    return max((post.approval_limit_minor or 0 for post in posts), default=0)
