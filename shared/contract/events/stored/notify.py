"""The events of notify, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal, TypedDict

from shared.contract.events.stored.codes import EndedHow, Language, SubmissionState, Way
from shared.contract.events.stored.parts import (
    CustomerRecipientData,
    DutyEndedData,
    StaffRecipientData,
    UnitRecipientData,
    VersionedData,
)
from shared.contract.message_kinds import MessageKind


class MessageSendStartedData(TypedDict):
    """``MessageSendStarted``."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    about: str
    recipient: StaffRecipientData | UnitRecipientData | CustomerRecipientData
    way: Way
    language: Language
    template: VersionedData
    organisation: VersionedData
    smtp_message_id: str | None


class MessageSentData(TypedDict):
    """``MessageSent``."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: StaffRecipientData | UnitRecipientData | CustomerRecipientData
    way: Way
    template: VersionedData
    content_sha256: str
    smtp_message_id: str | None
    smtp_reply: str | None
    gateway_reply: str | None
    duties_ended: list[DutyEndedData]


class MessageFailedData(TypedDict):
    """``MessageFailed``."""

    message_id: str
    kind: MessageKind
    duty_id: str | None
    recipient: StaffRecipientData | UnitRecipientData | CustomerRecipientData
    way: Way
    smtp_message_id: str | None
    code: int | None
    reason: str


class WebhookAgreedData(TypedDict):
    """``WebhookAgreed``."""

    system: str
    case_number: str


class WebhookDeliveredData(TypedDict):
    """``WebhookDelivered``."""

    webhook_id: str
    system: str
    state: SubmissionState
    ended_how: EndedHow | None
    reached_at: str
    status: int


class WebhookGivenUpData(TypedDict):
    """``WebhookGivenUp``."""

    webhook_id: str
    system: str
    state: SubmissionState
    ended_how: EndedHow | None
    reached_at: str
    reason: Literal["gone", "not_taken", "no_webhook"]


class MessageSuppressedData(TypedDict):
    """``MessageSuppressed``."""

    kind: MessageKind
    duty_id: str | None
    why: str
    message_id: str | None
    recipient: StaffRecipientData | UnitRecipientData | None
    about: str | None
    held_until: str | None
