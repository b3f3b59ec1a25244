"""What a timeline says of the facts of the clocks: the bank's own, and that of each duty with a limit."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from shared.case.duty_kinds import KINDS
from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.sla import (
    ClockBreachedData,
    ClockMetData,
    ClockRecomputedData,
    ClockStartedData,
    ClockStoppedData,
    ClockWarnedData,
    TargetPassedData,
)

Owed = Telling[ClockStartedData] | Telling[ClockRecomputedData]


def _of_duty(data: Mapping[str, Any]) -> bool:
    """Whether it is the clock of a duty, named by its kind, and not the bank's own."""
    return data["milestone"] in KINDS


def _what(t: Telling[Any]) -> str:
    """What the clock times."""
    if _of_duty(t.data):
        duty = t.duty(t.data["milestone"])
        return f"“{duty}”的时限" if t.zh else f"The limit for {duty}"
    return "办理时限" if t.zh else "The limit of the case"


def _length(t: Owed) -> str:
    """How long the limit is, in words; nothing where it is an instant that was promised."""
    length = t.data["deadline"]["length"]
    if length is None:
        return ""
    amount, days = length["amount"], length["unit"] == "working_days"
    if t.zh:
        return f"（{amount}个{'工作日' if days else '营业小时'}）"
    unit = ("working day" if days else "business hour") + ("" if amount == 1 else "s")
    return f" ({amount} {unit})"


def _ends(t: Telling[Any], due_on: str, due_at: str, at_midnight: tuple[str, str]) -> str:
    """When a limit ends; a bank day that ends at midnight is told as that day, not as the first instant of the next."""
    if t.names.local(datetime.fromisoformat(due_at)).time() != time(0):
        return t.moment(due_at)
    return (at_midnight[0] if t.zh else at_midnight[1]).format(day=t.day(due_on))


def _due(t: Owed) -> str:
    deadline = t.data["deadline"]
    until = _ends(t, deadline["due_on"], deadline["due_at"], ("{day}", "{day}"))
    provisional = ("，待日历公布后确认" if t.zh else ", provisional") if deadline["provisional"] else ""
    return f"{until}{_length(t)}{provisional}"


def _passed(t: Telling[ClockBreachedData]) -> str:
    return _ends(t, t.data["due_on"], t.data["due_at"], ("{day}24时", "at the end of {day}"))


def _met(t: Telling[ClockMetData]) -> str:
    late, in_time = t.data["late_by_working_days"], t.data["in_time"]
    if t.zh:
        when = "按时" if in_time else f"超时限{late}个工作日" if late else "超时限"
        return f"{when}办理了“{t.duty(t.data['milestone'])}”。" if _of_duty(t.data) else f"{when}办结。"
    days = f"{late} working {'day' if late == 1 else 'days'} late" if late else "late"
    when = "in time" if in_time else days
    done = t.duty(t.data["milestone"])
    return f"Done {when}: {done}." if _of_duty(t.data) else f"What the case asks for was done {when}."


SENTENCES: Sentences = {
    "ClockStarted": Sentence[ClockStartedData](
        lambda t: f"{_what(t)}确定为{_due(t)}。",
        lambda t: f"{_what(t)} is {_due(t)}.",
    ),
    "ClockRecomputed": Sentence[ClockRecomputedData](
        lambda t: f"{_what(t)}改为{_due(t)}：{t.word(t.data['ground'])}。",
        lambda t: f"{_what(t)} is now {_due(t)}, since {t.word(t.data['ground'])}.",
    ),
    "ClockWarned": Sentence[ClockWarnedData](
        lambda t: f"时限提醒：{_what(t)}为{t.day(t.data['due_on'])}。",
        lambda t: f"Reminder: {_what(t)[0].lower()}{_what(t)[1:]} is {t.day(t.data['due_on'])}.",
    ),
    "TargetPassed": Sentence[TargetPassedData](
        lambda t: f"目标日{t.day(t.data['target_on'])}已过，时限为{t.day(t.data['due_on'])}。",
        lambda t: f"The target of {t.day(t.data['target_on'])} passed; the limit is {t.day(t.data['due_on'])}.",
    ),
    "ClockBreached": Sentence[ClockBreachedData](
        lambda t: f"{_what(t)}已过（{_passed(t)}），尚未{'办理' if _of_duty(t.data) else '办结'}。",
        lambda t: f"{_what(t)} passed, {_passed(t)}, and it was not done.",
    ),
    "ClockMet": Sentence[ClockMetData](_met, _met),
    "ClockStopped": Sentence[ClockStoppedData](
        lambda t: f"{_what(t)}不再计算：{t.word(t.data['ground'])}。",
        lambda t: f"{_what(t)} runs no more, since {t.word(t.data['ground'])}.",
    ),
}
