"""These commands record documents handed over by hand or by post, and ask for letters once more."""

from typing import Literal

from services.casework.act import Act
from services.casework.bad_content import UnknownMessage
from services.casework.commands.declaration import Body, Declaration
from services.casework.sides import ACCEPTING
from services.casework.state import has_message
from shared.case.duty_kinds import DELIVERED_BY
from shared.contract.bodies import Id
from shared.contract.events.casework import DeliveryRecorded, MessageResendRequested
from shared.kernel.service import Fact


class RecordDelivery(Body):
    """Record that a document was handed over."""

    document: Literal["written_notice", "supervision_form", "decision_notice", "result_report"]


def record_delivery(act: Act) -> Fact:
    """The accepting post hands a document over, which may end the duty to do so."""
    duty = DELIVERED_BY.get(str(act.body.get("document")))
    return act.fact(DeliveryRecorded, act.discharges(duty) if duty else (), **act.said("document"))


class ResendMessage(Body):
    """Send a message once more."""

    message: Id


def resend_message(act: Act) -> Fact:
    """Notify sends a message once more, unless it is on its way as it is."""
    message = str(act.body.get("message"))
    if not has_message(act.state, message):
        raise UnknownMessage("/message")
    return act.fact(MessageResendRequested, message_id=message)


COMMANDS = (
    Declaration(
        "record-delivery", RecordDelivery, DeliveryRecorded, record_delivery,
        who=(ACCEPTING,),
        stages=("open", "ended"),
        effect="only that of the document handed over",
    ),
    Declaration(
        "resend-message", ResendMessage, MessageResendRequested, resend_message,
        who=(ACCEPTING,),
        stages=("open", "ended"),
        refused=(UnknownMessage,),
        effect="the letter is sent once more",
    ),
)  # fmt: skip
