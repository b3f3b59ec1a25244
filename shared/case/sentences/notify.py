"""What a timeline says of letters."""

from shared.case.letter_readers import REPRESENTATIVE
from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
    WebhookAgreedData,
    WebhookDeliveredData,
    WebhookGivenUpData,
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


STATES = {"acknowledged": ("已受理告知", "was acknowledged"), "answered": ("已答复", "was answered")}
ENDS = {
    "closed": ("已办结", "was closed"),
    "withdrawn": ("已撤回", "was withdrawn"),
    "not_accepted": ("不予受理", "was not accepted"),
}
"""What a channel system is told of its submission."""
NOT_TOLD = {
    "gone": ("该系统答复不再接收", "it answered that it takes none any more"),
    "not_taken": ("连续四日未能送达", "it took it on none of four days"),
    "no_webhook": ("机构文件已不再登记其地址", "the organisation file names no webhook of it any more"),
}
Noticed = Telling[WebhookDeliveredData] | Telling[WebhookGivenUpData]


def _reached(t: Noticed) -> str:
    how = t.data["ended_how"]
    return (STATES[t.data["state"]] if how is None else ENDS[how])[0 if t.zh else 1]


def _agreed(t: Telling[WebhookAgreedData]) -> str:
    system = t.data["system"]
    if t.zh:
        return f"渠道系统{system}将获知本投诉的办理状态。"
    return f"The channel system {system} is told from here on how the complaint stands."


def _delivered(t: Telling[WebhookDeliveredData]) -> str:
    system = t.data["system"]
    if t.zh:
        return f"已告知渠道系统{system}：投诉{_reached(t)}。"
    return f"The channel system {system} was told that the complaint {_reached(t)}."


def _not_delivered(t: Telling[WebhookGivenUpData]) -> str:
    system, why = t.data["system"], NOT_TOLD[t.data["reason"]][0 if t.zh else 1]
    if t.zh:
        return f"未能告知渠道系统{system}投诉{_reached(t)}：{why}。"
    return f"The channel system {system} could not be told that the complaint {_reached(t)}: {why}."


SENTENCES: Sentences = {
    "WebhookAgreed": Sentence[WebhookAgreedData](_agreed, _agreed),
    "WebhookDelivered": Sentence[WebhookDeliveredData](_delivered, _delivered),
    "WebhookGivenUp": Sentence[WebhookGivenUpData](_not_delivered, _not_delivered),
    "MessageSendStarted": Sentence[MessageSendStartedData](_started, _started),
    "MessageSent": Sentence[MessageSentData](_sent, _sent),
    "MessageFailed": Sentence[MessageFailedData](_failed, _failed),
    "MessageSuppressed": Sentence[MessageSuppressedData](_suppressed, _suppressed),
}
