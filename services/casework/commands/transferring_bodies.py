"""This command records what a body hears that passed the complaint on to the bank (contract 3)."""

from typing import Literal

from services.casework.act import Act
from services.casework.bad_content import UnknownBody
from services.casework.bad_state import NotDecidedYet, NothingOwed
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import ended
from services.casework.sides import ANSWERER
from shared.case.duties import Duty
from shared.case.duty_kinds import TO_BODY
from shared.contract.bodies import Text
from shared.contract.events.casework import TransferringBodyAnswered
from shared.contract.names import BodyName
from shared.kernel.service import Fact

ANSWERABLE = ("DecisionMade", "SettledOnTheSpot", "CaseWithdrawn", "CaseNotAccepted")
"""What a final answer can rest on."""


class AnswerTransferringBody(Body):
    """Record the answer to a body that passed the complaint on; an interim one ends nothing.

    ``body``: which one hears it, as it was named when it wrote; left out where only one waits.
    """

    kind: Literal["interim", "final"] = "final"
    words: Text
    way: Literal["letter", "electronic", "phone"]
    body: BodyName | None = None
    reference: Text | None = None


def answer_transferring_body(act: Act) -> Fact:
    """A body hears what came of the complaint, once; or before that how far the bank is.

    Raises:
        NothingOwed, UnknownBody, NotDecidedYet
    """
    owed = _owed_to_one(act)
    final = act.body.get("kind") != "interim"
    if final and not act.core.did(*ANSWERABLE):
        raise NotDecidedYet
    done = [ended(duty, "discharged") for duty in owed] if final else ()
    kind, body = "final" if final else "interim", str(owed[0].terms.creditor)
    return act.fact(TransferringBodyAnswered, done, kind=kind, body=body, **act.said("words", "way", "reference"))


def _owed_to_one(act: Act) -> list[Duty]:
    """The answers that are owed to the body that is named, else to the only one that waits."""
    waiting = act.core.open_duties(TO_BODY)
    if not waiting:
        raise NothingOwed(about=(TO_BODY,))
    bodies = {duty.terms.creditor for duty in waiting}
    body = act.body.get("body") or (bodies.pop() if len(bodies) == 1 else None)
    owed = [duty for duty in waiting if duty.terms.creditor == body]
    if not owed:
        raise UnknownBody("/body")
    return owed


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "answer-transferring-body", AnswerTransferringBody, TransferringBodyAnswered, answer_transferring_body,
        who=(ANSWERER,),
        while_owed=TO_BODY,
        refused=(NothingOwed, NotDecidedYet, UnknownBody),
        effect="only `final` ends it, and only to the body that it answers",
    ),
)  # fmt: skip
