"""The commands' bodies as a person sends them (contract 6): closed shapes, typed texts marked to be sealed."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from shared.contract.bodies import Attempt, Id, Remedy, Settlement, Shape, Text, When
from shared.contract.codes import ReplyWay, SatisfactionValue
from shared.contract.events.intake import Reason

COMMANDS: dict[str, type["Body"]] = {}
"""Every command by its name. Filled when a class is defined."""

Rung = Literal["outlet_head", "operations_supervisor", "deputy_president", "president", "superior_unit"]
Day = Annotated[date, Field(strict=False)]
Ids = Annotated[tuple[Id, ...], Field(strict=False)]


class Body(Shape):
    """What every command takes: when it happened (default now), and proof where it is entered late."""

    command: ClassVar[str] = ""

    at: When | None = None
    proof: Text | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the command: ``AcceptHandover`` is ``accept-handover``."""
        super().__init_subclass__(**kwargs)
        cls.command = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        COMMANDS[cls.command] = cls


class AcceptHandover(Body):
    """The handler takes the case over."""


class RefuseHandover(Body):
    """The handler does not take the case over; a unit may do so once."""

    ground: Literal["not_competent", "party_concerned"]
    proposed_unit: Id | None = None


class AssignUnit(Body):
    """The accepting post determines the complained unit; this binds also a unit that refused."""

    unit: Id
    ground: Text


class NameParty(Body):
    """Name somebody as a party concerned."""

    person: Id
    ground: Text


class Delegate(Body):
    """Name an agent."""

    person: Id
    ground: Text


class Reassign(Body):
    """Give the case to another person of the handling unit."""

    person: Id
    ground: Text


class Jrt(Shape):
    """JR/T 0169 dimensions."""

    channel: Id | None = None
    business: Id | None = None
    cause: Id | None = None


class Classify(Body):
    """Give the complaint its main reason, and its level."""

    reason: Reason
    other_reasons: Annotated[tuple[Reason, ...], Field(strict=False)] = ()
    ground: Text | None = None
    level: Literal["normal", "hard", "major"] = "normal"
    jrt: Jrt = Jrt()


class RecordContact(Body):
    """Record a contact with the customer."""

    way: ReplyWay
    points: Text
    outcome: Literal["reached", "not_reached", "left_message"]
    promised_at: When | None = None


class InterimReply(Body):
    """Tell the customer how far the bank is."""

    way: ReplyWay
    words: Text


class RecordInvestigation(Body):
    """Record what was found."""

    findings: Text
    fault: Literal["responsible", "misunderstanding", "beyond_service"]
    persons_responsible: Ids = ()
    measures: Text | None = None


class SettleOnTheSpot(Body, Settlement):
    """Settle the matter at once, with the customer's agreement."""


class Decide(Body):
    """Decide the complaint."""

    outcome: Literal["upheld", "partly_upheld", "not_upheld"]
    findings: Text
    grounds: Text
    decision: Text
    remedies_offered: Annotated[tuple[Remedy, ...], Field(strict=False)] = ()


class ReplyCustomer(Body):
    """Record the reply to the customer, with its proof."""

    way: ReplyWay
    content: Text
    remedies_told: bool


class RecordSatisfaction(Body):
    """Record what the customer thinks of the outcome."""

    value: SatisfactionValue
    attempts: Annotated[tuple[Attempt, ...], Field(strict=False)] = ()


class ReportResult(Body):
    """Report the result with the elements of article 4; every missing one is named."""

    cause_and_findings: Text | None = None
    treatment_of_persons: Text | None = None
    lessons_and_measures: Text | None = None
    handled_at: When | None = None
    handler_and_phone: Text | None = None
    copy_to: Ids = ()
    no_copy_reason: Text | None = None


class ConfirmResult(Body):
    """The accepting post looked at the result."""

    checked: Text
    called_back: bool


class ReportOverrunReason(Body):
    """Tell the accepting unit why the limit cannot be kept."""

    reason: Text


class ExplainOverrun(Body):
    """Record that the customer was told why it takes longer."""

    words: Text
    promised_on: Day


class Escalate(Body):
    """Take the case up the ladder."""

    reason: Text
    mode: Literal["takes_over", "supports"]
    skip_to: Rung | None = None


class WaiveDuty(Body):
    """Let a duty go, with somebody else's approval."""

    duty: Id
    ground: Text
    approved_by: Id


class RecordDelivery(Body):
    """Record that a document was handed over."""

    document: Literal["written_notice", "supervision_form", "decision_notice", "result_report"]


class ResendMessage(Body):
    """Send a message once more."""

    message: Id


class Withdraw(Body):
    """The complainant withdraws."""

    received_at: When
    way: ReplyWay
    by_all_representatives: bool = True


class NotAccept(Body):
    """The complaint is none that this bank has to handle."""

    ground: Literal["not_the_complainant", "not_a_complaint", "not_this_bank", "same_without_new_facts"]
    signpost: Text
    approved_by: Id


class Close(Body):
    """Close the case."""


class Archive(Body):
    """Put the case into the archive."""

    place: Text
    retain_until: Day


class Reopen(Body):
    """Take the case up again."""

    ground: Text
    received_at: When
