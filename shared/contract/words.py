"""The catalogue's codes in the words of people who read a timeline. Pure."""

from shared.contract.channels import CHANNELS
from shared.contract.message_kinds import MESSAGES

CODES: dict[str, dict[str, str]] = {
    "zh": {
        "sms": "短信", "email": "电子邮件", "in_person": "当面", "in_book": "意见簿",
        "other": "其他", "work_error": "工作失误", "service_attitude": "服务态度",
        "internal_management": "内部管理", "service_product": "服务产品", "service_channel": "服务渠道",
        "violation": "违规操作", "normal": "普通", "hard": "疑难", "major": "重大", "upheld": "成立",
        "partly_upheld": "部分成立", "not_upheld": "不成立", "responsible": "有责", "misunderstanding": "误解",
        "beyond_service": "超出服务范围", "reached": "已联系上", "not_reached": "未能联系",
        "left_message": "已留言", "satisfied": "满意", "mostly_satisfied": "基本满意", "dissatisfied": "不满意",
        "declined": "拒绝评价", "not_applicable": "不适用", "apology": "赔礼道歉", "explanation": "解释说明",
        "refund": "退款", "compensation": "补偿", "record_correction": "更正记录", "fee_waiver": "减免费用",
        "process_change": "改进流程", "takes_over": "由其接办", "supports": "由其协助",
        "not_competent": "不属本单位职责", "party_concerned": "本人为当事人",
        "not_the_complainant": "非投诉人本人或其代理人", "not_a_complaint": "不属于消费投诉",
        "not_this_bank": "不属于本行事项", "same_without_new_facts": "同一事项且无新事实",
        "handover_refused": "承办单位退回", "unit_determined": "被投诉单位已确定",
        "party_named": "有人被列为当事人", "person_responsible": "发现责任人", "reopened": "重新办理",
        "organisation_changed": "机构人员变动", "calendar_changed": "工作日历变更", "pack_changed": "时限规则变更",
        "reclassified": "重新定类", "withdrawn": "投诉已撤回", "duty_waived": "职责已免除",
        "case_ended": "投诉已办结",
        "supervision_form": "督办单", "anonymous": "匿名", "not_reachable_by_email": "无电子邮件",
        "not_reachable_in_writing": "无书面联系方式", "nobody_to_tell": "无通知对象", "no_email": "收件人无邮箱",
        "no_longer_needed": "已无必要", "already_told": "已通知", "not_printable": "有字无法打印",
        "quiet_hours": "夜间不打扰客户", "refused_by_mail_server": "邮件服务器拒收", "bad_address": "地址无效",
        "case_erased": "投诉资料已删除", "date_passed": "告知日期已过", "nobody_eligible": "无合适人选",
        "top_reached": "已到最高层级",
    },
    "en": {


        "sms": "text message", "email": "e-mail", "in_person": "talking in person",
        "in_book": "entry in the opinion book", "other": "another way", "work_error": "a mistake in the work",
        "service_attitude": "attitude of staff", "internal_management": "internal management",
        "service_product": "product", "service_channel": "channel of service",
        "violation": "an action against the rules", "normal": "normal", "hard": "hard", "major": "major",
        "upheld": "upheld", "partly_upheld": "upheld in part", "not_upheld": "not upheld",
        "responsible": "the bank is responsible", "misunderstanding": "a misunderstanding",
        "beyond_service": "beyond what the bank offers", "reached": "reached",
        "not_reached": "could not be reached", "left_message": "a message was left", "satisfied": "satisfied",
        "mostly_satisfied": "mostly satisfied", "dissatisfied": "dissatisfied", "declined": "declined to say",
        "not_applicable": "nobody to ask", "apology": "an apology", "explanation": "an explanation",
        "refund": "a refund", "compensation": "compensation", "record_correction": "a correction of the records",
        "fee_waiver": "a waiver of fees", "process_change": "a change of procedure", "takes_over": "takes it over",
        "supports": "supports the handler", "not_competent": "the unit is not competent",
        "party_concerned": "a party concerned", "not_the_complainant": "it does not come from the complainant",
        "not_a_complaint": "it is no consumer complaint", "not_this_bank": "it is not this bank's matter",
        "same_without_new_facts": "the same matter without new facts",
        "handover_refused": "the hand-over was refused", "unit_determined": "the complained unit was determined",
        "party_named": "a party concerned was named", "person_responsible": "somebody was found responsible",
        "reopened": "the case was reopened", "organisation_changed": "the organisation changed",
        "calendar_changed": "the calendar changed", "pack_changed": "the rules of limits changed",
        "reclassified": "the complaint was reclassified", "withdrawn": "the complaint was withdrawn",
        "duty_waived": "the duty was waived", "case_ended": "the case ended",
        "supervision_form": "supervision form", "anonymous": "the customer is anonymous",
        "not_reachable_by_email": "the customer has no e-mail",
        "not_reachable_in_writing": "the customer cannot be reached in writing",
        "nobody_to_tell": "there is nobody to tell", "no_email": "the recipient has no e-mail",
        "no_longer_needed": "it is no longer needed", "already_told": "they have been told already",
        "not_printable": "it has a character that cannot be printed",
        "quiet_hours": "customers are left alone at night", "refused_by_mail_server": "refused by the mail server",
        "bad_address": "no usable address", "case_erased": "the case was erased",
        "date_passed": "the date has passed", "nobody_eligible": "nobody is eligible",
        "top_reached": "the top was reached",
    },
}  # fmt: skip
"""Codes of events, apart from ids of people and units."""
WORDS: dict[str, dict[str, str]] = {
    "zh": CODES["zh"]
    | {code: channel.zh for code, channel in CHANNELS.items()}
    | {kind: called.zh for kind, called in MESSAGES.items()},
    "en": CODES["en"]
    | {code: channel.en for code, channel in CHANNELS.items()}
    | {kind: called.en for kind, called in MESSAGES.items()},
}
"""The same, and what each channel and each kind of message is called."""


def zh(code: str | None) -> str:
    """A code in Chinese; one without words stays as it is."""
    return WORDS["zh"].get(code or "", code or "—")


def en(code: str | None) -> str:
    """A code in English; one without words stays as it is."""
    return WORDS["en"].get(code or "", code or "—")
