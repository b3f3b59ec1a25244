"""Reads the organisation file (YAML) and refuses what is not consistent, naming the line."""

import re
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from shared.bank.opinion_box import OpinionBox
from shared.bank.organisation import (
    BUSINESS_HOURS,
    Absence,
    Bank,
    ChannelSystem,
    Consumer,
    Mediation,
    Organisation,
    Person,
    Post,
    Unit,
)
from shared.bank.reference_file import OnceLoader, read_yaml
from shared.bank.webhook_url import webhook_fault
from shared.contract.bodies import AMOUNT_LIMIT
from shared.contract.channels import CHANNELS
from shared.contract.topics import CONSUMED
from shared.errors import BadReference

UNIT_KINDS = ("head_office", "branch", "sub_branch", "outlet", "department")
POSTS = (
    "complaint_post", "general_office", "operations_head", "president_office", "unit_head", "outlet_head",
    "operations_supervisor", "deputy_president", "president", "consumer_protection",
    "responsible_senior_manager", "archivist", "auditor",
)  # fmt: skip
RUNGS = (*POSTS, "superior_unit")
ACCEPTING_POSTS = frozenset({"complaint_post", "general_office", "operations_head", "president_office"})
"""The posts that accept complaints on one channel or another (contract 3)."""
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
LINE_LIMIT = 200
LINE = "__line__"
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR


class _LineLoader(OnceLoader):
    """Notes the line of every mapping, so that an error can name it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, with its line."""
        mapping = super().construct_mapping(node, deep=True)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


class _Row:
    """One mapping of the file: its fields are taken one by one, what is left over is refused."""

    def __init__(self, raw: Any, what: str) -> None:
        if not isinstance(raw, dict):
            raise BadReference(f"The organisation file: {what} has to be a mapping, not {raw!r}.")
        self.line = raw[LINE]
        self._what = what
        self._fields = {k: v for k, v in raw.items() if k != LINE}

    def error(self, text: str) -> BadReference:
        """The error, with its line."""
        return BadReference(f"The organisation file, line {self.line}: {text}", line=self.line)

    def take(self, name: str, kind: type, default: Any = ...) -> Any:
        """A field of a kind; without a default it is required."""
        if name not in self._fields:
            if default is ...:
                raise self.error(f"{self._what} needs {name!r}.")
            return default
        value = self._fields.pop(name)
        if value is None and default is None:
            return None
        if type(value) is not kind:  # a truth value is no number here, an instant no date
            raise self.error(f"{name!r} of {self._what} has to be {kind.__name__}, not {value!r}.")
        return value

    def id(self) -> str:
        """The id, in the form in which calls can name it."""
        value: str = self.take("id", str)
        if not ID.fullmatch(value):
            raise self.error(f"{value!r} is no id: up to 128 of the letters A-Z and a-z, digits, '.', '_' and '-'.")
        return value

    def text(self, name: str, default: Any = ...) -> Any:
        """A line that people read: it may stand in the head of a letter, so it has no control characters."""
        value = self.take(name, str, default)
        if value is not None and not (value.strip() and value.isprintable() and len(value) <= LINE_LIMIT):
            raise self.error(f"{name!r} of {self._what} has to be one line of 1 to {LINE_LIMIT} characters.")
        return value

    def known(self, value: Any, among: Any, what: str) -> str:
        """A value that has to be one of those known."""
        if not isinstance(value, str) or value not in among:
            raise self.error(f"{what} {value!r} is not known.")
        return value

    def done(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._fields:
            raise self.error(f"{self._what} has no field {min(self._fields)!r}.")


def parse_organisation(text: str, packs: AbstractSet[str] | None = None) -> Organisation:
    """The organisation of a file's text. ``packs``: the ids of those published, where they are known.

    Raises:
        BadReference: not YAML, an unknown id, a cycle, an empty post, an unknown field, a unit that accepts complaints
            and has no address for its letters; the line is named.
    """
    raw = read_yaml(text, "The organisation file", _LineLoader)
    top = _Row(raw, "the file")
    bank = _bank(_Row(top.take("bank", dict), "bank"), packs)
    unit_rows = [_unit(_Row(r, "a unit")) for r in top.take("units", list)]
    units = _unique(unit_rows)
    if not units:
        raise top.error("there is no unit.")
    _check_tree(unit_rows, units)
    people_rows = [_person(_Row(r, "a person"), units) for r in top.take("people", list)]
    people = _unique([(row, person) for row, person, _ in people_rows])
    for _, person, absence_rows in people_rows:
        _check_absences(person, absence_rows, people)
    posts = _posts(top.take("posts", list), units, people)
    systems = _unique([_system(_Row(r, "a channel system"), units) for r in top.take("channel_systems", list)])
    consumers = _unique([_consumer(_Row(r, "a consumer")) for r in top.take("consumers", list, [])])
    ladder = tuple(top.known(rung, RUNGS, "rung") for rung in top.take("ladder", list))
    pseudonyms = _pseudonyms(top.take("bi", dict, None))
    top.done()
    found = Organisation(bank, units, people, posts, systems, ladder, consumers, pseudonyms)
    _check_senders(unit_rows, found)
    return found


def _unique(rows: list[tuple[_Row, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row, item in rows:
        if item.id in found:
            raise row.error(f"{item.id!r} is there twice.")
        found[item.id] = item
    return found


def _bank(row: _Row, packs: AbstractSet[str] | None) -> Bank:
    bank = Bank(
        row.id(), row.text("name"), row.take("timezone", str, "Asia/Shanghai"),
        row.take("close_of_business", str, "24:00"), row.take("business_hours", str, BUSINESS_HOURS),
        _packs(row, packs), row.text("name_en", None), _address(row), _mediation(row),
        row.text("review_body", None), row.text("sms_signature", None),
    )  # fmt: skip
    row.done()
    try:
        ZoneInfo(bank.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise row.error(f"time zone {bank.timezone!r} is not known.") from error
    if not (_minute_of_day(bank.close_of_business) or 0) > 0:
        raise row.error(f"close_of_business {bank.close_of_business!r} is no time of day such as '17:30'.")
    opens, _, closes = (_minute_of_day(part) for part in bank.business_hours.partition("-"))
    if opens is None or closes is None or not opens < closes:
        raise row.error(f"business_hours {bank.business_hours!r} are no hours of one day such as '09:00-17:00'.")
    return bank


def _pseudonyms(raw: Any) -> bool:
    """Whether people stand under pseudonyms in what leaves for analysts; without a word, they stand nowhere."""
    if raw is None:
        return False
    row = _Row(raw, "bi")
    found: bool = row.take("pseudonyms", bool, False)
    row.done()
    return found


def _mediation(row: _Row) -> Mediation | None:
    """Who mediates, if the file says so."""
    raw = row.take("mediation", dict, None)
    if raw is None:
        return None
    body = _Row(raw, "mediation")
    found = Mediation(body.text("name"), body.text("phone"))
    body.done()
    return found


def _packs(row: _Row, packs: AbstractSet[str] | None) -> tuple[str, ...]:
    """The packs that govern the bank: so far one, since a case has one clock of the bank's own.

    Where it is known which are published: what is named is one of them, and it is named where there are several.
    """
    named = tuple(str(pack) for pack in row.take("packs", list, []))
    if len(named) > 1:
        raise row.error(f"packs names {', '.join(named)}: so far only one pack can govern a bank.")
    if packs is not None:
        for pack in named:
            row.known(pack, packs, "pack")
        if not named and len(packs) > 1:
            raise row.error(
                f"packs has to say which of {', '.join(sorted(packs))} governs the bank: publish an organisation file "
                "that names one of those published before you publish another pack."
            )
    return named


def _minute_of_day(text: str) -> int | None:
    """The minutes since midnight of "17:30" (up to "24:00"); None if it is no time of day."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and int(minutes) < MINUTES_PER_HOUR):
        return None
    found = int(hours) * MINUTES_PER_HOUR + int(minutes)
    return found if found <= MINUTES_PER_DAY else None


def _unit(row: _Row) -> tuple[_Row, Unit]:
    unit = Unit(
        row.id(), row.text("name"), row.known(row.take("kind", str), UNIT_KINDS, "kind"),
        row.take("parent", str, None), _address(row), row.text("phone", None),
        row.text("address", None), row.text("name_en", None), row.take("until", date, None), _signed_by(row),
        _opinion_box(row),
    )  # fmt: skip
    row.done()
    return row, unit


def _signed_by(row: _Row) -> str | None:
    """The post that signs what the unit decides, if there is one."""
    post = row.take("decisions_signed_by", str, None)
    return row.known(post, POSTS, "decisions_signed_by") if post is not None else None


def _opinion_box(row: _Row) -> OpinionBox | None:
    """The opinion box of a unit, if it has or had one. Without ``since`` it hung there from the beginning."""
    raw = row.take("opinion_box", dict, None)
    if raw is None:
        return None
    box = _Row(raw, "an opinion box")
    found = OpinionBox(box.take("since", date, date.min), box.take("closes_at", str), box.take("until", date, None))
    box.done()
    if not (_minute_of_day(found.closes_at) or 0) > 0:
        raise box.error(f"closes_at {found.closes_at!r} of an opinion box is no time of day such as '17:00'.")
    if found.until is not None and found.until < found.since:
        raise box.error(f"an opinion box until {found.until} is taken down before it hangs, on {found.since}.")
    return found


def _address(row: _Row) -> str | None:
    """An e-mail address, if there is one: letters come from it or go to it."""
    address: str | None = row.take("email", str, None)
    if address is not None and not ADDRESS.fullmatch(address):
        raise row.error(f"{address!r} is no e-mail address.")
    return address


def _check_tree(rows: list[tuple[_Row, Unit]], units: dict[str, Unit]) -> None:
    for row, unit in rows:
        if unit.parent is not None:
            row.known(unit.parent, units, "parent")
    for row, unit in rows:
        seen, at = {unit.id}, unit.parent
        while at is not None:
            if at in seen:
                raise row.error(f"unit {unit.id!r} is above itself.")
            seen.add(at)
            at = units[at].parent


def _check_senders(rows: list[tuple[_Row, Unit]], found: Organisation) -> None:
    """Check that the letters of every unit that may accept a complaint come from somewhere (contract 2)."""
    accepting = {unit for unit, post in found.posts if post in ACCEPTING_POSTS}
    for row, unit in rows:
        if unit.id in accepting and found.sender(unit.id) is None:
            raise row.error(
                f"unit {unit.id!r} can accept complaints, and its letters come from nowhere: "
                "give it, a unit above it or the bank an email."
            )


def _person(row: _Row, units: dict[str, Unit]) -> tuple[_Row, Person, list[_Row]]:
    rows = [_Row(raw, "an absence") for raw in row.take("absences", list, [])]
    person = Person(
        row.id(), row.text("name"), row.known(row.take("unit", str), units, "unit"),
        _address(row), row.text("phone", None), row.take("from", date),
        row.take("until", date, None), row.text("name_en", None), tuple(_absence(absence) for absence in rows),
        row.text("messenger", None),
    )  # fmt: skip
    row.done()
    if person.until is not None and person.until < person.since:
        raise row.error(f"{person.id!r} has duties until {person.until}, which is before {person.since}.")
    return row, person, rows


def _absence(row: _Row) -> Absence:
    absence = Absence(row.take("from", date), row.take("until", date), row.take("stand_in", str, None))
    row.done()
    if absence.until < absence.since:
        raise row.error(f"an absence until {absence.until} ends before it begins, on {absence.since}.")
    return absence


def _check_absences(person: Person, rows: list[_Row], people: dict[str, Person]) -> None:
    """Check that nobody is absent twice at a time, and that whoever stands in is somebody else, and there.

    Raises:
        BadReference: the line of the absence is named.
    """
    for number, (row, absence) in enumerate(zip(rows, person.absences, strict=True)):
        if any(_overlap(absence, before) for before in person.absences[:number]):
            raise row.error(f"{person.id!r} is absent already on a day from {absence.since} to {absence.until}.")
        if absence.stand_in is None:
            continue
        stand_in = people[row.known(absence.stand_in, people, "stand-in")]
        if stand_in.id == person.id:
            raise row.error(f"{person.id!r} cannot stand in for himself.")
        if any(_overlap(absence, own) for own in stand_in.absences):
            raise row.error(f"stand-in {stand_in.id!r} is absent himself on a day of this absence.")


def _overlap(one: Absence, other: Absence) -> bool:
    return one.since <= other.until and other.since <= one.until


def _posts(rows: list[Any], units: dict[str, Unit], people: dict[str, Person]) -> dict[tuple[str, str], Post]:
    posts: dict[tuple[str, str], Post] = {}
    for raw in rows:
        row = _Row(raw, "a post")
        unit = row.known(row.take("unit", str), units, "unit")
        post = row.known(row.take("post", str), POSTS, "post")
        holders = tuple(row.known(p, people, "person") for p in row.take("holders", list))
        stand_ins = tuple(row.known(p, people, "person") for p in row.take("stand_ins", list, []))
        limit, until = row.take("approval_limit_minor", int, None), row.take("until", date, None)
        row.done()
        if limit is not None and not 0 <= limit <= AMOUNT_LIMIT:
            raise row.error(f"approval_limit_minor of post {post!r} has to lie between 0 and {AMOUNT_LIMIT}.")
        if not holders:
            raise row.error(f"post {post!r} of unit {unit!r} has no holder.")
        if (unit, post) in posts:
            raise row.error(f"post {post!r} of unit {unit!r} is there twice.")
        posts[(unit, post)] = Post(unit, post, holders, stand_ins, limit, until)
    return posts


def _system(row: _Row, units: dict[str, Unit]) -> tuple[_Row, ChannelSystem]:
    channels = tuple(row.known(c, CHANNELS, "channel") for c in row.take("channels", list))
    system = ChannelSystem(row.id(), channels, row.known(row.take("unit", str), units, "unit"), _webhook(row))
    row.done()
    return row, system


def _webhook(row: _Row) -> str | None:
    """Where a channel system is told what becomes of what it submitted, if it has a webhook."""
    raw = row.take("webhook", dict, None)
    if raw is None:
        return None
    webhook = _Row(raw, "a webhook")
    url: str = webhook.take("url", str)
    webhook.done()
    if (why := webhook_fault(url)) is not None:
        raise webhook.error(f"the url of a webhook {why}.")
    return url


def _consumer(row: _Row) -> tuple[_Row, Consumer]:
    consumer = Consumer(row.id(), tuple(row.take("topics", list)))
    row.done()
    if not consumer.topics:
        raise row.error(f"consumer {consumer.id!r} reads no topic: name one of {', '.join(CONSUMED)}, or leave it out.")
    for number, topic in enumerate(consumer.topics):
        if topic not in CONSUMED:
            raise row.error(f"topic {topic!r} is not for consumers: those are {', '.join(CONSUMED)}.")
        if topic in consumer.topics[:number]:
            raise row.error(f"topic {topic!r} of consumer {consumer.id!r} is there twice.")
    return row, consumer
