"""Consumers of the organisation file: who reads which topics; what is wrong is refused with its line."""

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.bank.listed import Consumer
from shared.bank.organisation_file import parse_organisation
from shared.contract.topics import CONSUMED
from shared.errors import BadReference

TEXT = EXAMPLE_ORGANISATION.read_text(encoding="utf-8").partition("consumers:")[0] + "ladder: [outlet_head]\n"
LINE = TEXT.count("\n")


def with_consumers(*rows: str) -> str:
    """The example with these consumers."""
    return TEXT.replace("ladder:", "consumers:\n" + "".join(f"  - {row}\n" for row in rows) + "ladder:")


def test_a_consumer_and_what_it_reads() -> None:
    """As listed; a file without any has none."""
    found = parse_organisation(with_consumers("{id: bi, topics: [complaints.events, complaints.reference]}"))

    assert {"bi": Consumer("bi", ("complaints.events", "complaints.reference"))} == found.consumers
    assert {} == parse_organisation(TEXT).consumers
    assert "complaints.commands" not in CONSUMED


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{id: bi}", "a consumer needs 'topics'"),
        ("{id: bi, topics: complaints.events}", "'topics' of a consumer has to be list"),
        ("{id: bi, topics: []}", "consumer 'bi' reads no topic"),
        (
            "{id: bi, topics: [complaints.commands]}",
            "topic 'complaints.commands' is not for consumers: those are",
        ),
        ("{id: bi, topics: [complaints.nothing]}", "topic 'complaints.nothing' is not for consumers"),
        ("{id: bi, topics: [{a: b}]}", "is not for consumers"),
        (
            "{id: bi, topics: [complaints.events, complaints.events]}",
            "'complaints.events' of consumer 'bi' is there",
        ),
        ("{id: b i, topics: [complaints.events]}", "'b i' is no id"),
        ("{id: bi, topics: [complaints.events], writes: [x]}", "a consumer has no field 'writes'"),
    ],
)
def test_a_wrong_consumer_is_refused_with_its_line(row: str, message: str) -> None:
    """Nobody reads more than was meant, by a slip."""
    good = "{id: audit, topics: [complaints.access]}"

    with pytest.raises(BadReference, match=f"line {LINE + 2}: .*{message}"):
        parse_organisation(with_consumers(good, row))


def test_two_of_one_name_are_refused() -> None:
    """The account is one."""
    row = "{id: bi, topics: [complaints.events]}"

    with pytest.raises(BadReference, match=f"line {LINE + 2}: 'bi' is there twice"):
        parse_organisation(with_consumers(row, row))


def test_the_example_bank_has_a_consumer() -> None:
    """Which the worked examples are."""
    found = parse_organisation(EXAMPLE_ORGANISATION.read_text(encoding="utf-8"))

    assert ("complaints.events",) == found.consumers["bi"].topics
