"""What a timeline says of candidates: what was found, and whether it became a complaint."""

from shared.case.sentences.telling import Sentence, Sentences
from shared.contract.events.stored.candidates import (
    CandidateConfirmedData,
    CandidateDroppedData,
    CandidateReportedData,
)

SENTENCES: Sentences = {
    "CandidateReported": Sentence[CandidateReportedData](
        lambda t: f"{t.actor}报送了一条投诉线索（{t.word(t.data['channel'])}），归{t.unit(t.data['unit'])}处理。",
        lambda t: (
            f"{t.actor} reported what may be a complaint ({t.word(t.data['channel'])}) to {t.unit(t.data['unit'])}."
        ),
    ),
    "CandidateDropped": Sentence[CandidateDroppedData](
        lambda t: f"{t.actor}舍弃了投诉线索：{t.word(t.data['ground'])}。",
        lambda t: f"{t.actor} dropped the candidate: {t.word(t.data['ground'])}.",
    ),
    "CandidateConfirmed": Sentence[CandidateConfirmedData](
        lambda t: f"{t.actor}确认了投诉线索，登记为投诉{t.data['case_number']}。",
        lambda t: f"{t.actor} confirmed the candidate and took it in as complaint {t.data['case_number']}.",
    ),
}
