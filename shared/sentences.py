"""One sentence per event type, in Chinese and English: what the timeline says. Pure; no sealed text is ever in one."""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def _who(person: Data | None) -> str:
    if not person:
        return "—"
    return f"{person.get('person') or person.get('post') or '—'} ({person['unit']})"


def _to(data: Data) -> str:
    return str(data["recipient"].get("person") or "customer")


def _zh_to(data: Data) -> str:
    return str(data["recipient"].get("person") or "客户")


_MODES = {"takes_over": "takes it over", "supports": "supports the handler"}

SENTENCES: dict[str, tuple[Callable[[Data], str], Callable[[Data], str]]] = {
    "ComplaintReceived": (
        lambda d: f"收到投诉,编号 {d['case_number']},渠道 {d['channel']},接收单位 {d['received_by']['unit']}。",
        lambda d: f"Complaint {d['case_number']} received by {d['channel']} at {d['received_by']['unit']}.",
    ),
    "ReceiptAdded": (
        lambda d: f"同一投诉再次收到,渠道 {d['channel']}。",
        lambda d: f"The same complaint was received again, by {d['channel']}.",
    ),
    "EvidenceAdded": (
        lambda d: f"补充证据材料({d['kind']},{d['size_bytes']} 字节)。",
        lambda d: f"Evidence added ({d['kind']}, {d['size_bytes']} bytes).",
    ),
    "ReceiptConflictDetected": (
        lambda d: "同一幂等键收到不同内容,已拒绝。",
        lambda d: "The same idempotency key came with another content; it was refused.",
    ),
    "OpinionBoxReviewed": (
        lambda d: f"{d['unit']} 意见箱已查看,{d['entries_found']} 条留言。",
        lambda d: f"The opinion box of {d['unit']} was reviewed: {d['entries_found']} entries.",
    ),
    "CaseRouted": (
        lambda d: f"已分派:受理 {_who(d['decision']['accepting'])},承办 {_who(d['decision']['handler'])}。",
        lambda d: (
            f"Routed: accepted by {_who(d['decision']['accepting'])}, handled by {_who(d['decision']['handler'])}."
        ),
    ),
    "CaseRerouted": (
        lambda d: f"重新分派:承办 {_who(d['decision']['handler'])},原因 {d['ground']}。",
        lambda d: f"Routed again: handled by {_who(d['decision']['handler'])}, because of {d['ground']}.",
    ),
    "CaseEscalated": (
        lambda d: f"逐级上报至 {_who(d['to'])},{'由其接办' if d['mode'] == 'takes_over' else '由其协助'}。",
        lambda d: f"Escalated to {_who(d['to'])}, who {_MODES[d['mode']]}.",
    ),
    "RoutingFellBack": (
        lambda d: f"无合适承办人,转由 {d['unit']} 综合办公室承办并告警。",
        lambda d: f"Nobody was eligible; it fell back to the general office of {d['unit']}, with an alarm.",
    ),
    "DutiesAdded": (
        lambda d: f"新增职责:{', '.join(x['kind'] for x in d['duties_opened'])}。",
        lambda d: f"Duties added: {', '.join(x['kind'] for x in d['duties_opened'])}.",
    ),
    "ClockStarted": (
        lambda d: f"时限开始计算,最迟 {d['deadline']['due_on']} 办结。",
        lambda d: f"The clock started; the limit is the end of {d['deadline']['due_on']}.",
    ),
    "ClockRecomputed": (
        lambda d: f"时限重新计算({d['ground']}),最迟 {d['deadline']['due_on']} 办结。",
        lambda d: f"The clock was computed anew ({d['ground']}); the limit is the end of {d['deadline']['due_on']}.",
    ),
    "ClockWarned": (
        lambda d: f"时限预警:{d['due_on']} 到期。",
        lambda d: f"Warning: the limit is {d['due_on']}.",
    ),
    "TargetPassed": (
        lambda d: f"已过目标日期 {d['target_on']},时限为 {d['due_on']}。",
        lambda d: f"The target {d['target_on']} has passed; the limit is {d['due_on']}.",
    ),
    "ClockBreached": (
        lambda d: f"超过时限 {d['due_on']},须报告原因并向客户说明。",
        lambda d: f"The limit {d['due_on']} was missed; a reason and an explanation to the customer are owed.",
    ),
    "ClockMet": (
        lambda d: "时限内办结。" if d["in_time"] else f"逾期 {d['late_by_working_days']} 个工作日办结。",
        lambda d: "Finished in time." if d["in_time"] else f"Finished {d['late_by_working_days']} working days late.",
    ),
    "ClockStopped": (lambda d: f"时限停止:{d['ground']}。", lambda d: f"The clock stopped: {d['ground']}."),
    "MessageSendStarted": (
        lambda d: f"开始向 {_zh_to(d)} 发送 {d['kind']}。",
        lambda d: f"Sending of the {d['kind']} to {_to(d)} began.",
    ),
    "MessageSent": (
        lambda d: f"已向 {_zh_to(d)} 发送 {d['kind']}。",
        lambda d: f"The {d['kind']} was sent to {_to(d)}.",
    ),
    "MessageFailed": (
        lambda d: f"向 {_zh_to(d)} 发送 {d['kind']} 失败:{d['reason']}。",
        lambda d: f"The {d['kind']} to {_to(d)} was refused: {d['reason']}.",
    ),
    "MessageSuppressed": (
        lambda d: f"未发送 {d['kind']}:{d['why']}。",
        lambda d: f"The {d['kind']} was deliberately not sent: {d['why']}.",
    ),
}
"""Per event type the sentence in Chinese and in English. A type without one fails a test."""
