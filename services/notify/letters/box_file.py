"""An opinion box is no case; this is the file of one, as what writes letters looks at a case. Pure."""

from datetime import datetime

from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.contract.envelope import Event
from shared.contract.events.base import PersonAt, Sealed
from shared.contract.events.intake import ComplaintReceived, FirstReceived, Origin, SealedMatter
from shared.contract.events.stored.sla import BoxReviewMissedData
from shared.contract.ids import box_subject

BOX_MISSED = "BoxReviewMissed"
"""The fact with which the file of a box begins for notify."""
CHANNEL, KEEPER = "opinion_box", "operations_head"
NOTHING = Sealed(label="none", box="")


def box_core(event: Event) -> CaseCore:
    """What is known of a box: where it hangs, and that its keeper answers for it. There is no customer."""
    missed: BoxReviewMissedData = event.data
    at = datetime.fromisoformat(missed["due_at"]).timestamp()
    accepting = Place(missed["unit"], KEEPER, None)
    return CaseCore(CHANNEL, at, True, (), missed["unit"], None, accepting=accepting)


def box_receipt(event: Event) -> ComplaintReceived:
    """What stands in the place of a receipt: a letter of a box quotes nothing of it."""
    missed: BoxReviewMissedData = event.data
    unit, at = missed["unit"], datetime.fromisoformat(missed["due_at"])
    return ComplaintReceived(
        case_number=box_subject(unit), channel=CHANNEL, submitter=event.actor, received_at=at, anonymous=True,
        received_by=PersonAt(unit=unit), first_received=FirstReceived(at=at, unit=unit), origin=Origin(),
        reachable_by=(), language="zh", complainant=None, matter=SealedMatter(narrative=NOTHING, complained_unit=unit),
        details={}, fingerprint="",
    )  # fmt: skip
