"""A confirmation tells a caller which event took his call in, the same whenever he asks."""

from pydantic import BaseModel, Field

from services.intake.standing import CaseStanding
from shared.web.case_index import IndexedCase, IndexedEvidence, IndexedReview
from shared.web.known_candidates import IndexedCandidate
from shared.web.log_position import LogPosition


class SubmissionConfirmation(BaseModel):
    """Confirms that a submission was taken in. Tell the customer the case number."""

    case_id: str
    case_number: str = Field(pattern=r"^\d{8}-\d{10}-\d$")
    event_id: str
    received_at: str = Field(description="when the customer complained, with offset")
    log: LogPosition

    @classmethod
    def of(cls, entry: IndexedCase) -> "SubmissionConfirmation":
        """The confirmation of what the log holds."""
        position = LogPosition(partition=entry.partition, offset=entry.offset)
        return cls(
            case_id=entry.case_id,
            case_number=entry.case_number,
            event_id=entry.event_id,
            received_at=entry.received_at,
            log=position,
        )


class SubmissionStanding(BaseModel):
    """How a case stands, for whoever submitted it: nothing of who handles it, or what was decided."""

    case_id: str
    case_number: str = Field(pattern=r"^\d{8}-\d{10}-\d$")
    state: str = Field(description="where it stands, such as `routed` or `closed`")
    due_on: str | None = Field(description="the bank day by which the bank answers, once that is reckoned")
    ended: bool = Field(description="whether it is over")

    @classmethod
    def of(cls, entry: IndexedCase, standing: CaseStanding) -> "SubmissionStanding":
        """What the log says."""
        core = standing.core
        return cls(
            case_id=entry.case_id, case_number=entry.case_number, state=core.life, due_on=standing.due_on,
            ended=core.ended,
        )  # fmt: skip


class EvidenceConfirmation(BaseModel):
    """Confirms that a file was taken in. ``sha256`` is that of the sealed blob, not of the file as it was sent."""

    event_id: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    log: LogPosition

    @classmethod
    def of(cls, entry: IndexedEvidence) -> "EvidenceConfirmation":
        """The confirmation of what the log holds."""
        position = LogPosition(partition=entry.partition, offset=entry.offset)
        return cls(event_id=entry.event_id, sha256=entry.sha256, log=position)


class BoxReviewConfirmation(BaseModel):
    """Confirms that the review of an opinion box was taken in. ``late``: the box had closed on that day."""

    event_id: str
    unit: str
    date: str = Field(description="the day whose review it is")
    late: bool
    log: LogPosition

    @classmethod
    def of(cls, entry: IndexedReview) -> "BoxReviewConfirmation":
        """The confirmation of what the log holds."""
        position = LogPosition(partition=entry.partition, offset=entry.offset)
        return cls(event_id=entry.event_id, unit=entry.unit, date=entry.date, late=entry.late, log=position)


class CandidateConfirmation(BaseModel):
    """Confirms that a candidate was taken in, or dropped; ``state``: open, confirmed or dropped."""

    candidate: str
    event_id: str
    state: str
    log: LogPosition

    @classmethod
    def of(cls, entry: IndexedCandidate) -> "CandidateConfirmation":
        """The confirmation of what the log holds; where it lies is said of what was found."""
        position = LogPosition(partition=entry.partition, offset=entry.last)
        return cls(candidate=entry.id, event_id=entry.event_id, state=entry.state, log=position)
