"""A corrected receipt is held against what new receipts are held against: the door would have refused it, too. Pure.

Only what the correction touches: what an older version let in, and nobody corrects now, holds up no other word of it.
Not asked: why it was registered late. The ground of the correction says so, and a second person confirms it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from shared.bank.bank_day import FIRST_INSTANT
from shared.bank.boxes import BoxHistory
from shared.bank.organisation import Organisation
from shared.bank.parts import Misfit, Scene, misfit
from shared.contract.channel_details import SAID_OF_A_BODY, parts_named
from shared.contract.receipt_pointers import FIRST_RECEIVED_AT, GROUP_SIZE, RECEIVED_AT
from shared.contract.refusal_words import fault
from shared.contract.submissions import SUBMISSIONS
from shared.contract.tenses import Tense, places
from shared.errors import Said

TOLERANCE = timedelta(seconds=5)
DATED, FACE_TO_FACE = "/details/dated", "/group/face_to_face"
TOLD_OF = ("matter", "origin", "details")
"""Where a submission tells of what was before its receipt."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Holds a receipt with a correction: what stands in the clear from then on, by its pointers."""

    channel: str
    pointer: str
    values: Mapping[str, Any]
    organisation: Organisation
    boxes: BoxHistory

    def at(self, pointer: str) -> Any:
        """What stands at a pointer; None for nothing."""
        return self.values.get(pointer)

    @property
    def received(self) -> datetime:
        """When it was received."""
        return datetime.fromisoformat(self.at(RECEIVED_AT))

    def day(self, pointer: str) -> date:
        """The bank's date of what stands at a pointer."""
        said = str(self.at(pointer))
        return date.fromisoformat(said) if len(said) == len("2020-03-05") else self._date(datetime.fromisoformat(said))

    def _date(self, at: datetime) -> date:
        return self.organisation.day.date_of(at)


class Wrong(Enum):
    """Says what the door refuses with a code of its own, besides who is named in the details (``Misfit``)."""

    AFTER_RECEIPT = "after_receipt"
    TWO_BODIES = "two_bodies"


Fault = Wrong | Misfit | Said


def fault_of(receipt: Corrected) -> Fault | None:
    """The first that the door would refuse; None for nothing."""
    return next((found for rule in (_years, _times, _bodies, _parts, _places, _sizes) for found in rule(receipt)), None)


def _years(receipt: Corrected) -> Iterator[Fault]:
    said, times = receipt.at(receipt.pointer), {_pointer(one.path) for one in places(SUBMISSIONS[receipt.channel])}
    if isinstance(said, str) and receipt.pointer in times and _early(said):
        yield fault("before_1900")


def _early(said: str) -> bool:
    """By what was said itself: the bank's date of it lies within what a bank counts, whatever was said."""
    if len(said) == len("2020-03-05"):
        return date.fromisoformat(said) < FIRST_INSTANT.date()
    return datetime.fromisoformat(said) < FIRST_INSTANT


def _times(receipt: Corrected) -> Iterator[Fault]:
    """What a complaint tells of, such as the posting of a letter, comes before its receipt."""
    for one in places(SUBMISSIONS[receipt.channel]):
        pointer = _pointer(one.path)
        told = one.tense is Tense.HAPPENED and one.path[0] in TOLD_OF and receipt.pointer in (pointer, RECEIVED_AT)
        if told and isinstance(said := receipt.at(pointer), str) and _after(receipt, pointer, said):
            yield Wrong.AFTER_RECEIPT


def _after(receipt: Corrected, pointer: str, said: str) -> bool:
    if len(said) == len("2020-03-05"):
        return receipt.day(pointer) > receipt.day(RECEIVED_AT)
    return datetime.fromisoformat(said) - receipt.received > TOLERANCE


def _bodies(receipt: Corrected) -> Iterator[Fault]:
    """Who passed a complaint on is told once, or alike."""
    for field in SAID_OF_A_BODY:
        pair = (f"/origin/{field}", f"/details/{field}")
        told, other = map(receipt.at, pair)
        if receipt.pointer in pair and told is not None and other is not None and told != other:
            yield Wrong.TWO_BODIES


def _parts(receipt: Corrected) -> Iterator[Fault]:
    """Whoever the details name could act there on that day."""
    if receipt.pointer not in (RECEIVED_AT, DATED):
        return
    written_on = receipt.day(DATED) if receipt.at(DATED) is not None else None
    unit = receipt.at("/received_by/unit")
    scene = Scene(unit, receipt.day(RECEIVED_AT), receipt.at("/matter/complained_unit"), written_on)
    details = {name.rpartition("/")[2]: said for name, said in receipt.values.items() if name.startswith("/details/")}
    for named in parts_named(receipt.channel, details):
        if (why := misfit(named, scene, receipt.organisation, receipt.boxes)) is not None:
            yield why


def _places(receipt: Corrected) -> Iterator[Fault]:
    """Where and by whom it was taken down, somebody worked on that day."""
    for pointer, where in ((RECEIVED_AT, "/received_by/unit"), (FIRST_RECEIVED_AT, "/first_received/unit")):
        unit = receipt.organisation.units.get(receipt.at(where) or "")
        if receipt.pointer == pointer and unit is not None and not unit.there(receipt.day(pointer)):
            yield fault("unit_closed")
    taker = receipt.organisation.people.get(receipt.at("/received_by/person") or "")
    if receipt.pointer == RECEIVED_AT and taker is not None and not taker.active(receipt.day(RECEIVED_AT)):
        yield fault("taker_off_duty")


def _sizes(receipt: Corrected) -> Iterator[Fault]:
    """A group is no smaller than who is named of it, and who came."""
    counted = (receipt.at("members"), receipt.at("representatives"), receipt.at(FACE_TO_FACE))
    size = receipt.at(GROUP_SIZE)
    if receipt.pointer in (GROUP_SIZE, FACE_TO_FACE) and size is not None and size < max(one or 0 for one in counted):
        yield fault("group_size")


def _pointer(path: tuple[str, ...]) -> str:
    return "/" + "/".join(path)
