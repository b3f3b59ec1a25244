"""What invented stories build on: the bank, what happened so far, and what people said in either language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.bank.organisation import Organisation
from shared.contract.envelope import Event
from shared.contract.events.base import PersonAt, Sealed

SPOKEN = {
    "zh": {
        "name": "甲某", "narrative": "在柜台排队两个小时，工作人员态度生硬。", "request": "希望道歉并退还手续费。",
        "findings": "经调阅监控录像并询问当班人员，您当日排队时间为一小时五十分，柜员答复时态度生硬，情况属实。",
        "grounds": "依据我行《柜面服务规范》，客户等候超过三十分钟应当增开窗口；收取手续费的依据是我行公示的价目表。",
        "decision": "我行向您赔礼道歉，退还当日手续费，并调整高峰时段的窗口安排。", "refund": "退回原账户",
        "passed": "请承办部门即与客户联系。", "outlet": "某晚报",
        "told": "经核实，客户反映的情况属实，我行已致歉、退还费用并增开窗口。",
        "agreed": "我行向您道歉，退还手续费；您对此表示满意。",
        "cause": "客户投诉柜台等候时间过长、柜员态度生硬，经核实情况属实。",
        "treatment": "对当班柜员进行批评教育，扣减当月绩效。", "lessons": "高峰时段应及时增开窗口；已修订排班办法。",
        "denial": "我只登记了来电，未与客户商定任何处理办法。",
        "handler": "罗天，0000-5550121",
        "question": "客户称去年已在贵部门办理过信息变更，请核实当时的登记情况。",
        "opinion": "经查，客户去年9月在我部门办理过变更，系统登记无误，材料已附。",
        "to_mend": "修订柜面排队管理办法，高峰时段增开窗口，并对柜员开展一次培训。",
        "idea": "建议在手机银行中增加网点排队情况查询功能。",
        "thanks": "手机银行将先在部分网点试行排队查询，视效果再推广。",
        "signpost": "该业务由代销的保险公司办理，请拨打其客服电话0000-5559000。",
    },
    "en": {
        "name": "J. Doe", "narrative": "I queued for two hours, and the clerk was rude.",
        "request": "An apology, and the fee back.",
        "findings": "The recordings of the hall and the people on duty confirm that you waited for an hour and fifty "
        "minutes, and that the clerk answered you rudely.",
        "grounds": "By our rules for the counter a further window has to be opened when somebody waits for more than "
        "thirty minutes. The fee was charged by our published list of prices.",
        "decision": "We apologise to you, return the fee, and change how the windows are staffed at busy hours.",
        "refund": "to the account that it was taken from",
        "passed": "Please call the customer at once.", "outlet": "Evening News",
        "told": "What the customer says is so; we have apologised, returned the fee and opened a further window.",
        "agreed": "We apologise and return the fee. You agreed to this.",
        "cause": "The customer complained of a long wait and of a rude clerk; both are so.",
        "treatment": "The clerk was admonished and loses part of the month's bonus.",
        "denial": "I only took the call; nothing was agreed with the customer.",
        "lessons": "Further windows at busy hours; the rota was changed.", "handler": "Luo Tian, 0000-5550121",
        "question": "The customer says that your unit changed the records last year. What was registered then?",
        "opinion": "The change was made in September last year and registered rightly; the papers are attached.",
        "to_mend": "Write new rules for queues, open further windows at busy hours, and train the clerks.",
        "idea": "Let people see in the app how long the queue at a branch is.",
        "thanks": "We shall try this at some branches first, and see what comes of it.",
        "signpost": "The insurance company that we sold this for is responsible: please call 0000-5559000.",
    },
}  # fmt: skip


class StorySoFar(NamedTuple):
    """What a story builds on: the bank, what happened so far, in which language people spoke, and when it goes on."""

    organisation: Organisation
    events: Sequence[Event]
    language: str
    at: datetime

    def said(self, what: str) -> Sealed:
        """A text as somebody typed it. Nothing is sealed in a preview."""
        return Sealed(label=what, box=SPOKEN[self.language][what])

    def last(self, name: str) -> dict[str, Any]:
        """The data of the last fact of a type."""
        return next(event.data for event in reversed(self.events) if event.name == name)

    def handler(self) -> PersonAt:
        """Who handles the case."""
        return PersonAt.model_validate(self.last("CaseRouted")["decision"]["handler"])

    def somebody_else(self) -> PersonAt:
        """Somebody of the bank who does not handle it."""
        handler = self.handler().person
        found = next(p for p in self.organisation.people.values() if p.id != handler and p.email)
        return PersonAt(unit=found.unit, person=found.id)
