"""Every sentence of the four articles is held by a test, and every practice is there or says why not."""

import re

from ops.tables.held import NOTHING, declared, held_by
from tests.support.paths import ROOT

RULES = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
QUOTED = re.compile(r'<a id="article-([\d.]+)"></a>\n> (.+)\n')
TITLES = re.compile(r"^(?:\*\*第.条\*\* ?(?:处理客户投诉的时限|客户投诉回复要求)? ?|\d、[^：]+：)")
"""What stands before the sentences of an article: its number and title."""


def test_the_sentences_are_the_text_of_the_articles() -> None:
    """Joined they are what the rule book quotes, word for word: none is left out, none is put in."""
    quoted = {number: TITLES.sub("", text) for number, text in QUOTED.findall(RULES) if number != "2"}
    joined: dict[str, str] = dict.fromkeys(quoted, "")
    for id_, row in declared()["sentences"].items():
        joined[id_.removeprefix("article-").rpartition(".")[0]] += row["zh"]

    assert 10 == len(quoted)
    assert quoted == joined


def test_every_sentence_is_held_by_a_test() -> None:
    """A specification that nothing holds is a wish: for the four articles there is no excuse."""
    assert [] == [id_ for id_, row in declared()["sentences"].items() if NOTHING in row or not held_by().get(id_)]


def test_every_practice_is_held_by_a_test_or_says_why_not() -> None:
    """Never both."""
    practices = declared()["practices"]

    assert [f"practice-{n}" for n in (*range(1, 21), *range(27, 37))] == list(practices)
    assert [] == [id_ for id_, row in practices.items() if bool(held_by().get(id_)) == (NOTHING in row)]


def test_whatever_a_test_says_that_it_holds_there_is() -> None:
    """A mistyped id would hold nothing."""
    assert set() == held_by().keys() - declared()["sentences"].keys() - declared()["practices"].keys()
