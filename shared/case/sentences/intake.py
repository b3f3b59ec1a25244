"""What a timeline says of the facts of intake."""

from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.intake import (
    ComplaintReceivedData,
    EvidenceAddedData,
    OpinionBoxReviewedData,
    ReceiptAddedData,
    ReceiptConflictDetectedData,
)
from shared.contract.words import BODIES


def _taker(t: Telling[ComplaintReceivedData] | Telling[ReceiptAddedData]) -> str:
    return t.at(t.data["received_by"])


def _body(t: Telling[ComplaintReceivedData]) -> str:
    zh, en = BODIES[t.data["origin"]["kind"]]
    return zh if t.zh else en


def _received(t: Telling[ComplaintReceivedData]) -> str:
    origin = t.data["origin"]
    passed_on = f"，由{origin['body'] or _body(t)}转来" if origin["kind"] != "none" else ""
    anonymous = "匿名" if t.data["anonymous"] else ""
    return f"{_taker(t)}登记了{anonymous}{t.word(t.data['channel'])}投诉{passed_on}，编号{t.data['case_number']}。"


def _received_en(t: Telling[ComplaintReceivedData]) -> str:
    origin = t.data["origin"]
    passed_on = f", passed on by {_body(t)}," if origin["kind"] != "none" else ""
    anonymous = "an anonymous" if t.data["anonymous"] else "a"
    by = t.word(t.data["channel"])
    return f"{_taker(t)} registered {anonymous} complaint by {by}{passed_on} under number {t.data['case_number']}."


SENTENCES: Sentences = {
    "ComplaintReceived": Sentence[ComplaintReceivedData](_received, _received_en),
    "ReceiptAdded": Sentence[ReceiptAddedData](
        lambda t: f"{_taker(t)}登记了同一投诉的再次来件（{t.word(t.data['channel'])}）。",
        lambda t: f"{_taker(t)} registered a further receipt of the same complaint, by {t.word(t.data['channel'])}.",
    ),
    "EvidenceAdded": Sentence[EvidenceAddedData](
        lambda t: f"{t.actor}补充了一份证据材料（{t.size(t.data['size_bytes'])}）。",
        lambda t: f"{t.actor} added a file as evidence ({t.size(t.data['size_bytes'])}).",
    ),
    "ReceiptConflictDetected": Sentence[ReceiptConflictDetectedData](
        lambda t: f"{t.actor}以同一提交标识送来不同内容，未予登记。",
        lambda t: f"{t.actor} sent another content under the same submission key; it was not registered.",
    ),
    "OpinionBoxReviewed": Sentence[OpinionBoxReviewedData](
        lambda t: (
            f"{t.person(t.data['reviewer'])}查看了{t.unit(t.data['unit'])}{t.day(t.data['date'])}的意见箱，"
            f"有{t.data['entries_found']}条意见。"
        ),
        lambda t: (
            f"{t.person(t.data['reviewer'])} reviewed the opinion box of {t.unit(t.data['unit'])} for "
            f"{t.day(t.data['date'])} and found {t.data['entries_found']} entries."
        ),
    ),
}
