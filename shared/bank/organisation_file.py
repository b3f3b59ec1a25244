"""Reads the organisation file (YAML) and refuses what is not consistent, naming the line."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from shared.bank.file_row import LINE, Row, minute_of_day
from shared.bank.listed import (
    BUSINESS_HOURS,
    Absence,
    Bank,
    ChannelSystem,
    Consumer,
    Mediation,
    OpinionBox,
    Person,
    Post,
    Unit,
)
from shared.bank.organisation import Organisation
from shared.bank.posts import ACCEPTING_POSTS, POSTS, RUNGS, UNIT_KINDS
from shared.bank.reference_file import OnceLoader, read_yaml
from shared.bank.webhook_url import webhook_fault
from shared.contract.bodies import AMOUNT_LIMIT
from shared.contract.channels import CHANNELS
from shared.contract.topics import CONSUMED


class _LineLoader(OnceLoader):
    """Notes the line of every mapping, so that an error can name it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, with its line."""
        mapping = super().construct_mapping(node, deep=True)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


def parse_organisation(text: str, packs: AbstractSet[str] | None = None) -> Organisation:
    """The organisation of a file's text. ``packs``: the ids of those published, where they are known.

    Raises:
        BadReference: not YAML, an unknown id, a cycle, an empty post, an unknown field, a unit that accepts complaints
            and has no address for its letters; the line is named.
    """
    top = Row(read_yaml(text, "The organisation file", _LineLoader), "the file")
    bank = _bank(Row(top.take("bank", dict), "bank"), packs)
    unit_rows = [_unit(row) for row in top.rows("units", "a unit")]
    units = _unique(unit_rows)
    if not units:
        raise top.error("there is no unit.")
    _check_tree(unit_rows, units)
    people_rows = [_person(row, units) for row in top.rows("people", "a person")]
    people = _unique([(row, one) for row, one, _ in people_rows])
    for _, one, absence_rows in people_rows:
        _check_absences(one, absence_rows, people)
    posts = _posts(top.rows("posts", "a post"), units, people)
    systems = _unique([_system(row, units) for row in top.rows("channel_systems", "a channel system")])
    consumers = _unique([_consumer(row) for row in top.rows("consumers", "a consumer", [])])
    ladder = tuple(top.known(rung, RUNGS, "rung") for rung in top.take("ladder", list))
    people_in_bi = _pseudonyms(top.part("bi", "bi"))
    top.done()
    found = Organisation(bank, units, people, posts, systems, ladder, consumers, people_in_bi)
    _check_senders(unit_rows, found)
    return found


def _unique(rows: list[tuple[Row, Any]]) -> dict[str, Any]:
    """What rows list, by its id."""
    found: dict[str, Any] = {}
    for row, item in rows:
        if item.id in found:
            raise row.error(f"{item.id!r} is there twice.")
        found[item.id] = item
    return found


def _check_senders(rows: list[tuple[Row, Unit]], found: Organisation) -> None:
    """Check that the letters of every unit that may accept a complaint come from somewhere (contract 2)."""
    accepting = {unit for unit, post in found.posts if post in ACCEPTING_POSTS}
    for row, one in rows:
        if one.id in accepting and found.sender(one.id) is None:
            raise row.error(
                f"unit {one.id!r} can accept complaints, and its letters come from nowhere: "
                "give it, a unit above it or the bank an email."
            )


def _bank(row: Row, packs: AbstractSet[str] | None) -> Bank:
    """The bank of its row. ``packs``: the ids of those published, where they are known."""
    found = Bank(
        row.id(), row.text("name"), row.take("timezone", str, "Asia/Shanghai"),
        row.take("close_of_business", str, "24:00"), row.take("business_hours", str, BUSINESS_HOURS),
        _packs(row, packs), row.text("name_en", None), row.email(), _mediation(row),
        row.text("review_body", None), row.text("sms_signature", None),
    )  # fmt: skip
    row.done()
    try:
        ZoneInfo(found.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise row.error(f"time zone {found.timezone!r} is not known.") from error
    if not (minute_of_day(found.close_of_business) or 0) > 0:
        raise row.error(f"close_of_business {found.close_of_business!r} is no time of day such as '17:30'.")
    opens, _, closes = (minute_of_day(part) for part in found.business_hours.partition("-"))
    if opens is None or closes is None or not opens < closes:
        raise row.error(f"business_hours {found.business_hours!r} are no hours of one day such as '09:00-17:00'.")
    return found


def _pseudonyms(row: Row | None) -> bool:
    """Whether people stand under pseudonyms in what leaves for analysts; without a word, they stand nowhere."""
    if row is None:
        return False
    found: bool = row.take("pseudonyms", bool, False)
    row.done()
    return found


def _mediation(row: Row) -> Mediation | None:
    """Who mediates, if the file says so."""
    body = row.part("mediation", "mediation")
    if body is None:
        return None
    found = Mediation(body.text("name"), body.text("phone"))
    body.done()
    return found


def _packs(row: Row, packs: AbstractSet[str] | None) -> tuple[str, ...]:
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


def _unit(row: Row) -> tuple[Row, Unit]:
    """The unit of a row, with the row: what is wrong with others of the file may be wrong with it."""
    found = Unit(
        row.id(), row.text("name"), row.known(row.take("kind", str), UNIT_KINDS, "kind"),
        row.take("parent", str, None), row.email(), row.text("phone", None),
        row.text("address", None), row.text("name_en", None), row.take("until", date, None), _signed_by(row),
        _opinion_box(row),
    )  # fmt: skip
    row.done()
    return row, found


def _signed_by(row: Row) -> str | None:
    """The post that signs what the unit decides, if there is one."""
    post = row.take("decisions_signed_by", str, None)
    return row.known(post, POSTS, "decisions_signed_by") if post is not None else None


def _opinion_box(row: Row) -> OpinionBox | None:
    """The opinion box of a unit, if it has or had one. Without ``since`` it hung there from the beginning."""
    box = row.part("opinion_box", "an opinion box")
    if box is None:
        return None
    found = OpinionBox(box.take("since", date, date.min), box.take("closes_at", str), box.take("until", date, None))
    box.done()
    if not (minute_of_day(found.closes_at) or 0) > 0:
        raise box.error(f"closes_at {found.closes_at!r} of an opinion box is no time of day such as '17:00'.")
    if found.until is not None and found.until < found.since:
        raise box.error(f"an opinion box until {found.until} is taken down before it hangs, on {found.since}.")
    return found


def _check_tree(rows: list[tuple[Row, Unit]], units: dict[str, Unit]) -> None:
    """Check that every unit is below one of the file, and none above itself."""
    for row, one in rows:
        if one.parent is not None:
            row.known(one.parent, units, "parent")
    for row, one in rows:
        seen, at = {one.id}, one.parent
        while at is not None:
            if at in seen:
                raise row.error(f"unit {one.id!r} is above itself.")
            seen.add(at)
            at = units[at].parent


def _person(row: Row, units: dict[str, Unit]) -> tuple[Row, Person, list[Row]]:
    """The person of a row, with the row and those of the absences: who stands in may stand further down."""
    rows = list(row.rows("absences", "an absence", []))
    found = Person(
        row.id(), row.text("name"), row.known(row.take("unit", str), units, "unit"),
        row.email(), row.text("phone", None), row.take("from", date),
        row.take("until", date, None), row.text("name_en", None), tuple(_absence(absence) for absence in rows),
        row.text("messenger", None),
    )  # fmt: skip
    row.done()
    if found.until is not None and found.until < found.since:
        raise row.error(f"{found.id!r} has duties until {found.until}, which is before {found.since}.")
    return row, found, rows


def _absence(row: Row) -> Absence:
    absence = Absence(row.take("from", date), row.take("until", date), row.take("stand_in", str, None))
    row.done()
    if absence.until < absence.since:
        raise row.error(f"an absence until {absence.until} ends before it begins, on {absence.since}.")
    return absence


def _check_absences(one: Person, rows: list[Row], people: dict[str, Person]) -> None:
    """Check that nobody is absent twice at a time, and that whoever stands in is somebody else, and there."""
    for number, (row, absence) in enumerate(zip(rows, one.absences, strict=True)):
        if any(absence.overlaps(before) for before in one.absences[:number]):
            raise row.error(f"{one.id!r} is absent already on a day from {absence.since} to {absence.until}.")
        if absence.stand_in is None:
            continue
        stand_in = people[row.known(absence.stand_in, people, "stand-in")]
        if stand_in.id == one.id:
            raise row.error(f"{one.id!r} cannot stand in for himself.")
        if any(absence.overlaps(own) for own in stand_in.absences):
            raise row.error(f"stand-in {stand_in.id!r} is absent himself on a day of this absence.")


def _posts(rows: Iterable[Row], units: dict[str, Unit], people: dict[str, Person]) -> dict[tuple[str, str], Post]:
    """The posts by unit and post."""
    posts: dict[tuple[str, str], Post] = {}
    for row in rows:
        found = _post(row, units, people)
        if (found.unit, found.post) in posts:
            raise row.error(f"post {found.post!r} of unit {found.unit!r} is there twice.")
        posts[(found.unit, found.post)] = found
    return posts


def _post(row: Row, units: dict[str, Unit], people: dict[str, Person]) -> Post:
    found = Post(
        row.known(row.take("unit", str), units, "unit"),
        row.known(row.take("post", str), POSTS, "post"),
        tuple(row.known(person, people, "person") for person in row.take("holders", list)),
        tuple(row.known(person, people, "person") for person in row.take("stand_ins", list, [])),
        row.take("approval_limit_minor", int, None),
        row.take("until", date, None),
    )
    row.done()
    limit = found.approval_limit_minor
    if limit is not None and not 0 <= limit <= AMOUNT_LIMIT:
        raise row.error(f"approval_limit_minor of post {found.post!r} has to lie between 0 and {AMOUNT_LIMIT}.")
    if not found.holders:
        raise row.error(f"post {found.post!r} of unit {found.unit!r} has no holder.")
    return found


def _system(row: Row, units: dict[str, Unit]) -> tuple[Row, ChannelSystem]:
    """The channel system of a row, with the row."""
    channels = tuple(row.known(c, CHANNELS, "channel") for c in row.take("channels", list))
    system = ChannelSystem(row.id(), channels, row.known(row.take("unit", str), units, "unit"), _webhook(row))
    row.done()
    return row, system


def _webhook(row: Row) -> str | None:
    """Where a channel system is told what becomes of what it submitted, if it has a webhook."""
    webhook = row.part("webhook", "a webhook")
    if webhook is None:
        return None
    url: str = webhook.take("url", str)
    webhook.done()
    if (why := webhook_fault(url)) is not None:
        raise webhook.error(f"the url of a webhook {why}.")
    return url


def _consumer(row: Row) -> tuple[Row, Consumer]:
    """The consumer of a row, with the row."""
    found = Consumer(row.id(), tuple(row.take("topics", list)))
    row.done()
    if not found.topics:
        raise row.error(f"consumer {found.id!r} reads no topic: name one of {', '.join(CONSUMED)}, or leave it out.")
    for number, topic in enumerate(found.topics):
        if topic not in CONSUMED:
            raise row.error(f"topic {topic!r} is not for consumers: those are {', '.join(CONSUMED)}.")
        if topic in found.topics[:number]:
            raise row.error(f"topic {topic!r} of consumer {found.id!r} is there twice.")
    return row, found
