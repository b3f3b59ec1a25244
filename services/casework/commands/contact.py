"""These commands record contacts with the customer: what was said and promised, and whose duty it was to speak."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from services.casework.act import Act
from services.casework.bad_content import PromiseNotHeard
from services.casework.bad_state import AuthorityUnproved
from services.casework.commands.declaration import Body, Declaration
from services.casework.sides import ACCEPTING, ANYBODY, HANDLER
from shared.case.duty_kinds import KINDS
from shared.contract.bodies import Text
from shared.contract.codes import ReplyWay
from shared.contract.events.casework import CustomerContacted, InterimReplyGiven
from shared.contract.tenses import Ahead
from shared.kernel.service import Fact


class RecordContact(Body):
    """Record a contact with the customer."""

    way: ReplyWay
    points: Text
    outcome: Literal["reached", "not_reached", "left_message"]
    promised_at: Ahead | None = None


def record_contact(act: Act) -> Fact:
    """A contact discharges what the actor's side owes, and any promise; an attempt discharges nothing."""
    reached = act.body.get("outcome") == "reached"
    opened = []
    if act.body.get("promised_at") is not None:
        if act.body.get("outcome") == "not_reached":
            raise PromiseNotHeard("/promised_at")
        opened.append(act.opens("promise", act.post_of(act.core.handler or act.accepting), KINDS["promise"].creditor))
    duties = act.discharges(*_discharged(act)) if reached else ()
    said = act.said("way", "points", "outcome", "promised_at")
    return _in_his_part(act).fact(CustomerContacted, duties, opened, **said)


def _discharged(act: Act) -> Iterator[str]:
    yield "promise"
    if _on_handlers_side(act) or _above_handler(act):
        yield "contact_customer"
        yield "acknowledge_customer"
    elif act.on_side(ACCEPTING) or _above_accepting(act):
        yield "acknowledge_customer"
        if act.core.handler is None:
            yield "contact_customer"  # while nobody handles the case, the accepting post owes it


def _in_his_part(act: Act) -> Act:
    """Take the act as the handler's where a superior of his speaks."""
    handler = act.core.handler
    if handler is None or _on_handlers_side(act) or act.on_side(ACCEPTING) or not _above_handler(act):
        return act
    return replace(act, acted_for=handler.person)


def _on_handlers_side(act: Act) -> bool:
    """Tell whether the actor is the handler, his agent, or anybody of his unit."""
    handler = act.core.handler
    if handler is None or act.person is None:
        return False
    return act.on_side(HANDLER) or act.organisation.people[act.person].unit == handler.unit


def _above_handler(act: Act) -> bool:
    handler = act.core.handler
    return handler is not None and act.person in act.rights.superiors(handler.unit)


def _above_accepting(act: Act) -> bool:
    return act.person in act.rights.superiors(act.accepting.unit)


class InterimReply(Body):
    """Tell the customer how far the bank is."""

    way: ReplyWay
    words: Text


def interim_reply(act: Act) -> Fact:
    """The customer hears how far the bank is; this stops no clock and ends no duty. Raises AuthorityUnproved."""
    act.check_authority()
    return act.fact(InterimReplyGiven, **act.said("way", "words"))


COMMANDS = (
    Declaration(
        "record-contact", RecordContact, CustomerContacted, record_contact,
        who=(ANYBODY,),
        stages=("open", "ended"),
        refused=(PromiseNotHeard,),
        effect="only `reached` ends any: promises, and what the actor's side owes; `promised_at` opens `promise`",
    ),
    Declaration(
        "interim-reply", InterimReply, InterimReplyGiven, interim_reply,
        who=(HANDLER,),
        refused=(AuthorityUnproved,),
        effect="stops no clock",
    ),
)  # fmt: skip
