"""These commands pass a case on level by level: down to its handler, and the report back up (article 2.4, 2.6, 2.7)."""

from typing import Final

from services.casework.act import Act
from services.casework.bad_state import NothingOwed, NothingToPassOn, OutOfOrder
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import as_creditor, ended
from services.casework.sides import LEVEL
from shared.bank.ladder import OFFICE
from shared.bank.posts_held import NO_POST
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import FORWARD, HAND_OVER, PASS_DOWN, REPORT_UP, TO_BODY
from shared.case.levels import DOWN, is_lowest_report, place_in
from shared.contract.bodies import Text
from shared.contract.channels import TRANSFERRED
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt
from shared.contract.events.passing import DispatchPassedDown, ReportPassedUp
from shared.kernel.service import Fact

HANDED_OVER: Final = "handed_over"
"""Why the department that received a complaint does not owe its body the answer any more."""


class HandOver(Body):
    """Hand a complaint that a body passed on over to the general office."""

    words: Text | None = None


def hand_over(act: Act) -> Fact:
    """The department that received it hands it over; the general office owes the bodies their answers from then on.

    Raises:
        NothingOwed, NotEntitled
    """
    duty = _my_level(act, HAND_OVER)
    act = act.as_debtor_of(duty)
    office = _receiver(act, duty)
    left = act.core.open_duties(TO_BODY)
    ends = [ended(duty, "discharged"), *(ended(one, "waived", HANDED_OVER) for one in left)]
    opened = [_answer(act, one, duty) for one in left]
    return act.fact(DispatchPassedDown, ends, opened, step=HAND_OVER, level=_unit(duty), to=office, **act.said("words"))


def _answer(act: Act, before: Duty, handed: Duty) -> DutyOpened:
    """The duty to answer a body, as the office owes it that the case is handed to."""
    office = handed.terms.creditor
    if not isinstance(office, Place):
        raise ValueError("a hand-over to nobody")
    debtor = PostAt(unit=office.unit, post=office.post or OFFICE)
    return act.opens(TO_BODY, debtor, as_creditor(before.terms.creditor), level=before.terms.level)


class PassDown(Body):
    """Pass the case on to the next level, or to the unit complained of."""

    words: Text | None = None


def pass_down(act: Act) -> Fact:
    """A level passes the case on, once it has it; whoever handles it need not wait for that.

    Raises:
        NothingOwed, NotEntitled, OutOfOrder
    """
    duty = _my_level(act, PASS_DOWN, FORWARD)
    act = act.as_debtor_of(duty)
    _check_turn(act, duty, DOWN)
    step, to = duty.terms.kind, _receiver(act, duty)
    ends = [ended(duty, "discharged")]
    return act.fact(DispatchPassedDown, ends, step=step, level=_unit(duty), to=to, **act.said("words"))


class PassReportUp(Body):
    """Pass the report of the result on to the next level above."""

    words: Text | None = None


def pass_report_up(act: Act) -> Fact:
    """A level passes the report on; a unit of the bank that passed the complaint on is answered by the last of them.

    Raises:
        NothingOwed, NotEntitled, NothingToPassOn, OutOfOrder
    """
    duty = _my_level(act, REPORT_UP)
    act = act.as_debtor_of(duty)
    if any(is_lowest_report(act.core.chains, one.terms) for one in act.core.open_duties(REPORT_UP)):
        raise NothingToPassOn
    _check_turn(act, duty, (REPORT_UP,))
    last = len(act.core.open_duties(REPORT_UP)) == 1
    ends = [ended(duty, "discharged"), *(_answered(act) if last else ())]
    to, said = _receiver(act, duty), act.said("words")
    return act.fact(ReportPassedUp, ends, level=_unit(duty), to=to, last=last, **said)


def _answered(act: Act) -> list[DutyEnded]:
    """The answer to the unit of the bank that passed the complaint on: the report has reached it."""
    if act.core.channel not in TRANSFERRED:
        return []
    return [ended(duty, "discharged") for duty in act.core.open_duties(TO_BODY) if duty.terms.level is None]


def _my_level(act: Act, *kinds: str) -> Duty:
    """The first open level of who acts: one that he owes, else one whose debtor he may act for, else somebody else's.

    Raises:
        NothingOwed: none of this kind is owed any more, or he has done his.
    """
    waiting = _in_order(act, *kinds)
    own = [duty for duty in waiting if act.person in act.rights.owed_by(duty).members]
    others = [duty for duty in waiting if act.person in act.rights.superiors(duty.terms.debtor.unit)]
    if own or others:
        return (own or others)[0]
    if not waiting or any(_did(act, duty) for duty in act.core.duties() if duty.terms.kind in kinds):
        raise NothingOwed(about=kinds[:1])
    return waiting[0]


def _did(act: Act, duty: Duty) -> bool:
    done = duty.state == "discharged" and not is_lowest_report(act.core.chains, duty.terms)
    return done and act.person in act.rights.owed_by(duty).members


def _check_turn(act: Act, duty: Duty, way: tuple[str, ...]) -> None:
    """Refuse a level that does not have the case yet. Raises OutOfOrder."""
    chains, mine = act.core.chains, place_in(act.core.chains, duty.terms)
    before = [one for one in _in_order(act, *way) if place_in(chains, one.terms) < mine]
    if before:
        raise OutOfOrder(about=tuple(dict.fromkeys(one.terms.kind for one in before)))


def _in_order(act: Act, *kinds: str) -> list[Duty]:
    """The open duties of these kinds, as the levels get the case one after the other."""
    return sorted(act.core.open_duties(*kinds), key=lambda duty: place_in(act.core.chains, duty.terms))


def _receiver(act: Act, duty: Duty) -> PostAt:
    """Name who has the case from there: the handler, who was named and is there, else who holds the post today."""
    creditor, handler = duty.terms.creditor, act.core.handler
    if not isinstance(creditor, Place):
        raise ValueError(f"{duty.terms.kind} is owed to nobody of the bank")
    if creditor.post in (None, NO_POST) and handler is not None:
        return act.post_of(handler)
    post = creditor.post or OFFICE
    named = (creditor.person,) if creditor.person is not None else ()
    people = (*named, *act.organisation.present_in(creditor.unit, post, act.rights.on))
    there = (one for one in people if act.rights.on_duty(one) and one not in act.rights.parties)
    return PostAt(unit=creditor.unit, post=post, person=next(there, None))


def _unit(duty: Duty) -> str:
    """The unit of a level; of what is passed on without a chain that of its debtor."""
    return duty.terms.level or duty.terms.debtor.unit


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "hand-over", HandOver, DispatchPassedDown, hand_over,
        who=(LEVEL,),
        refused=(NothingOwed,),
        effect="the general office owes the bodies their answers, and the chain begins there",
    ),
    Declaration(
        "pass-down", PassDown, DispatchPassedDown, pass_down,
        who=(LEVEL,),
        not_before=("passed_down_at",),
        refused=(NothingOwed, OutOfOrder),
        effect="the first open level of the sender is meant",
    ),
    Declaration(
        "pass-report-up", PassReportUp, ReportPassedUp, pass_report_up,
        who=(LEVEL,),
        not_before=("reported_at", "passed_up_at"),
        refused=(NothingOwed, NothingToPassOn, OutOfOrder),
        effect="the first open level of the sender is meant; the last one answers a superior branch",
    ),
)  # fmt: skip
