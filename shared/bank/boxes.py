"""The history of opinion boxes says where one hung on a day, and when that day's review had to be done. Pure.

A box may be put up, moved or taken down by a later organisation file, also in the middle of a day.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from shared.bank.listed import OpinionBox
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import BANK, ORGANISATION, Reference
from shared.errors import NotYet

DAY = timedelta(days=1)
KEEPERS = ("operations_head", "general_office")
"""The posts whose holders, and stand-ins, look into a unit's box wherever they work (article 2.2)."""


def keeps_box(organisation: Organisation, person: str, unit: str, on: date) -> bool:
    """Whether somebody works where a box hangs, or is in charge of it there or above."""
    works_in = organisation.units[organisation.people[person].unit]
    if works_in.id == unit or (works_in.kind == "department" and works_in.parent == unit):
        return True  # an outlet below is another house
    above = [one.id for one in organisation.upward(unit)]
    return any(person in organisation.people_in(one, post, on) for one in above for post in KEEPERS)


class FileInForce(NamedTuple):
    """Holds an organisation file, and from when until when it is in force; None: until further notice."""

    since: datetime
    until: datetime | None
    organisation: Organisation


class BoxHistory(NamedTuple):
    """Answers from every organisation file that was published, as it was in force then.

    ``first``: the instant of the first publication. What fell due before it was owed to nobody.
    """

    files: tuple[FileInForce, ...]
    first: datetime

    @classmethod
    def of(cls, reference: Reference) -> "BoxHistory":
        """The history by what is published. Raises NotYet: no organisation file is."""
        documents = reference.versions(ORGANISATION, BANK)
        if not documents:
            raise NotYet("No organisation is published: publish one.")
        ends = [document.effective_from for document in documents[1:]]
        files = (
            FileInForce(document.effective_from, end, reference.parsed(document, parse_organisation))
            for document, end in zip(documents, [*ends, None], strict=True)
        )
        return cls(tuple(files), min(document.published_at for document in documents))

    @classmethod
    def alone(cls, organisation: Organisation) -> "BoxHistory":
        """The history by one file, as if there had never been another."""
        beginning = organisation.day.at(date(1900, 1, 1), time(0))
        return cls((FileInForce(beginning, None, organisation),), beginning)

    def units(self) -> tuple[str, ...]:
        """Every unit that has or had a box, in the order of its files."""
        found = (unit for file in self.files for unit in file.organisation.units.values() if unit.opinion_box)
        return tuple(dict.fromkeys(unit.id for unit in found))

    def since(self, unit: str) -> date:
        """The first day on which a box hung in a unit that has or had one, by any of the files."""
        boxes = (file.organisation.units[unit].opinion_box for file in self.files)
        return min(box.since for box in boxes if box is not None)

    def organisations(self, day: date) -> tuple[Organisation, ...]:
        """Every organisation that was in force at some time of a day, oldest first."""
        return tuple(file.organisation for file in self._of_day(day))

    def latest(self, unit: str) -> OpinionBox | None:
        """The box as the last file says that has one there; None: there never was one."""
        boxes = (file.organisation.units[unit].opinion_box for file in reversed(self.files))
        return next((box for box in boxes if box is not None), None)

    def up(self, unit: str, day: date) -> bool:
        """Whether a box hung there at some time of a day."""
        return any(file.organisation.units[unit].box_on(day) for file in self._of_day(day))

    def closing(self, unit: str, day: date) -> datetime | None:
        """Before when the box had to be reviewed on a day; None where none hung there at that time.

        What counts is the file in force at that very instant. One that moves the closing to a time that is over closes
        at once; one that puts a box up after its closing begins with the next day.
        """
        hung = False
        for since, until, organisation in self._of_day(day):
            box = organisation.units[unit].box_on(day)
            if box is not None:
                hours, minutes = (int(part) for part in box.closes_at.split(":"))
                at = organisation.day.at(day, time(0)) + timedelta(hours=hours, minutes=minutes)
                at = max(at, since) if hung else at
                if since <= at and (until is None or at < until):
                    return at
            hung = box is not None
        return None

    def _of_day(self, day: date) -> Iterator[FileInForce]:
        """The files that are in force at some time of a day, oldest first."""
        for file in self.files:
            begins, ends = (file.organisation.day.at(one, time(0)) for one in (day, day + DAY))
            if file.since < ends and (file.until is None or file.until > begins):
                yield file
