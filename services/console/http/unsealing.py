"""Opens sealed values for a reader with the right to them, and writes down that it did; never what stood in them."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog

from services.console.http.rights import Right
from shared.contract.events.base import is_sealed
from shared.errors import RedressError
from shared.sealing.vault import KeyDestroyed, KeyMissing, Vault, decrypt

log = structlog.get_logger()

CLOSED = "…"
"""What stands in place of a sealed value that is not opened."""


class OpeningRefused(RedressError):
    """Sealed fields open only for people with duties on the case: ask without `open=true` for what is in the clear."""

    code = "no_right"
    status = 403


@dataclass(frozen=True, slots=True)
class OpeningRequest:
    """A person asks to see a value in a call.

    ``asked``: True insists on opening, False declines, None takes what may be opened.
    """

    person: str
    call: str
    right: Right
    asked: bool | None

    def opens(self) -> bool:
        """Whether sealed values open. Raises OpeningRefused where the reader insists without right."""
        if self.asked is True and not self.right.opens:
            raise OpeningRefused
        return self.asked is not False and self.right.opens


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A reader sees this value; whether it was opened, and whether the case was erased."""

    value: Any
    opened: bool
    erased: bool


def labels_in(value: Any) -> Iterator[str]:
    """The labels of all sealed values in plain JSON."""
    if is_sealed(value):
        yield value["label"]
    elif isinstance(value, dict):
        for inner in value.values():
            yield from labels_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from labels_in(inner)


def replaced(value: Any, by: Callable[[dict[str, str]], Any]) -> Any:
    """Plain JSON with a text in place of every sealed value."""
    if is_sealed(value):
        return by(value)
    if isinstance(value, dict):
        return {key: replaced(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, by) for inner in value]
    return value


def closed(value: Any) -> Any:
    """Plain JSON with ``…`` in place of every sealed value."""
    return replaced(value, lambda _: CLOSED)


class Unsealer:
    """Opens sealed values with the vault's keys, asked for anew every time, so that an erasure holds at once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def show(self, case_id: str, value: Any, request: OpeningRequest) -> ShownValue:
        """A value with its sealed parts opened, or with ``…`` in their place.

        Raises:
            OpeningRefused: the reader insists and has no right.
            KeyMissing, SealBroken: this vault is not the one the case was sealed with.
        """
        opens = request.opens()
        try:
            key = await self._vault.key(case_id)
        except KeyDestroyed:
            return ShownValue(closed(value), opened=False, erased=True)
        except KeyMissing:
            if opens:
                raise
            key = b""
        if not opens:
            return ShownValue(closed(value), opened=False, erased=False)
        fields = sorted(set(labels_in(value)))
        if fields:
            log.info(
                "console.sealed_opened", reader=f"person:{request.person}", role=request.right.role, call=request.call,
                case_id=case_id, fields=fields,
            )  # fmt: skip
        return ShownValue(replaced(value, lambda sealed: _open(key, case_id, sealed)), opened=True, erased=False)


def _open(key: bytes, case_id: str, sealed: dict[str, str]) -> str:
    return decrypt(key, case_id, sealed["label"], base64.b64decode(sealed["box"])).decode()
