"""A corrected value is read as a submission's would be, and sealed alike; the receipt goes along. Pure."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from services.casework.bad_content import InvalidCommand, NotCorrectable
from shared.case.corrections import value_of
from shared.contract.envelope import Event
from shared.contract.receipt_pointers import done_by
from shared.contract.receipt_values import NoSuchValue, ReceiptValue, value_at
from shared.contract.tenses import at_one_offset
from shared.sealing.bodies import sealed
from shared.web.problems import faults_of

Content = dict[str, Any]


def value_and_receipt(content: Mapping[str, Any], received: Event, secret: bytes, zone: tzinfo) -> Content:
    """The value that a correction says, and what of the first receipt the decision rests on.

    Sealing is repeatable: a value that stands already has the very box that stands, so nothing has to be opened.

    Raises:
        NotCorrectable: the receipt has no such value, or another command changes it.
        InvalidCommand: the pointer leads to no single value, or the value cannot be one.
    """
    receipt, pointer = received.data, content["pointer"]
    if (instead := done_by(pointer)) is not None:
        raise NotCorrectable("/pointer", about=(instead,))
    value = _value(receipt["channel"], pointer)
    try:
        stood = value_of(receipt, pointer)
    except LookupError as error:
        raise NotCorrectable("/pointer") from error
    said = at_one_offset(_checked(value, content["value"]), zone)
    return {
        "value": to_jsonable_python(sealed(said, secret, received.subject, value.label)),
        "receipt": {"stood": stood, **_facts(received)},
    }


def _value(channel: str, pointer: str) -> ReceiptValue:
    try:
        return value_at(channel, pointer)
    except NoSuchValue as error:
        raise InvalidCommand("/pointer") from error


def _checked(value: ReceiptValue, said: Any) -> Any:
    try:
        return value.checked(str(said) if isinstance(said, str) else said)  # as it was sent, not marked as typed yet
    except ValidationError as error:
        found, _ = faults_of(error)
        raise InvalidCommand("/value", said=found) from error


def _facts(received: Event) -> Content:
    """What goes with the values of a receipt, as it came in."""
    receipt = received.data
    group = receipt["group"]
    return {
        "recorded_at": received.recordedtime,
        "received_at": receipt["received_at"],
        "first_received_at": receipt["first_received"]["at"],
        "amount_minor": receipt["matter"]["amount_minor"],
        "currency": receipt["matter"]["currency"],
        "members": len(group["members"]) if group else 0,
        "clear": _clear(receipt),
    }


def _clear(receipt: Mapping[str, Any]) -> Content:
    """What of a receipt stands in the clear, by its pointers, for the rules that a corrected one is held against."""
    group, taken = receipt["group"], receipt["received_by"]
    found: Content = {
        "/received_at": receipt["received_at"],
        "/received_by/unit": taken["unit"],
        "/received_by/person": taken.get("person"),
        "/first_received/at": receipt["first_received"]["at"],
        "/first_received/unit": receipt["first_received"].get("unit"),
        "/matter/complained_unit": receipt["matter"]["complained_unit"],
        "representatives": len(group["representatives"]) if group else 0,
        "members": len(group["members"]) if group else 0,
    }
    for part in ("matter", "origin", "details", "group"):
        for name, said in (receipt[part] or {}).items():
            if isinstance(said, str | int):
                found[f"/{part}/{name}"] = said
    return found
