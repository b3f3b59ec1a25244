"""A receipt as it stands is what came in, with every later correction in its place. Pure.

For whoever shows or writes anything of a receipt: the log keeps it as it was sent, and what was put right beside it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.contract.envelope import Event
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ReceiptAddedData
from shared.contract.receipt_pointers import FIRST_RECEIVED_AT, REACHED_BY, RECEIVED_AT, WAYS, path_of, same

CORRECTED = "ReceiptCorrected"
ADDED = "ReceiptAdded"
Receipt = dict[str, Any]


def value_of(receipt: Mapping[str, Any], pointer: str) -> Any:
    """The value that stands at a pointer. Raises LookupError: the receipt has no such place."""
    found: Any = receipt
    for part in path_of(pointer):
        found = found[int(part)] if isinstance(found, list) else _object(found).get(part)
    return found


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise LookupError("nothing is there that could hold a value")
    return found


def standing(receipt: Receipt, later: Iterable[Event]) -> Receipt:
    """The receipt with the corrections among later events of its case, in log order."""
    for event in later:
        if event.name == CORRECTED:
            data: ReceiptCorrectedData = event.data
            receipt = corrected(receipt, data["pointer"], data["value"])
    return receipt


def corrected(receipt: Receipt, pointer: str, value: Any) -> Receipt:
    """The receipt with another value at a pointer, and with what follows from it."""
    if pointer == RECEIVED_AT and same(value_of(receipt, FIRST_RECEIVED_AT), value_of(receipt, RECEIVED_AT)):
        receipt = _with(receipt, path_of(FIRST_RECEIVED_AT), value)  # nobody had named another first receipt
    path = path_of(pointer)
    after: Receipt = _with(receipt, path, value)
    if pointer in REACHED_BY:
        return after | {"reachable_by": reachable_by(after["complainant"])}
    if path[:1] == ("group",) and path[-1] in WAYS:
        person = value_of(after, pointer.rpartition("/")[0])
        after = _with(after, (*path[:-1], "reachable_by"), reachable_by(person))
    return after


def reachable_by(who: Mapping[str, Any]) -> list[str]:
    """The ways to reach somebody, in the order in which a receipt lists them."""
    return [way for field, way in WAYS.items() if who.get(field) is not None]


def _with(value: Any, path: tuple[str, ...], put: Any) -> Any:
    """A copy of a value with another one at a path; what an earlier correction would lead to is there."""
    if not path:
        return put
    if isinstance(value, list):
        at = int(path[0])
        return [*value[:at], _with(value[at], path[1:], put), *value[at + 1 :]]
    return {**value, path[0]: _with(value.get(path[0]), path[1:], put)}


def contact(receipt: Mapping[str, Any], later: Iterable[Event]) -> Receipt | None:
    """The customer as the receipts name and reach him, each word of it as it was said or corrected last."""
    who: Receipt = dict(receipt.get("complainant") or {})
    for event in later:
        if event.name == ADDED:
            added: ReceiptAddedData = event.data
            said = {name: value for name, value in (added["complainant"] or {}).items() if value is not None}
            who |= ({"title": None} if "name" in said else {}) | said  # a title goes with the name it was said with
        elif event.name == CORRECTED:
            correction: ReceiptCorrectedData = event.data
            path = path_of(correction["pointer"])
            who = _with(who, path[1:], correction["value"]) if path[0] == "complainant" else who
    return who or None
