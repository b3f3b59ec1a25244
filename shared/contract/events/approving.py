"""Facts about acts that need a second person: asked for, approved, refused, taken back, and the duties let go so."""

from typing import Any

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Identifier, Sealed


class ApprovalRequested(CaseworkEvent, heard_by=EVERYBODY):
    """Somebody asked for an act that needs a second person. Until it is approved, what it would end is owed.

    ``act``: the command's name; ``body``: what it says, sealed where it was typed. ``approvers``: who may approve it as
    the posts are on the day, nearest first.
    """

    act: Identifier
    body: dict[str, Any]
    approvers: tuple[Identifier, ...]


class ApprovalGranted(CaseworkEvent, heard_by=EVERYBODY):
    """A second person approved an act. The act's own event follows, by who asked for it, with the same cause."""

    approval: str
    act: Identifier
    asked_by: Identifier


class ApprovalRefused(CaseworkEvent, heard_by=EVERYBODY):
    """A second person refused to approve an act: nothing of it happens."""

    approval: str
    act: Identifier
    asked_by: Identifier
    ground: Sealed


class ApprovalRequestWithdrawn(CaseworkEvent, heard_by=EVERYBODY):
    """Who asked for an act takes his request back: nothing of it happens, and nobody owes him an answer any more."""

    approval: str
    act: Identifier
    ground: Sealed


class DutyWaived(CaseworkEvent, heard_by=EVERYBODY):
    """A duty is let go with the approval of somebody else than who owes it."""

    duty_id: str
    ground: Sealed
    approved_by: Identifier
