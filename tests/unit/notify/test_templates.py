"""Templates: every letter reads as its golden copy, and one with a fault is refused before any letter is due.

`python -m tests.unit.notify.test_templates` writes the golden copies anew, to be read before they are kept.
"""

import re
from pathlib import Path
from typing import get_args

import pytest

from ops.paths import ROOT
from services.notify.letters.fields import COMMON, DISCIPLINE
from services.notify.letters.kinds import DECLARED, KINDS, RESERVED
from services.notify.letters.template import Template, parse_template, render
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.message_kinds import MESSAGES, MessageKind
from shared.errors import BadReference
from tests.support.facts import Body
from tests.support.paths import GOLDEN

TEMPLATES = ROOT / "services" / "notify" / "letters" / "templates"
LETTERS = GOLDEN / "letters"
ALL = pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda p: p.stem)
ANOTHER_TERM = re.compile(
    "已受理|已经受理|接收|处理人|逾期|过期|超期|职责|上报通知|调查结果|不予受理|拒绝受理|取消投诉|关闭|当场处理|回复客户"
)
"""What a letter never says, since there is another word for it (docs/reference/glossary.md)."""
STAFF_WORDS = re.compile(r"处分|处罚|责任人|罚款|disciplin|penalt|punish|persons? responsible", re.I)

CONTENT: dict[str, Body] = {
    "zh": {
        "case_number": "20200305-0000000001-1",
        "bank_name": "示例银行",
        "channel": "电话",
        "received_on": "2020年3月5日",
        "sent_on": "2020年3月5日",
        "accepting_unit": "东侨支行",
        "accepting_name": "林芳",
        "accepting_phone": "0000-5550110",
        "complained_unit": "东侨支行信贷部",
        "handler_name": "罗天",
        "handler_unit": "东侨支行信贷部",
        "handler_phone": "0000-5550121",
        "recipient_name": "罗天",
        "reason": "服务态度",
        "complaint_class": "一般投诉",
        "due_on": "2020年3月10日",
        "target_on": "2020年3月9日",
        "closing": None,
        "days_left": None,
        "customer_name": "甲某",
        "salutation": "尊敬的甲某女士",
        "addressed_to": "东侨支行信贷部（罗天）",
        "ask": "东侨支行林芳，电话0000-5550110",
        "escalated_because": "经申请升级",
        "asked_because": "客户三次来电，本行无权决定减免。",
        "level": "疑难",
        "done_so_far": ("2020年3月5日，罗天接办", "2020年3月6日，罗天与客户联系（电话，已联系上）"),
        "what_changed": "退款金额应为50.00元，原通知误写为30.00元。",
        "former_on": "2020年3月6日",
        "reviewed_by": "何云",
        "reviewed_in": "东侨支行",
        "stands": False,
        "review_words": "收费依据不足，应予退还。",
        "outcome_said": "不予退还。",
        "still_open": True,
        "because": "涉及人数众多",
        "flagged_by": "林芳",
        "happened": "二十余名客户到场。",
        "people": 23,
        "next_report_at": "2020年3月5日16:00",
        "found_so_far": "手续费系柜员误收。",
        "for_agent": True,
        "claimed_by": "吴晴",
        "denied_by": "罗天",
        "spoken_as": "代理人",
        "proof_wanted": ("委托人亲笔签名的授权委托书原件", "您本人的身份证明及联系方式"),
        "checked_by": "林芳",
        "is_proved": True,
        "until": "2020年12月31日",
        "speaks_as": "代理人",
        "represented": "乙某",
        "proxy_name": "甲某",
        "proxy_phone": "0000-5550199",
        "authority": "权限尚待证明，其间请勿向其透露客户的任何情况",
        "representatives": (),
        "changed_by": "林芳",
        "former_speakers": ("甲某",),
        "new_speakers": ("丙某", "丁某"),
        "still_to_prove": True,
        "denial": "我只登记了来电，未与客户商定任何处理办法。",
        "praise": False,
        "inquiry": False,
        "of_case": None,
        "transferred_by": "示例市消费者协会",
        "transfer_number": "2020-17",
        "transfer_due_on": "2020年3月12日",
        "from_unit": "东侨支行",
        "to_unit": "东侨支行信贷部",
        "handed_over": False,
        "for_information": False,
        "level_number": 2,
        "levels": 2,
        "passed_with": "请尽快与客户联系。",
        "last_level": True,
        "body_name": "某监管局",
        "signing_unit": "东侨支行",
        "signing_phone": "0000-5550110",
        "interim": False,
        "said": "我行已增开窗口，并向客户致歉。",
        "found": "柜员答复生硬，情况属实。",
        "done_about_it": "赔礼道歉，退还手续费。",
        "customer_answered": True,
        "customer_says": "基本满意",
        "staff": "批评教育。",
        "outlet": "某晚报",
        "reminders": ("2020年3月9日，事项催办，罗天",),
        "result": "属实",
        "narrative": "柜员态度生硬。",
        "request": "道歉",
        "explain": True,
        "yours": True,
        "complainant": "甲某",
        "complainant_phone": "0000-5550199",
        "identity_checked": True,
        "reachable": True,
        "persons": ("白雪",),
        "described": ("短发、戴眼镜的女柜员，三号窗口",),
        "to_identify": True,
        "interpreter": "方言翻译",
        "interpreted": "闽南话",
        "contact_wish": "请先打电话（处理决定不自行寄发，由您致电告知）",
        "recording": "缺失",
        "visitors": 3,
        "face_to_face": 3,
        "visit_at": "2020年3月5日10时00分",
        "room": "接待室一",
        "new_described": ("穿制服的保安",),
        "infected_files": ("流水（木马一）", "照片（蠕虫二）"),
        "incident_on": "2020年3月4日",
        "amount": "12,345.67元",
        "first_asked": "吴晴（东侨支行）",
        "repeated": True,
        "repeat_times": 2,
        "former_number": "20200302-0000000001-4",
        "files": 2,
        "asking": "罗天",
        "question": "客户称去年已在贵部门办理过信息变更，请核实当时的登记情况。",
        "opinion_by": "2020年3月9日",
        "request_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a01",
        "assisting": "莫然",
        "assistance": "经查，系统登记无误，材料已附。",
        "action_what": "修订柜面排队管理办法。",
        "action_by": "罗天",
        "action_due_on": "2020年6月30日",
        "action_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a02",
        "suggestion": "建议在手机银行中增加网点排队情况查询功能。",
        "suggested_by": "罗天",
        "suggestion_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a03",
        "adopted": "partly",
        "suggestion_words": "将先在部分网点试行排队查询。",
        "answering_unit": "省分行",
        "corrected_by": "林芳",
        "corrected_what": "电子邮箱",
        "corrected_for": "客户来电告知邮箱登记有误。",
        "new_value": "customer@customer.example",
        "went_wrong": ("登记告知（2020年3月5日）",),
        "stepped_aside": ("白雪",),
        "settled": False,
        "takes_over": True,
        "outcome": "部分属实",
        "sorry": True,
        "findings": "经核实，柜员答复时态度生硬。",
        "grounds": "依据我行柜面服务规范。",
        "decision": "我行向您致歉并退还手续费。",
        "agreed": "我行致歉并退还手续费，您表示同意。",
        "remedies_offered": ("赔礼道歉", "退款50.00元，3个工作日内退回原账户"),
        "plan_steps": ("2020年3月11日前：核对账目，并把明细交给您", "2020年3月12日前：退还多收的手续费"),
        "plan_remedies": ("退款50.00元，退回原账户",),
        "plan_ways": ("电话", "到我行面谈"),
        "plan_times": ("2020年3月9日10时00分", "2020年3月10日15时30分"),
        "answer_by": "2020年3月8日",
        "meeting_at": "2020年3月10日15时30分",
        "meeting_way": "到我行面谈",
        "meeting_place": "示例路2号",
        "goes_on": False,
        "remedies_open": ("核查：向省分行书面申请核查", "诉讼：向有管辖权的人民法院提起诉讼"),
        "ground": "经核实，您反映的事项不由我行负责，我行无权处理",
        "signpost": "请向该保险公司反映。",
        "duty": "与客户沟通",
        "duties": ("落实协商方案（2020年3月12日前）：核对账目", "落实补救措施（5个工作日内）：退款50.00元"),
        "owed_because": "客户已接受协商方案",
        "duties_over": ("复核客户不满意的处理结果：现由东侨支行（沈波）负责", "跟踪处理结果：无需再办"),
        "cause_and_findings": "客户投诉柜员态度生硬，情况属实。",
        "treatment_of_persons": "对当事员工批评教育。",
        "lessons_and_measures": "加强服务规范培训。",
        "satisfaction": "基本满意",
        "handled_on": "2020年3月6日",
        "handler_and_phone": "罗天，0000-5550121",
        "copies": ("东侨支行运营部", "省分行"),
        "no_copy_reason": None,
        "letter": "处理决定告知书",
        "alarm": "无合适人选",
        "alarm_unit": "东侨支行信贷部",
        "box_unit": "东侨支行",
        "missed_day": "2020年3月5日",
        "said_again": ("2020年3月6日：至今无人联系我。",),
        "act": "不作为投诉办理",
        "asked_by": "林芳",
        "amounts": ("50.00元",),
        "approval": "5f1c7a52-0000-5000-8000-000000000001",
        "granted": False,
        "answered_by": "秋敏",
        "refusal": "请先核实是否属于我行代销业务。",
        "taken_back_for": "金额有误，改正后再申请。",
        "again_on": "2020年3月6日",
        "again_by": "信件",
        "times": 2,
        "body": "示例市消费者协会",
        "new_narrative": "至今无人联系我，柜员还挂断电话。",
        "new_request": "请换人办理",
        "new_phone": "0000-5550177",
        "new_email": "customer@customer.example",
        "new_address": None,
        "new_persons": ("白雪",),
        "reopened_by": "林芳",
        "reopened_for": "客户提供了新的凭证。",
        "over_by": "投诉人已撤回投诉",
        "agent_name": "范一",
        "contact_by": "吴晴",
        "contact_on": "2020年3月6日",
        "contact_way": "电话",
        "contact_outcome": "已联系上",
        "points": "客户来电补充：手续费收据已找到。",
        "added_by": "吴晴",
        "file_name": "收据.pdf",
        "file_note": "手续费收据",
        "overrun_by": "罗天",
        "overrun_reason": "须调阅异地监控录像。",
        "failed_letter": "处理决定告知书",
        "failed_to": "客户",
        "failed_why": "邮件服务器拒收",
        "old_due_on": "2020年3月6日",
        "moved_why": "经核实，投诉重新定类",
        "by_bank": True,
        "to_customer": True,
        "reader_name": "甲某",
        "letter_of": "2020年3月5日",
    },
    "en": {
        "case_number": "20200305-0000000001-1",
        "bank_name": "Example Bank",
        "channel": "telephone",
        "received_on": "5 March 2020",
        "sent_on": "5 March 2020",
        "accepting_unit": "Dongqiao sub-branch",
        "accepting_name": "Lin Fang",
        "accepting_phone": "0000-5550110",
        "complained_unit": "Lending",
        "handler_name": "Luo Tian",
        "handler_unit": "Lending",
        "handler_phone": "0000-5550121",
        "recipient_name": "Luo Tian",
        "reason": "attitude of staff",
        "complaint_class": "ordinary complaint",
        "due_on": "10 March 2020",
        "target_on": "9 March 2020",
        "closing": None,
        "days_left": None,
        "customer_name": "J. Doe",
        "salutation": "Dear Ms J. Doe",
        "addressed_to": "Luo Tian, Lending",
        "ask": "Lin Fang, Dongqiao sub-branch, telephone 0000-5550110",
        "escalated_because": "it was asked for",
        "asked_because": "The customer called three times, and we may not waive the fee.",
        "level": "hard",
        "done_so_far": (
            "5 March 2020: Luo Tian took the case on",
            "6 March 2020: Luo Tian contacted the customer by telephone: reached",
        ),
        "what_changed": "The refund is 50.00 yuan, not 30.00.",
        "former_on": "6 March 2020",
        "reviewed_by": "He Yun",
        "reviewed_in": "Dongqiao sub-branch",
        "stands": False,
        "review_words": "There was no basis for the fee: it has to be returned.",
        "outcome_said": "The fee is not returned.",
        "still_open": True,
        "because": "many people are concerned",
        "flagged_by": "Lin Fang",
        "happened": "More than twenty customers came.",
        "people": 23,
        "next_report_at": "5 March 2020, 16:00",
        "found_so_far": "The fee was charged by mistake.",
        "for_agent": True,
        "claimed_by": "Wu Qing",
        "spoken_as": "the customer's proxy",
        "proof_wanted": (
            "the original of the written authorisation, signed by the customer",
            "your own proof of identity, and how to reach you",
        ),
        "checked_by": "Lin Fang",
        "is_proved": True,
        "until": "31 December 2020",
        "speaks_as": "the customer's proxy",
        "represented": "R. Roe",
        "proxy_name": "J. Doe",
        "proxy_phone": "0000-5550199",
        "authority": "authority yet to be proved; until then tell them nothing of the customer's affairs",
        "representatives": (),
        "changed_by": "Lin Fang",
        "former_speakers": ("Jia Mou",),
        "new_speakers": ("Bing Mou", "Ding Mou"),
        "still_to_prove": True,
        "denied_by": "Luo Tian",
        "denial": "I only took the call; nothing was agreed with the customer.",
        "praise": False,
        "inquiry": False,
        "of_case": None,
        "transferred_by": "Consumers' association of Example",
        "transfer_number": "2020-17",
        "transfer_due_on": "12 March 2020",
        "from_unit": "Dongqiao Sub-branch",
        "to_unit": "Dongqiao Lending",
        "handed_over": False,
        "for_information": False,
        "level_number": 2,
        "levels": 2,
        "passed_with": "Please call the customer soon.",
        "last_level": True,
        "signing_unit": "Dongqiao sub-branch",
        "signing_phone": "0000-5550110",
        "body_name": "The regulator",
        "interim": False,
        "said": "We have opened a further window and apologised.",
        "found": "The clerk was rude; it is so.",
        "done_about_it": "An apology, and the fee back.",
        "customer_answered": True,
        "customer_says": "mostly satisfied",
        "staff": "Admonished.",
        "outlet": "Evening News",
        "reminders": ("9 March 2020: reminder of a duty to Tian Luo",),
        "result": "upheld",
        "narrative": "The clerk was rude.",
        "request": "An apology",
        "complainant": "J. Doe",
        "complainant_phone": "0000-5550199",
        "identity_checked": True,
        "reachable": True,
        "persons": ("Bai Xue",),
        "described": ("a clerk with short hair and glasses, window 3",),
        "to_identify": True,
        "interpreter": "of a dialect",
        "interpreted": "Minnan",
        "contact_wish": "please ring first (the decision is not sent by itself: you tell it by telephone)",
        "recording": "lost",
        "visitors": 3,
        "face_to_face": 3,
        "visit_at": "5 March 2020, 10:00",
        "room": "room 1",
        "new_described": ("a guard in uniform",),
        "infected_files": ("statement.doc (Eicar-Test-Signature)", "photo.zip (Test.Mark-1)"),
        "incident_on": "4 March 2020",
        "amount": "CNY 12,345.67",
        "first_asked": "Wu Qing, Dongqiao sub-branch",
        "repeated": True,
        "repeat_times": 2,
        "former_number": "20200302-0000000001-4",
        "files": 2,
        "asking": "Luo Tian",
        "question": "The customer says that your unit changed the records last year.",
        "opinion_by": "9 March 2020",
        "request_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a01",
        "assisting": "Mo Ran",
        "assistance": "The change was registered rightly; the papers are attached.",
        "action_what": "Write new rules for queues at the counter.",
        "action_by": "Luo Tian",
        "action_due_on": "30 June 2020",
        "action_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a02",
        "suggestion": "Let people see in the app how long the queue at a branch is.",
        "suggested_by": "Luo Tian",
        "suggestion_id": "1c1a6b7e-6f57-5f0e-9d4b-3b7f6f1f2a03",
        "adopted": "partly",
        "suggestion_words": "We shall try this at some branches first.",
        "answering_unit": "Provincial branch",
        "corrected_by": "Lin Fang",
        "corrected_what": "the e-mail address",
        "corrected_for": "The customer called: the address had been taken down wrongly.",
        "new_value": "customer@customer.example",
        "went_wrong": ("acknowledgement of 5 March 2020",),
        "stepped_aside": ("Bai Xue",),
        "explain": True,
        "yours": True,
        "settled": False,
        "takes_over": True,
        "outcome": "what you told us is so in part",
        "sorry": True,
        "findings": "The clerk answered you rudely.",
        "grounds": "Our rules for the counter say otherwise.",
        "decision": "We apologise and return the fee.",
        "agreed": "We apologise and return the fee; you agreed.",
        "remedies_offered": ("An apology", "A refund of CNY 50.00: to your account"),
        "plan_steps": ("by 11 March 2020: we check the account", "by 12 March 2020: we return the fee"),
        "plan_remedies": ("A refund of CNY 50.00: to your account",),
        "plan_ways": ("by telephone", "in person at the bank"),
        "plan_times": ("9 March 2020, 10:00", "10 March 2020, 15:30"),
        "answer_by": "8 March 2020",
        "meeting_at": "10 March 2020, 15:30",
        "meeting_way": "in person at the bank",
        "meeting_place": "2 Example Road",
        "goes_on": False,
        "remedies_open": ("Review: apply in writing to the branch", "Litigation: bring an action before the court"),
        "ground": "what you describe is not in this bank's responsibility, so that we cannot decide on it",
        "signpost": "Please ask the insurer.",
        "duties": (
            "Doing a step of the plan, by 12 March 2020: check the account",
            "Carrying out a remedy, within 5 working days: a refund of 50.00 yuan",
        ),
        "owed_because": "the customer accepted the plan",
        "duties_over": (
            "Looking again at what the customer is dissatisfied with: now with Shen Bo, Dongqiao Sub-branch",
            "Tracking the result: not owed any more",
        ),
        "duty": "contacting the customer",
        "cause_and_findings": "A rude clerk; it is so.",
        "treatment_of_persons": "The clerk was admonished.",
        "lessons_and_measures": "Training in our rules.",
        "satisfaction": "mostly satisfied",
        "handled_on": "6 March 2020",
        "handler_and_phone": "Luo Tian, 0000-5550121",
        "copies": ("Operations", "Province branch"),
        "no_copy_reason": None,
        "letter": "decision notice",
        "alarm": "nobody is eligible",
        "alarm_unit": "Lending",
        "box_unit": "Dongqiao Sub-branch",
        "missed_day": "5 March 2020",
        "said_again": ("6 March 2020: Nobody has called me.",),
        "act": "not accepting the complaint",
        "asked_by": "Lin Fang",
        "amounts": ("CNY 50.00",),
        "approval": "5f1c7a52-0000-5000-8000-000000000001",
        "granted": False,
        "answered_by": "Qiu Min",
        "refusal": "Please find out first whether we sold it for the insurer.",
        "taken_back_for": "The amount is wrong; it will be asked for anew.",
        "again_on": "6 March 2020",
        "again_by": "letter",
        "times": 2,
        "body": "Consumers' association of Example",
        "new_narrative": "Nobody has called me, and the clerk hung up.",
        "new_request": "Somebody else should handle it",
        "new_phone": "0000-5550177",
        "new_email": "customer@customer.example",
        "new_address": None,
        "new_persons": ("Bai Xue",),
        "reopened_by": "Lin Fang",
        "reopened_for": "The customer found another receipt.",
        "over_by": "the complainant has withdrawn it",
        "agent_name": "Fan Yi",
        "contact_by": "Wu Qing",
        "contact_on": "6 March 2020",
        "contact_way": "telephone",
        "contact_outcome": "reached",
        "points": "The customer called: the receipt of the fee was found.",
        "added_by": "Wu Qing",
        "file_name": "receipt.pdf",
        "file_note": "the receipt of the fee",
        "overrun_by": "Luo Tian",
        "overrun_reason": "The recordings of another branch have to be looked at.",
        "failed_letter": "decision notice",
        "failed_to": "the customer",
        "failed_why": "refused by the mail server",
        "old_due_on": "6 March 2020",
        "moved_why": "the complaint was classified anew after we had looked into it",
        "by_bank": True,
        "to_customer": True,
        "reader_name": "J. Doe",
        "letter_of": "5 March 2020",
    },
}
"""What could stand in a letter, whatever its kind."""
LESS = {
    "request": None,
    "due_on": None,
    "target_on": None,
    "remedies_offered": (),
    "plan_steps": (),
    "plan_remedies": (),
    "plan_ways": (),
    "plan_times": (),
    "copies": (),
    "said_again": (),
    "speaks_as": None,
    "represented": None,
    "proxy_name": None,
    "proxy_phone": None,
    "authority": None,
    "representatives": (),
    "accepting_phone": None,
    "level_number": None,
    "passed_with": None,
    "found": None,
    "done_about_it": None,
    "staff": None,
    "reminders": (),
}
"""What a letter may have to do without."""


def content_in(language: str) -> Body:
    """The same in a language; a field that nobody wrote anything for stands there by its name."""
    names = {name for kind in KINDS.values() for name in kind.fields}
    unwritten: Body = {name: f"«{name}»" for name in names}
    return unwritten | CONTENT[language]


def golden(path: Path) -> str:
    """What a shipped template's golden copy has to be."""
    found = template(path.stem)
    letter = render(found, content_in(found.language))
    return f"{letter.subject}\n\n{letter.body}"


def template(name: str) -> Template:
    """A shipped template, such as ``breach_notice.zh``."""
    return parse_template((TEMPLATES / f"{name}.j2").read_text(encoding="utf-8"))


# -- shipped templates -----------------------------------------------------------------------------------


@ALL
def test_every_letter_reads_as_its_golden_copy(path: Path) -> None:
    """A changed word is a changed golden copy, which somebody has read."""
    assert (LETTERS / f"{path.stem}.txt").read_text(encoding="utf-8") == golden(path)


def test_every_kind_has_a_template_in_both_languages() -> None:
    """In the languages that its declaration names; only two kinds of the contract are never written."""
    expected = {f"{name}.{language}" for name, kind in KINDS.items() for language in kind.languages}

    assert set(get_args(MessageKind)) == DECLARED.keys() | RESERVED
    assert {"withdrawal_confirmation", *RESERVED} == set(get_args(MessageKind)) - KINDS.keys()
    assert expected == {path.stem for path in TEMPLATES.glob("*.j2")}


def test_a_field_means_the_same_in_every_kind() -> None:
    """Whoever writes two templates meets one word for one thing."""
    described = [field for kind in KINDS.values() for field in kind.fields.values()]

    assert len({field.name for field in described}) == len(set(described))


@ALL
def test_a_letter_that_knows_less_keeps_its_paragraphs(path: Path) -> None:
    """What is left out leaves no hole."""
    found = template(path.stem)
    bodies = [
        render(found, content).body for content in (content_in(found.language), content_in(found.language) | LESS)
    ]

    assert [] == [body for body in bodies if "\n\n\n" in body]


@pytest.mark.parametrize(("kind", "left_out"), [("acknowledgement", 1), ("written_notice", 2), ("decision_notice", 1)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_left_out_is_left_out_whole(kind: str, left_out: int, language: str) -> None:
    """The sentence about the limit, what the customer asks for, the remedies."""
    full, bare = (
        render(template(f"{kind}.{language}"), content).body
        for content in (content_in(language), content_in(language) | LESS)
    )

    assert left_out == full.count("\n\n") - bare.count("\n\n")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.zh.j2")), ids=lambda p: p.stem)
def test_chinese_letters_are_punctuated_as_chinese_is(path: Path) -> None:
    """Full-width marks beside Chinese characters; half-width ones look like a machine's letter."""
    letter = render(template(path.stem), content_in("zh"))

    assert [] == re.findall(r"[\u4e00-\u9fff][,:;()!?].{0,8}|.{0,8}[,:;()!?][\u4e00-\u9fff]", "\n".join(letter))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.zh.j2")), ids=lambda p: p.stem)
def test_a_letter_has_one_term_for_one_thing(path: Path) -> None:
    """Two words for one thing make a reader look for the difference."""
    assert [] == ANOTHER_TERM.findall(path.read_text(encoding="utf-8"))


def test_what_letters_and_duties_are_called_has_one_term_for_one_thing() -> None:
    """Timeline, register and reminders name them so."""
    names = [called.zh for called in MESSAGES.values()] + [kind.zh for kind in DUTY_KINDS.values()]

    assert [] == [name for name in names if ANOTHER_TERM.search(name)]


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.to_customer))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_customers_letter_has_no_word_of_staff_discipline(kind: str, language: str) -> None:
    """What becomes of the staff is the bank's own affair."""
    assert None is STAFF_WORDS.search((TEMPLATES / f"{kind}.{language}.j2").read_text(encoding="utf-8"))
    assert set() == KINDS[kind].fields.keys() & (DISCIPLINE | set(KINDS["result_report"].must_say))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_settled_case_leaves_the_handler_nothing_to_do(language: str) -> None:
    """The written notice is delivered all the same, and says so."""
    body = render(template(f"written_notice.{language}"), content_in(language) | {"settled": True}).body

    assert "1. " not in body
    assert ("当场解决" if language == "zh" else "settled on the spot") in body


# -- templates that are refused ----------------------------------------------------------------------

GOOD = "---\nkind: target_chaser\nlanguage: en\n---\nSubject: {{ case_number }}\n\nHello {{ target_on }} {{ due_on }}\n"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("kind: target_chaser", "kind: love_letter", "love_letter"),
        ("kind: target_chaser", "kind: withdrawal_confirmation", "withdrawal_confirmation"),
        ("language: en", "language: fr", "fr"),
        ("language: en\n", "language: en\nmandatory: [reason]\n", "lacks.*reason"),
        ("language: en\n", "language: en\nmandatory: [colour]\n", "colour"),
        ("language: en\n", "language: en\nmandatory: 5\n", "not valid"),
        ("kind: target_chaser\nlanguage: en", "nothing", "not valid"),
        ("Subject: ", "Betreff: ", "Subject"),
        ("Hello", "{% if %}", "not valid"),
        ("Hello", "{{ colour }}", "colour"),
        ("Hello", "{{ findings }}", "findings"),
        ("Hello", "{{ case_number.upper().nothing }}", "cannot be rendered"),
        ("Hello", "{{ 'on ' + accepting_phone }}", "cannot be rendered"),
        ("Hello", "{{ case_number.__class__.__mro__ }}", "cannot be rendered"),
        ("{{ target_on }}", "", "target_on"),
        ("{{ target_on }}", "{{ target_on | length }}", "does not always say.*target_on"),
        ("{{ case_number }}", "{{ case_number if request_is_unknown is defined }}", "request_is_unknown"),
        ("{{ case_number }}", "{{ case_number if accepting_phone else '' }}", "does not always say.*case_number"),
    ],
)
def test_a_template_with_a_fault_is_refused_when_it_is_published(before: str, after: str, named: str) -> None:
    """A fault that came to light only when a letter is due would hold that letter for ever."""
    assert "target_chaser" == parse_template(GOOD).kind

    with pytest.raises(BadReference, match=named):
        parse_template(GOOD.replace(before, after, 1))


@pytest.mark.parametrize("name", [f"{name}.{lang}" for name in sorted(KINDS) for lang in ("zh", "en")])
def test_a_template_without_a_mandatory_element_of_its_kind_is_refused(name: str) -> None:
    """Front matter may add to what a kind must say, never take away."""
    text = (TEMPLATES / f"{name}.j2").read_text(encoding="utf-8")
    for field in KINDS[name.split(".")[0]].mandatory:
        emptied = re.sub(rf"\b{field}\b", "bank_name", text.split("---\n", 2)[2])
        with pytest.raises(BadReference, match=field):
            parse_template(f"---\nkind: {name.split('.')[0]}\nlanguage: {name.split('.')[1]}\n---\n{emptied}")


@pytest.mark.parametrize("fact", sorted(DISCIPLINE))
@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.to_customer))
def test_a_customers_template_that_asks_for_staff_discipline_is_refused_and_says_why(kind: str, fact: str) -> None:
    """In the text as well as in the front matter."""
    text = (TEMPLATES / f"{kind}.zh.j2").read_text(encoding="utf-8")

    for faulty in (text + f"{{{{ {fact} }}}}", text.replace("language: zh", f"language: zh\nmandatory: [{fact}]")):
        with pytest.raises(BadReference, match=f"goes to a customer and asks for {fact}: nothing about the treatment"):
            parse_template(faulty)


def test_what_front_matter_adds_is_mandatory_too() -> None:
    """A bank may want more said than the rules do."""
    added = GOOD.replace("language: en\n", "language: en\nmandatory: [reason]\n")

    assert "target_chaser" == parse_template(added.replace("Hello", "Hello {{ reason }}")).kind
    with pytest.raises(BadReference, match="does not always say what it must: reason"):
        parse_template(added.replace("Hello", "{{ reason if accepting_phone else '' }}"))


def test_a_letter_is_rendered_from_what_its_kind_knows_alone() -> None:
    """Other fields do not even reach the template, and none of them is left out."""
    found = template("acknowledgement.zh")
    known = {field.name for field in COMMON} | {"customer_name", "salutation", "settled"}
    content = {name: value for name, value in content_in("zh").items() if name in known}

    assert known == KINDS["acknowledgement"].fields.keys()
    assert render(found, content_in("zh")) == render(found, content)
    with pytest.raises(KeyError, match="closing"):
        render(found, {name: value for name, value in content.items() if name != "closing"})


if __name__ == "__main__":
    for shipped in sorted(TEMPLATES.glob("*.j2")):
        (LETTERS / f"{shipped.stem}.txt").write_text(golden(shipped), encoding="utf-8")
