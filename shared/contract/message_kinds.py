"""The kinds of messages as the log names them, and what a timeline calls them.

When a kind is sent, to whom and with which content is declared where letters are written (``services/notify/letters``).
"""

from typing import Literal, NamedTuple

MessageKind = Literal[
    "acknowledgement",
    "written_notice",
    "warning_chaser",
    "target_chaser",
    "breach_notice",
    "explanation_chaser",
    "decision_notice",
    "settlement_notice",
    "not_accepted_notice",
    "closing_note",
    "withdrawal_confirmation",
    "result_report",
    "handover_cancelled",
    "escalation_notice",
    "duty_chaser",
    "settlement_claim",
    "settlement_claim_denied",
    "undelivered_notice",
]


class Called(NamedTuple):
    """What a kind of message is called in Chinese and in English."""

    zh: str
    en: str


MESSAGES: dict[MessageKind, Called] = {
    "acknowledgement": Called("受理告知", "acknowledgement"),
    "written_notice": Called("书面通知", "written notice"),
    "warning_chaser": Called("到期催办", "reminder of the limit"),
    "target_chaser": Called("目标日催办", "reminder of the target"),
    "breach_notice": Called("超时限通知", "notice of the missed limit"),
    "explanation_chaser": Called("说明催办", "reminder of the explanation"),
    "decision_notice": Called("处理决定告知书", "decision notice"),
    "settlement_notice": Called("当场处理告知书", "settlement notice"),
    "not_accepted_notice": Called("不予受理告知书", "notice of non-acceptance"),
    "closing_note": Called("结案告知", "closing note"),
    "withdrawal_confirmation": Called("撤回确认", "confirmation of the withdrawal"),
    "result_report": Called("处理结果报告", "result report"),
    "handover_cancelled": Called("取消承办通知", "notice that the case moved on"),
    "escalation_notice": Called("上报通知", "notice of the escalation"),
    "duty_chaser": Called("职责催办", "reminder of a duty"),
    "settlement_claim": Called("当场处理确认通知", "request to confirm a settlement"),
    "settlement_claim_denied": Called("当场处理未确认告知", "note that a settlement was denied"),
    "undelivered_notice": Called("信函未送达提示", "notice that a letter could not be delivered yet"),
}


def called_message(kind: MessageKind, language: str) -> str:
    """What a kind of message is called in a language: Chinese, or else English."""
    return MESSAGES[kind].zh if language == "zh" else MESSAGES[kind].en
