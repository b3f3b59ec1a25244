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
MOVED_WHY: dict[str, dict[str, str]] = {
    "zh": {
        "reclassified": "经核实，投诉重新定类", "calendar_changed": "工作日安排调整",
        "pack_changed": "办理时限规则调整",
    },
    "en": {
        "reclassified": "the complaint was classified anew after we had looked into it",
        "calendar_changed": "the working days were arranged anew",
        "pack_changed": "the rules of the limits changed",
    },
}  # fmt: skip
"""Why a date moved that somebody was told."""
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
