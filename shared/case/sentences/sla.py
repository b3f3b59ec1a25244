"""What a timeline says of the facts of the clocks: the bank's own, and that of each duty with a limit."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

from shared.case.duty_kinds import KINDS
from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.sla import (
    BoxReviewMissedData,
    ClockBreachedData,
    ClockMetData,
    ClockRecomputedData,
    ClockStartedData,
    ClockStoppedData,
    ClockWarnedData,
    TargetPassedData,
)


class Called(NamedTuple):
    """What a class of complaints is called in Chinese and in English."""

    zh: str
    en: str


CLASSES = {
    "ordinary": Called("一般投诉", "an ordinary complaint"), "complex": Called("复杂投诉", "a complex complaint"),
}  # fmt: skip
"""The classes of the rules that come with Redress; another bank's stand in its pack, and are told as a new class."""
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


def _from(t: Telling[ClockRecomputedData]) -> str:
    """What the limit was before, where that is known."""
    due_on, due_at = t.data["former_due_on"], t.data["former_due_at"]
    if due_on is None or due_at is None:
        return ""
    former = _ends(t, due_on, due_at, ("{day}", "{day}"))
    return f"由{former}" if t.zh else f" from {former}"


def _moved_why(t: Telling[ClockRecomputedData]) -> str:
    """Why a limit moved: by which class it is now, where it was classified anew into one that has a name here."""
    class_ = CLASSES.get(t.data["deadline"]["complaint_class"] or "")
    if t.data["ground"] != "reclassified" or class_ is None:
        return t.word(t.data["ground"])
    return f"定类为{class_.zh}" if t.zh else f"it was classified as {class_.en}"


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
        lambda t: f"{_what(t)}{_from(t)}改为{_due(t)}：{_moved_why(t)}。",
        lambda t: f"{_what(t)} moved{_from(t)} to {_due(t)}, since {_moved_why(t)}.",
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
    "BoxReviewMissed": Sentence[BoxReviewMissedData](
        lambda t: f"{t.unit(t.data['unit'])}{t.day(t.data['date'])}的意见箱未在{t.moment(t.data['due_at'])}前查看。",
        lambda t: (
            f"The opinion box of {t.unit(t.data['unit'])} was not reviewed for {t.day(t.data['date'])} before "
            f"{t.moment(t.data['due_at'])}."
        ),
    ),
}
