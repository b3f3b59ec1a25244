"""What a timeline says of the facts of intake."""

from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.evidence import EvidenceScannedData
from shared.contract.events.stored.intake import (
    ComplaintReceivedData,
    EvidenceAddedData,
    LetterReturnedData,
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


def _scanned(t: Telling[EvidenceScannedData]) -> str:
    if not t.data["infected"]:
        return "一份证据材料经病毒扫描，未发现问题，可以打开。"
    return f"一份证据材料经病毒扫描，发现恶意程序（{t.data['found']}），不予打开。"


def _scanned_en(t: Telling[EvidenceScannedData]) -> str:
    if not t.data["infected"]:
        return "A file was scanned: nothing was found in it, and it can be opened."
    return f"A file was scanned: it is infected ({t.data['found']}) and stays closed."


def _added(t: Telling[EvidenceAddedData]) -> str:
    size = t.size(t.data["size_bytes"])
    return f"电子邮件附带一份材料（{size}），随案封存。" if _by_mail(t) else f"{t.actor}补充了一份证据材料（{size}）。"


def _added_en(t: Telling[EvidenceAddedData]) -> str:
    size = t.size(t.data["size_bytes"])
    return (
        f"A file came by e-mail and is kept ({size})."
        if _by_mail(t)
        else f"{t.actor} added a file as evidence ({size})."
    )


def _in_conflict(t: Telling[ReceiptConflictDetectedData]) -> str:
    if _by_mail(t):
        return "又收到一封电子邮件，邮件标识相同而内容不同：未另行登记，随案封存，待核对。"
    return f"{t.actor}以同一提交标识送来不同内容，未予登记。"


def _in_conflict_en(t: Telling[ReceiptConflictDetectedData]) -> str:
    if _by_mail(t):
        return "Another e-mail came under the same Message-ID with another content: it is kept, to be compared."
    return f"{t.actor} sent another content under the same submission key; it was not registered."


def _by_mail(t: Telling[EvidenceAddedData] | Telling[ReceiptConflictDetectedData]) -> bool:
    """Whether a message brought it."""
    return t.event.actor.startswith("smtp:")


SENTENCES: Sentences = {
    "ComplaintReceived": Sentence[ComplaintReceivedData](_received, _received_en),
    "ReceiptAdded": Sentence[ReceiptAddedData](
        lambda t: f"{_taker(t)}登记了同一投诉的再次来件（{t.word(t.data['channel'])}）。",
        lambda t: f"{_taker(t)} registered a further receipt of the same complaint, by {t.word(t.data['channel'])}.",
    ),
    "EvidenceAdded": Sentence[EvidenceAddedData](_added, _added_en),
    "EvidenceScanned": Sentence[EvidenceScannedData](_scanned, _scanned_en),
    "ReceiptConflictDetected": Sentence[ReceiptConflictDetectedData](_in_conflict, _in_conflict_en),
    "LetterReturned": Sentence[LetterReturnedData](
        lambda t: "邮件服务器报告：一封信件未能送达。",
        lambda t: "A mail server reported that a letter did not arrive.",
    ),
    "OpinionBoxReviewed": Sentence[OpinionBoxReviewedData](
        lambda t: (
            f"{t.person(t.data['reviewer'])}查看了{t.unit(t.data['unit'])}{t.day(t.data['date'])}的意见箱"
            f"{'（逾时查看）' if t.data['late'] else ''}，有{t.data['entries_found']}条意见。"
        ),
        lambda t: (
            f"{t.person(t.data['reviewer'])} reviewed the opinion box of {t.unit(t.data['unit'])} for "
            f"{t.day(t.data['date'])}{', late,' if t.data['late'] else ''} and found {t.data['entries_found']} "
            f"{'entry' if t.data['entries_found'] == 1 else 'entries'}."
        ),
    ),
}
