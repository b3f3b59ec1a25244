"""Facts of handling: what was found, decided and answered, who was told of it, and every command that was refused."""

from datetime import date
from typing import ClassVar, Literal

from shared.contract.codes import Reason, ReplyWay, SatisfactionValue
from shared.contract.events.base import (
    EVERYBODY,
    CaseworkEvent,
    Closed,
    Identifier,
    Instant,
    Sealed,
    Unsealed,
)
from shared.contract.events.settlement import Attempt, Remedy, SealedSettlement

Level = Literal["normal", "hard", "major"]
RemedyOpen = Literal["review", "mediation", "arbitration", "litigation"]
Outcome = Literal["upheld", "partly_upheld", "not_upheld"]
ReviewOutcome = Literal["stands", "to_be_revised"]


class JrtCodes(Closed):
    """JR/T 0169 dimensions, for statistics, not for the clock; stable slugs of our own."""

    channel: Identifier | None = None
    business: Identifier | None = None
    cause: Identifier | None = None


class ComplaintClassified(CaseworkEvent, heard_by=EVERYBODY):
    """The complaint has its main reason; the class follows it, and the limit runs from first receipt."""

    reason: Reason
    other_reasons: tuple[Reason, ...] = ()
    level: Level = "normal"
    ground: Sealed | None = None
    jrt: JrtCodes = JrtCodes()


class CustomerContacted(CaseworkEvent, heard_by=EVERYBODY):
    """Somebody spoke with the customer, or tried to. ``promised_at``: when the customer was promised an answer."""

    way: ReplyWay
    points: Sealed
    outcome: Literal["reached", "not_reached", "left_message"]
    promised_at: Instant | None = None


class InterimReplyGiven(CaseworkEvent, heard_by=EVERYBODY):
    """The customer heard how far the bank is. Stops no clock."""

    way: ReplyWay
    words: Sealed


class InvestigationRecorded(CaseworkEvent, heard_by=EVERYBODY):
    """What the investigation found, and where the fault lies. People responsible become parties concerned.

    Version 2 seals what is said of staff: ``fault`` and ``persons_responsible`` (ids, joined by ``; ``). ``parties``:
    who became a party concerned by it, in the clear since everybody has to keep the case from them.
    """

    version: ClassVar[int] = 2

    findings: Sealed
    fault: Sealed | Unsealed
    persons_responsible: Sealed | Unsealed
    parties: tuple[Identifier, ...] = ()
    measures: Sealed | None = None


class SettledOnTheSpot(CaseworkEvent, heard_by=EVERYBODY):
    """Settled at once with the customer's agreement: decision, reply and report in one.

    Version 2 says of the remedy whether it was done on the spot; what was not is owed.
    """

    version: ClassVar[int] = 2

    settlement: SealedSettlement


class SettlementDenied(CaseworkEvent, heard_by=EVERYBODY):
    """Who was claimed to have settled the matter says that it is not so: the case goes its ordinary way."""

    ground: Sealed


class DecisionMade(CaseworkEvent, heard_by=EVERYBODY):
    """The handler decided. ``remedies_open`` is what the customer may still do, as the regime's pack says.

    Version 2 says of each remedy offered whether it is done already; what is not is owed, by its number in the list.
    """

    version: ClassVar[int] = 2

    outcome: Outcome
    findings: Sealed
    grounds: Sealed
    decision: Sealed
    remedies_offered: tuple[Remedy, ...] = ()
    remedies_open: tuple[RemedyOpen, ...]


class CustomerReplied(CaseworkEvent, heard_by=EVERYBODY):
    """The customer has the bank's answer."""

    way: ReplyWay
    content: Sealed
    remedies_told: bool


class SatisfactionRecorded(CaseworkEvent, heard_by=EVERYBODY):
    """What the customer thinks of the outcome (article 4, element 4)."""

    value: SatisfactionValue
    attempts: tuple[Attempt, ...] = ()


class DissatisfactionReviewed(CaseworkEvent, heard_by=EVERYBODY):
    """Somebody above the handler looked at the outcome again, since the customer is dissatisfied with it."""

    outcome: ReviewOutcome
    words: Sealed


class ResultReported(CaseworkEvent, heard_by=EVERYBODY):
    """The handler's report with the six elements of article 4; never for the customer's eyes."""

    cause_and_findings: Sealed
    treatment_of_persons: Sealed
    lessons_and_measures: Sealed
    satisfaction: SatisfactionValue | Literal["not_applicable"]
    handled_at: Instant
    handler_and_phone: Sealed
    copy_to: tuple[Identifier, ...] = ()
    no_copy_reason: Sealed | None = None


class ResultTracked(CaseworkEvent, heard_by=EVERYBODY):
    """The accepting post looked at the result (article 2.1)."""

    checked: Sealed
    called_back: bool


class TransferringBodyAnswered(CaseworkEvent, heard_by=EVERYBODY):
    """A body that passed the complaint on has the bank's answer, or hears how far the bank is (``interim``).

    ``body``: its name as it was given, else its kind.
    """

    kind: Literal["interim", "final"]
    body: str
    words: Sealed
    way: Literal["letter", "electronic", "phone"]
    reference: Sealed | None = None


class OverrunReasonReported(CaseworkEvent, heard_by=EVERYBODY):
    """Why the limit cannot be kept, to the accepting unit (article 3)."""

    reason: Sealed


class OverrunExplained(CaseworkEvent, heard_by=EVERYBODY):
    """The customer was told why it takes longer, and until when (article 3). Moves no limit.

    Version 2 opens the duty to keep that promise, by ``promised_at``: the end of that bank day.
    """

    version: ClassVar[int] = 2

    words: Sealed
    promised_on: date
    promised_at: Instant | None = None


class DeliveryRecorded(CaseworkEvent, heard_by=EVERYBODY):
    """A document was handed over in person or by post."""

    document: Literal["written_notice", "supervision_form", "decision_notice", "result_report"]


class MessageResendRequested(CaseworkEvent, heard_by={"notify"}):
    """A message is to be sent once more."""

    message_id: str


class CommandRefused(CaseworkEvent, heard_by={"casework", "notify"}):
    """A command was refused, so that a repetition gets the same answer and the auditor sees the attempt.

    ``pointers`` are JSON pointers into the body, ``about`` names what stands in the way, such as open duties.
    The body itself is never kept.
    """

    code: Identifier
    pointers: tuple[str, ...] = ()
    about: tuple[Identifier, ...] = ()
