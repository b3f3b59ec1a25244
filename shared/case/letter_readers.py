"""Whose address a letter to the customer's side goes to: his, his proxy's, or a representative's. Pure.

For whoever tells a case: a letter names where it went, sealed, and nothing of whose address that is.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from shared.contract.envelope import Event

REPRESENTATIVE: Final = "representative"
"""Who speaks for the people of a joint complaint; anybody else by what he is of the customer."""
WAYS: Final = ("email", "address", "phone")
Readers = Mapping[str, str]
"""Per sealed address as what its owner speaks; of the customer's own there is nothing."""
NOBODY_ELSE: Final[Readers] = MappingProxyType({})


def readers(events: Iterable[Event]) -> Readers:
    """Everybody whom letters of a case can go to besides the customer, by sealed address, in log order."""
    found: dict[str, str] = {}
    first_speaks: str | None = None
    for event in events:
        data = event.data
        if event.name in ("ComplaintReceived", "ReceiptAdded"):
            relation = _relation(data)
            if event.name == "ComplaintReceived":
                first_speaks = relation
            _note(found, data["complainant"], relation)
            for one in (data["group"] or {}).get("representatives") or ():
                _note(found, one, REPRESENTATIVE)
        elif event.name == "RepresentativeChanged":
            _note(found, data["proxy"], data["relation"])
            for one in data["added"]:
                _note(found, one, REPRESENTATIVE)
        elif event.name == "ReceiptCorrected" and first_speaks is not None:
            _correct(found, data, first_speaks)
    return found


def _relation(data: Mapping[str, Any]) -> str | None:
    behalf = (data["complainant"] or {}).get("on_behalf_of")
    return behalf["relation"] if behalf else None


def _note(found: dict[str, str], who: Mapping[str, Any] | None, speaks: str | None) -> None:
    for way in WAYS if who is not None and speaks is not None else ():
        if (sealed := who[way]) is not None:  # type: ignore[index]
            found[sealed["box"]] = str(speaks)


def _correct(found: dict[str, str], data: Mapping[str, Any], speaks: str) -> None:
    """What is put right of the complainant is his who spoke in the first receipt."""
    if data["pointer"] in {f"/complainant/{way}" for way in WAYS} and isinstance(data["value"], Mapping):
        found[data["value"]["box"]] = speaks
