"""Why a command is refused by a time that it says (422): one class per stable code, its docstring says what to do."""

from services.casework.bad_content import BadContent


class TimeAfterReceipt(BadContent):
    """What the complaint tells of would lie after its receipt: correct that time, or received_at first."""

    code = "time_after_receipt"


class TimePast(BadContent):
    """This has to lie ahead of the act that says it: give a later instant or day."""

    code = "time_past"


class TimeTooFar(BadContent):
    """This lies more than a year ahead, or more than a hundred where something is kept: correct its year."""

    code = "time_too_far"


class RetentionTooShort(BadContent):
    """A case is kept for five years from its end at least: give a later day, or leave retain_until out."""

    code = "retention_too_short"


class TimeAhead(BadContent):
    """A time lies in the future: correct it, or the clock of the machine that sends it."""

    code = "time_in_future"


class BeforeReceipt(BadContent):
    """A time lies before the case was received or reopened: correct it."""

    code = "before_receipt"


class BeforeWhatItAnswers(BadContent):
    """A time lies before the fact that this answers: correct it."""

    code = "before_what_it_answers"


class LateWithoutProof(BadContent):
    """This is entered late, or after the limit was missed: say in `proof` what shows that it happened then."""

    code = "late_without_proof"


class TimeTooEarly(BadContent):
    """It was received before the bank's first policy pack and calendar: correct its year, or have those of then
    published.
    """

    code = "time_too_early"
