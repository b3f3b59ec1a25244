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
    "duty_warning",
    "silence_notice",
    "settlement_claim",
    "settlement_claim_denied",
    "undelivered_notice",
    "approval_request",
    "approval_answered",
    "approval_withdrawn",
    "further_receipt_notice",
    "reopening_proposal",
    "reopened_notice",
    "case_over_notice",
    "delegation_notice",
    "contact_notice",
    "evidence_notice",
    "overrun_reason_notice",
    "failed_letter_notice",
    "limit_notice",
    "routing_alarm",
]


class Called(NamedTuple):
    """What a kind of message is called in Chinese and in English."""

    zh: str
    en: str


MESSAGES: dict[MessageKind, Called] = {
    "acknowledgement": Called("登记告知", "acknowledgement"),
    "written_notice": Called("书面通知", "written notice"),
    "warning_chaser": Called("到期催办", "reminder of the limit"),
    "target_chaser": Called("目标日催办", "reminder of the target"),
    "breach_notice": Called("超时限通知", "notice of the missed limit"),
    "explanation_chaser": Called("说明催办", "reminder of the explanation"),
    "decision_notice": Called("处理决定告知书", "decision notice"),
    "settlement_notice": Called("当场解决告知书", "settlement notice"),
    "not_accepted_notice": Called("不作为投诉办理告知书", "notice of non-acceptance"),
    "closing_note": Called("结案告知", "closing note"),
    "withdrawal_confirmation": Called("撤回确认", "confirmation of the withdrawal"),
    "result_report": Called("处理结果报告", "result report"),
    "handover_cancelled": Called("不再承办通知", "notice that the case moved on"),
    "escalation_notice": Called("升级通知", "notice of the escalation"),
    "duty_chaser": Called("事项催办", "reminder of a duty"),
    "duty_warning": Called("事项到期提醒", "reminder of a duty that falls due"),
    "silence_notice": Called("未见办理提示", "notice that nobody was heard from"),
    "settlement_claim": Called("当场解决确认通知", "request to confirm a settlement"),
    "settlement_claim_denied": Called("否认当场解决告知", "note that a settlement was denied"),
    "undelivered_notice": Called("信函未送达提示", "notice that a letter could not be delivered yet"),
    "approval_request": Called("审批申请", "request for an approval"),
    "approval_answered": Called("审批结果告知", "answer to a request for approval"),
    "approval_withdrawn": Called("审批申请撤回告知", "note that a request for approval was taken back"),
    "further_receipt_notice": Called("再次来件通知", "notice that the same complaint was received again"),
    "reopening_proposal": Called("重新办理建议", "proposal to take the complaint up again"),
    "reopened_notice": Called("重新办理通知", "notice that the complaint was taken up again"),
    "case_over_notice": Called("无需再行办理通知", "notice that nothing more is to be done"),
    "delegation_notice": Called("指定经办人通知", "notice of who was named as agent"),
    "contact_notice": Called("客户联系情况告知", "note of a contact with the customer"),
    "evidence_notice": Called("补充材料告知", "note of added evidence"),
    "overrun_reason_notice": Called("超时限原因报告", "report of the reason for an overrun"),
    "failed_letter_notice": Called("信函未能送出告知", "note that a letter was refused"),
    "routing_alarm": Called("分派异常提示", "alarm that nobody could be found"),
    "limit_notice": Called("办理时限变更告知", "notice of a moved date"),
}


def called_message(kind: MessageKind, language: str) -> str:
    """What a kind of message is called in a language: Chinese, or else English."""
    return MESSAGES[kind].zh if language == "zh" else MESSAGES[kind].en
