"""These tables put the catalogue's codes into the words of a letter, and hold its fixed phrases. Pure."""

from datetime import time

from shared.contract.amounts import time_in_words
from shared.contract.words import WORDS

LETTER_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "unclassified": "待分类",
        "not_applicable": "不适用（无可询问的客户）",
    },
    "en": {
        "online": "online", "work_error": "mistake in the work", "violation": "action against the rules",
        "unclassified": "not classified yet",
        "upheld": "what you told us is so", "partly_upheld": "what you told us is so in part",
        "not_upheld": "we could not establish what you told us",
        "apology": "An apology", "explanation": "An explanation",
        "refund": "A refund", "compensation": "Compensation", "record_correction": "Correction of the records",
        "fee_waiver": "Waiver of fees", "process_change": "A change of our procedure",
        "other": "Another remedy", "not_applicable": "not applicable (there is no customer to ask)",
    },
}  # fmt: skip
"""What a letter says otherwise than a timeline (``shared.contract.words``): it stands in sentences of its own."""
NOT_ACCEPTED_BECAUSE: dict[str, dict[str, str]] = {
    "zh": {
        "not_the_complainant": "经核实，您反映的是他人的事项，我行未见其委托您办理的证明，不能向您告知办理情况",
        "not_a_complaint": "经核实，您反映的事项与我行向您提供的产品、服务无关，不属于消费投诉",
        "not_this_bank": "经核实，您反映的事项不由我行负责，我行无权处理",
        "same_without_new_facts": "您此前已就同一事项向我行反映{number}，本次未提出新的事实或理由",
        "inquiry": "您咨询的事项，我行答复如下",
        "praise": "感谢您对我行工作的肯定",
        "duplicate": "您反映的事项我行此前已登记为投诉{number}，本次来件并入该件，答复时间不变",
        "entered_by_mistake": "该件系误登记",
    },
    "en": {
        "not_the_complainant": "it concerns somebody else, and we have seen no proof that you may speak for them, so "
        "that we may not tell you how it stands",
        "not_a_complaint": "what you describe has nothing to do with a product or service that we gave you, so it is "
        "no consumer complaint",
        "not_this_bank": "what you describe is not in this bank's responsibility, so that we cannot decide on it",
        "same_without_new_facts": "you told us of the same matter before{number}, and gave no new facts or reasons",
        "inquiry": "This is our answer to what you asked",
        "praise": "Thank you for your kind words about our work",
        "duplicate": "we registered the same matter as a complaint before{number}; what you sent now "
        "goes with it, and the date of our answer stays",
        "entered_by_mistake": "it was registered by mistake",
    },
}
"""Why it is not handled as a complaint, per ground, as its customer reads it. ``{number}``: that of the same matter."""
REMEDIES_OPEN: dict[str, dict[str, str]] = {
    "zh": {
        "review": "核查：自收到本函之日起30日内，向{superior}书面申请核查",
        "mediation": "调解：向{mediation}申请调解",
        "arbitration": "仲裁：双方达成仲裁协议的，可向约定的仲裁委员会申请仲裁",
        "litigation": "诉讼：向有管辖权的人民法院提起诉讼",
    },
    "en": {
        "review": "Review: apply in writing, within 30 days of receiving this letter, to {superior}",
        "mediation": "Mediation: apply to {mediation}",
        "arbitration": "Arbitration: where both sides agree to it in writing, apply to the arbitration commission "
        "agreed upon",
        "litigation": "Litigation: bring an action before the competent people's court",
    },
}
"""What a customer may still do and where to turn (order 2020 no. 3, arts. 19 and 20). Never a word less."""
REVIEWED_ABOVE = {"zh": "我行上级机构{}", "en": "our superior institution, {}"}
REVIEWED_BY_US = {"zh": "我行{}", "en": "us: {}"}
"""Who looks at a decision again: the unit above; where there is none and no body is named, the one that decided."""
MEDIATION = {
    "zh": "当地银行业消费纠纷调解组织",
    "en": "the local organisation for the mediation of banking disputes",
}
"""Who mediates, where the organisation file names nobody."""
PLAN_WAYS: dict[str, dict[str, str]] = {
    "zh": {
        "phone": "电话", "in_person": "到我行面谈", "video": "视频", "letter": "信函", "email": "电子邮件",
        "sms": "短信", "other": "其他方式",
    },
    "en": {
        "phone": "by telephone", "in_person": "in person at the bank", "video": "by video call", "letter": "by letter",
        "email": "by e-mail", "sms": "by text message", "other": "in another way",
    },
}  # fmt: skip
"""How bank and customer can talk about a plan."""
STEP = {"zh": "{}前：{}", "en": "by {}: {}"}
"""By when the bank does what."""
OWED_BY = {"zh": "{}前", "en": "by {}"}
OWED_WITHIN = {
    "zh": {"working_days": "{}个工作日内", "business_hours": "{}个营业小时内"},
    "en": {"working_days": "within {} working days", "business_hours": "within {} business hours"},
}
"""By when something is to be done: on a day, or within a time from now."""
OWED_BECAUSE: dict[str, dict[str, str]] = {
    "zh": {
        "": "登记时有关情况尚待确定", "CaseRerouted": "该投诉的办理人员有变动", "CaseEscalated": "该投诉已提级办理",
        "HandlerReassigned": "该投诉的承办人有变动", "DutiesAdded": "该投诉增加了应办事项",
        "CustomerContacted": "与客户联系时作了约定", "OverrunExplained": "已向客户告知预计答复日",
        "NegotiationPlanAnswered": "客户已接受协商方案", "SettledOnTheSpot": "该投诉已当场解决，约定的补救措施尚待落实",
        "DecisionMade": "该投诉已作出处理决定", "DecisionRevised": "该投诉的处理决定已更正",
        "DispatchPassedDown": "该投诉已移交", "AuthorityChecked": "代理权已经核验",
        "RepresentativeChanged": "客户的代理人或代表有变更",
    },
    "en": {
        "": "the receipt leaves it open", "CaseRerouted": "others work on the complaint from now on",
        "CaseEscalated": "the complaint went up", "HandlerReassigned": "the complaint has another handler",
        "DutiesAdded": "there is more to do on the complaint",
        "CustomerContacted": "something was agreed when the customer was contacted",
        "OverrunExplained": "the customer was told when to expect the answer",
        "NegotiationPlanAnswered": "the customer accepted the plan",
        "SettledOnTheSpot": "it was settled on the spot, and what was agreed has to be carried out",
        "DecisionMade": "a decision was made", "DecisionRevised": "the decision was put right",
        "DispatchPassedDown": "the complaint was handed over",
        "AuthorityChecked": "it was looked at who may speak for the customer",
        "RepresentativeChanged": "others speak for the customer from now on",
    },
}  # fmt: skip
"""Why somebody owes something new, by the fact that says so."""
OVER_NOW: dict[str, dict[str, str]] = {
    "zh": {
        "somebody": "{what}：现由{unit}（{who}）负责", "unit": "{what}：现由{unit}负责", "nobody": "{what}：无需再办",
    },
    "en": {
        "somebody": "{what}: now with {who}, {unit}", "unit": "{what}: now with {unit}",
        "nobody": "{what}: not owed any more",
    },
}  # fmt: skip
"""What somebody owed, and who has it now."""
MOVED_WHY: dict[str, dict[str, str]] = {
    "zh": {
        "reclassified": "经核实，投诉重新定类", "calendar_changed": "工作日安排调整",
        "pack_changed": "办理时限规则调整", "receipt_corrected": "登记的日期有误，已更正",
    },
    "en": {
        "reclassified": "the complaint was classified anew after we had looked into it",
        "calendar_changed": "the working days were arranged anew",
        "pack_changed": "the rules of the limits changed",
        "receipt_corrected": "a date had been registered wrongly and was corrected",
    },
}  # fmt: skip
"""Why a date moved that somebody was told."""
SPEAKS_AS = {
    "zh": {"proxy": "代理人", "lawyer": "代理律师", "guardian": "监护人", "heir": "继承人"},
    "en": {
        "proxy": "the customer's proxy", "lawyer": "the customer's lawyer",
        "guardian": "the customer's guardian", "heir": "an heir of the customer",
    },
}  # fmt: skip
"""As what somebody speaks for a customer."""
AUTHORITIES = {
    "zh": {
        "proved": "权限已获证明", "claimed": "权限尚待证明，其间请勿向其透露客户的任何情况",
        "not_proved": "权限未获证明，请勿向其透露客户的任何情况",
    },
    "en": {
        "proved": "authority proved",
        "claimed": "authority yet to be proved; until then tell them nothing of the customer's affairs",
        "not_proved": "authority not proved; tell them nothing of the customer's affairs",
    },
}  # fmt: skip
"""What is known of the authority of who speaks for a customer, and what follows for who handles the case."""
AUTHORITY_UNTIL = {"zh": "，有效期至{}", "en": ", valid until {}"}
PROOFS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "proxy": ("委托人亲笔签名的授权委托书原件", "您本人的身份证明及联系方式"),
        "lawyer": ("委托人亲笔签名的授权委托书原件", "律师事务所出具的公函及您的律师执业证"),
        "guardian": ("能够证明监护关系的材料，如户口簿、出生医学证明或人民法院的判决书", "您本人的身份证明及联系方式"),
        "heir": (
            "能够证明您与客户关系的材料，如户口簿、公证书或人民法院的判决书", "客户的死亡证明",
            "您本人的身份证明及联系方式",
        ),
    },
    "en": {
        "proxy": (
            "the original of the written authorisation, signed by the customer",
            "your own proof of identity, and how to reach you",
        ),
        "lawyer": (
            "the original of the written authorisation, signed by the customer",
            "a letter of your law firm, and your licence",
        ),
        "guardian": (
            "papers that prove the guardianship, such as the household register, a birth certificate or a judgment",
            "your own proof of identity, and how to reach you",
        ),
        "heir": (
            "papers that prove how you are related to the customer, such as a notarised certificate or a judgment",
            "the customer's death certificate",
            "your own proof of identity, and how to reach you",
        ),
    },
}  # fmt: skip
"""What proves that somebody may speak for a customer, by what he speaks as (order 2020 no. 3, art. 14)."""
OVER_BY: dict[str, dict[str, str]] = {
    "zh": {
        "CaseWithdrawn": "投诉人已撤回投诉", "CaseNotAccepted": "该件不作为投诉办理",
        "SettledOnTheSpot": "该投诉已当场解决",
    },
    "en": {
        "CaseWithdrawn": "the complainant has withdrawn it",
        "CaseNotAccepted": "it is not handled as a complaint",
        "SettledOnTheSpot": "it was settled on the spot",
    },
}  # fmt: skip
"""Why there is nothing more to do on a case, by the fact that says so."""
DONE: dict[str, dict[str, str]] = {
    "zh": {
        "HandoverAccepted": "{who}接办", "CustomerContacted": "{who}与客户联系（{way}，{outcome}）",
        "InterimReplyGiven": "{who}向客户告知办理进展", "InvestigationRecorded": "{who}记录核实情况",
        "DecisionMade": "{who}作出处理决定（{outcome}）", "CustomerReplied": "{who}答复客户（{way}）",
        "OverrunExplained": "{who}向客户说明超时限情况", "ResultReported": "{who}报送处理结果",
    },
    "en": {
        "HandoverAccepted": "{who} took the case on",
        "CustomerContacted": "{who} contacted the customer by {way}: {outcome}",
        "InterimReplyGiven": "{who} told the customer how far the bank is",
        "InvestigationRecorded": "{who} recorded the findings",
        "DecisionMade": "{who} decided: {outcome}", "CustomerReplied": "{who} answered the customer by {way}",
        "OverrunExplained": "{who} explained the delay to the customer", "ResultReported": "{who} reported the result",
    },
}  # fmt: skip
"""What was done on a case so far, as whoever gets it from below reads it."""
NUMBER = {"zh": "（编号{}）", "en": " (number {})"}
CHANNEL_SYSTEM = {"zh": "渠道系统", "en": "A channel system"}
"""Who acted, where it was none of the bank's people."""
LETTERHEAD = {"zh": {"reference": "编号", "phone": "电话"}, "en": {"reference": "Reference", "phone": "telephone"}}
"""The fixed words on a printed letter."""


def closing_time(close: time, language: str) -> str | None:
    """When the bank's day ends, as a letter writes it; None for midnight, which is the usual end."""
    if close == time(0):
        return None
    return time_in_words(close, language)


def in_words(code: str, language: str) -> str:
    """A code of the catalogue in the words of a letter."""
    return LETTER_WORDS[language].get(code) or WORDS[language].get(code, code)
