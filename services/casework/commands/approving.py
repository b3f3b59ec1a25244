"""These commands end a request for a second person: it is approved, refused or taken back (contract 6)."""

from services.casework.act import Act
from services.casework.bad_state import ApprovalOvertaken, NothingAsked
from services.casework.bad_times import BeforeWhatItAnswers
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import ended
from services.casework.refusals import NotEntitled, OwnApproval
from services.casework.sides import ASKER, WHOEVER_SEES
from services.casework.waiting_acts import Asked
from shared.contract.bodies import Id, Text
from shared.contract.events.approving import ApprovalGranted, ApprovalRefused, ApprovalRequestWithdrawn
from shared.contract.events.base import DutyEnded
from shared.contract.subjects import person_of
from shared.kernel.service import Fact


class Approve(Body):
    """Approve what somebody asked for: from now on it counts."""

    approval: Id


def approve(act: Act) -> Fact:
    """Say that the act was approved; that it is still possible, and by whom, is judged with the act itself."""
    asked = asked_for(act)
    return act.fact(
        ApprovalGranted,
        _answer_owed(act, asked, "discharged"),
        approval=asked.id,
        act=asked.act,
        asked_by=person_of(asked.actor),
    )


class RefuseApproval(Body):
    """Refuse to approve what somebody asked for: nothing of it happens."""

    approval: Id
    ground: Text


def refuse_approval(act: Act) -> Fact:
    """End the request; what the act would have ended is owed as before."""
    asked = asked_for(act)
    _check_may_answer(act, asked)
    return act.fact(
        ApprovalRefused,
        _answer_owed(act, asked, "discharged"),
        approval=asked.id,
        act=asked.act,
        asked_by=person_of(asked.actor),
        **act.said("ground"),
    )


def _check_may_answer(act: Act, asked: Asked) -> None:
    """Check that somebody may refuse a request: he was asked, or heads the unit of who asked or one above.

    Where all who were asked have left or are concerned now, whoever answers for the case may: else it would never end.

    Raises:
        NotEntitled
    """
    asker = person_of(asked.actor)
    unit = act.organisation.people[asker].unit if asker in act.organisation.people else act.accepting.unit
    may: set[str | None] = {*asked.approvers, *act.rights.superiors(unit)}
    if not any(act.rights.may_act(person) for person in asked.approvers):
        may |= {*act.rights.superiors(act.accepting.unit), act.accepting.person}
    if act.person not in may:
        raise NotEntitled


class WithdrawRequest(Body):
    """Take back what you asked a second person to approve: nobody has to answer it any more."""

    approval: Id
    ground: Text


def withdraw_request(act: Act) -> Fact:
    """End one's own request unanswered; what the act would have ended is owed as before. Raises NotEntitled."""
    asked = _waiting(act)
    if person_of(asked.actor) != act.person:
        raise NotEntitled
    return act.fact(
        ApprovalRequestWithdrawn,
        _answer_owed(act, asked, "waived", "taken_back"),
        approval=asked.id,
        act=asked.act,
        **act.said("ground"),
    )


def _answer_owed(act: Act, asked: Asked, state: str, reason: str | None = None) -> list[DutyEnded]:
    """The end of the duty to answer a request."""
    return [ended(duty, state, reason) for duty in act.core.duties() if duty.id == asked.duty]


def _waiting(act: Act) -> Asked:
    """Find the request that is meant, which nobody has answered. Raises NothingAsked."""
    found = next((asked for asked in act.unanswered() if asked.id == act.body.get("approval")), None)
    if found is None:
        raise NothingAsked
    return found


def asked_for(act: Act) -> Asked:
    """Find the request that somebody answers, which waits still. Raises NothingAsked, OwnApproval."""
    found = _waiting(act)
    if person_of(found.actor) == act.person:
        raise OwnApproval("/approval")
    return found


COMMANDS = (
    Declaration(
        "approve", Approve, ApprovalGranted, approve,
        who=(WHOEVER_SEES,),
        stages=("open", "ended"),
        refused=(NothingAsked, OwnApproval, ApprovalOvertaken, BeforeWhatItAnswers),
        effect="the act that was asked for takes effect; whoever may approve it, never who asked",
    ),
    Declaration(
        "refuse-approval", RefuseApproval, ApprovalRefused, refuse_approval,
        who=(WHOEVER_SEES,),
        stages=("open", "ended"),
        refused=(NothingAsked, OwnApproval, NotEntitled),
        effect="the act does not take effect; whoever may approve it or was asked; the accepting post if they are gone",
    ),
    Declaration(
        "withdraw-request", WithdrawRequest, ApprovalRequestWithdrawn, withdraw_request,
        who=(ASKER, WHOEVER_SEES),
        stages=("open", "ended"),
        refused=(NothingAsked, NotEntitled),
        effect="the act does not take effect, and `approve` is waived; only who asked for it",
    ),
)  # fmt: skip
