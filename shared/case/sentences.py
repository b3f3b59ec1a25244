"""What a timeline says of each fact, in Chinese and in English. Pure; no sealed text is ever in a sentence."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from shared.case.duty_kinds import called
from shared.contract.events.stored import casework, intake, notify, routing, sla
from shared.contract.events.stored.parts import PersonAtData, PostAtData
from shared.contract.words import en, zh

ToSomebody = notify.MessageSendStartedData | notify.MessageSentData | notify.MessageFailedData
WithDeadline = sla.ClockStartedData | sla.ClockRecomputedData


def _who(person: PersonAtData | PostAtData | None) -> str:
    if not person:
        return "—"
    return f"{person['person'] or person.get('post') or '—'} ({person['unit']})"


def _to(data: ToSomebody, customer: str = "customer") -> str:
    to = data["recipient"]
    if "person" in to:
        return to["person"]
    if "unit" in to:
        return to["unit"]
    return customer


def _zh_to(data: ToSomebody) -> str:
    return _to(data, "客户")


def _of_duty(data: sla.ClockEventData) -> bool:
    return data["duty_id"] is not None


def _clock(data: sla.ClockEventData) -> str:
    return f" of the duty of {called(data['milestone'], 'en')}" if _of_duty(data) else ""


def _zh_clock(data: sla.ClockEventData) -> str:
    return f"“{called(data['milestone'], 'zh')}”的" if _of_duty(data) else ""


def _until(data: WithDeadline) -> str:
    due_on = data["deadline"]["due_on"]
    return f"on {due_on}" if _of_duty(data) else f"the end of {due_on}"


def _zh_until(data: WithDeadline) -> str:
    due_on = data["deadline"]["due_on"]
    return f"{due_on} 到期" if _of_duty(data) else f"最迟 {due_on} 办结"


def _late(data: sla.ClockMetData) -> str:
    days = data["late_by_working_days"]
    return "late" if days == 0 else f"{days} working {'day' if days == 1 else 'days'} late"


def _met(data: sla.ClockMetData) -> str:
    when = "in time" if data["in_time"] else _late(data)
    return f"The duty of {called(data['milestone'], 'en')} was done {when}." if _of_duty(data) else f"Finished {when}."


def _zh_met(data: sla.ClockMetData) -> str:
    if _of_duty(data):
        return f"“{called(data['milestone'], 'zh')}”的职责{'按时' if data['in_time'] else '逾期'}完成。"
    return "时限内办结。" if data["in_time"] else f"逾期 {data['late_by_working_days']} 个工作日办结。"


def _command(data: casework.CommandRefusedData) -> str:
    return data["command"]["name"] if data["command"] else "—"


D = TypeVar("D")


class Sentence(NamedTuple, Generic[D]):
    """What a timeline says of one fact, in Chinese and in English, from its data."""

    zh: Callable[[D], str]
    en: Callable[[D], str]


SENTENCES: dict[str, Sentence[Any]] = {
    "ComplaintReceived": Sentence[intake.ComplaintReceivedData](
        lambda d: f"收到投诉,编号 {d['case_number']},渠道 {zh(d['channel'])},接收单位 {d['received_by']['unit']}。",
        lambda d: f"Complaint {d['case_number']} received by {en(d['channel'])} at {d['received_by']['unit']}.",
    ),
    "ReceiptAdded": Sentence[intake.ReceiptAddedData](
        lambda d: f"同一投诉再次收到,渠道 {zh(d['channel'])}。",
        lambda d: f"The same complaint was received again, by {en(d['channel'])}.",
    ),
    "EvidenceAdded": Sentence[intake.EvidenceAddedData](
        lambda d: f"补充证据材料({d['kind']},{d['size_bytes']} 字节)。",
        lambda d: f"Evidence added ({d['kind']}, {d['size_bytes']} bytes).",
    ),
    "ReceiptConflictDetected": Sentence[intake.ReceiptConflictDetectedData](
        lambda d: "同一幂等键收到不同内容,已拒绝。",
        lambda d: "The same idempotency key came with another content; it was refused.",
    ),
    "OpinionBoxReviewed": Sentence[intake.OpinionBoxReviewedData](
        lambda d: f"{d['unit']} 意见箱已查看,{d['entries_found']} 条留言。",
        lambda d: f"The opinion box of {d['unit']} was reviewed: {d['entries_found']} entries.",
    ),
    "CaseRouted": Sentence[routing.CaseRoutedData](
        lambda d: f"已分派:受理 {_who(d['decision']['accepting'])},承办 {_who(d['decision']['handler'])}。",
        lambda d: (
            f"Routed: accepted by {_who(d['decision']['accepting'])}, handled by {_who(d['decision']['handler'])}."
        ),
    ),
    "CaseRerouted": Sentence[routing.CaseReroutedData](
        lambda d: f"重新分派:承办 {_who(d['decision']['handler'])},原因 {zh(d['ground'])}。",
        lambda d: f"Routed again: handled by {_who(d['decision']['handler'])}, because of {en(d['ground'])}.",
    ),
    "CaseEscalated": Sentence[routing.CaseEscalatedData](
        lambda d: f"逐级上报至 {_who(d['to'])},{zh(d['mode'])}。",
        lambda d: f"Escalated to {_who(d['to'])}, who {en(d['mode'])}.",
    ),
    "RoutingFellBack": Sentence[routing.RoutingFellBackData](
        lambda d: f"无合适承办人,转由 {d['unit']} 综合办公室承办并告警。",
        lambda d: f"Nobody was eligible; it fell back to the general office of {d['unit']}, with an alarm.",
    ),
    "DutiesAdded": Sentence[routing.DutiesAddedData](
        lambda d: f"新增职责:{'、'.join(called(x['kind'], 'zh') for x in d['duties_opened'])}。",
        lambda d: f"Duties added: {', '.join(called(x['kind'], 'en') for x in d['duties_opened'])}.",
    ),
    "HandoverAccepted": Sentence[casework.HandoverAcceptedData](
        lambda d: f"{_who(d['handler'])} 已接收承办。",
        lambda d: f"{_who(d['handler'])} accepted the case.",
    ),
    "HandoverRefused": Sentence[casework.HandoverRefusedData](
        lambda d: f"{_who(d['handler'])} 退回承办,理由 {zh(d['ground'])}。",
        lambda d: f"{_who(d['handler'])} refused the case: {en(d['ground'])}.",
    ),
    "ComplainedUnitDetermined": Sentence[casework.ComplainedUnitDeterminedData](
        lambda d: f"受理岗位确定被投诉单位为 {d['unit']}。",
        lambda d: f"The accepting post determined {d['unit']} as the complained unit.",
    ),
    "PartyConcernedNamed": Sentence[casework.PartyConcernedNamedData](
        lambda d: f"{d['person']} 被列为当事人,须回避。",
        lambda d: f"{d['person']} was named as a party concerned.",
    ),
    "AgentNamed": Sentence[casework.AgentNamedData](
        lambda d: f"指定 {d['agent']} 为经办人。",
        lambda d: f"{d['agent']} was named as agent.",
    ),
    "HandlerReassigned": Sentence[casework.HandlerReassignedData](
        lambda d: f"承办人改为 {_who(d['handler'])}。",
        lambda d: f"The case was reassigned to {_who(d['handler'])}.",
    ),
    "ComplaintClassified": Sentence[casework.ComplaintClassifiedData](
        lambda d: f"投诉定类为 {zh(d['reason'])},等级 {zh(d['level'])}。",
        lambda d: f"The complaint was classified as {en(d['reason'])}, level {en(d['level'])}.",
    ),
    "CustomerContacted": Sentence[casework.CustomerContactedData](
        lambda d: f"与客户联系({zh(d['way'])}),结果 {zh(d['outcome'])}。",
        lambda d: f"Contact with the customer by {en(d['way'])}: {en(d['outcome'])}.",
    ),
    "InterimReplyGiven": Sentence[casework.InterimReplyGivenData](
        lambda d: f"已向客户告知进展({zh(d['way'])})。",
        lambda d: f"The customer was told by {en(d['way'])} how far the bank is.",
    ),
    "InvestigationRecorded": Sentence[casework.InvestigationRecordedData](
        lambda d: "调查结果已记录。",
        lambda d: "The investigation was recorded.",
    ),
    "SettledOnTheSpot": Sentence[casework.SettledOnTheSpotData](
        lambda d: f"经客户同意当场处理完毕({zh(d['settlement']['remedy']['kind'])})。",
        lambda d: f"Settled on the spot with the customer's agreement ({en(d['settlement']['remedy']['kind'])}).",
    ),
    "SettlementDenied": Sentence[casework.SettlementDeniedData](
        lambda d: "否认已当场处理,投诉按正常程序办理。",
        lambda d: "The settlement that the receipt claims was denied: the case goes its ordinary way.",
    ),
    "DecisionMade": Sentence[casework.DecisionMadeData](
        lambda d: f"已作出处理决定:{zh(d['outcome'])}。",
        lambda d: f"Decided: {en(d['outcome'])}.",
    ),
    "CustomerReplied": Sentence[casework.CustomerRepliedData](
        lambda d: f"已答复客户({zh(d['way'])})。",
        lambda d: f"The customer was replied to by {en(d['way'])}.",
    ),
    "SatisfactionRecorded": Sentence[casework.SatisfactionRecordedData](
        lambda d: f"客户满意程度:{zh(d['value'])}。",
        lambda d: f"The customer's satisfaction: {en(d['value'])}.",
    ),
    "ResultReported": Sentence[casework.ResultReportedData](
        lambda d: f"处理结果已上报,客户满意程度 {zh(d['satisfaction'])}。",
        lambda d: f"The result was reported; satisfaction: {en(d['satisfaction'])}.",
    ),
    "ResultTracked": Sentence[casework.ResultTrackedData](
        lambda d: "受理岗位已跟踪处理结果" + (",并已回访客户。" if d["called_back"] else "。"),
        lambda d: "The result was looked at" + (", the customer called back." if d["called_back"] else "."),
    ),
    "OverrunReasonReported": Sentence[casework.OverrunReasonReportedData](
        lambda d: "已向受理部门报告逾期原因。",
        lambda d: "The reason for the overrun was reported to the accepting unit.",
    ),
    "OverrunExplained": Sentence[casework.OverrunExplainedData](
        lambda d: f"已向客户说明延期,承诺 {d['promised_on']} 前答复。",
        lambda d: f"The overrun was explained to the customer; an answer was promised by {d['promised_on']}.",
    ),
    "EscalationRequested": Sentence[casework.EscalationRequestedData](
        lambda d: f"申请逐级上报({zh(d['mode'])})。",
        lambda d: f"Escalation was requested ({en(d['mode'])}).",
    ),
    "ApprovalRequested": Sentence[casework.ApprovalRequestedData](
        lambda d: f"“{zh(d['act'])}”须由第二人批准，已送 {d['duties_opened'][0]['debtor']['person']}。",
        lambda d: (
            f"A second person has to approve {en(d['act'])}: {d['duties_opened'][0]['debtor']['person']} was asked."
        ),
    ),
    "ApprovalGranted": Sentence[casework.ApprovalGrantedData](
        lambda d: f"批准了 {d['asked_by']} 申请的“{zh(d['act'])}”。",
        lambda d: f"What {d['asked_by']} had asked for was approved: {en(d['act'])}.",
    ),
    "ApprovalRefused": Sentence[casework.ApprovalRefusedData](
        lambda d: f"未批准 {d['asked_by']} 申请的“{zh(d['act'])}”。",
        lambda d: f"What {d['asked_by']} had asked for was not approved: {en(d['act'])}.",
    ),
    "DutyWaived": Sentence[casework.DutyWaivedData](
        lambda d: f"一项职责经 {d['approved_by']} 批准免除。",
        lambda d: f"A duty was waived with the approval of {d['approved_by']}.",
    ),
    "DeliveryRecorded": Sentence[casework.DeliveryRecordedData](
        lambda d: f"已送达 {zh(d['document'])}。",
        lambda d: f"The {en(d['document'])} was handed over.",
    ),
    "MessageResendRequested": Sentence[casework.MessageResendRequestedData](
        lambda d: "要求重新发送一封信函。",
        lambda d: "A message is to be sent once more.",
    ),
    "CaseWithdrawn": Sentence[casework.CaseWithdrawnData](
        lambda d: "投诉人撤回投诉,办理终止。",
        lambda d: "The complainant withdrew; the procedure ended.",
    ),
    "CaseNotAccepted": Sentence[casework.CaseNotAcceptedData](
        lambda d: f"不予受理({zh(d['ground'])}),经 {d['approved_by']} 批准。",
        lambda d: f"Not accepted ({en(d['ground'])}), approved by {d['approved_by']}.",
    ),
    "CaseClosed": Sentence[casework.CaseClosedData](lambda d: "投诉已结案。", lambda d: "The case was closed."),
    "CaseArchived": Sentence[casework.CaseArchivedData](
        lambda d: f"已归档,保存至 {d['retain_until']}。",
        lambda d: f"Archived; retained until {d['retain_until']}.",
    ),
    "CaseReopened": Sentence[casework.CaseReopenedData](lambda d: "投诉重新办理。", lambda d: "The case was reopened."),
    "CommandRefused": Sentence[casework.CommandRefusedData](
        lambda d: f"操作 {_command(d)} 被拒绝:{d['code']}。",
        lambda d: f"The command {_command(d)} was refused: {d['code']}.",
    ),
    "ClockStarted": Sentence[sla.ClockStartedData](
        lambda d: f"{_zh_clock(d)}时限开始计算,{_zh_until(d)}。",
        lambda d: f"The clock{_clock(d)} started; the limit is {_until(d)}.",
    ),
    "ClockRecomputed": Sentence[sla.ClockRecomputedData](
        lambda d: f"{_zh_clock(d)}时限重新计算({zh(d['ground'])}),{_zh_until(d)}。",
        lambda d: f"The clock{_clock(d)} was computed anew ({en(d['ground'])}); the limit is {_until(d)}.",
    ),
    "ClockWarned": Sentence[sla.ClockWarnedData](
        lambda d: f"时限预警:{d['due_on']} 到期。",
        lambda d: f"Warning: the limit is {d['due_on']}.",
    ),
    "TargetPassed": Sentence[sla.TargetPassedData](
        lambda d: f"已过目标日期 {d['target_on']},时限为 {d['due_on']}。",
        lambda d: f"The target {d['target_on']} has passed; the limit is {d['due_on']}.",
    ),
    "ClockBreached": Sentence[sla.ClockBreachedData](
        lambda d: f"{_zh_clock(d)}超过时限 {d['due_on']}{'' if _of_duty(d) else ',须报告原因并向客户说明'}。",
        lambda d: (
            f"The limit{_clock(d)}, {d['due_on']}, was missed"
            f"{'' if _of_duty(d) else '; a reason and an explanation to the customer are owed'}."
        ),
    ),
    "ClockMet": Sentence[sla.ClockMetData](_zh_met, _met),
    "ClockStopped": Sentence[sla.ClockStoppedData](
        lambda d: f"{_zh_clock(d)}时限停止:{zh(d['ground'])}。",
        lambda d: f"The clock{_clock(d)} stopped: {en(d['ground'])}.",
    ),
    "MessageSendStarted": Sentence[notify.MessageSendStartedData](
        lambda d: f"开始向 {_zh_to(d)} 发送 {zh(d['kind'])}。",
        lambda d: f"Sending of the {en(d['kind'])} to {_to(d)} began.",
    ),
    "MessageSent": Sentence[notify.MessageSentData](
        lambda d: (
            f"已向 {_zh_to(d)} 发送 {zh(d['kind'])}。" if d["way"] == "email" else f"{zh(d['kind'])} 已交文印室打印。"
        ),
        lambda d: (
            f"The {en(d['kind'])} was {'sent to ' + _to(d) if d['way'] == 'email' else 'given to the print room'}."
        ),
    ),
    "MessageFailed": Sentence[notify.MessageFailedData](
        lambda d: f"向 {_zh_to(d)} 发送 {zh(d['kind'])} 失败:{zh(d['reason'])}。",
        lambda d: f"The {en(d['kind'])} to {_to(d)} was refused: {en(d['reason'])}.",
    ),
    "MessageSuppressed": Sentence[notify.MessageSuppressedData](
        lambda d: f"未发送 {zh(d['kind'])}:{zh(d['why'])}。",
        lambda d: f"The {en(d['kind'])} was deliberately not sent: {en(d['why'])}.",
    ),
}
"""Per event type the sentence in Chinese and in English. A type without one fails a test."""
