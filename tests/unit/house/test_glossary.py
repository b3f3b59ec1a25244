"""The glossary is true: each word's name occurs in the code, and what was ruled out does not come back."""

import re
from collections import Counter

from tests.support.documents import tracked

PAGE = tracked()["docs/reference/glossary.md"]
WORDS, _, RULED_OUT = PAGE.partition("## Ruled out")
CODE = {name: text for name, text in tracked().items() if re.match(r"(shared|services|ops|deploy)/", name)}


def _column(text: str, number: int) -> list[str]:
    """A column of a page's tables, without their heads."""
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    return [row[number].strip() for row in rows if not row[1].strip().startswith(("---", "中文", "word", "not"))]


def test_every_word_occurs_in_the_code_by_its_name() -> None:
    """A glossary of words that nobody uses explains nothing."""
    names = [name for cell in _column(WORDS, 2) for name in re.findall(r"`([^`]+)`", cell)]
    used = set(re.findall(r"\w+", "\n".join(CODE.values())))

    assert len(names) > 150
    assert [] == [name for name in names if name not in used]


def test_every_word_stands_once() -> None:
    """One meaning each."""
    words = _column(WORDS, 1)

    assert [] == sorted({word for word in words if words.count(word) > 1})


def test_every_class_that_stands_for_a_word_is_the_only_one_of_its_name() -> None:
    """One meaning in the code too."""
    named = {name for cell in _column(WORDS, 2) for name in re.findall(r"`([A-Z]\w+)`", cell)}
    classes = Counter(found for text in CODE.values() for found in re.findall(r"^class (\w+)", text, re.M))

    assert [] == sorted(name for name in named if classes[name] > 1)


def test_no_word_that_was_ruled_out_is_a_class_or_module() -> None:
    """Neither by itself, nor as what a class is called."""
    out = {word.removesuffix(" (alone)") for cell in _column(RULED_OUT, 1) for word in cell.split(" · ")}
    modules = {name: name.rsplit("/", 1)[-1].removesuffix(".py") for name in CODE if name.endswith(".py")}
    classes = {(name, found) for name, text in CODE.items() for found in re.findall(r"^class (\w+)", text, re.M)}

    assert {"desk", "clock", "utils"} <= out
    assert [] == sorted(name for name, module in modules.items() if module in out - ROOMS_OF_THEIR_OWN)
    assert [] == sorted(found for found in classes if found[1].lower() in out or found[1].endswith("Desk"))


ROOMS_OF_THEIR_OWN = frozenset({"clock", "candidates"})
"""A module may hold all that a word is about where a class of that name would be one of several."""
