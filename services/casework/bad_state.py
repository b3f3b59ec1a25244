"""Why a command is refused by the case's state (409): one class per stable code, its docstring says what to do."""

from services.casework.refusals import Refusal


class NobodyMayApprove(Refusal):
    """Nobody is there who may approve this: have the limits or posts of the organisation file seen to."""

    code = "nobody_may_approve"


class AskedAlready(Refusal):
    """This waits for an approval already, `about` names the request: have it answered, or take it back first."""

    code = "asked_already"


class NothingAsked(Refusal):
    """Nothing of that id waits for an approval: it was answered already, or the case has gone on without it."""

    code = "nothing_asked"


class ApprovalOvertaken(Refusal):
    """What was asked for cannot be done any more, `about` says why: refuse the approval."""

    code = "approval_overtaken"


class CaseNotRouted(Refusal):
    """The case has no owner yet: repeat in a moment with a new key."""

    code = "case_not_routed"


class CaseEnded(Refusal):
    """The case has ended: reopen it first."""

    code = "case_ended"


class CaseInArchive(Refusal):
    """The case lies in the archive: reopen it first."""

    code = "case_archived"


class NotEnded(Refusal):
    """The case has not ended: close it first."""

    code = "not_ended"


class AlreadyAccepted(Refusal):
    """The handler has accepted the case already: nothing is left to accept or refuse."""

    code = "already_accepted"


class NobodyHandles(Refusal):
    """Nobody handles the case yet: determine the unit that it is about, then it has a handler."""

    code = "nobody_handles"


class UnitRefusedBefore(Refusal):
    """This unit refused the case before, and a unit may do so once: handle it, or have it assigned or escalated."""

    code = "unit_refused_before"


class AlreadyNamed(Refusal):
    """This person is a party concerned already."""

    code = "already_named"


class NoInvestigation(Refusal):
    """There is no investigation yet: record one, then decide."""

    code = "no_investigation"


class DecidedAlready(Refusal):
    """The case is decided or settled already: a decision is changed by revising it, never by a second one."""

    code = "decided_already"


class NothingToRevise(Refusal):
    """There is no decision that could be revised: decide first; a settlement is revised only where a review says so."""

    code = "nothing_to_revise"


class NothingChanged(Refusal):
    """This says what stands already: say what is to be different, or leave it as it is."""

    code = "nothing_changed"


class ToBeRevised(Refusal):
    """A review found that the decision has to be revised: revise it, then close."""

    code = "to_be_revised"


class FlaggedAlready(Refusal):
    """The complaint is flagged as major already: whoever handles it now sees it through."""

    code = "flagged_already"


class NoDecision(Refusal):
    """There is no decision, settlement or non-acceptance yet: decide first."""

    code = "no_decision"


class NotToExecute(Refusal):
    """A remedy of this kind is made by saying so: nobody has to carry it out afterwards."""

    code = "not_to_execute"


class DoneAlready(Refusal):
    """This was carried out already: nothing is left to record."""

    code = "done_already"


class CustomerAnswered(Refusal):
    """The customer has the bank's answer already: a plan comes before it."""

    code = "customer_answered"


class PlanReplaced(Refusal):
    """A later plan took the place of this one: record the answer to that."""

    code = "plan_replaced"


class PlanAnswered(Refusal):
    """The customer answered this plan already: offer a new one if something is to change."""

    code = "plan_answered"


class PlanNotAccepted(Refusal):
    """The customer has not accepted this plan, or a later one took its place: nothing of it is owed."""

    code = "plan_not_accepted"


class NotAnsweredYet(Refusal):
    """The customer has not had the answer yet: reply first, then ask what the customer thinks of it."""

    code = "not_answered_yet"


class NotDecidedYet(Refusal):
    """There is nothing yet that a body could be answered with: answer `interim`, or decide first."""

    code = "not_decided_yet"


class OutOfOrder(Refusal):
    """It is not this level's turn yet: `about` names what has to be done by those before it."""

    code = "out_of_order"


class NothingToPassOn(Refusal):
    """There is no report yet that could be passed on: the handler has to report the result first."""

    code = "nothing_to_pass_on"


class NotVerifiedYet(Refusal):
    """A medium is told nothing final before the matter was looked into: answer `interim`, or investigate first."""

    code = "not_verified_yet"


class NothingToReport(Refusal):
    """There is no outcome to report, or it was reported already."""

    code = "nothing_to_report"


class NoResult(Refusal):
    """There is no report or settlement yet: the result has to be reported before it can be confirmed."""

    code = "no_result"


class ConfirmedAlready(Refusal):
    """It is confirmed already: a settlement on record is not denied, a proved authority is only proved for longer."""

    code = "confirmed_already"


class AuthorityUnproved(Refusal):
    """Nobody speaks here but somebody who has not proved that he may: check that with check-authority first.

    Until then he is told nothing of the customer's affairs (order 2020 no. 3, art. 14).
    """

    code = "authority_not_proved"


class NothingOwed(Refusal):
    """Nothing of this kind is owed on the case any more."""

    code = "nothing_owed"


class TopReached(Refusal):
    """Nobody is above whom this case could be taken to: whoever has it now has to see it through."""

    code = "top_reached"


class ViolationNotOnTheSpot(Refusal):
    """A complaint that is about a violation, be it as a further reason, is never settled on the spot: decide it."""

    code = "violation_not_on_the_spot"


class TooHardForTheSpot(Refusal):
    """A hard or major case is never settled on the spot: investigate and decide."""

    code = "too_hard_for_the_spot"


class AttemptsNeeded(Refusal):
    """The customer can be reached: record an attempt to do so before this is waived."""

    code = "attempts_needed"


class DutiesOpen(Refusal):
    """Something is still owed on the case: `about` names it. See to it first."""

    code = "duties_open"


class Unclassified(Refusal):
    """The complaint has no main reason: classify it first."""

    code = "unclassified"


class NotTrackedYet(Refusal):
    """Nobody has confirmed the result: the accepting post has to look at it before the case is closed."""

    code = "not_tracked_yet"


class AnsweredAlready(Refusal):
    """This was answered already, or nobody waits for it any more: ask anew where something is left."""

    code = "answered_already"


class CompletedAlready(Refusal):
    """This action is completed already: open another one where something is left to mend."""

    code = "completed_already"
