"""The settlement that came with a receipt: the first letters wait until it is known what became of it. Pure."""

from services.notify.state import NotifyState
from shared.contract.envelope import Event
from shared.contract.events.stored.approving import ApprovalRequestedData
from shared.contract.events.stored.casework import CommandRefusedData, SettledOnTheSpotData

REFUSED = "CommandRefused"


def answers_receipt(state: NotifyState, event: Event) -> bool:
    """Whether a fact says what became of it: one that answers no command, or its refusal."""
    if not state.settling:
        return False
    data: SettledOnTheSpotData | ApprovalRequestedData | CommandRefusedData = event.data
    command = data["command"]
    if event.name == REFUSED:
        return command is not None and command["fingerprint"] == state.settling
    return command is None
