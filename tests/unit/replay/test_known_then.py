"""What was known of the reference data when something was decided."""

from datetime import timedelta

from ops.replay.known_then import UNSURE, KnownThen
from shared.bank.reference import Reference, ReferenceDocument
from tests.support.facts import NOW, document

MINUTE = timedelta(minutes=1)


def published(*texts_at: tuple[str, timedelta]) -> list[ReferenceDocument]:
    """Versions of one document, each published so long after NOW."""
    return [document("calendar", "cn", text, NOW + after) for text, after in texts_at]


def seen(references: list[Reference]) -> list[int]:
    """How many versions each of them knows."""
    return [len(one.versions("calendar", "cn")) for one in references]


def test_first_comes_what_had_been_published_by_then() -> None:
    """And nothing else, where nothing else was published around that instant."""
    known = KnownThen(published(("a", -60 * MINUTE), ("b", -30 * MINUTE), ("c", 30 * MINUTE)))

    assert [2] == seen(list(known.candidates(NOW)))


def test_around_a_publication_both_may_be_so() -> None:
    """One that was just published may not have been heard; one that comes in a moment may have been, by its clock."""
    known = KnownThen(published(("a", -60 * MINUTE), ("b", -UNSURE), ("c", UNSURE)))

    assert [2, 1, 3] == seen(list(known.candidates(NOW)))


def test_the_first_publication_was_always_known() -> None:
    """Nothing is decided before it; a steered clock may stand long before it."""
    known = KnownThen(published(("a", 60 * MINUTE), ("b", -2 * MINUTE)))

    assert [2] == seen(list(known.candidates(NOW)))
    assert [1] == seen(list(known.candidates(NOW - 60 * MINUTE)))


def test_what_is_parsed_once_is_shared() -> None:
    """A large organisation is not read again for every publication."""
    first, second = KnownThen(published(("a", -MINUTE / 2), ("b", timedelta(0)))).candidates(NOW)

    assert first.parsed(first.versions("calendar", "cn")[0], list) is second.parsed(
        second.versions("calendar", "cn")[0], list
    )
