"""News tell whoever works on a case what changes that work: received again, contacted, added, taken up, over. Pure."""

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import YOURS, Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import (
    CLOCK_STARTED,
    CONTACTED,
    EVIDENCE_ADDED,
    FELL_BACK,
    LETTER_FAILED,
    NOT_ACCEPTED,
    OVERRUN_REASON,
    RECEIVED_AGAIN,
    SETTLED,
    WITHDRAWN,
)
from services.notify.letters.reasons import Needless
from services.notify.letters.words import OVER_BY
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.events.base import Sealed
from shared.contract.events.casework import CustomerContacted, OverrunReasonReported
from shared.contract.events.ending import CaseReopened
from shared.contract.events.intake import EvidenceAdded, ReceiptAdded, SealedComplainant
from shared.contract.events.notify import MessageFailed, StaffRecipient, UnitRecipient
from shared.contract.events.routing import RoutingFellBack
from shared.contract.message_kinds import called_message

AGAIN_ON = Field("again_on", "bank date on which the complaint was received again")
AGAIN_BY = Field("again_by", "by which channel it was received again, in words")
TIMES = Field("times", "how often the complaint was received so far", Shape.NUMBER)
NEW_NARRATIVE = Field("new_narrative", "what the customer says this time")
NEW_REQUEST = Field("new_request", "what the customer asks for this time", always=False)
NEW_PHONE = Field("new_phone", "the telephone number of this receipt", always=False)
NEW_EMAIL = Field("new_email", "the e-mail address of this receipt", always=False)
NEW_ADDRESS = Field("new_address", "the postal address of this receipt", always=False)
NEW_PERSONS = Field("new_persons", "names of the staff this receipt complains about", Shape.ROW, always=False)
NEW_DESCRIBED = Field(
    "new_described", "how this receipt describes staff whose id is not known", Shape.ROW, always=False
)
BODY = Field("body", "who passed this receipt on, if anybody", always=False)
OVER = Field("over_by", "why nothing more is to be done, in words")
REOPENED_BY = Field("reopened_by", "the name of who took the complaint up again")
REOPENED_FOR = Field("reopened_for", "why it was taken up again, as it was typed")
CONTACT_BY = Field("contact_by", "the name of who spoke with the customer")
CONTACT_ON = Field("contact_on", "bank date of the contact")
CONTACT_WAY = Field("contact_way", "by which way, in words")
CONTACT_OUTCOME = Field("contact_outcome", "whether the customer was reached, in words")
POINTS = Field("points", "what was said, as it was typed")
ADDED_BY = Field("added_by", "the name of who added it: a person's, or what a channel system is called")
FILE_NAME = Field("file_name", "the name of the file")
FILE_NOTE = Field("file_note", "what was said about it, as it was typed", always=False)
OVERRUN_BY = Field("overrun_by", "the name of who reports the reason")
OVERRUN_REASON_SAID = Field("overrun_reason", "why the limit was not kept, as it was typed")
FAILED_LETTER = Field("failed_letter", "the kind of the letter that was refused, in words")
FAILED_TO = Field("failed_to", "to whom it was to go: the customer, or a name")
FAILED_WHY = Field("failed_why", "why, in words")
ALARM = Field("alarm", "what could not be found, in words")
ALARM_UNIT = Field("alarm_unit", "name of the unit where it was looked for")
CUSTOMER_WORD = {"zh": "客户", "en": "the customer"}


def _added(dossier: Dossier) -> ReceiptAdded:
    return dossier.latest(ReceiptAdded)


def _who(dossier: Dossier) -> SealedComplainant:
    return _added(dossier).complainant or SealedComplainant()


def _described(dossier: Dossier) -> dict[str, Sealed | None]:
    return {f"described.{at}": said for at, said in enumerate(_added(dossier).matter.described_persons)}


def _body(draft: Draft) -> str | None:
    origin = _added(draft.dossier).origin
    return origin.body if origin is not None else None


SAID_AGAIN = {
    AGAIN_ON: lambda draft: draft.date_of(_added(draft.dossier).received_at),
    AGAIN_BY: lambda draft: draft.words(_added(draft.dossier).channel),
    TIMES: lambda draft: draft.dossier.received_times,
    BODY: _body,
}
FURTHER_RECEIPT = LetterKind(
    "further_receipt_notice",
    occasions=(RECEIVED_AGAIN,),
    to=(Addressee.WORKING,),
    must_say=("again_on", "again_by", "new_narrative"),
    knows=SAID_AGAIN
    | {
        NEW_PERSONS: lambda draft: tuple(
            draft.person_name(person) for person in _added(draft.dossier).matter.complained_persons
        ),
        NEW_DESCRIBED: lambda draft: tuple(filter(None, (draft.opened(name) for name in _described(draft.dossier)))),
    },
    opens=_described,
    quotes={
        NEW_NARRATIVE: lambda dossier: _added(dossier).matter.narrative,
        NEW_REQUEST: lambda dossier: _added(dossier).matter.request,
        NEW_PHONE: lambda dossier: _who(dossier).phone,
        NEW_EMAIL: lambda dossier: _who(dossier).email,
        NEW_ADDRESS: lambda dossier: _who(dossier).address,
    },
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)
REOPENING_PROPOSAL = LetterKind(
    "reopening_proposal",
    occasions=(RECEIVED_AGAIN,),
    to=(Addressee.REOPENING,),
    must_say=("again_on", "again_by", "new_narrative"),
    knows=SAID_AGAIN,
    quotes={
        NEW_NARRATIVE: lambda dossier: _added(dossier).matter.narrative,
        NEW_REQUEST: lambda dossier: _added(dossier).matter.request,
    },
    unless=(Needless.LONG_AGO,),
    after_withdrawal=True,
)
REOPENED_NOTICE = LetterKind(
    "reopened_notice",
    occasions=(CLOCK_STARTED,),
    to=(Addressee.WORKING,),
    must_say=("reopened_by", "reopened_for", "due_on"),
    knows={
        REOPENED_BY: lambda draft: draft.who(draft.dossier.doer(CaseReopened.__name__)),
        YOURS: lambda draft: draft.is_in_charge(),
    },
    quotes={REOPENED_FOR: lambda dossier: dossier.latest(CaseReopened).ground},
    unless=(Needless.CASE_OVER, Needless.LONG_AGO),
    tells_date=True,
)
REOPENING_CONFIRMATION = LetterKind(
    "reopening_confirmation",
    occasions=(CLOCK_STARTED,),
    to=(Addressee.CUSTOMER,),
    must_say=("received_on", "due_on"),
    unless=(Needless.CASE_OVER, Needless.LONG_AGO),
    on_paper=True,
    tells_date=True,
)
OF_A_REOPENING = (REOPENED_NOTICE, REOPENING_CONFIRMATION)
"""What the start of a clock calls for once the first letters were decided."""
CASE_OVER = LetterKind(
    "case_over_notice",
    occasions=(WITHDRAWN, NOT_ACCEPTED, SETTLED),
    to=(Addressee.HANDLER, Addressee.AGENT, Addressee.RELIEVED),
    must_say=("over_by",),
    knows={OVER: lambda draft: OVER_BY[draft.language][draft.dossier.cause.name]},
    relieves=frozenset(DUTY_KINDS),
    unless=(Needless.OWN_ACT, Needless.FIRST_LETTER_SAYS),
    after_withdrawal=True,
)


def _file_name(added: EvidenceAdded) -> Sealed:
    """The name of a file for display; as it was sent where nobody had cleaned it yet."""
    return added.shown_name or added.file_name


CONTACT_NOTICE = LetterKind(
    "contact_notice",
    occasions=(CONTACTED,),
    to=(Addressee.HANDLER, Addressee.AGENT),
    must_say=("contact_by", "contact_on", "contact_way", "contact_outcome", "points"),
    knows={
        CONTACT_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        CONTACT_ON: lambda draft: draft.date_of(draft.dossier.cause.happened_at),
        CONTACT_WAY: lambda draft: draft.words(draft.dossier.latest(CustomerContacted).way),
        CONTACT_OUTCOME: lambda draft: draft.words(draft.dossier.latest(CustomerContacted).outcome),
    },
    quotes={POINTS: lambda dossier: dossier.latest(CustomerContacted).points},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)
EVIDENCE_NOTICE = LetterKind(
    "evidence_notice",
    occasions=(EVIDENCE_ADDED,),
    to=(Addressee.WORKING, Addressee.REOPENING),
    must_say=("added_by", "file_name"),
    knows={ADDED_BY: lambda draft: draft.who(draft.dossier.cause.actor)},
    quotes={
        FILE_NAME: lambda dossier: _file_name(dossier.latest(EvidenceAdded)),
        FILE_NOTE: lambda dossier: dossier.latest(EvidenceAdded).note,
    },
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
    after_withdrawal=True,
)
OVERRUN_REASON_NOTICE = LetterKind(
    "overrun_reason_notice",
    occasions=(OVERRUN_REASON,),
    to=(Addressee.ACCEPTING_PERSON,),
    must_say=("overrun_by", "overrun_reason"),
    knows={OVERRUN_BY: lambda draft: draft.who(draft.dossier.cause.actor)},
    quotes={OVERRUN_REASON_SAID: lambda dossier: dossier.latest(OverrunReasonReported).reason},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)


def _refused(draft: Draft) -> MessageFailed:
    return draft.dossier.latest(MessageFailed)


def _failed_to(draft: Draft) -> str:
    match _refused(draft).recipient:
        case StaffRecipient(person=person):
            return draft.person_name(person)
        case UnitRecipient(unit=unit):
            return draft.unit_name(unit)
    return CUSTOMER_WORD[draft.language]


FAILED_LETTER_NOTICE = LetterKind(
    "failed_letter_notice",
    occasions=(LETTER_FAILED,),
    to=(Addressee.ACCEPTING_PERSON,),
    must_say=("failed_letter", "failed_to", "failed_why"),
    knows={
        FAILED_LETTER: lambda draft: called_message(_refused(draft).kind, draft.language),
        FAILED_TO: _failed_to,
        FAILED_WHY: lambda draft: draft.words(_refused(draft).reason),
    },
    unless=(Needless.ABOUT_LETTERS, Needless.LONG_AGO),
    after_withdrawal=True,
    reaches_somebody=True,
)
ROUTING_ALARM = LetterKind(
    "routing_alarm",
    occasions=(FELL_BACK,),
    to=(Addressee.ALARMED,),
    must_say=("alarm", "alarm_unit"),
    knows={
        ALARM: lambda draft: draft.words(draft.dossier.latest(RoutingFellBack).reason),
        ALARM_UNIT: lambda draft: draft.unit_name(draft.dossier.latest(RoutingFellBack).unit),
    },
    unless=(Needless.LONG_AGO,),
    after_withdrawal=True,
    reaches_somebody=True,
)
NEWS = (
    FURTHER_RECEIPT, REOPENING_PROPOSAL, REOPENED_NOTICE, REOPENING_CONFIRMATION, CASE_OVER, CONTACT_NOTICE,
    EVIDENCE_NOTICE, OVERRUN_REASON_NOTICE, FAILED_LETTER_NOTICE, ROUTING_ALARM,
)  # fmt: skip
