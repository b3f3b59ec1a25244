"""Receipts and their corrections say what routing answers: whom it concerns, who speaks, who passed it on. Pure."""

from shared.case.core import CaseCore
from shared.case.speakers import CLAIMED, speakers_added
from shared.contract.envelope import Event
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData
from shared.contract.receipt_pointers import ORIGIN_BODY, ORIGIN_KIND


def adds_to_owners(core: CaseCore, event: Event) -> bool:
    """Whether a further receipt changes who may own the case, or what is owed: routing answers it then.

    It complains about somebody who was no party, there is somebody to answer since it came, a body passed it on, or
    somebody speaks on the customer's behalf who has not proved it.
    """
    data: ReceiptAddedData = event.data
    named = any(person not in core.parties for person in data["matter"]["complained_persons"])
    known = not core.customer_known and (data["anonymous"] is False or bool(data["reachable_by"]))
    claimed = not core.did("CaseArchived") and _claims_authority(core, data)
    return named or known or claimed or (passed_on_by(data) is not None and not core.did("CaseArchived"))


def _claims_authority(core: CaseCore, data: ReceiptAddedData) -> bool:
    """Whether a further receipt brings somebody whose authority has to be looked at, which nobody was asked to yet."""
    before = core.speakers
    after = speakers_added(before, not core.anonymous, data["complainant"], data["group"])
    open_before = before is not None and before.authority == CLAIMED
    return after is not None and after.authority == CLAIMED and not open_before


def passed_on_by(data: ComplaintReceivedData | ReceiptAddedData) -> str | None:
    """The body that passed a receipt on to the bank, on whatever channel: its name, else its kind; None for nobody."""
    origin = data["origin"]
    if origin is None or origin["kind"] == "none":
        return None
    return origin["body"] or origin["kind"]


def says_who_passed_on(event: Event) -> bool:
    """Whether a correction says who passed the complaint on: who is owed an answer is then judged anew."""
    data: ReceiptCorrectedData = event.data
    return data["pointer"] in (ORIGIN_KIND, ORIGIN_BODY)
