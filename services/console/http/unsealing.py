"""Opens sealed values for a reader with the right to them, once it is recorded that he does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.console.http.rights import Right
from shared.contract.events.base import Sealed, Unsealed, confidential
from shared.errors import RedressError
from shared.log.access_log import Opening, RecordedOpener
from shared.process.pace import Pace, each
from shared.sealing.documents import Documents
from shared.sealing.vault import KeyDestroyed, KeyMissing, Vault

CLOSED = "…"
"""What stands in place of a sealed value that is not opened."""


class OpeningRefused(RedressError):
    """Sealed fields open only for people with duties on the case: ask without `open=true` for what is in the clear."""

    code = "no_right"
    status = 403


@dataclass(frozen=True, slots=True)
class OpeningRequest:
    """A person asks to see a value in a call.

    ``asked``: True insists on opening, False declines, None takes what may be opened. ``why``: the bulk opening.
    """

    person: str
    call: str
    right: Right
    asked: bool | None
    why: str | None = None

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


def replaced(value: Any, by: Callable[[Sealed | Unsealed], Any]) -> Any:
    """Plain JSON with a text in place of every sealed value."""
    if (found := confidential(value)) is not None:
        return by(found)
    if isinstance(value, dict):
        return {key: replaced(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, by) for inner in value]
    return value


def closed(value: Any) -> Any:
    """Plain JSON with ``…`` in place of every sealed value."""
    return replaced(value, lambda _: CLOSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A value of a case, asked for by somebody."""

    case_id: str
    value: Any
    request: OpeningRequest


class Unsealer:
    """Shows values with their sealed parts opened: what a call opens is recorded at once, before any of it opens."""

    def __init__(self, vault: Vault, opener: RecordedOpener, documents: Documents) -> None:
        self._vault = vault
        self._opener = opener
        self._documents = documents

    async def show(self, asked: Sequence[Asked]) -> list[ShownValue]:
        """Each value with its sealed parts opened, or with ``…`` in their place.

        Raises:
            OpeningRefused: the reader insists and has no right.
            AccessNotRecorded: nothing is opened.
            KeyMissing, SealBroken: this vault is not the one the case was sealed with.
        """
        opens = [one.request.opens() for one in asked]
        openings = await each([one for one, opened in zip(asked, opens, strict=True) if opened], _opening)
        texts = iter(await self._opener.open(openings))
        pace, shown = Pace(), list[ShownValue]()
        for one, opened in zip(asked, opens, strict=True):
            shown.append(_filled(one, next(texts)) if opened else await self._closed(one))
            await pace.step()
        return shown

    async def document(self, asked: Asked, label: str, name: str) -> bytes | None:
        """A sealed document of a case, once it is recorded that it is opened; None where it stays closed.

        Raises:
            OpeningRefused, AccessNotRecorded, KeyMissing, SealBroken: as ``show``.
            DocumentMissing, DocumentsAway: the store has it not, or is away.
        """
        if not asked.request.opens():
            return None
        box = await self._documents.sealed(label, name)
        return await self._opener.open_document(_opening(replace(asked, value=box.model_dump())))

    async def _closed(self, one: Asked) -> ShownValue:
        return ShownValue(closed(one.value), opened=False, erased=await self._erased(one.case_id))

    async def _erased(self, case_id: str) -> bool:
        """Whether the key of a case was destroyed. One that this vault never had was not: its values stay closed."""
        try:
            await self._vault.key(case_id)
        except KeyDestroyed:
            return True
        except KeyMissing:
            return False
        return False


def _opening(one: Asked) -> Opening:
    boxes: list[Sealed | Unsealed] = []
    replaced(one.value, boxes.append)
    request = one.request
    return Opening(
        f"person:{request.person}", request.right.role or "none", request.call, one.case_id, tuple(boxes), request.why
    )


def _filled(one: Asked, texts: list[str] | None) -> ShownValue:
    """The value with its texts in it: they come in the order in which ``_opening`` met them."""
    if texts is None:
        return ShownValue(closed(one.value), opened=False, erased=True)
    rest = iter(texts)
    return ShownValue(replaced(one.value, lambda _: next(rest)), opened=True, erased=False)
