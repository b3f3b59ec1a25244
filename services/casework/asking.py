"""Asks a second person for an act that needs one: it is kept as it came, and somebody owes an answer. Pure."""

from dataclasses import replace

from services.casework.act import Act
from services.casework.bad_content import ApproverNotEntitled
from services.casework.refusals import NobodyMayApprove, OwnApproval
from shared.bank.posts_held import NO_POST
from shared.case.duty_kinds import APPROVE
from shared.contract.events.base import PostAt
from shared.contract.events.casework import ApprovalRequested
from shared.kernel.service import Fact


def requested(act: Act, name: str, approvers: tuple[str, ...], acted_for: str | None) -> Fact:
    """Ask for an act: its content is kept, sealed as it came, and who is asked first owes an answer.

    Raises:
        NobodyMayApprove, OwnApproval, ApproverNotEntitled
    """
    if not approvers:
        raise NobodyMayApprove
    asked = str(act.body.get("approved_by") or approvers[0])
    if asked == act.person:
        raise OwnApproval("/approved_by")
    if asked not in approvers:
        raise ApproverNotEntitled("/approved_by")
    act = replace(act, acted_for=acted_for)
    debtor, creditor = _post_of(act, asked), _post_of(act, act.person)
    opened = [act.opens(APPROVE, debtor, creditor, level=act.context.event_id())]  # each request has a duty of its own
    return act.fact(ApprovalRequested, opened=opened, act=name, body=dict(act.body), approvers=approvers)


def _post_of(act: Act, person: str) -> PostAt:
    """Name somebody by a post that he holds, else as the handler he is."""
    posts = act.organisation.posts_on(person, act.rights.on)
    if posts:
        return PostAt(unit=posts[0].unit, post=posts[0].post, person=person)
    return PostAt(unit=act.organisation.people[person].unit, post=NO_POST, person=person)
