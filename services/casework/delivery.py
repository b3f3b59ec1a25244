"""Documents handed over by hand or by post, and letters to be sent once more."""

from services.casework.acting import Act
from services.casework.bad_content import UnknownMessage
from services.casework.state import sent_before
from shared.contract.events.casework import DeliveryRecorded, MessageResendRequested
from shared.kernel.service import Fact

DISCHARGED = {"written_notice": "deliver_written_notice", "supervision_form": "deliver_supervision_form"}
"""Per document the duty that its delivery discharges; a printed decision notice needs `reply-customer`."""


def record_delivery(act: Act) -> Fact:
    """A document was handed over."""
    duty = DISCHARGED.get(str(act.body.get("document")))
    return act.fact(DeliveryRecorded, act.ends(duty) if duty else (), **act.said("document"))


def resend_message(act: Act) -> Fact:
    """A message that was sent, or could not be, is to be sent once more."""
    message = str(act.body.get("message"))
    if not sent_before(act.state, message):
        raise UnknownMessage("/message")
    return act.fact(MessageResendRequested, message_id=message)
