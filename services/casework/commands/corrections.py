"""These commands put right what came in: a wrong value of the receipt, and what a document is worth."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, NoReturn

import orjson
from pydantic import AfterValidator, Field, StringConstraints

from services.casework import said_times
from services.casework.act import Act
from services.casework.admitted import Corrected, Fault, Wrong, fault_of
from services.casework.approvals import entitled
from services.casework.bad_content import (
    BoxElsewhere,
    BoxNotUp,
    CorrectFirst,
    InvalidCommand,
    NoReceptionist,
    NotAbove,
    NotCorrectable,
    TwoBodies,
    UnknownDocument,
    UnknownPerson,
    UnknownUnit,
)
from services.casework.bad_state import NothingChanged
from services.casework.bad_times import TimeAfterReceipt, TimeAhead, TimeTooEarly, TimeTooFar
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.kept_beside import has_document
from services.casework.letters_out import sent_to
from services.casework.sides import ACCEPTING, HANDLER
from shared.bank.boxes import BoxHistory
from shared.bank.in_force import counts_since
from shared.bank.parts import Misfit
from shared.case.duty_kinds import READ_SUBMISSION, RESOLVE_RECEIPT_CONFLICT
from shared.contract.bodies import AMOUNT_LIMIT, BY_VALUE, AsNumber, AsText, AsYesOrNo, Id, Text, typed
from shared.contract.events.corrections import EvidenceChecked, Pointer, ReceiptCorrected
from shared.contract.receipt_pointers import (
    AMOUNT,
    BODYS_DATES,
    CURRENCY,
    FIRST_RECEIVED_AT,
    GROUP_SIZE,
    NARRATIVE,
    REACHED_BY,
    RECEIVED_AT,
    TIMES,
    done_by,
    later,
    same,
)
from shared.contract.receipt_values import tense_of
from shared.contract.submissions import NARRATIVE_LIMIT_BYTES
from shared.contract.tenses import REACH, Tense
from shared.kernel.service import Fact

RECEIPTS = (RECEIVED_AT, FIRST_RECEIVED_AT)
FACTS = {
    RECEIVED_AT: "received_at", FIRST_RECEIVED_AT: "first_received_at", AMOUNT: "amount_minor", CURRENCY: "currency",
}  # fmt: skip


Said = Annotated[str, StringConstraints(min_length=1, max_length=NARRATIVE_LIMIT_BYTES), AfterValidator(typed)]
Figure = Annotated[int, Field(ge=0, le=AMOUNT_LIMIT)]


class CorrectReceipt(Body):
    """Put a value of the receipt right. ``pointer`` leads to one value of the submission as it was sent.

    ``value``: what stands there from now on, as in a submission; null takes it out.
    """

    pointer: Pointer
    value: Annotated[AsText[Said] | AsNumber[Figure] | AsYesOrNo[bool], BY_VALUE] | None
    ground: Text
    approved_by: Id | None = None


def correct_receipt(act: Act) -> Fact:
    """A value of the receipt is another one from now on, in every view and every letter.

    Raises:
        NotCorrectable, NothingChanged, CorrectFirst, TimeAhead, TimeTooFar, TimeTooEarly, TimeAfterReceipt, TwoBodies,
        NoReceptionist, BoxNotUp, BoxElsewhere, NotAbove, UnknownPerson, UnknownUnit, InvalidCommand
    """
    pointer, value = str(act.body.get("pointer")), act.body.get("value")
    _check_correctable(act, pointer)
    stood = _stands(act, pointer)
    if same(value, stood):
        raise NothingChanged("/value")
    _check_goes_together(act, pointer, value)
    if isinstance(value, str) and (tense := tense_of(act.core.channel, pointer)) is not None:
        _check_time(act, pointer, tense, value)
    _check_admitted(act, pointer, value)
    return act.fact(
        ReceiptCorrected,
        act.discharges(*((READ_SUBMISSION,) if pointer == NARRATIVE else ()), RESOLVE_RECEIPT_CONFLICT),
        pointer=pointer,
        value=value,
        went_wrong=tuple(sent_to(act.state.to_customer, stood)) if pointer in REACHED_BY else (),
        received_on=_bank_date(act, value) if pointer == RECEIVED_AT else None,
        **act.said("ground"),
    )


def _check_admitted(act: Act, pointer: str, value: Any) -> None:
    """Hold the receipt as it stands then against what new ones are held against.

    Raises:
        TimeAfterReceipt, TwoBodies, NoReceptionist, BoxNotUp, BoxElsewhere, NotAbove, UnknownPerson, UnknownUnit,
        InvalidCommand
    """
    clear = act.body["receipt"].get("clear")
    if clear is None or (pointer in RECEIPTS and not isinstance(value, str)):
        return  # from an API that did not send it along; or what is never taken out
    later = {one.pointer: orjson.loads(one.value) for one in act.state.beside.corrections}
    boxes = BoxHistory.of(act.context.reference)
    values = clear | later | {pointer: value}
    found = fault_of(Corrected(act.core.channel, pointer, values, act.organisation, boxes))
    if found is not None:
        _refuse(found)


def _refuse(found: Fault) -> NoReturn:
    match found:
        case Wrong.AFTER_RECEIPT:
            raise TimeAfterReceipt("/value")
        case Wrong.TWO_BODIES:
            raise TwoBodies("/value")
        case Misfit.NO_SUCH_PERSON:
            raise UnknownPerson("/value")
        case Misfit.NO_SUCH_UNIT:
            raise UnknownUnit("/value")
        case Misfit.NO_RECEPTIONIST:
            raise NoReceptionist("/value")
        case Misfit.NO_BOX:
            raise BoxNotUp("/value")
        case Misfit.BOX_ELSEWHERE:
            raise BoxElsewhere("/value")
        case Misfit.NOT_ABOVE:
            raise NotAbove("/value")
        case _:
            raise InvalidCommand("/value", said=found)


def _check_correctable(act: Act, pointer: str) -> None:
    """Raises NotCorrectable, InvalidCommand."""
    if (instead := done_by(pointer)) is not None:
        raise NotCorrectable("/pointer", about=(instead,))
    if pointer == NARRATIVE and not act.core.open_duties(READ_SUBMISSION):
        raise NotCorrectable("/pointer")
    if not isinstance(act.body.get("receipt"), dict):
        raise InvalidCommand("/pointer")  # from an API that did not look it up


def _stands(act: Act, pointer: str) -> Any:
    """The value that stands at the pointer of the command."""
    return _corrected(act, pointer, act.body["receipt"]["stood"])


def _fact(act: Act, pointer: str) -> Any:
    """The value that stands at another pointer."""
    return _corrected(act, pointer, act.body["receipt"][FACTS[pointer]])


def _corrected(act: Act, pointer: str, came_in: Any) -> Any:
    found = next((one.value for one in act.state.beside.corrections if one.pointer == pointer), None)
    return came_in if found is None else orjson.loads(found)


def _check_goes_together(act: Act, pointer: str, value: Any) -> None:
    """An amount has its currency, a group is no smaller than who is named. Raises CorrectFirst, InvalidCommand."""
    if pointer == AMOUNT and value is not None and _fact(act, CURRENCY) is None:
        raise CorrectFirst("/value", about=(FACTS[CURRENCY],))
    if pointer == CURRENCY and value is None and _fact(act, AMOUNT) is not None:
        raise CorrectFirst("/value", about=(FACTS[AMOUNT],))
    if pointer == GROUP_SIZE and value < act.body["receipt"]["members"]:
        raise InvalidCommand("/value")


def _check_time(act: Act, pointer: str, tense: Tense, value: str) -> None:
    """What has happened lies behind the entry, and the first receipt not after the receipt; the rest within reach.

    Raises:
        TimeAhead, TimeTooFar, TimeTooEarly, InvalidCommand
    """
    now = act.context.now
    if tense is not Tense.HAPPENED:
        if date.fromisoformat(value[:10]) - act.organisation.day.date_of(now) > REACH[tense]:
            raise TimeTooFar("/value")
        return
    if said_times.DATE_ALONE.fullmatch(value):
        if said_times.day(value, "/value") > act.organisation.day.date_of(now):
            raise TimeAhead("/value")
        return
    at = said_times.instant(value, "/value")
    entered = datetime.fromisoformat(act.body["receipt"]["recorded_at"]) if pointer in RECEIPTS else now
    if at > min(entered, now) + said_times.FUTURE_TOLERANCE:
        raise TimeAhead("/value")
    if pointer in RECEIPTS and act.organisation.day.date_of(at) < counts_since(act.context.reference, now):
        raise TimeTooEarly("/value")
    _check_first_before(act, pointer, at)


def _check_first_before(act: Act, pointer: str, at: datetime) -> None:
    """A first receipt that was named of its own lies before the receipt. Raises InvalidCommand."""
    received, first = (datetime.fromisoformat(_fact(act, of)) for of in RECEIPTS)
    if (pointer == FIRST_RECEIVED_AT and at > received) or (pointer == RECEIVED_AT and first < received and at < first):
        raise InvalidCommand("/value")


def _bank_date(act: Act, value: Any) -> date:
    return act.organisation.day.date_of(said_times.instant(value, "/value"))


def _who_confirms(act: Act) -> tuple[str, ...] | None:
    """Times that limits count from, and a later day for a body, need a second person."""
    pointer = str(act.body.get("pointer"))
    put_off = pointer in BODYS_DATES and later(act.body.get("value"), _stands(act, pointer))
    if pointer not in TIMES and not put_off:
        return None
    return entitled(act.rights, act.accepting, [act.person, act.acted_for])


class CheckEvidence(Body):
    """Say what a document is worth. ``document``: the event that added it."""

    document: Id
    result: Literal["genuine", "doubtful", "unreadable", "irrelevant"]
    words: Text | None = None


def check_evidence(act: Act) -> Fact:
    """The handler checked a document of the case; checked again, the last word counts. Raises UnknownDocument."""
    if not has_document(act.state.beside, str(act.body.get("document"))):
        raise UnknownDocument("/document")
    return act.fact(EvidenceChecked, **act.said("document", "result", "words"))


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "correct-receipt", CorrectReceipt, ReceiptCorrected, correct_receipt,
        who=(ACCEPTING, HANDLER),
        stages=("open", "ended"),
        second_person=SecondPerson(
            "for a time of receipt, and where a body would get its answer later", _who_confirms, about=("pointer",)
        ),
        refused=(
            NotCorrectable, NothingChanged, CorrectFirst, InvalidCommand, TimeAhead, TimeTooFar, TimeTooEarly,
            TimeAfterReceipt, TwoBodies, NoReceptionist, BoxNotUp, BoxElsewhere, NotAbove, UnknownPerson, UnknownUnit,
        ),
        reads_receipt=True,
        effect="counts in every view and letter from now on; dates that follow move, the number stays",
    ),
    Declaration(
        "check-evidence", CheckEvidence, EvidenceChecked, check_evidence,
        who=(HANDLER,),
        stages=("open", "ended"),
        refused=(UnknownDocument,),
        effect="the last word on a document counts",
    ),
)  # fmt: skip
