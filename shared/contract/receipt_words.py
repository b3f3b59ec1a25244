"""What the values of a receipt are called, by their JSON pointers in a submission: in timelines and letters. Pure."""

from typing import Final, NamedTuple


class Called(NamedTuple):
    """What a value is called in Chinese and in English."""

    zh: str
    en: str


VALUES: Final = {
    "/received_at": Called("投诉时间", "the time of receipt"),
    "/first_received/at": Called("首次接到投诉的时间", "the time of first receipt"),
    "/origin/kind": Called("转办来源", "who passed the complaint on"),
    "/origin/body": Called("转办单位", "the body that passed the complaint on"),
    "/origin/reference": Called("转办单位来文编号", "the number of the body's paper"),
    "/origin/received_at": Called("转办单位接到投诉的时间", "when the body received the complaint"),
    "/origin/reply_due_on": Called("转办单位要求答复日", "the day until which the body wants an answer"),
    "/complainant/name": Called("投诉人姓名", "the customer's name"),
    "/complainant/title": Called("投诉人称谓", "the customer's title"),
    "/complainant/phone": Called("联系电话", "the telephone number"),
    "/complainant/email": Called("电子邮箱", "the e-mail address"),
    "/complainant/address": Called("通讯地址", "the postal address"),
    "/complainant/identity/kind": Called("证件类型", "the kind of identity document"),
    "/complainant/identity/number": Called("证件号码", "the number of the identity document"),
    "/complainant/language": Called("沟通语言", "the customer's language"),
    "/complainant/prefers": Called("客户希望的联系方式", "how the customer prefers to be reached"),
    "/complainant/interpreter/kind": Called("需要的翻译类型", "the kind of interpreter needed"),
    "/complainant/interpreter/name": Called("需要翻译的语言", "the language to be interpreted"),
    "/group/size": Called("投诉人数", "the number of complainants"),
    "/group/face_to_face": Called("当面反映的人数", "how many came in person"),
    "/matter/narrative": Called("投诉内容", "what the customer says"),
    "/matter/product": Called("产品类型", "the product"),
    "/matter/business_channel": Called("业务渠道", "the channel of the business"),
    "/matter/amount_minor": Called("涉及金额", "the amount at issue"),
    "/matter/currency": Called("币种", "the currency"),
    "/matter/incident_at": Called("发生时间", "when it happened"),
    "/matter/request": Called("客户诉求", "what the customer asks for"),
    "/details/answer_by": Called("媒体要求答复的时间", "until when the medium wants an answer"),
    "/details/postmarked_on": Called("邮戳日期", "the date of the postmark"),
    "/details/reply_due_on": Called("转办单位要求答复日", "the day until which the body wants an answer"),
    "/details/reference": Called("来文编号", "the number of the paper"),
    "/details/call_id": Called("通话编号", "the id of the call"),
    "/details/identity_verified": Called("身份核实情况", "whether the identity was checked"),
}
"""Those that somebody corrects by name; a channel's other details are called as what they are together."""
MEMBER: Final = Called("共同投诉人信息", "what is known of a fellow complainant")
DETAIL: Final = Called("渠道信息", "a detail of the channel")
OTHER: Final = Called("登记信息", "a value of the receipt")


def value_called(pointer: str, language: str) -> str:
    """What the value at a pointer is called."""
    found = VALUES.get(pointer) or next((row for start, row in _KINDS.items() if pointer.startswith(start)), OTHER)
    return found.zh if language == "zh" else found.en


_KINDS = {"/group/members/": MEMBER, "/details/": DETAIL}
