"""A timeline reads like a record that people keep: names, words, signs of its language. It stands in golden files.

`python -m tests.unit.contract.test_sentences` writes them anew, to be read before they are kept.
"""

import re

import pytest

from shared.case.sentences import SENTENCES, tell
from shared.contract.envelope import Event
from shared.contract.events import CATALOGUE
from shared.contract.words import POSTS_CALLED
from tests.support.facts import event, names, organisation
from tests.support.paths import GOLDEN, GOLDEN_EVENTS

LANGUAGES = ("zh", "en")
PAGES = GOLDEN / "sentences"
HALF_WIDTH = re.compile(r"[,;:!?()]")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
CODE = re.compile(r"[a-z]+_[a-z_]+|[a-z]+\.[a-z]+\b|\b[0-9a-f]{8}-[0-9a-f]{4}-")


def happened(name: str) -> Event:
    """A fact of this type as it was stored, done by the operations supervisor."""
    shape = CATALOGUE[name]
    stored = GOLDEN_EVENTS / f"{name}.v{shape.version}.json"
    told = event(shape.model_validate_json(stored.read_bytes()))
    return told._replace(actor="person:he.yun")


def page(language: str) -> str:
    """Every sentence there is, by the type of its fact."""
    rows = (f"{name}: {tell(happened(name), names())[language]}" for name in sorted(SENTENCES))
    return "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_are_as_they_were_read(language: str) -> None:
    """A change is seen by whoever reads the golden file anew."""
    assert (PAGES / f"{language}.txt").read_text(encoding="utf-8") == page(language)


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_sentence_holds_names_and_words_of_its_language(name: str) -> None:
    """No id or code, no half-width sign in Chinese, nothing Chinese in English; one sentence with its full stop."""
    chinese, english = tell(happened(name), names()).values()

    assert not CODE.search(chinese), chinese
    assert not CODE.search(english), english
    assert not HALF_WIDTH.search(re.sub(r"\d:\d", "", chinese)), chinese
    assert not CHINESE.search(english), english
    assert chinese.endswith("。")
    assert english.endswith(".")


def test_every_post_has_a_name() -> None:
    """Of those that people of the bank can hold."""
    assert set() == {post for _, post in organisation().posts} - POSTS_CALLED.keys()


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (PAGES / f"{language}.txt").write_text(page(language), encoding="utf-8")
