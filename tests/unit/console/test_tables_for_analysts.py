"""The tables for analysts read nothing that anybody typed, and nobody of the bank but under a pseudonym."""

import re

import pytest

from services.console.analysis.case_records import OF_CASE, OF_CLOCK, OF_COUNT, OF_REMEDY, OF_STATE
from services.console.analysis.declared import Column, pseudonym_of
from services.console.analysis.views import DECLARED
from services.console.register.wording import STATES as IN_WORDS
from shared.contract.case_changed import STATES

TYPED = {"data", "fault", "agreed", "speakers", "parties", "creditor"}
"""Columns of the console that hold sealed values, or whatever stands in the log."""
WHY = "blocked"
"""Why a case cannot be read may quote what could not be read: analysts get whether."""
PEOPLE = re.compile(r"\b[cyghe]\.(?:\w*person|agent|actor|handler)\b")
COLUMNS = [pytest.param(one, id=f"{table.name}.{one.name}") for table in DECLARED for one in table.columns]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_reads_nothing_that_was_typed(column: Column) -> None:
    """Neither what is sealed nor an event's data."""
    read = set(re.findall(r"\b[a-z]\.\"?(\w+)", column.sql))

    assert set() == read & TYPED
    assert WHY not in read or column.sql == f"c.{WHY} IS NOT NULL"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_person_stands_in_a_column_under_a_pseudonym_only(column: Column) -> None:
    """Who acted may be a service or a channel system: then, and only then, it stands as it is."""
    named = PEOPLE.findall(column.sql)
    hidden = [one for one in named if pseudonym_of(one) in column.sql]
    acting = column.sql.startswith("CASE WHEN substr(e.actor, 1, 7) = 'person:' THEN ")

    assert acting or named == hidden


def test_a_record_of_a_case_is_made_of_nothing_that_was_typed() -> None:
    """Nor of a person's id."""
    read = (*OF_CASE, *OF_CLOCK, *OF_COUNT, *OF_REMEDY, *OF_STATE)

    assert set() == TYPED & set(read)
    assert [] == [name for name in read if name.endswith("person") or name in ("agent", "actor", "handler")]


def test_a_record_of_a_case_names_every_state_that_the_register_has_words_for() -> None:
    """The published description and the dictionary speak of the same life of a case."""
    assert set(IN_WORDS) == set(STATES)
