"""What a timeline says of the facts of routing."""

from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.sentences.telling import Sentence, Sentences, Telling
from shared.contract.events.stored.parts import RefusedCandidateData
from shared.contract.events.stored.routing import (
    CaseEscalatedData,
    CaseReroutedData,
    CaseRoutedData,
    DutiesAddedData,
    RoutingFellBackData,
)

PARTY = "party_concerned"
IS_PARTY = "系当事人"
AnyRouting = Telling[CaseRoutedData] | Telling[CaseReroutedData]


def _passed_over(t: AnyRouting | Telling[CaseEscalatedData], refused: list[RefusedCandidateData]) -> str:
    """Who was passed over, and why; nothing where nobody was."""
    if not refused:
        return ""
    by_reason: dict[str, list[str]] = {}
    for one in refused:
        by_reason.setdefault(one["reason"], []).append(t.person(one["person"]))
    if t.zh:
        words = {reason: IS_PARTY if reason == PARTY else t.word(reason) for reason in by_reason}
        return "".join(f"；{t.listed(people)}因{words[reason]}被跳过" for reason, people in by_reason.items())
    parts = (
        f"{t.listed(people)} passed over, {_being(t, reason, len(people))}" for reason, people in by_reason.items()
    )
    return "".join(f"; {part}" for part in parts)


def _being(t: AnyRouting | Telling[CaseEscalatedData], reason: str, people: int) -> str:
    """Why so many people were passed over, in English."""
    if reason != PARTY:
        return f"being {t.word(reason)}"
    return "being a party concerned" if people == 1 else "being parties concerned"


def _routed(t: Telling[CaseRoutedData]) -> str:
    decision = t.data["decision"]
    by_rule = f"按“{t.word(str(decision['inputs'].get('channel')))}”渠道规则"
    handler = f"承办人{t.at(decision['handler'])}" if decision["handler"] else "承办人待定"
    return f"{by_rule}由{t.at(decision['accepting'])}受理，{handler}{_passed_over(t, decision['refused'])}。"


def _routed_en(t: Telling[CaseRoutedData]) -> str:
    decision = t.data["decision"]
    by_rule = f"By the rule of the channel {t.word(str(decision['inputs'].get('channel')))}"
    handler = f"{t.at(decision['handler'])} handles it" if decision["handler"] else "who handles it is open"
    passed = _passed_over(t, decision["refused"])
    return f"{by_rule}, {t.at(decision['accepting'])} accepts the complaint and {handler}{passed}."


def _rerouted(t: Telling[CaseReroutedData]) -> str:
    decision, ground = t.data["decision"], t.word(t.data["ground"])
    handler = f"承办人{t.at(decision['handler'])}" if decision["handler"] else "承办人待定"
    return f"因{ground}重新分派：{handler}{_passed_over(t, decision['refused'])}。"


def _rerouted_en(t: Telling[CaseReroutedData]) -> str:
    decision, ground = t.data["decision"], t.word(t.data["ground"])
    handler = f"{t.at(decision['handler'])} handles it" if decision["handler"] else "who handles it is open"
    return f"Routed again, since {ground}: {handler}{_passed_over(t, decision['refused'])}."


SENTENCES: Sentences = {
    "CaseRouted": Sentence[CaseRoutedData](_routed, _routed_en),
    "CaseRerouted": Sentence[CaseReroutedData](_rerouted, _rerouted_en),
    "CaseEscalated": Sentence[CaseEscalatedData](
        lambda t: (
            f"升级至{t.at(t.data['to'])}，{t.word(t.data['mode'])}：{t.word(t.data['ground'])}"
            f"{_passed_over(t, t.data['refused'])}。"
        ),
        lambda t: (
            f"Escalated to {t.at(t.data['to'])}, who {t.word(t.data['mode'])}, since {t.word(t.data['ground'])}"
            f"{_passed_over(t, t.data['refused'])}."
        ),
    ),
    "RoutingFellBack": Sentence[RoutingFellBackData](
        lambda t: f"{t.unit(t.data['unit'])}：{t.word(t.data['reason'])}，已提请上级关注。",
        lambda t: f"{t.unit(t.data['unit'])}: {t.word(t.data['reason'])}; those above were told.",
    ),
    "DutiesAdded": Sentence[DutiesAddedData](
        lambda t: (
            f"{'代理权已到期，' if t.data['reason'] == AUTHORITY_ENDED else ''}"
            f"新增事项：{t.listed(t.duty(one['kind']) for one in t.data['duties_opened'])}。"
        ),
        lambda t: (
            f"{'The authority has run out; added' if t.data['reason'] == AUTHORITY_ENDED else 'Added'}"
            f" to what is owed: {t.listed(t.duty(one['kind']) for one in t.data['duties_opened'])}."
        ),
    ),
}
