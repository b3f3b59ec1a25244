"""What a timeline says of letters."""

from shared.case.letter_readers import REPRESENTATIVE
from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)

CUSTOMER = "customer"
READERS: dict[str, tuple[str, str]] = {
    CUSTOMER: ("客户", "the customer"),
    "proxy": ("客户的代理人", "the customer's proxy"),
    "lawyer": ("客户的代理律师", "the customer's lawyer"),
    "guardian": ("客户的监护人", "the customer's guardian"),
    "heir": ("客户的继承人", "an heir of the customer"),
    REPRESENTATIVE: ("共同投诉代表", "a representative of the joint complaint"),
}
"""Who reads a letter to the customer's side, by as what he speaks."""
ToSomebody = Telling[MessageSendStartedData] | Telling[MessageSentData] | Telling[MessageFailedData]


def _to(t: ToSomebody) -> str:
    to = t.data["recipient"]
    if "person" in to:
        return t.person(to["person"])
    if "unit" in to:
        return t.unit(to["unit"])
    return READERS[t.readers.get(to["address"]["box"], CUSTOMER)][0 if t.zh else 1]


def _started(t: Telling[MessageSendStartedData]) -> str:
    kind, to = t.word(t.data["kind"]), _to(t)
    return f"给{to}的{kind}开始发送。" if t.zh else f"The {kind} to {to} was on its way."


def _sent(t: Telling[MessageSentData]) -> str:
    kind, to = t.word(t.data["kind"]), _to(t)
    if t.data["way"] == "print":
        return f"给{to}的{kind}已交文印室打印。" if t.zh else f"The {kind} to {to} was given to the print room."
    way = t.word(t.data["way"])
    return f"给{to}的{kind}已由{way}发出。" if t.zh else f"The {kind} went to {to} by {way}."


def _failed(t: Telling[MessageFailedData]) -> str:
    kind, to, why = t.word(t.data["kind"]), _to(t), t.word(t.data["reason"])
    return f"给{to}的{kind}未能发出：{why}。" if t.zh else f"The {kind} to {to} could not be sent: {why}."


def _suppressed(t: Telling[MessageSuppressedData]) -> str:
    kind, held = t.word(t.data["kind"]), t.data["held_until"]
    if held:
        morning = t.moment(held)
        if t.zh:
            return f"夜间不打扰客户，{kind}{morning}后发出。"
        return f"At night customers are left alone: the {kind} leaves after {morning}."
    return f"{kind}不发出：{t.word(t.data['why'])}。" if t.zh else f"The {kind} was not sent: {t.word(t.data['why'])}."


SENTENCES: Sentences = {
    "MessageSendStarted": Sentence[MessageSendStartedData](_started, _started),
    "MessageSent": Sentence[MessageSentData](_sent, _sent),
    "MessageFailed": Sentence[MessageFailedData](_failed, _failed),
    "MessageSuppressed": Sentence[MessageSuppressedData](_suppressed, _suppressed),
}
