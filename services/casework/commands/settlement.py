"""This command settles a matter on the spot: decision, reply and report in one, also with the receipt itself."""

from typing import Any

from services.casework.act import Act
from services.casework.bad_content import AttemptsMissing, ConsentMissing, UnknownUnit
from services.casework.commands.declaration import Body, Declaration
from services.casework.refusals import (
    AboveOwnLimit,
    DecidedAlready,
    PartyConcerned,
    TooHardForTheSpot,
    ViolationNotOnTheSpot,
)
from services.casework.rights import FIRST_ASKED, HANDLER, LADDER
from shared.contract.events.casework import SettledOnTheSpot
from shared.contract.events.settlement import SealedSettlement
from shared.contract.settlement_bodies import Settlement
from shared.kernel.service import Fact


class SettleOnTheSpot(Body, Settlement):
    """Settle the matter at once, with the customer's agreement."""


def settle(act: Act) -> Fact:
    """Settle the matter with the customer's consent.

    Raises:
        DecidedAlready, ViolationNotOnTheSpot, TooHardForTheSpot, ConsentMissing, AttemptsMissing,
        AboveOwnLimit, UnknownUnit, PartyConcerned, InvalidCommand
    """
    core = act.core
    if core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    if core.reason == "violation":
        raise ViolationNotOnTheSpot
    if core.level in ("hard", "major"):
        raise TooHardForTheSpot(about=(core.level,))
    said = {name: act.body[name] for name in SealedSettlement.model_fields if name in act.body}
    _check_content(act, said)
    return act.fact(SettledOnTheSpot, act.discharges_all(SettledOnTheSpot), settlement=said)


def _check_content(act: Act, said: dict[str, Any]) -> None:
    lacking = [name for name in ("customer_agreed", "agreed_proof") if not said.get(name)]
    if lacking:
        raise ConsentMissing(*(f"/{name}" for name in lacking))
    act.check_attempts(said.get("satisfaction") or {}, "/satisfaction")
    act.check_copies()
    if ((said.get("remedy") or {}).get("amount_minor") or 0) > own_limit(act):
        raise AboveOwnLimit("/remedy/amount_minor")


def own_limit(act: Act) -> int:
    """Tell the highest amount that a post of the actor may approve, in minor units; without such a post, nothing."""
    posts = act.organisation.posts_of(act.person) if act.person is not None else ()
    return max((post.approval_limit_minor or 0 for post in posts), default=0)


COMMANDS = (
    Declaration(
        "settle-on-the-spot", SettleOnTheSpot, SettledOnTheSpot, settle,
        who=(FIRST_ASKED, HANDLER, LADDER),
        refused=(
            DecidedAlready, ViolationNotOnTheSpot, TooHardForTheSpot, ConsentMissing, AttemptsMissing, AboveOwnLimit,
            UnknownUnit, PartyConcerned,
        ),
    ),
)  # fmt: skip
