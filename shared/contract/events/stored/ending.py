"""The events of ending, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.codes import ReplyWay
from shared.contract.events.stored.parts import CaseworkEventData, SealedData


class CaseWithdrawnData(CaseworkEventData):
    """``CaseWithdrawn``."""

    received_at: str
    way: ReplyWay
    by: list[SealedData]


class CaseNotAcceptedData(CaseworkEventData):
    """``CaseNotAccepted``."""

    ground: Literal[
        "not_the_complainant",
        "not_a_complaint",
        "not_this_bank",
        "same_without_new_facts",
        "inquiry",
        "praise",
        "duplicate",
        "entered_by_mistake",
    ]
    signpost: SealedData
    of_case: str | None
    approved_by: str | None


class CaseClosedData(CaseworkEventData):
    """``CaseClosed``."""


class CaseArchivedData(CaseworkEventData):
    """``CaseArchived``."""

    place: SealedData
    retain_until: str


class CaseReopenedData(CaseworkEventData):
    """``CaseReopened``."""

    ground: SealedData
    received_at: str
