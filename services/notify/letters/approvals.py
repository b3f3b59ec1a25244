"""These letters ask a second person for an approval, and tell how it was answered or that it was taken back. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Draft, Fill
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import (
    APPROVAL_GRANTED,
    APPROVAL_REFUSED,
    APPROVAL_REQUESTED,
    APPROVAL_WITHDRAWN,
)
from services.notify.letters.reasons import Needless
from shared.contract.amounts import money_in_words
from shared.contract.events.approving import ApprovalRefused, ApprovalRequested, ApprovalRequestWithdrawn

ACT = Field("act", "what is to be approved, in words")
ASKED_BY = Field("asked_by", "the name of who asks for the approval")
AMOUNTS = Field("amounts", "a row of amounts that the act costs, perhaps none", Shape.ROW, always=False)
APPROVAL = Field("approval", "the id by which the request is answered")
GRANTED = Field("granted", "whether it was approved", Shape.WHETHER)
ANSWERED_BY = Field("answered_by", "the name of who answered")
REFUSAL = Field("refusal", "why it was not approved, as it was typed", always=False)

TAKEN_BACK_FOR = Field("taken_back_for", "why the request was taken back, as it was typed")


def _amounts(draft: Draft) -> tuple[str, ...]:
    """What the act costs, each remedy by itself; nothing else of what it says goes into a letter."""
    remedies = _remedies(draft.dossier.latest(ApprovalRequested).body)
    costs = ((one.get("amount_minor"), one.get("currency")) for one in remedies)
    return tuple(money_in_words(cost, of, draft.language) for cost, of in costs if cost and of)


def _remedies(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    alone = body.get("remedy")
    return [alone] if alone else body.get("remedies_offered") or ()


ASKED: Mapping[Field, Fill] = {
    ACT: lambda draft: draft.words(draft.dossier.cause.data["act"]),
    ASKED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
}
"""Which act, and who asked for it: of the request, and of its being taken back, by himself."""
APPROVAL_REQUEST = LetterKind(
    "approval_request",
    occasions=(APPROVAL_REQUESTED,),
    to=(Addressee.APPROVER,),
    must_say=("act", "asked_by", "approval"),
    knows={**ASKED, AMOUNTS: _amounts, APPROVAL: lambda draft: draft.dossier.cause.id},
    unless=(Needless.DUTY_DONE, Needless.LONG_AGO),
)
APPROVAL_ANSWERED = LetterKind(
    "approval_answered",
    occasions=(APPROVAL_GRANTED, APPROVAL_REFUSED),
    to=(Addressee.ASKER,),
    must_say=("act", "answered_by"),
    knows={
        ACT: lambda draft: draft.words(draft.dossier.cause.data["act"]),
        GRANTED: lambda draft: draft.dossier.cause.name == APPROVAL_GRANTED.event,
        ANSWERED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
    },
    quotes={
        REFUSAL: lambda dossier: (
            dossier.latest(ApprovalRefused).ground if dossier.cause.name == APPROVAL_REFUSED.event else None
        )
    },
    unless=(Needless.LONG_AGO,),
    after_withdrawal=True,
)
APPROVAL_TAKEN_BACK = LetterKind(
    "approval_withdrawn",
    occasions=(APPROVAL_WITHDRAWN,),
    to=(Addressee.RELIEVED,),
    must_say=("act", "asked_by", "taken_back_for"),
    knows=ASKED,
    quotes={TAKEN_BACK_FOR: lambda dossier: dossier.latest(ApprovalRequestWithdrawn).ground},
    unless=(Needless.LONG_AGO,),
)
APPROVALS = (APPROVAL_REQUEST, APPROVAL_ANSWERED, APPROVAL_TAKEN_BACK)
