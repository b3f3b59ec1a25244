"""Adding a letter as its page says: two files and a generated page are touched, and the letter is owed and written."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.house_copy import changed, house_copy, in_copy, put
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-letter.md").read_text(encoding="utf-8")
NAME, CALLED, DECLARATION = re.findall(r"```(?:text|python)\n(.*?)```", PAGE, re.S)
FOLDER = "services/notify/letters/templates"
TEMPLATES = {
    f"{FOLDER}/{name}": text for name, text in re.findall(r"file `(\S+\.j2)`:\n\n```jinja\n(.*?)```", PAGE, re.S)
}
NAMES = "shared/contract/message_kinds.py"
FAMILY = "services/notify/letters/outcome_letters.py"
REFERENCE = "docs/reference/letters.md"
GOLDEN_COPIES = "tests/golden/letters/"
IMPORTS = """from services.notify.letters.occasions import Occasion
from shared.contract.events.ending import CaseReopened
"""
WRITE_GOLDEN_COPIES = """
from tests.support.letter_templates import LETTERS, TEMPLATES, golden
for path in TEMPLATES.glob("reopening_note.*.j2"):
    (LETTERS / f"{path.stem}.txt").write_text(golden(path), encoding="utf-8")
"""
ALONE = ("-p", "no:randomly", "-p", "no:cacheprovider")
OF_LETTERS = ("templates", "refused_templates", "letter_previews", "declarations")
HOLD_EVERY_KIND = [
    *(f"tests/unit/notify/test_{name}.py" for name in OF_LETTERS),
    *(f"tests/unit/contract/test_{name}.py" for name in ("stored", "words")),
]
CONCERNED = "reopening_note or test_declarations or test_stored or test_words"
"""Tests that go through all kinds, so that a new one is held by them."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the letter that the page adds."""
    copy = house_copy(tmp_path_factory.mktemp("house"))
    put(copy / NAMES, "]\n\n\nclass Called", NAME)
    put(copy / NAMES, "}\n", CALLED)
    put(copy / FAMILY, "from services.notify.letters.words", IMPORTS)
    put(copy / FAMILY, "OUTCOME_LETTERS = (", DECLARATION)
    put(copy / FAMILY, "WITHDRAWAL_CONFIRMATION)", "REOPENING_NOTE, ")
    for name, text in TEMPLATES.items():
        (copy / name).write_text(text, encoding="utf-8")
    in_copy(copy, "-c", WRITE_GOLDEN_COPIES)
    in_copy(copy, "-m", "cogapp", "-r", "--verbosity=0", "-I", ".", REFERENCE)
    return copy


@pytest.fixture(scope="module")
def seen(house: Path) -> dict[str, Any]:
    """What becomes of the letter."""
    found: dict[str, Any] = json.loads(in_copy(house, "-m", "tests.support.invented_letter", "reopening_note"))
    return found


def test_two_files_and_the_generated_page_are_touched(house: Path) -> None:
    """Besides a template in each language and its golden copy."""
    assert 2 == len(TEMPLATES)
    by_hand = {name for name in changed(house) - TEMPLATES.keys() if not name.startswith(GOLDEN_COPIES)}
    assert {NAMES, FAMILY, REFERENCE} == by_hand
    assert [] == [name for name in (NAMES, FAMILY, FOLDER, REFERENCE, GOLDEN_COPIES) if f"`{name}`" not in PAGE]


def test_its_fact_calls_for_it_and_the_customer_gets_it(seen: dict[str, Any]) -> None:
    """By day; at night it is held back, as it declares nothing else."""
    assert [["reopening_note", "customer"]] == seen["told"]
    assert [["reopening_note", "quiet_hours"]] == seen["at_night"]


def test_it_is_written_in_both_languages(seen: dict[str, Any]) -> None:
    """With the field that only it has."""
    subject, body, _ = seen["letter"]

    assert "Your complaint 20200305-0000000001-1 has been taken up again" == subject
    assert "was taken up again on 6 March 2020." in body
    assert "重新办理" in seen["preview"][0]


def test_a_template_without_a_mandatory_element_is_refused(seen: dict[str, Any]) -> None:
    """And one that asks for the treatment of staff."""
    assert ["lacks what this letter must have: received_on", "lacks what this letter must have: reopened_on"] == [
        why.removeprefix("The template reopening_note.zh ").removesuffix(".") for why in seen["refused"]
    ]
    assert "goes to a customer and asks for treatment_of_persons" in seen["discipline"]


def test_the_timeline_and_the_page_of_letters_name_it(house: Path, seen: dict[str, Any]) -> None:
    """In words, in both languages; with its occasion and its own field."""
    page = (house / REFERENCE).read_text(encoding="utf-8")

    assert "重新办理告知" in seen["sentences"][0]
    assert "note that the complaint was reopened" in seen["sentences"][1]
    assert "| `reopening_note` | `CaseReopened` | no | no | – |" in page
    assert "| `reopened_on` | `reopening_note` |" in page


def test_the_tests_of_all_kinds_hold_it_too(house: Path) -> None:
    """No list of a test has to be touched for it."""
    told = in_copy(house, "-m", "pytest", "-q", *ALONE, "-k", CONCERNED, *HOLD_EVERY_KIND)

    assert " passed" in told
