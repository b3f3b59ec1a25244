"""Who asks, which database answers, and what opens to whom: every call of the console begins here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Query, Request

from services.console.http.known_cases import Refold
from services.console.http.rights import Reader, right_of, stakes_of
from services.console.http.unsealing import Asked, OpeningRequest, ShownValue, Unsealer
from services.console.openings.requests import OpeningRequests
from services.console.projection.database import Database
from services.console.projection.tables import Row
from services.console.register.exports import USUAL, ExportLimits
from shared.bank.in_force import governing_pack, organisation_in_force
from shared.bank.organisation import Organisation
from shared.bank.pack import Pack
from shared.bank.reference import Reference
from shared.errors import RedressError
from shared.process.clock import DomainClock
from shared.web.auth import Tokens
from shared.web.incoming import Caller


class PeopleOnly(RedressError):
    """The console is for people of the bank: ask with a person's token."""

    code = "people_only"
    status = 403


class UnknownReader(RedressError):
    """The organisation in force has no such person with duties today: ask with the token of one it has."""

    code = "unknown_reader"
    status = 403


class Answering(Protocol):
    """Whoever has the database that answers: `projection/live_generation.py`."""

    async def database(self, after: str | None) -> Database:
        """The database, once it is past ``after``. Raises BadPosition, ProjectionBehind, ConsoleStarting."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The console answers from these."""

    live: Answering
    unsealer: Unsealer
    reference: Reference
    clock: DomainClock
    tokens: Tokens
    openings: OpeningRequests
    refold: Refold
    exports: ExportLimits = USUAL

    def now(self) -> datetime:
        """What time it is for the bank."""
        return self.clock.now()

    def organisation(self) -> Organisation:
        """The organisation in force. Raises NotYet."""
        return organisation_in_force(self.reference, self.now()).organisation

    def pack(self) -> Pack:
        """The pack that governs the bank now. Raises NotYet."""
        return governing_pack(self.reference, self.now()).pack

    def reader(self, request: Request) -> Reader:
        """The person who asks.

        Raises:
            Unauthenticated and its kinds, TooManyRequests, UnknownParameter, PeopleOnly, UnknownReader, NotYet
        """
        subject = Caller(self.tokens).subject(request)
        if subject.kind != "person":
            raise PeopleOnly
        organisation = self.organisation()
        today = organisation.day.date_of(self.now())
        person = organisation.people.get(subject.id)
        if person is None or not person.active(today):
            raise UnknownReader
        return Reader(person.id, organisation, today)

    async def shown(
        self, reader: Reader, row: Row, duties: list[Row], value: Any, call: str, asked: bool | None
    ) -> ShownValue:
        """What a reader sees of a case, opened where he has the right to. Raises OpeningRefused."""
        return (await self.unsealer.show([asked_by(reader, row, duties, value, call, asked)]))[0]


def asked_by(
    reader: Reader, row: Row, duties: list[Row], value: Any, call: str, asked: bool | None, why: str | None = None
) -> Asked:
    """A value of a case as a reader asks for it, with his right on the case."""
    right = right_of(reader, stakes_of(row, duties))
    return Asked(row["case_id"], value, OpeningRequest(reader.person, call, right, asked, why))


def _questions(request: Request) -> Questions:
    found: Questions = request.app.state.questions
    return found


Console = Annotated[Questions, Depends(_questions)]


def _reader(console: Console, request: Request) -> Reader:
    return console.reader(request)


ReadBy = Annotated[Reader, Depends(_reader)]
"""The person who asks: without one nothing is answered."""
After = Annotated[str | None, Query(description="Answer once this position <partition>:<offset> is projected.")]


async def _database(console: Console, _: ReadBy, after: After = None) -> Database:
    return await console.live.database(after)


AnsweredBy = Annotated[Database, Depends(_database)]
"""The database that answers, asked for once it is known who asks."""
Open = Annotated[
    bool | None,
    Query(
        alias="open",
        description="true: open what is sealed, or refuse; false: open nothing; left out: open what may be opened.",
    ),
]
AsOf = Annotated[
    str | None, Query(description="An instant with an offset: the answer as it was known then, to whoever may ask now.")
]
