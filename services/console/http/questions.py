"""Answers what the console is asked: looks up, decides what the reader may see, opens, and shapes (contract 9)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http import queries, views
from services.console.http.queries import Wanted
from services.console.http.rights import Reader, right_of
from services.console.http.unsealing import CLOSED, Opener, Request, Shown, replaced
from services.console.projection.case_rows import Row
from services.console.projection.database import Database
from services.console.projection.live_generation import Serving
from services.console.projection.state import micros
from services.console.projection.tables import clock, duty
from services.console.register import columns
from services.console.register.columns import Cell, Line
from services.console.statistics import counted_cases as counting
from services.console.statistics.counted_cases import Scope
from services.console.statistics.definitions import statistics
from services.console.statistics.figures import KIND, Figure, Known, figure_of, parse_figures
from shared.bank.in_force import organisation_in_force
from shared.bank.organisation import Organisation
from shared.bank.reference import Reference
from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.process.clock import DomainClock
from shared.web.auth import Tokens

REGISTER_PAGE = 500
"""Cases read at once for an export: little memory, few queries."""


class PeopleOnly(RedressError):
    """The console is for people of the bank: ask with a person's token."""

    code = "people_only"
    status = 403


class UnknownReader(RedressError):
    """The organisation in force has no such person with duties today: ask with the token of one it has."""

    code = "unknown_reader"
    status = 403


class ConsoleStarting(RedressError):
    """The console is starting and has no database yet: repeat the call in a moment."""

    code = "starting"
    status = 503


@dataclass(frozen=True, slots=True)
class Asked:
    """What the statistics are asked for; ``customers`` and ``transactions`` override the reference data."""

    unit: str | None
    start: date
    end: date
    as_of: datetime | None
    customers: int | None
    transactions: int | None


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything that the console's answers are made of."""

    serving: Serving
    opener: Opener
    reference: Reference
    clock: DomainClock
    tokens: Tokens

    # -- who asks --------------------------------------------------------------------------------------

    def organisation(self) -> Organisation:
        """The organisation in force. Raises NotYet."""
        return organisation_in_force(self.reference, self.clock.now()).organisation

    def reader(self, authorization: str | None) -> Reader:
        """The person who asks. Raises Unauthenticated and its kinds, PeopleOnly, UnknownReader, NotYet."""
        subject: Subject = self.tokens.subject_of(authorization)
        if subject.kind != "person":
            raise PeopleOnly
        organisation = self.organisation()
        today = organisation.day.date_of(self.clock.now())
        person = organisation.people.get(subject.id)
        if person is None or not person.active(today):
            raise UnknownReader
        return Reader(person.id, organisation, today)

    async def database(self, after: str | None) -> Database:
        """The database that answers, once it is past ``after``. Raises BadPlace, ProjectionBehind, ConsoleStarting."""
        if not self.serving.started.is_set():
            raise ConsoleStarting
        following = self.serving.following
        if after is not None:
            await following.past(after)
        return following.database

    # -- one case --------------------------------------------------------------------------------------

    async def case(self, reader: Reader, database: Database, name: str, asked: bool | None) -> dict[str, Any]:
        """A case in full. Raises UnknownCase, BadCaseNumber, OpeningRefused, OpeningByParty."""
        async with database.read() as connection:
            row = await queries.find(connection, name)
            duties = await queries.duties_of(connection, row["case_id"])
            receipt = (await queries.receipts_of(connection, [row["case_id"]])).get(row["case_id"])
            clocks = await queries.clocks_of(connection, row["case_id"])
            messages = await queries.messages_of(connection, row["case_id"])
        found = views.case(row, receipt, duties, clocks, messages)
        shown = await self._show(reader, row, duties, found, "case", asked)
        return {**shown.value, "opened": shown.opened, "erased": shown.erased}

    async def timeline(
        self, reader: Reader, database: Database, name: str, as_of: datetime | None, asked: bool | None
    ) -> dict[str, Any]:
        """What happened on a case, in log order. Raises as ``case``."""
        known_us = micros(as_of.isoformat()) if as_of else None
        async with database.read() as connection:
            row = await queries.find(connection, name)
            duties = await queries.duties_of(connection, row["case_id"])
            events = await queries.events_of(connection, row["case_id"], known_us)
        entries = [views.entry(one) for one in events]
        shown = await self._show(reader, row, duties, entries, "timeline", asked)
        head = {"case_id": row["case_id"], "case_number": row["case_number"]}
        return head | {"entries": shown.value, "opened": shown.opened, "erased": shown.erased}

    async def _show(
        self, reader: Reader, row: Row, duties: list[Row], value: Any, call: str, asked: bool | None
    ) -> Shown:
        right = right_of(reader, views.stakes_of(row, duties))
        return await self.opener.show(row["case_id"], value, Request(reader.person, call, right, asked))

    async def duties(self, database: Database, name: str) -> list[dict[str, Any]]:
        """The duties of a case, in the order of opening. Raises UnknownCase, BadCaseNumber."""
        async with database.read() as connection:
            row = await queries.find(connection, name)
            return [views.duty(one) for one in await queries.duties_of(connection, row["case_id"])]

    async def clocks(self, database: Database, name: str) -> list[dict[str, Any]]:
        """The clocks of a case, earliest due first. Raises UnknownCase, BadCaseNumber."""
        async with database.read() as connection:
            row = await queries.find(connection, name)
            return [views.clock(one) for one in await queries.clocks_of(connection, row["case_id"])]

    # -- the register ----------------------------------------------------------------------------------

    async def register(
        self, reader: Reader, database: Database, wanted: Wanted, opens: bool
    ) -> AsyncIterator[list[list[Cell]]]:
        """All lines of the register, a page at a time."""
        after: queries.Place | None = None
        while True:
            async with database.read() as connection:
                rows = await queries.page(connection, wanted, after, REGISTER_PAGE)
                yield await self.cells(reader, connection, rows, opens)
            if len(rows) < REGISTER_PAGE:
                return
            after = queries.Place(rows[-1]["received_us"], rows[-1]["case_id"])

    async def cells(
        self, reader: Reader, connection: AsyncConnection, rows: list[Row], opens: bool
    ) -> list[list[Cell]]:
        """Lines of the register. What is sealed opens only where that is asked for and the reader has the right."""
        ids = [row["case_id"] for row in rows]
        receipts = await queries.receipts_of(connection, ids)
        clocks = await queries.many(connection, clock, ids)
        duties = await queries.many(connection, duty, ids) if opens else {}
        found = []
        for row in rows:
            stored = receipts.get(row["case_id"])
            receipt = (views.data_of(stored) if stored else None) or {}
            if opens:
                receipt = (await self._show(reader, row, duties[row["case_id"]], receipt, "register", None)).value
            else:
                receipt = replaced(receipt, lambda _: CLOSED)
            own = [c for c in clocks[row["case_id"]] if c["duty_id"] is None]
            last = max(own, key=lambda c: micros(c["started_at"]), default=None)
            found.append(columns.cells(Line(row, receipt, last, reader.organisation)))
        return found

    # -- statistics ------------------------------------------------------------------------------------

    async def statistics(self, reader: Reader, database: Database, asked: Asked) -> dict[str, Any]:
        """The figures of a period, with what was asked for and what they rest on."""
        organisation = reader.organisation
        units = organisation.below(asked.unit) if asked.unit else None
        known_us = micros(asked.as_of.isoformat()) if asked.as_of else None
        scope = Scope(asked.start.isoformat(), asked.end.isoformat(), units, known_us)
        async with database.read() as connection:
            found = await counting.groups(connection, scope)
        figure, source = self._figure(organisation, asked)
        customers = _known(asked.customers, figure.customers if figure else None, source)
        transactions = _known(asked.transactions, figure.transactions if figure else None, source)
        return {
            "unit": asked.unit,
            "from": scope.start,
            "to": scope.end,
            "as_of": asked.as_of.isoformat() if asked.as_of else None,
            "customers": customers.value,
            "customers_source": customers.source,
            "transactions": transactions.value,
            "transactions_source": transactions.source,
            **statistics(found, organisation, customers, transactions),
        }

    def _figure(self, organisation: Organisation, asked: Asked) -> tuple[Figure | None, str | None]:
        """The published figures of the unit (of the bank's top unit where none is named) and period."""
        top = next(unit.id for unit in organisation.units.values() if unit.parent is None)
        documents = self.reference.all_in_force(KIND, asked.as_of or self.clock.now())
        published = sorted(documents, key=lambda d: (d.effective_from, d.published_at))
        parsed = [self.reference.parsed(document, parse_figures) for document in published]
        figure = figure_of(parsed, asked.unit or top, asked.start, asked.end)
        return figure, figure.source if figure else None


def _known(said: int | None, published: int | None, source: str | None) -> Known:
    """What the address says counts before what is published."""
    if said is not None:
        return Known(said, "address")
    return Known(published, source if published is not None else None)
