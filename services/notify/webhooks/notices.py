"""Notices to channel systems are promised with a case's first letters, and end as delivered or given up. Pure."""

from collections.abc import Iterator

from services.notify.webhooks.hook import Hook, Notice, reached_at
from shared.bank.organisation import Organisation
from shared.case.late_timers import NOT_TAKEN
from shared.contract.events.notify import WebhookAgreed, WebhookDelivered, WebhookGivenUp
from shared.kernel.service import NoLongerDue, ResultTrigger, Timer

NOTICE_OUTCOMES = frozenset({"delivered", "given_up"})
"""What comes back of a notice, and of no letter."""


def agreement(hook: Hook | None, organisation: Organisation) -> Iterator[WebhookAgreed]:
    """That the system which submitted a case is told what becomes of it, if it has a webhook and nobody said so yet."""
    if hook is None or hook.agreed:
        return
    system = organisation.channel_systems.get(hook.system)
    if system is not None and system.webhook is not None:
        yield WebhookAgreed(system=hook.system, case_number=hook.case_number)


def outcome_of_notice(hook: Hook | None, trigger: ResultTrigger) -> WebhookDelivered | WebhookGivenUp:
    """What became of a notice. Raises NoLongerDue: it has ended otherwise."""
    common, result = _common(*_owed(hook, trigger.id)), trigger.result
    if result["outcome"] == "delivered":
        return WebhookDelivered.model_validate({**common, "status": result["status"]})
    return WebhookGivenUp.model_validate({**common, "reason": result["reason"]})


def not_taken(hook: Hook | None, timer: Timer) -> WebhookGivenUp:
    """A notice is tried no more. Raises NoLongerDue: it has ended."""
    return WebhookGivenUp.model_validate({**_common(*_owed(hook, timer.clock)), "reason": NOT_TAKEN})


def _owed(hook: Hook | None, id_: str) -> tuple[str, Notice]:
    notice = next((one for one in hook.owed if one.id == id_), None) if hook is not None else None
    if hook is None or notice is None:
        raise NoLongerDue(f"the notice {id_} is not owed any more")
    return hook.system, notice


def _common(system: str, notice: Notice) -> dict[str, object]:
    return {
        "webhook_id": notice.id, "system": system, "state": notice.state, "ended_how": notice.how,
        "reached_at": reached_at(notice),
    }  # fmt: skip
