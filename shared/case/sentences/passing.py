"""What a timeline says of a case that is passed on, level by level, and of what a medium is told."""

from shared.case.sentences.acts import did
from shared.case.sentences.telling import Sentences, Telling
from shared.contract.events.stored.passing import DispatchPassedDownData, MediaAnsweredData, ReportPassedUpData

STEPS = {
    "hand_over_to_general_office": ("移交", "handed the complaint over"),
    "pass_down": ("下发", "passed the complaint down"),
    "forward": ("转发", "forwarded the complaint"),
}
"""What each step is called, and in English what was done by it."""


def _down(t: Telling[DispatchPassedDownData]) -> str:
    return f"将投诉由{t.unit(t.data['level'])}{STEPS[t.data['step']][0]}至{t.at(t.data['to'])}"


def _down_en(t: Telling[DispatchPassedDownData]) -> str:
    return f"{STEPS[t.data['step']][1]} from {t.unit(t.data['level'])} to {t.at(t.data['to'])}"


def _up(t: Telling[ReportPassedUpData]) -> str:
    end = "，逐级报告完毕" if t.data["last"] else ""
    return f"将办理情况报告由{t.unit(t.data['level'])}上报至{t.at(t.data['to'])}{end}"


def _up_en(t: Telling[ReportPassedUpData]) -> str:
    end = ", the last level" if t.data["last"] else ""
    return f"passed the report up from {t.unit(t.data['level'])} to {t.at(t.data['to'])}{end}"


def _medium(t: Telling[MediaAnsweredData]) -> str:
    return "答复了媒体" if t.data["kind"] == "final" else "向媒体告知办理进展"


def _medium_en(t: Telling[MediaAnsweredData]) -> str:
    return "answered the medium" if t.data["kind"] == "final" else "told the medium how far the bank is"


SENTENCES: Sentences = {
    "DispatchPassedDown": did(_down, _down_en),
    "ReportPassedUp": did(_up, _up_en),
    "MediaAnswered": did(_medium, _medium_en),
}
