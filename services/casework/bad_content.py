"""Why a command is refused by its content (422): one class per stable code, its docstring says what to do."""

from services.casework.refusals import Refusal


class BadContent(Refusal):
    """What the command says cannot be."""

    code = "bad_content"
    status = 422


class InvalidCommand(BadContent):
    """The command does not have the form it has to have: correct what the pointers name."""

    code = "invalid_command"


class UnknownPerson(BadContent):
    """There is no such person on duty in the organisation file: correct the id."""

    code = "unknown_person"


class UnknownUnit(BadContent):
    """There is no such unit in the organisation file: correct the id."""

    code = "unknown_unit"


class UnknownDuty(BadContent):
    """There is no such duty on this case: take its id from the case's duties."""

    code = "unknown_duty"


class UnknownMessage(BadContent):
    """No message of this id was sent on the case: take it from the case's timeline."""

    code = "unknown_message"


class BadOfCase(BadContent):
    """Name the other case that has the same matter by its id or number, one that is no duplicate itself."""

    code = "bad_of_case"


class SameUnit(BadContent):
    """That unit has the case already: name another one."""

    code = "same_unit"


class SamePerson(BadContent):
    """That person has this part already: name another one."""

    code = "same_person"


class OutsideUnit(BadContent):
    """That person does not belong to the handling unit: name somebody of it, or have the unit changed."""

    code = "outside_unit"


class GroundMissing(BadContent):
    """A longer limit needs a ground: say why the complaint needs more time."""

    code = "ground_missing"


class TimePast(BadContent):
    """This has to lie ahead of the act that says it: give a later instant or day."""

    code = "time_past"


class TimeTooFar(BadContent):
    """This lies more than a year ahead, or more than a hundred where something is kept: correct its year."""

    code = "time_too_far"


class PromiseNotHeard(BadContent):
    """Nobody was reached, so nothing was promised: leave promised_at out."""

    code = "promise_not_heard"


class ProofMissing(BadContent):
    """This needs proof: say in `proof` what shows it."""

    code = "proof_missing"


class AttemptsMissing(BadContent):
    """Who was not reached has to have been tried: list the attempts with time and way."""

    code = "attempts_missing"


class ConsentMissing(BadContent):
    """Nothing is settled on the spot without the customer's consent and its proof: both are needed."""

    code = "consent_missing"


class DecisionIncomplete(BadContent):
    """A decision needs findings, grounds and the decision itself: `about` names what is missing."""

    code = "decision_incomplete"


class RemediesNotTold(BadContent):
    """The customer has to be told the remedies that are open: do so, then record it (order 2020 no. 3, art. 19)."""

    code = "remedies_not_told"


class ReportIncomplete(BadContent):
    """A report needs all elements of article 4: `about` names those that are missing.

    Satisfaction comes from `record-satisfaction`: ask the customer and record the answer first.
    """

    code = "report_incomplete"


class NotWaivable(BadContent):
    """A duty of this kind is never waived: reports and answers have to be made."""

    code = "not_waivable"


class ApproverNotEntitled(BadContent):
    """Whoever is named in approved_by may not approve this: name a superior, or the same post of a unit above."""

    code = "approver_not_entitled"


class NotAllRepresentatives(BadContent):
    """A joint complaint is withdrawn by all its representatives together, or not at all."""

    code = "not_all_representatives"


class UnknownBody(BadContent):
    """No answer is owed to this body, or to several: name in `body` the one that hears it, as it was named."""

    code = "unknown_body"


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
