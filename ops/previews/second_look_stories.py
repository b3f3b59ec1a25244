"""Invented facts for previews of letters of second looks: a decision put right or reviewed, a major complaint."""

from collections.abc import Callable

from ops.previews.letter_stories import contacted, decided
from ops.previews.story_so_far import StorySoFar
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.casework import DissatisfactionReviewed, SatisfactionRecorded
from shared.contract.events.second_looks import DecisionRevised, MajorFlagged
from shared.contract.ids import duty_id, event_id

SPOKEN = {
    "zh": {
        "what_changed": "原通知所列退还金额30.00元有误，应为50.00元；其他内容不变。",
        "review_words": "经重新调阅录像和收费凭证，您当日等候时间和收费情况与原处理决定所述一致。",
        "happened": "二十余名客户在大厅聚集，要求当面答复；秩序平稳，已安排专人接待。",
    },
    "en": {
        "what_changed": "We told you that 30.00 yuan would be returned; it is 50.00 yuan. The rest is as it was.",
        "review_words": "The recordings and the receipt of the fee show what the decision says.",
        "happened": "More than twenty customers are in the hall and ask for an answer; it is calm, they are received.",
    },
}


def _said(told: StorySoFar, what: str) -> Sealed:
    return Sealed(label=what, box=SPOKEN[told.language][what])


def _revised(told: StorySoFar) -> EventData:
    said = decided(told).model_dump(mode="json", include={*DecisionRevised.model_fields})
    inherited = {"command", "acted_for", "proof", "duties_opened", "duties_ended"}
    kept = {name: value for name, value in said.items() if name not in inherited}
    more = {"ground": told.said("grounds"), "what_changed": _said(told, "what_changed"), "outcome": "upheld"}
    return DecisionRevised.model_validate(kept | more)


def _dissatisfied(told: StorySoFar) -> EventData:
    """The customer is dissatisfied, and somebody above has to look again."""
    above, accepting = told.somebody_else(), told.last("CaseRouted")["decision"]["accepting"]
    id_ = duty_id(event_id("casework", told.events[0].subject, "story", 0), "review_dissatisfaction", None)
    debtor = {"unit": above.unit, "post": "operations_supervisor", "person": above.person}
    duty = {"id": id_, "kind": "review_dissatisfaction", "debtor": debtor, "creditor": accepting}
    return SatisfactionRecorded.model_validate({"value": "dissatisfied", "duties_opened": [duty]})


def _reviewed(told: StorySoFar) -> EventData:
    return DissatisfactionReviewed(outcome="stands", words=_said(told, "review_words"))


def _flagged(told: StorySoFar) -> EventData:
    return MajorFlagged(ground="many_people", words=_said(told, "happened"), next_report_at=told.at)


BEFORE: dict[str, Callable[[StorySoFar], EventData]] = {
    "corrected_decision": decided, "review_request": decided, "review_result": decided, "review_notice": decided,
    "major_report": contacted,
}  # fmt: skip
"""What has to have happened before such a letter can be called for at all."""
ONLY: dict[str, Callable[[StorySoFar], EventData]] = {"review_request": _dissatisfied}
"""By which story a letter is shown that many facts can call for."""
STORIES: tuple[Callable[[StorySoFar], EventData], ...] = (_revised, _dissatisfied, _reviewed, _flagged)
"""What can happen on the case then."""
