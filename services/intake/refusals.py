"""Intake's refusals tell whoever develops a channel system what is wrong and what to do."""

from pydantic import ValidationError

from shared.contract.channel_details import DETAILS
from shared.contract.channels import CHANNELS
from shared.contract.refusal_words import fault
from shared.errors import NotYet, RedressError
from shared.sealing.vault import KeyDestroyed
from shared.web import problems


class UnknownChannel(RedressError):
    """There is no such channel: correct the address."""

    code = "unknown_channel"
    status = 404

    def __init__(self) -> None:
        known = [channel.address for channel in CHANNELS.values()]
        super().__init__(fault("channels", channels=known))


class ChannelNotOpen(RedressError):
    """This channel takes no submissions here yet: submit on one that is open."""

    code = "channel_not_open"
    status = 422

    def __init__(self) -> None:
        known = [CHANNELS[code].address for code in DETAILS]
        super().__init__(fault("channels_open", channels=known))


class BadMultipart(RedressError):
    """The body cannot be read: send multipart/form-data with a boundary and the parts file, kind and perhaps note."""

    code = "bad_multipart"
    status = 400


class NotMultipart(RedressError):
    """Send the file as multipart/form-data with the parts file, kind and perhaps note, and say so in Content-Type."""

    code = "unsupported_media_type"
    status = 415


class BodyTooLarge(RedressError):
    """The body is larger than 256 KiB: shorten the narrative, send files as evidence."""

    code = "too_large"
    status = 413


class FileTooLarge(RedressError):
    """The file is larger than 20 MiB: send it in parts, or as a smaller scan."""

    code = "too_large"
    status = 413


class TooManyFiles(RedressError):
    """The case has 20 files already: put further pages into one file."""

    code = "too_large"
    status = 413


class IdempotencyConflict(RedressError):
    """This Idempotency-Key was used with another content: use a new key for what is new, the old body to repeat."""

    code = "idempotency_conflict"
    status = 409


class CaseErased(KeyDestroyed):
    """This case was erased and takes nothing more: submit a new complaint with a new Idempotency-Key."""


class BadSubmission(RedressError):
    """The submission has a field that is missing, unknown or wrong: correct what the pointers name."""

    code = "invalid_submission"
    status = 422

    @classmethod
    def of(cls, error: ValidationError) -> "BadSubmission":
        """The refusal of a body that does not fit its shape: each fault at its pointer, never with its value."""
        detail, pointers = problems.faults_of(error)
        return cls(detail, pointers=pointers)


class TimeInFuture(BadSubmission):
    """A time lies in the future: correct it, or the clock of the machine that sends it."""

    code = "time_in_future"


class TimeTooEarly(BadSubmission):
    """It was received before the bank's first policy pack and calendar: correct its year, or have those of then
    published.
    """

    code = "time_too_early"


class TimeTooFar(BadSubmission):
    """A date lies more than a year ahead: correct its year."""

    code = "time_too_far"


class TimeAfterReceipt(BadSubmission):
    """What the complaint tells of lies after its receipt: correct that time, or received_at."""

    code = "time_after_receipt"


class NoReceptionist(BadSubmission):
    """Only whoever acts in the general office that accepts there on that day receives a visitor: name a holder of
    general_office, or who stands in for one.
    """

    code = "no_receptionist"


class BoxElsewhere(BadSubmission):
    """This box is kept by another head of operations than the one of the receiving unit: say in received_by.unit where
    the entry was taken out.
    """

    code = "box_elsewhere"


class NotAbove(BadSubmission):
    """This unit does not lie above the one that received the complaint and the one complained of: name the unit that
    passed it on, or use the channel on which the customer came.
    """

    code = "not_above"


class TwoBodies(BadSubmission):
    """origin and details say different things of who passed the complaint on: say it once, or the same in both."""

    code = "two_bodies"


class LateUnexplained(BadSubmission):
    """Received more than one working day ago: say why in late_registration {cause, explanation}."""

    code = "late_registration_unexplained"


class SettlementIncomplete(BadSubmission):
    """Only what the customer agreed to, with proof, is settled on the spot: fill in what the pointers name, or
    leave settlement out.
    """

    code = "settlement_incomplete"


class ChannelNotAllowed(RedressError):
    """This channel system may not submit on this channel: use the token of one that may, or list the channel in the
    organisation file.
    """

    code = "channel_not_allowed"
    status = 403


class AuditorOnlyReads(RedressError):
    """An auditor reads everything and changes nothing: let somebody else register the complaint, or add the file."""

    code = "not_entitled"
    status = 403


class ReceivedByAnother(RedressError):
    """You cannot say that this colleague took the complaint down: name yourself, leave received_by.person out, or let a
    channel system, a holder of complaint_post or of general_office of the colleague's unit or one above register it.
    """

    code = "received_by_another"
    status = 403


class NoOpinionBox(RedressError):
    """No opinion box hangs in this unit, nor ever did: correct the unit, or give it one in the organisation file."""

    code = "no_opinion_box"
    status = 404


class BoxNotUp(BadSubmission):
    """No box hung in this unit on that day: correct the day, or say in the organisation file since when it hangs."""

    code = "box_not_up"


class BoxReviewedAlready(RedressError):
    """The review of this box for that day is recorded already: record each day once, with all who stood by."""

    code = "box_reviewed_already"
    status = 409


class ReviewedByAnother(RedressError):
    """Who looked into the box records it himself: send it with the reviewer's own token."""

    code = "reviewed_by_another"
    status = 403


class NotYourBox(RedressError):
    """This box is looked into by those who work there, by the head of operations or by the general office: let one of
    them record it.
    """

    code = "not_your_box"
    status = 403


class UnknownCandidate(RedressError):
    """There is no such candidate: /v1/candidates of the console lists those that are yours."""

    code = "unknown_candidate"
    status = 404


class CandidateDecided(RedressError):
    """This candidate was confirmed or dropped already: report anew what comes anew, or submit it as a complaint."""

    code = "candidate_decided"
    status = 409


class CandidateForPeople(RedressError):
    """A person says what a candidate is: report it, and let one of the unit's president_office, complaint_post,
    general_office or consumer_protection confirm or drop it.
    """

    code = "candidate_for_people"
    status = 403


class NotYourCandidate(RedressError):
    """This candidate is another's: let a holder of president_office, complaint_post, general_office or
    consumer_protection of its unit or one above confirm or drop it.
    """

    code = "not_your_candidate"
    status = 403


class UnknownSubmitter(RedressError):
    """This caller is not in the organisation file, or has no duties today: add it there, or use another token."""

    code = "unknown_submitter"
    status = 403


class PartyAddsNothing(RedressError):
    """A party concerned adds nothing to the case: hand it to somebody who is not (article 3)."""

    code = "party_concerned"
    status = 403

    def __init__(self, case_id: str | None = None) -> None:
        super().__init__()
        self.case_id = case_id


class UploadQuota(RedressError):
    """You have added as many files, or as much, as one submitter may on a day: go on tomorrow, or have the quota raised
    (REDRESS_UPLOAD_FILES_PER_DAY, REDRESS_UPLOAD_MIB_PER_DAY).
    """

    code = "upload_quota"
    status = 429


class NothingToCheckAgainst(NotYet):
    """No organisation or no calendar has been read here yet, nothing was decided: repeat the call with the same key."""
