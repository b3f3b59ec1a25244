"""What a timeline says of plans that were offered to customers, and of remedies that were carried out."""

from shared.case.sentences.acts import did
from shared.case.sentences.telling import Sentences, Telling
from shared.contract.amounts import money_in_words
from shared.contract.events.stored.agreements import (
    NegotiationPlanAnsweredData,
    NegotiationPlanOfferedData,
    NegotiationPlanStepExecutedData,
    RemedyExecutedData,
)


def _offered(t: Telling[NegotiationPlanOfferedData]) -> str:
    data = t.data
    steps, times, again = len(data["steps"]), len(data["times"]), data["replaces"] is not None
    until = t.day(data["answer_by"])
    if t.zh:
        held = [f"{steps}个步骤"] * bool(steps) + [f"{times}个可选时间"] * bool(times)
        told = f"（{'，'.join(held)}）" if held else ""
        instead = "，代替尚未答复的前一方案" if again else ""
        return f"向客户提出了第{data['plan_version']}版协商方案{told}{instead}，请客户于{until}前答复"
    held = [_counted(steps, "step")] * bool(steps) + [_counted(times, "time") + " to choose from"] * bool(times)
    told = f" ({', '.join(held)})" if held else ""
    instead = ", in the place of the one that was still open," if again else ""
    return f"offered the customer plan no. {data['plan_version']}{told}{instead} to be answered by {until}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _answered(t: Telling[NegotiationPlanAnsweredData]) -> str:
    data = t.data
    said = {"accepted": ("同意", "accepted"), "declined": ("不同意", "declined"), "counter": ("另提意见", "countered")}
    zh, en = said[data["answer"]]
    chosen = [t.word(data["way"])] if data["way"] is not None else []
    chosen += [t.moment(data["at_time"])] if data["at_time"] is not None else []
    if t.zh:
        choice = f"，选择{'、'.join(chosen)}" if chosen else ""
        verb = "客户" + (f"对第{data['plan_version']}版协商方案另提意见" if data["answer"] == "counter" else "")
        about = verb if data["answer"] == "counter" else f"客户{zh}第{data['plan_version']}版协商方案"
        return f"记录：{about}{choice}"
    choice = f" and chose {', '.join(chosen)}" if chosen else ""
    answer = f"{en} plan no. {data['plan_version']}"
    if data["answer"] == "counter":
        answer = f"answered plan no. {data['plan_version']} with another wish"
    return f"recorded that the customer {answer}{choice}"


def _step_done(t: Telling[NegotiationPlanStepExecutedData]) -> str:
    number, version = t.data["step"], t.data["plan_version"]
    return f"落实了第{version}版协商方案的第{number}步" if t.zh else f"did step {number} of plan no. {version}"


def _remedy_done(t: Telling[RemedyExecutedData]) -> str:
    data = t.data
    amount, currency = data["amount_minor"], data["currency"]
    money = money_in_words(amount, currency, t.language) if amount is not None and currency is not None else ""
    arrived = t.day(data["arrived_on"]) if data["arrived_on"] is not None else ""
    if t.zh:
        return f"落实了补救措施：{t.word(data['kind'])}{money}{f'，{arrived}到账' if arrived else ''}"
    of = f" of {money}" if money else ""
    return f"carried a remedy out: {t.word(data['kind'])}{of}{f', which arrived on {arrived}' if arrived else ''}"


SENTENCES: Sentences = {
    "NegotiationPlanOffered": did(_offered, _offered),
    "NegotiationPlanAnswered": did(_answered, _answered),
    "NegotiationPlanStepExecuted": did(_step_done, _step_done),
    "RemedyExecuted": did(_remedy_done, _remedy_done),
}
