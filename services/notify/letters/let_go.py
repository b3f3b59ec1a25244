"""A fact takes from people what they owed: this says what, so that they are told that it is over. Pure."""

from collections.abc import Iterator

from services.notify.letters.new_duties import is_news
from shared.case.core import CaseCore
from shared.case.duties import Duty, ListsDuties
from shared.case.duty_kinds import FOLLOWS_HANDLER, LEVELLED
from shared.contract.envelope import Event

ONLY_WHO_WAS_TOLD = FOLLOWS_HANDLER | LEVELLED
"""The kinds of which somebody need hear no more who never heard that they are his: the note would only puzzle."""


def let_go(core: CaseCore, event: Event) -> Iterator[Duty]:
    """The duties that a fact ends although nobody did them, and that were somebody's news when they were opened."""
    data: ListsDuties = event.data
    ended = {one["id"]: one["kind"] for one in data.get("duties_ended") or () if one["state"] == "waived"}
    kinds = set(ended.values())
    for duty in core.duties() if ended else ():
        if duty.terms.kind in kinds and duty.id in ended and is_news(core, duty.terms.kind):
            yield duty
