"""Asks a second person for an act that needs one: it is kept as it came, and somebody owes an answer. Pure."""

from collections.abc import Iterable
from dataclasses import replace

import orjson

from services.casework.act import Act
from services.casework.bad_content import ApproverNotEntitled
from services.casework.bad_state import AskedAlready, NobodyMayApprove
from services.casework.refusals import OwnApproval
from shared.bank.posts_held import NO_POST
from shared.case.duty_kinds import APPROVE
from shared.contract.events.approving import ApprovalRequested
from shared.contract.events.base import PostAt
from shared.kernel.service import Fact


def requested(
    act: Act, name: str, approvers: tuple[str, ...], acted_for: str | None, about: Iterable[str] = ()
) -> Fact:
    """Ask for an act: its content is kept, sealed as it came, and who is asked first owes an answer.

    ``about``: the fields of the body that say what the act is about.

    Raises:
        NobodyMayApprove, AskedAlready, OwnApproval, ApproverNotEntitled
    """
    if not approvers:
        raise NobodyMayApprove
    _check_asked_once(act, name, about)
    asked = str(act.body.get("approved_by") or approvers[0])
    if asked == act.person:
        raise OwnApproval("/approved_by")
    if asked not in approvers:
        raise ApproverNotEntitled("/approved_by")
    act = replace(act, acted_for=acted_for)
    debtor, creditor = _post_of(act, asked), _post_of(act, act.person)
    opened = [act.opens(APPROVE, debtor, creditor, level=act.context.event_id())]  # each request has a duty of its own
    return act.fact(ApprovalRequested, opened=opened, act=name, body=dict(act.body), approvers=approvers)


def _check_asked_once(act: Act, name: str, about: Iterable[str]) -> None:
    """Refuse to ask for what waits already, by whomever it was asked for: one of the two could never count.

    Raises:
        AskedAlready
    """
    for asked in act.unanswered():
        body = orjson.loads(asked.body)
        if asked.act == name and all(body.get(field) == act.body.get(field) for field in about):
            raise AskedAlready(about=(asked.id,))


def _post_of(act: Act, person: str) -> PostAt:
    """Name somebody by a post that he holds, else as the handler he is."""
    posts = act.organisation.posts_on(person, act.rights.on)
    if posts:
        return PostAt(unit=posts[0].unit, post=posts[0].post, person=person)
    return PostAt(unit=act.organisation.people[person].unit, post=NO_POST, person=person)
