"""The events of approving, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Any

from shared.contract.events.stored.parts import CaseworkEventData, SealedData


class ApprovalRequestedData(CaseworkEventData):
    """``ApprovalRequested``."""

    act: str
    body: dict[str, Any]
    approvers: list[str]


class ApprovalGrantedData(CaseworkEventData):
    """``ApprovalGranted``."""

    approval: str
    act: str
    asked_by: str


class ApprovalRefusedData(CaseworkEventData):
    """``ApprovalRefused``."""

    approval: str
    act: str
    asked_by: str
    ground: SealedData


class ApprovalRequestWithdrawnData(CaseworkEventData):
    """``ApprovalRequestWithdrawn``."""

    approval: str
    act: str
    ground: SealedData


class DutyWaivedData(CaseworkEventData):
    """``DutyWaived``."""

    duty_id: str
    ground: SealedData
    approved_by: str
