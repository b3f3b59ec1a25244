"""What came back of a sending is no decision; which duties a letter ends is one, and is decided again on it. Pure."""

from typing import Any

from shared.contract.envelope import Event

OUTCOMES = {"MessageSent": "sent", "MessageFailed": "failed", "MessageSuppressed": "suppressed"}
"""What came back, by the event that says what became of a letter."""


NOTICES = {"WebhookDelivered": "delivered", "WebhookGivenUp": "given_up"}
"""The same of a notice to a channel system."""


def result_of(event: Event) -> dict[str, Any] | None:
    """What the sender reported, as far as the event that was decided on it says; None for any other event."""
    if (notice := NOTICES.get(event.name)) is not None:
        return {"outcome": notice, **{key: event.data[key] for key in ("status", "reason") if key in event.data}}
    outcome = OUTCOMES.get(event.name)
    if outcome is None:
        return None
    data: dict[str, Any] = event.data
    # A letter that is held names its recipient within the bank alone: whoever is reached by an address is left out.
    return {**data, "outcome": outcome, "recipient": data["recipient"] or {"address": None}}
