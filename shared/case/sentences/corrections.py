"""What a timeline says of what was put right: values of the receipt, and what documents are worth."""

from shared.case.sentences.acts import did
from shared.case.sentences.telling import Sentences, Telling
from shared.contract.events.stored import corrections as facts
from shared.contract.receipt_words import value_called


def _corrected(t: Telling[facts.ReceiptCorrectedData]) -> str:
    what, out = value_called(t.data["pointer"], t.language), t.data["value"] is None
    wrong = len(t.data["went_wrong"])
    if t.zh:
        sent = f"，此前有{wrong}封信函发往有误的地址" if wrong else ""
        return f"{'删除了' if out else '更正了'}登记的{what}{sent}"
    sent = f"; {wrong} {'letters' if wrong > 1 else 'letter'} had gone to the wrong address" if wrong else ""
    return f"{'took out' if out else 'corrected'} {what} in the receipt{sent}"


SENTENCES: Sentences = {
    "ReceiptCorrected": did(_corrected, _corrected),
    "EvidenceChecked": did(
        lambda t: f"核对了一份材料：{t.word(t.data['result'])}",
        lambda t: f"checked a document: {t.word(t.data['result'])}",
    ),
}
