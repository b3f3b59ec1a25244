"""The catalogue's codes in the words of people who read a timeline. Pure."""

from shared.contract.channels import CHANNELS
from shared.contract.message_kinds import MESSAGES

CODES: dict[str, tuple[str, str]] = {
    "sms": ("短信", "text message"),
    "video": ("视频", "video call"),
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
    "upheld": ("属实", "upheld"),
    "partly_upheld": ("部分属实", "upheld in part"),
    "not_upheld": ("不能认定", "not upheld"),
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
    "correct-receipt": ("更正登记信息", "a correction of the receipt"),
    "settle-on-the-spot": ("当场解决", "settling on the spot"),
    "decide": ("处理决定", "the decision"),
    "revise-decision": ("更正处理决定", "revising the decision"),
    "stands": ("维持原处理结果", "it stands"),
    "to_be_revised": ("须更正原处理结果", "it has to be revised"),
    "offer-plan": ("协商方案", "offering a plan"),
    "apology": ("赔礼道歉", "an apology"),
    "explanation": ("解释说明", "an explanation"),
    "refund": ("退款", "a refund"),
    "compensation": ("补偿", "compensation"),
    "record_correction": ("更正记录", "a correction of the records"),
    "fee_waiver": ("减免费用", "a waiver of fees"),
    "process_change": ("改进流程", "a change of procedure"),
    "takes_over": ("提级办理", "takes it over"),
    "supports": ("协办", "supports the handler"),
    "requested": ("经申请升级", "it was asked for"),
    "silence": ("超时限未见办理", "nobody was heard from in time"),
    "flagged_major": ("列为重大投诉", "it was flagged as a major case"),
    "level_hard": ("定为疑难投诉", "it is a hard case"),
    "level_major": ("定为重大投诉", "it is a major case"),
    "not_competent": ("不属本单位职责", "the unit is not competent"),
    "party_concerned": ("本人为当事人", "this person is a party concerned"),
    "not_the_complainant": ("非投诉人本人或其代理人", "it does not come from the complainant"),
    "not_a_complaint": ("不属于消费投诉", "it is no consumer complaint"),
    "not_this_bank": ("不属于本行事项", "it is not this bank's matter"),
    "same_without_new_facts": ("同一事项且无新的事实或理由", "it is the same matter without new facts"),
    "inquiry": ("属于咨询，已予答复", "it was a question, which is answered"),
    "praise": ("属于表扬，已致谢", "it was praise, which is thanked for"),
    "duplicate": ("重复登记，并入同一事项的投诉", "it is a duplicate of another complaint"),
    "known_already": ("已登记过", "it is known already"),
    "advertising": ("属于广告", "it is an advertisement"),
    "entered_by_mistake": ("系误登记", "it was entered by mistake"),
    "handover_refused": ("承办单位退回", "the hand-over was refused"),
    "unit_determined": ("被投诉单位已确定", "the complained unit was determined"),
    "party_named": ("有人被列为当事人", "a party concerned was named"),
    "person_responsible": ("有人被列为当事人", "a party concerned was named"),
    "further_receipt": ("再次收到同一投诉", "the same complaint was received again"),
    "receipt_corrected": ("登记信息更正", "the receipt was corrected"),
    "genuine": ("真实", "genuine"),
    "doubtful": ("存疑", "doubtful"),
    "unreadable": ("无法辨认", "unreadable"),
    "irrelevant": ("与本件无关", "irrelevant"),
    "reopened": ("重新办理", "the case was reopened"),
    "organisation_changed": ("机构人员变动", "the organisation changed"),
    "calendar_changed": ("工作日安排调整", "the working days were arranged anew"),
    "pack_changed": ("办理时限规则调整", "the rules of limits changed"),
    "reclassified": ("重新定类", "the complaint was classified anew"),
    "withdrawn": ("投诉已撤回", "the complaint was withdrawn"),
    "duty_waived": ("该事项已免办", "the duty was let go"),
    "case_ended": ("投诉已办结", "the case ended"),
    "anonymous": ("匿名", "the customer is anonymous"),
    "not_reachable_by_email": ("无电子邮件", "the customer has no e-mail"),
    "not_reachable_in_writing": ("无书面联系方式", "the customer cannot be reached in writing"),
    "nobody_to_tell": ("无通知对象", "there is nobody to tell"),
    "no_email": ("收件人无邮箱", "the recipient has no e-mail"),
    "left": ("收件人已离职", "the recipient has left the bank"),
    "no_longer_needed": ("已无必要", "it is no longer needed"),
    "call_first": ("客户希望先接到电话", "the customer wants to be rung first"),
    "authority_open": ("代理权尚待核验", "whoever speaks for the customer has yet to prove that he may"),
    "authority_not_proved": ("代理权未获证明", "whoever speaks for the customer could not prove that he may"),
    "machine_wrote": (
        "来件可能由程序自动发出，不自动回复",
        "a machine may have written the message, so none answers",
    ),
    "no_longer_speaks": ("已不再担任代理人、代表", "this person no longer speaks on the case"),
    "already_told": ("已通知", "they have been told already"),
    "proxy": ("代理人", "a proxy"),
    "lawyer": ("代理律师", "a lawyer"),
    "guardian": ("监护人", "a guardian"),
    "heir": ("继承人", "an heir"),
    "own_act": ("本人所为，无需另行通知", "it was their own act"),
    "not_printable": ("有字无法打印", "it has a character that cannot be printed"),
    "quiet_hours": ("夜间不打扰客户", "customers are left alone at night"),
    "bounced": ("邮件被退回", "it came back"),
    "refused_by_mail_server": ("邮件服务器拒收", "refused by the mail server"),
    "refused_by_gateway": ("短信或即时通讯平台拒收", "refused by the gateway"),
    "no_gateway": ("未配置短信或即时通讯平台", "no gateway is set"),
    "address_limit": ("该地址当日回执已达上限", "the address got as many acknowledgements that day as one may"),
    "bad_address": ("地址无效", "no usable address"),
    "case_erased": ("投诉资料已删除", "the case was erased"),
    "date_passed": ("告知日期已过", "the date has passed"),
    "nobody_accepts": ("无人可受理", "nobody is there to accept it"),
    "nobody_eligible": ("无合适人选", "nobody is eligible"),
    "top_reached": ("已到最高层级", "the top was reached"),
    "print": ("打印", "post"),
    "messenger": ("行内即时通讯", "the bank's messenger"),
    "rerouted": ("已重新分派", "the case was routed again"),
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

BODIES: dict[str, tuple[str, str]] = {
    "regulator": ("监管机构", "a regulator"), "pbc": ("人民银行", "the central bank"),
    "government": ("政府部门", "a government body"), "consumer_body": ("消费者保护组织", "a consumer-protection body"),
    "media": ("媒体", "a medium"),
}  # fmt: skip
"""Who passes complaints on, by its kind."""

MAJOR_BECAUSE: dict[str, tuple[str, str]] = {
    "many_people": ("涉及人数众多", "many people are concerned"),
    "disaster": ("涉及自然灾害", "a natural disaster"),
    "accident": ("涉及安全事故", "an accident"),
    "public_health": ("涉及公共卫生事件", "a matter of public health"),
    "regulator": ("监管机构关注", "a regulator watches it"),
    "other": ("其他重大情形", "another grave matter"),
}
"""Why a complaint is flagged as a major one."""

POSTS_CALLED: dict[str, tuple[str, str]] = {
    "complaint_post": ("投诉处理岗", "complaint desk"),
    "general_office": ("综合办公室", "general office"),
    "operations_head": ("运营部负责人", "head of operations"),
    "president_office": ("行长办公室", "president's office"),
    "unit_head": ("负责人", "head of the unit"),
    "outlet_head": ("负责人", "head of the outlet"),
    "operations_supervisor": ("营运主管", "operations supervisor"),
    "deputy_president": ("分管行长", "deputy president"),
    "president": ("行长", "president"),
    "superior_unit": ("综合办公室", "general office"),
    "consumer_protection": ("消费者权益保护岗", "consumer protection"),
    "responsible_senior_manager": ("分管高级管理人员", "responsible senior manager"),
    "archivist": ("档案管理员", "archivist"),
    "auditor": ("审计人员", "auditor"),
    "receptionist": ("接待人员", "receptionist"),
}
POSTS: dict[str, dict[str, str]] = {
    "zh": {post: zh for post, (zh, _) in POSTS_CALLED.items()},
    "en": {post: en for post, (_, en) in POSTS_CALLED.items()},
}
"""What posts are called, after the name of their unit."""
TELLING = 2
"""From so many characters on, what a Chinese unit's name ends and its post begins with is the same word twice."""


def post_in_unit(unit: str, post: str, language: str) -> str:
    """A post after the name of its unit; what both say is said once: the head of operations of such a department."""
    called = POSTS[language].get(post, "")
    if not called:
        return unit
    if language == "zh":
        twice = next((n for n in range(len(called), TELLING - 1, -1) if unit.endswith(called[:n])), 0)
        return unit + called[twice:]
    words = unit.split()
    twice = next((n for n in range(len(words), 0, -1) if f" {' '.join(words[-n:])} ".lower() in f" {called} "), 0)
    where = " ".join(words[: len(words) - twice])
    return f"{where}, {called}" if where else called
