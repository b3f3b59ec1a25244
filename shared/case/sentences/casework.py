"""What a timeline says of what people did on a case."""

from shared.case.refusal_sentences import refused_act
from shared.case.sentences.acts import did
from shared.case.sentences.telling import NOBODY, Sentence, Sentences, Telling
from shared.contract.events.stored import approving, ending, ownership
from shared.contract.events.stored import casework as facts
from shared.contract.words import MAJOR_BECAUSE


def _handler(t: Telling[ownership.HandoverAcceptedData] | Telling[ownership.HandoverRefusedData]) -> str:
    """The handler as the fact names him, with his unit."""
    acted_for = "" if t.data["acted_for"] is None else ("代" if t.zh else "for ")
    handler = t.at(t.data["handler"])
    if not acted_for:
        return handler
    return f"{t.actor}代{handler}" if t.zh else f"{t.actor}, for {handler},"


def _reached(t: Telling[facts.CustomerContactedData]) -> str:
    promised = t.data["promised_at"]
    by = t.moment(promised) if promised else ""
    if t.zh:
        return f"与客户联系（{t.word(t.data['way'])}），{t.word(t.data['outcome'])}{f'，预计答复日{by}' if by else ''}"
    promise = f"; the customer was promised an answer by {by}" if by else ""
    return f"contacted the customer by {t.word(t.data['way'])}: {t.word(t.data['outcome'])}{promise}"


def _by(t: Telling[facts.TransferringBodyAnsweredData]) -> str:
    way = t.data["way"]
    said = t.word(way) if way != "electronic" else ("电子公文" if t.zh else "electronic document")
    return said if t.zh else f"by {said}"


def _not_accepted(t: Telling[ending.CaseNotAcceptedData]) -> str:
    ground, number, by = t.word(t.data["ground"]), t.data["of_case"], t.data["approved_by"]
    if t.zh:
        approved = f"经{t.person(by)}批准，" if by else "登记："
        return f"{approved}不作为投诉办理，{ground}{f'（编号{number}）' if number else ''}"
    approved = f", approved by {t.person(by)}" if by else ""
    return f"did not accept it as a complaint{approved}: {ground}{f' (number {number})' if number else ''}"


def _asked(t: Telling[approving.ApprovalRequestedData]) -> str:
    opened = t.data["duties_opened"]
    return t.person(opened[0]["debtor"]["person"]) if opened else NOBODY[t.language]


def _refused(t: Telling[facts.CommandRefusedData]) -> str:
    """That somebody tried something, and why it was refused, in words."""
    data = t.data
    command = data["command"]["name"] if data["command"] else None
    return refused_act(t.actor, command, data["code"], data["about"], t.language)


SENTENCES: Sentences = {
    "HandoverAccepted": Sentence[ownership.HandoverAcceptedData](
        lambda t: f"{_handler(t)}接办。",
        lambda t: f"{_handler(t)} took the case on.",
    ),
    "HandoverRefused": Sentence[ownership.HandoverRefusedData](
        lambda t: f"{_handler(t)}退回了本件：{t.word(t.data['ground'])}。",
        lambda t: f"{_handler(t)} gave the case back: {t.word(t.data['ground'])}.",
    ),
    "ComplainedUnitDetermined": did(
        lambda t: f"确定被投诉单位为{t.unit(t.data['unit'])}",
        lambda t: f"determined {t.unit(t.data['unit'])} as the complained unit",
    ),
    "PartyConcernedNamed": did(
        lambda t: f"指明{t.person(t.data['person'])}为当事人，须回避",
        lambda t: f"named {t.person(t.data['person'])} as a party concerned, who keeps out of the case",
    ),
    "AgentNamed": did(
        lambda t: f"指定{t.person(t.data['agent'])}为经办人",
        lambda t: f"named {t.person(t.data['agent'])} as agent",
    ),
    "HandlerReassigned": did(
        lambda t: f"将承办人改为{t.at(t.data['handler'])}",
        lambda t: f"gave the case to {t.at(t.data['handler'])}",
    ),
    "ComplaintClassified": did(
        lambda t: f"将投诉定类为{t.word(t.data['reason'])}，等级{t.word(t.data['level'])}",
        lambda t: f"classified the complaint: {t.word(t.data['reason'])}, level {t.word(t.data['level'])}",
    ),
    "CustomerContacted": did(_reached, _reached),
    "InterimReplyGiven": did(
        lambda t: f"向客户告知了办理进展（{t.word(t.data['way'])}）",
        lambda t: f"told the customer by {t.word(t.data['way'])} how far the bank is",
    ),
    "InvestigationRecorded": did(lambda t: "记录了核实情况", lambda t: "recorded the findings"),
    "SettledOnTheSpot": did(
        lambda t: f"经客户同意当场解决（{t.word(t.data['settlement']['remedy']['kind'])}）",
        lambda t: (
            f"settled it on the spot with the customer's agreement: {t.word(t.data['settlement']['remedy']['kind'])}"
        ),
    ),
    "SettlementDenied": did(
        lambda t: "说明并未当场解决，投诉照常办理",
        lambda t: "said that it had not been settled on the spot; the case goes its ordinary way",
    ),
    "DecisionMade": did(
        lambda t: f"作出处理决定：{t.word(t.data['outcome'])}",
        lambda t: f"decided: {t.word(t.data['outcome'])}",
    ),
    "DecisionRevised": did(
        lambda t: f"更正了处理决定：{t.word(t.data['outcome'])}",
        lambda t: f"put the decision right: {t.word(t.data['outcome'])}",
    ),
    "CustomerReplied": did(
        lambda t: f"答复了客户（{t.word(t.data['way'])}）",
        lambda t: f"answered the customer by {t.word(t.data['way'])}",
    ),
    "SatisfactionRecorded": did(
        lambda t: f"记录了客户满意程度：{t.word(t.data['value'])}",
        lambda t: f"recorded what the customer thinks of it: {t.word(t.data['value'])}",
    ),
    "DissatisfactionReviewed": did(
        lambda t: f"复核了客户不满意的处理结果：{t.word(t.data['outcome'])}",
        lambda t: f"looked again at what the customer is dissatisfied with: {t.word(t.data['outcome'])}",
    ),
    "ResultReported": did(
        lambda t: f"报告了处理结果，客户满意程度：{t.word(t.data['satisfaction'])}",
        lambda t: f"reported the result; the customer: {t.word(t.data['satisfaction'])}",
    ),
    "ResultTracked": did(
        lambda t: "跟踪了处理结果" + ("，并回访了客户" if t.data["called_back"] else ""),
        lambda t: "checked the result" + (" and called the customer back" if t.data["called_back"] else ""),
    ),
    "TransferringBodyAnswered": did(
        lambda t: f"{'将办理结果答复了' if t.data['kind'] == 'final' else '将办理进展告知了'}转办单位（{_by(t)}）",
        lambda t: (
            f"answered, {_by(t)}, the body that passed the complaint on"
            if t.data["kind"] == "final"
            else f"told, {_by(t)}, the body that passed the complaint on how far the bank is"
        ),
    ),
    "OverrunReasonReported": did(
        lambda t: "向受理部门报告了超时限的原因",
        lambda t: "told the accepting unit why the limit was not kept",
    ),
    "OverrunExplained": did(
        lambda t: f"向客户说明了超时限的情况，预计答复日{t.day(t.data['promised_on'])}",
        lambda t: f"explained the delay to the customer and promised an answer by {t.day(t.data['promised_on'])}",
    ),
    "EscalationRequested": did(
        lambda t: f"申请升级，{t.word(t.data['mode'])}",
        lambda t: f"asked for the case to go up to somebody who {t.word(t.data['mode'])}",
    ),
    "MajorFlagged": did(
        lambda t: f"将投诉列为重大投诉：{MAJOR_BECAUSE[t.data['ground']][0]}",
        lambda t: f"flagged the complaint as a major one: {MAJOR_BECAUSE[t.data['ground']][1]}",
    ),
    "ApprovalRequested": did(
        lambda t: f"申请“{t.word(t.data['act'])}”，须由第二人批准，已送{_asked(t)}",
        lambda t: f"asked for a second person's approval of this: {t.word(t.data['act'])}; {_asked(t)} was asked",
    ),
    "ApprovalGranted": did(
        lambda t: f"批准了{t.person(t.data['asked_by'])}申请的“{t.word(t.data['act'])}”",
        lambda t: f"approved what {t.person(t.data['asked_by'])} had asked for: {t.word(t.data['act'])}",
    ),
    "ApprovalRefused": did(
        lambda t: f"未批准{t.person(t.data['asked_by'])}申请的“{t.word(t.data['act'])}”",
        lambda t: f"did not approve what {t.person(t.data['asked_by'])} had asked for: {t.word(t.data['act'])}",
    ),
    "ApprovalRequestWithdrawn": did(
        lambda t: f"撤回了“{t.word(t.data['act'])}”的审批申请",
        lambda t: f"took back the request for a second person's approval of this: {t.word(t.data['act'])}",
    ),
    "DutyWaived": did(
        lambda t: f"经{t.person(t.data['approved_by'])}批准，免办“{_waived(t)}”",
        lambda t: f"let a duty go, approved by {t.person(t.data['approved_by'])}: {_waived(t)}",
    ),
    "DeliveryRecorded": did(
        lambda t: f"送达了{t.word(t.data['document'])}",
        lambda t: f"handed over the {t.word(t.data['document'])}",
    ),
    "MessageResendRequested": did(lambda t: "要求重新发送一封信函", lambda t: "asked for a letter to be sent again"),
    "CaseWithdrawn": did(
        lambda t: f"登记投诉人撤回投诉（{t.word(t.data['way'])}），办理终止",
        lambda t: f"recorded that the complainant withdrew by {t.word(t.data['way'])}; the procedure ended",
    ),
    "CaseNotAccepted": did(_not_accepted, _not_accepted),
    "CaseClosed": did(lambda t: "结案", lambda t: "closed the case"),
    "CaseArchived": did(
        lambda t: f"归档，保管至{t.day(t.data['retain_until'])}",
        lambda t: f"put the case into the archive, to be kept until {t.day(t.data['retain_until'])}",
    ),
    "CaseReopened": did(lambda t: "决定重新办理", lambda t: "reopened the case"),
    "CommandRefused": Sentence[facts.CommandRefusedData](_refused, _refused),
}


def _waived(t: Telling[approving.DutyWaivedData]) -> str:
    ended = t.data["duties_ended"]
    return t.listed(t.duty(one["kind"]) for one in ended) if ended else t.word(None)
