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


class TwoBodies(BadContent):
    """origin and details would say different things of who passed the complaint on: take one of them out first."""

    code = "two_bodies"


class NoReceptionist(BadContent):
    """Whoever received the visitor did not act in the general office on that day: correct the day, or enter the
    complaint anew.
    """

    code = "no_receptionist"


class BoxNotUp(BadContent):
    """No box hung in this unit on that day: correct the day, or say in the organisation file since when it hangs."""

    code = "box_not_up"


class BoxElsewhere(BadContent):
    """This box was kept by another head of operations on that day: correct the day, or enter the complaint anew."""

    code = "box_elsewhere"


class NotAbove(BadContent):
    """The unit that passed it on did not lie above on that day: correct the day, or enter the complaint anew."""

    code = "not_above"


class UnknownDuty(BadContent):
    """There is no such duty on this case: take its id from the case's duties."""

    code = "unknown_duty"


class UnknownMessage(BadContent):
    """No message of this id was sent on the case: take it from the case's timeline."""

    code = "unknown_message"


class UnknownRemedy(BadContent):
    """There is no such remedy: count from 1 in the list of the decision, the settlement or the accepted plan."""

    code = "unknown_remedy"


class ArrivalMissing(BadContent):
    """Money is paid once it has arrived: say in arrived_on the day on which the customer had it."""

    code = "arrival_missing"


class UnknownPlan(BadContent):
    """No such plan was offered in this round of the case: name it by the id of the event that offered it."""

    code = "unknown_plan"


class UnknownStep(BadContent):
    """The plan has no such step: count its steps from 1."""

    code = "unknown_step"


class PlanEmpty(BadContent):
    """A plan offers something: give a step or a remedy at least."""

    code = "plan_empty"


class NotOffered(BadContent):
    """The customer chooses of what was offered: give a way and a time of the plan, or offer a new one."""

    code = "not_offered"


class OnlyWithAccepted(BadContent):
    """Way and time are chosen by who accepts the plan: leave them out with any other answer."""

    code = "only_with_accepted"


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


class UnknownRepresentative(BadContent):
    """Nobody of this name speaks on the case: send names as they stand in it."""

    code = "unknown_representative"


class TooManyRepresentatives(BadContent):
    """At most five people speak for a joint complaint, and one for a customer: take others out first, or name fewer."""

    code = "too_many_representatives"


class NobodyWouldRemain(BadContent):
    """Nobody would be left to speak: name who does from now on, or record a withdrawal."""

    code = "nobody_would_remain"


class UnknownBody(BadContent):
    """No answer is owed to this body, or to several: name in `body` the one that hears it, as it was named."""

    code = "unknown_body"


class NotCorrectable(BadContent):
    """This is not corrected here: use the command that `about` names; what the receipt lacks comes as a further one."""

    code = "not_correctable"


class CorrectFirst(BadContent):
    """This goes with another value of the receipt: correct first what `about` names."""

    code = "correct_first"


class UnknownDocument(BadContent):
    """No document of this id belongs to the case: take it from the case's timeline."""

    code = "unknown_document"


class UnknownRequest(BadContent):
    """No unit was asked by this request: take its id from the case's timeline."""

    code = "unknown_request"


class UnknownAction(BadContent):
    """There is no such corrective action on this case: take its id from its letter."""

    code = "unknown_action"


class UnknownSuggestion(BadContent):
    """There is no such suggestion on this case: take its id from its letter."""

    code = "unknown_suggestion"


class PartysUnit(BadContent):
    """A party concerned belongs to that unit or heads it: ask another one."""

    code = "partys_unit"


class NotSuperior(BadContent):
    """That unit is none of those above: name one that is."""

    code = "not_superior"


class NobodyToAsk(BadContent):
    """Nobody in that unit, or above it, could answer: name another one."""

    code = "nobody_to_ask"
