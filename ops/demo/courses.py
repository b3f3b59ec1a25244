"""The courses that the demo's complaints take, from hand-over to archive: who does what, when, with which words.

Times are working days after the receipt and an hour of that day; people are named by what they are on the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]
SPOKEN = {"way": "phone"}
WHEN_DONE, TODAY, APPROVAL = "{now}", "{today}", "{approval}"
"""Stand for the instant of the step itself, for its day, and for what the step before asked a second person for."""
CALLED_AGAIN = "called again"
"""No command: the call centre posts a further receipt of the same complaint."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command: ``by`` is ``handler``, ``accepting``, ``archivist`` or a person's id.

    ``working_days`` after the day of receipt, at ``hour`` o'clock; day 0 counts hours from the call instead. Whoever is
    asked by a letter acts an hour later: before the clock moves, every letter has left.
    """

    working_days: int
    hour: int
    by: str
    command: str
    body: Row = field(default_factory=dict)

    def body_at(self, instant: datetime, approval: str | None = None) -> Row:
        """The command's body when it is sent at ``instant``, while ``approval`` waits."""
        stands_for = {WHEN_DONE: instant.isoformat(), TODAY: instant.date().isoformat(), APPROVAL: approval}
        return {
            key: stands_for.get(value, value) if isinstance(value, str) else value for key, value in self.body.items()
        }


def _ordinary(row: Row) -> Iterator[Step]:
    """Taken over at once, settled well within the limit."""
    yield from taken_over(row)
    yield from answered(row, 1)
    yield from finished(row, 2)


def taken_over(row: Row, hour: int = 1) -> Iterator[Step]:
    """The handler takes the case on and calls the customer."""
    yield Step(0, hour, "handler", "accept-handover")
    if row["reason"] is None:
        ground = {"ground": "依据来电内容,属于服务态度问题。"}
        yield Step(0, hour, "accepting", "classify", {"reason": "service_attitude"} | ground)
    contact = {"points": "已致歉并了解情况,客户愿意等待答复。", "outcome": "reached"}
    yield Step(0, hour, "handler", "record-contact", SPOKEN | contact)


def _approved(row: Row) -> Iterator[Step]:
    """The handler grants more than he may alone: the decision counts when the supervisor approves it himself."""
    yield from taken_over(row)
    refund = {"kind": "refund", "amount_minor": 80000, "currency": "CNY", "words": "退还多收的费用。"}
    yield from answered(row, 1, refund)
    paid = {"remedy": 1, "outcome": "款项已退回客户账户。", "arrived_on": TODAY, "proof": "入账回单 0000-2020"}
    yield Step(1, 14, "handler", "execute-remedy", paid)
    yield from finished(row, 2)


def answered(row: Row, day: int, remedy: Row | None = None, *, investigated: bool = False) -> Iterator[Step]:
    """Investigated and decided; who has no e-mail is told on the telephone, who left no name in the book."""
    found = {
        "findings": "调阅监控和业务记录,客户反映的情况属实。",
        "fault": "responsible",
        "measures": "已整改并加强培训。",
    }
    if not investigated:
        yield Step(day, 10, "handler", "record-investigation", found)
    yield Step(
        day,
        10,
        "handler",
        "decide",
        {
            "outcome": "upheld",
            "findings": "经核实,您反映的情况属实。",
            "grounds": "我行服务规范要求首问负责、限时答复,本次未能做到。",
            "decision": "向您致歉,已当即纠正,并按规定办理您的诉求。",
            "remedies_offered": [remedy or {"kind": "apology"}],
        },
    )
    if remedy:
        yield Step(day, 11, "he.yun", "approve", {"approval": APPROVAL})
    if row.get("channel") == "opinion-box":
        book = {
            "way": "in_book",
            "content": "饮水机已更换，谢谢您的意见。",
            "remedies_told": True,
            "proof": "意见簿第12页",
        }
        yield Step(day, 11, "handler", "reply-customer", book)
    elif row.get("name", True) and not row["email"]:
        told = {"content": "已电话告知处理决定及依据。", "remedies_told": True, "proof": "录音编号 R-2020"}
        posted = {"way": "letter", "proof": "挂号信回执 0000-2020"} if row.get("address") else {}
        yield Step(day, 11, "handler", "reply-customer", SPOKEN | told | posted)


def finished(
    row: Row,
    day: int,
    reported: tuple[Step, ...] = (),
    answers_body: str = "accepting",
    closer: str = "accepting",
) -> Iterator[Step]:
    """Satisfaction asked, whoever passed the complaint on answered, result reported, looked at, closed, archived.

    ``reported``: how the report goes on upward. ``answers_body`` and ``closer``: who does that.
    """
    if "origin" in row:
        told = {
            "words": "情况属实，已致歉并整改，处理决定已告知客户。",
            "way": "letter",
            "reference": f"复 {row['key']}",
        }
        yield Step(day, 10, answers_body, "answer-transferring-body", told)
    if row.get("name", True):
        yield Step(day, 10, "accepting", "record-satisfaction", {"value": row.get("satisfaction", "satisfied")})
    if row.get("satisfaction") == "dissatisfied":
        looked = {"outcome": "stands", "words": "复核了处理经过和决定，维持处理决定，已向客户当面说明。"}
        yield Step(day, 11, "he.yun", "review-dissatisfaction", looked)
    yield Step(
        day,
        10,
        "handler",
        "report-result",
        {
            "cause_and_findings": "客户投诉事由及核实情况见调查记录,情况属实。",
            "treatment_of_persons": "对当事员工批评教育。",
            "lessons_and_measures": "开展服务规范培训,增设高峰时段窗口。",
            "handled_at": WHEN_DONE,
            "handler_and_phone": "经办人见系统登记,电话 0000-5550110",
            "no_copy_reason": "不涉及其他部门。",
        },
    )
    yield from reported
    checked = {"checked": "已核对，处理情况属实。", "called_back": bool(row.get("name", True))}
    yield Step(day, 10, "accepting", "confirm-result", checked)
    yield Step(day, 11, closer, "close")
    yield Step(day + 1, 10, row.get("archivist", "archivist"), "archive", {"place": "档案室 2020 柜"})


def _refused(row: Row) -> Iterator[Step]:
    """The outlet does not feel competent and proposes the department that is."""
    yield Step(0, 1, "handler", "refuse-handover", {"ground": "not_competent", "proposed_unit": "dongqiao.operations"})
    yield from taken_over(row, 2)
    yield from answered(row, 1)
    yield from finished(row, 2)


def _party_named(row: Row) -> Iterator[Step]:
    """The handler turns out to be concerned himself, after he took the case over."""
    yield Step(0, 1, "handler", "accept-handover")
    named = {"person": "luo.tian", "ground": "该笔业务由其本人经办。"}
    yield Step(0, 2, "handler", "name-party", named)
    contact = {"points": "换人办理,已向客户说明。", "outcome": "reached"}
    yield Step(0, 3, "handler", "accept-handover")
    yield Step(0, 3, "handler", "record-contact", SPOKEN | contact)
    yield from answered(row, 1)
    yield from finished(row, 2)


def _late(row: Row) -> Iterator[Step]:
    """The limit passes: the reason goes to the accepting unit, an explanation to the customer, then the answer."""
    yield from taken_over(row)
    yield Step(4, 10, "handler", "report-overrun-reason", {"reason": "需要向外部机构调取录音,尚未收到。"})
    explained = {"words": "已电话向客户说明延期原因并致歉。", "promised_on": row["promised_on"]}
    yield Step(4, 10, "handler", "explain-overrun", explained)
    yield from answered(row, 5)
    yield from finished(row, 6)


def _called_again(row: Row) -> Iterator[Step]:
    """The customer calls again with more; it turns out to be complex, so the date that he was told moves."""
    yield from taken_over(row)
    yield Step(1, 9, "hotline", CALLED_AGAIN)
    found = {"reason": "service_channel", "ground": "补充的信息表明自助设备存在故障。"}
    yield Step(1, 10, "accepting", "classify", found)
    yield from answered(row, 2)
    yield from finished(row, 3)


def _silent(row: Row) -> Iterator[Step]:
    """Nobody takes it on or calls the customer, until it went up by itself: whoever supports has it seen to."""
    yield Step(2, 10, "handler", "accept-handover")
    contact = {"points": "致歉并了解情况,承诺按期答复。", "outcome": "reached"}
    yield Step(2, 10, "handler", "record-contact", SPOKEN | contact)
    yield from answered(row, 2)
    yield from finished(row, 3)


def _reopened(row: Row) -> Iterator[Step]:
    """The customer comes back after the closing: a second round."""
    yield from _ordinary(row | {"satisfaction": "dissatisfied"})
    again = {"ground": "客户来电称问题再次出现。", "received_at": row["back_at"]}
    yield Step(4, 10, "accepting", "reopen", again)
    contact = {"points": "再次致歉并复核。", "outcome": "reached"}
    yield Step(4, 11, "handler", "record-contact", SPOKEN | contact)
    yield from answered(row, 5)
    yield from finished(row, 6)


def _on_the_spot(row: Row) -> Iterator[Step]:
    """Who took the call settles it at once, with the customer's agreement."""
    yield Step(
        0,
        0,
        "lin.fang",
        "settle-on-the-spot",
        {
            "findings": "柜员解释不够耐心。",
            "remedy": {"kind": "apology", "words": "当场致歉。"},
            "words": "客户接受道歉,不再追究。",
            "customer_agreed": True,
            "agreed_proof": "录音编号 R-2020-22",
            "satisfaction": {"value": "satisfied"},
            "lessons_and_measures": "晨会通报,加强服务礼仪。",
            "treatment_of_persons": "口头提醒。",
            "handler_and_phone": "林芳 0000-5550111",
            "remedies_told": True,
        },
    )
    yield Step(1, 10, "accepting", "confirm-result", {"checked": "已核对录音。", "called_back": False})
    yield Step(1, 10, "accepting", "close")
    yield Step(2, 10, "archivist", "archive", {"place": "档案室 2020 柜"})


COURSES = {
    "ordinary": _ordinary,
    "refused": _refused,
    "party_named": _party_named,
    "late": _late,
    "called_again": _called_again,
    "silent": _silent,
    "reopened": _reopened,
    "on_the_spot": _on_the_spot,
    "approved": _approved,
}
