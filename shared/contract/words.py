"""The catalogue's codes in the words of people who read a timeline. Pure."""

from shared.contract.channels import CHANNELS
from shared.contract.message_kinds import MESSAGES

CODES: dict[str, tuple[str, str]] = {
    "sms": ("短信", "text message"),
    "email": ("电子邮件", "e-mail"),
    "in_person": ("当面", "talking in person"),
    "in_book": ("意见簿", "entry in the opinion book"),
    "other": ("其他", "another way"),
    "work_error": ("工作失误", "a mistake in the work"),
    "service_attitude": ("服务态度", "attitude of staff"),
    "internal_management": ("内部管理", "internal management"),
    "service_product": ("服务产品", "product"),
    "service_channel": ("服务渠道", "channel of service"),
    "violation": ("违规操作", "an action against the rules"),
    "normal": ("普通", "normal"),
    "hard": ("疑难", "hard"),
    "major": ("重大", "major"),
    "upheld": ("成立", "upheld"),
    "partly_upheld": ("部分成立", "upheld in part"),
    "not_upheld": ("不成立", "not upheld"),
    "responsible": ("有责", "the bank is responsible"),
    "misunderstanding": ("误解", "a misunderstanding"),
    "beyond_service": ("超出服务范围", "beyond what the bank offers"),
    "reached": ("已联系上", "reached"),
    "not_reached": ("未能联系", "could not be reached"),
    "left_message": ("已留言", "a message was left"),
    "satisfied": ("满意", "satisfied"),
    "mostly_satisfied": ("基本满意", "mostly satisfied"),
    "dissatisfied": ("不满意", "dissatisfied"),
    "declined": ("拒绝评价", "declined to say"),
    "not_applicable": ("不适用", "nobody to ask"),
    "waive-duty": ("免办事项", "letting a duty go"),
    "withdraw": ("撤回投诉", "the withdrawal of the complaint"),
    "not-accept": ("不作为投诉办理", "not accepting the complaint"),
    "settle-on-the-spot": ("当场解决", "settling on the spot"),
    "decide": ("处理决定", "the decision"),
    "apology": ("赔礼道歉", "an apology"),
    "explanation": ("解释说明", "an explanation"),
    "refund": ("退款", "a refund"),
    "compensation": ("补偿", "compensation"),
    "record_correction": ("更正记录", "a correction of the records"),
    "fee_waiver": ("减免费用", "a waiver of fees"),
    "process_change": ("改进流程", "a change of procedure"),
    "takes_over": ("由其接办", "takes it over"),
    "supports": ("由其协助", "supports the handler"),
    "not_competent": ("不属本单位职责", "the unit is not competent"),
    "party_concerned": ("本人为当事人", "a party concerned"),
    "not_the_complainant": ("非投诉人本人或其代理人", "it does not come from the complainant"),
    "not_a_complaint": ("不属于消费投诉", "it is no consumer complaint"),
    "not_this_bank": ("不属于本行事项", "it is not this bank's matter"),
    "same_without_new_facts": ("同一事项且无新事实", "the same matter without new facts"),
    "handover_refused": ("承办单位退回", "the hand-over was refused"),
    "unit_determined": ("被投诉单位已确定", "the complained unit was determined"),
    "party_named": ("有人被列为当事人", "a party concerned was named"),
    "person_responsible": ("发现责任人", "somebody was found responsible"),
    "reopened": ("重新办理", "the case was reopened"),
    "organisation_changed": ("机构人员变动", "the organisation changed"),
    "calendar_changed": ("工作日历变更", "the calendar changed"),
    "pack_changed": ("时限规则变更", "the rules of limits changed"),
    "reclassified": ("重新定类", "the complaint was reclassified"),
    "withdrawn": ("投诉已撤回", "the complaint was withdrawn"),
    "duty_waived": ("职责已免除", "the duty was waived"),
    "case_ended": ("投诉已办结", "the case ended"),
    "supervision_form": ("督办单", "supervision form"),
    "anonymous": ("匿名", "the customer is anonymous"),
    "not_reachable_by_email": ("无电子邮件", "the customer has no e-mail"),
    "not_reachable_in_writing": ("无书面联系方式", "the customer cannot be reached in writing"),
    "nobody_to_tell": ("无通知对象", "there is nobody to tell"),
    "no_email": ("收件人无邮箱", "the recipient has no e-mail"),
    "left": ("收件人已离职", "the recipient has left the bank"),
    "no_longer_needed": ("已无必要", "it is no longer needed"),
    "already_told": ("已通知", "they have been told already"),
    "not_printable": ("有字无法打印", "it has a character that cannot be printed"),
    "quiet_hours": ("夜间不打扰客户", "customers are left alone at night"),
    "refused_by_mail_server": ("邮件服务器拒收", "refused by the mail server"),
    "address_limit": ("该地址当日回执已达上限", "the address got as many acknowledgements that day as one may"),
    "bad_address": ("地址无效", "no usable address"),
    "case_erased": ("投诉资料已删除", "the case was erased"),
    "date_passed": ("告知日期已过", "the date has passed"),
    "nobody_accepts": ("无人可受理", "nobody is there to accept it"),
    "nobody_eligible": ("无合适人选", "nobody is eligible"),
    "top_reached": ("已到最高层级", "the top was reached"),
}
"""Codes of events, apart from ids of people and units: each in Chinese and in English."""
WORDS: dict[str, dict[str, str]] = {
    "zh": {code: zh for code, (zh, _) in CODES.items()}
    | {code: channel.zh for code, channel in CHANNELS.items()}
    | {kind: called.zh for kind, called in MESSAGES.items()},
    "en": {code: en for code, (_, en) in CODES.items()}
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
