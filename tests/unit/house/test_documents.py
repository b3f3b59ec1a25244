"""The documents and what they name: every link, path, module and cited rule is there, and nothing stands twice."""

import re
from collections import Counter
from collections.abc import Iterator

from cogapp import Cog

from tests.support.documents import anchors, citations, links, modules, pages, paths, tracked
from tests.support.paths import ROOT

OUTSIDE = re.compile(r"\b(DOMAIN|CONTRACT|KERNEL|DESIGN|STACK|STYLE|WORDS)(?:\.md\b| \d|, `)")
LONG_ENOUGH = 80
"""Characters from which a paragraph that stands twice is a repetition and not a formula."""


def test_every_rule_that_is_cited_has_its_anchor() -> None:
    """An article, a default, a section of the contract, a rule of crossings: a reader can look it up."""
    cited = list(citations())

    assert len(cited) > 100
    assert [] == sorted({str(c) for c in cited if c.anchor not in anchors(c.page)})


def test_every_link_leads_somewhere() -> None:
    """From page to page, and to the place on it."""
    followed = list(links())

    assert len(followed) > 40
    assert [] == [str(c) for c in followed if not (ROOT / c.page).exists()]
    assert [] == [str(c) for c in followed if c.anchor and c.anchor not in anchors(c.page)]


def test_no_file_cites_a_document_that_is_not_in_the_repository() -> None:
    """What code rests on can be read by whoever has the code."""
    assert [] == [name for name, text in tracked().items() if name != THIS and OUTSIDE.search(text)]
    assert [] == sorted({(c.where, c.page) for c in pages() if not _there(c.where, c.page)})


THIS = "tests/unit/house/test_documents.py"


def _there(where: str, page: str) -> bool:
    """From the top of the repository, from beside who names it, or by the name alone."""
    beside = (ROOT / where).parent / page
    return (ROOT / page).exists() or beside.exists() or any(name.endswith(f"/{page}") for name in tracked())


def test_every_path_and_module_that_is_named_is_there() -> None:
    """In pages, docstrings, comments and messages: whoever moves a file finds who speaks of it."""
    assert [] == sorted({(where, path) for where, path in paths() if not (ROOT / path).exists()})
    assert [] == sorted({(where, module) for where, module in modules() if not _importable(module)})


def _importable(name: str) -> bool:
    """Whether a dotted name is a module or stands in one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:cut])
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if file.exists():
            rest = parts[cut:]
            return not rest or re.search(rf"\b{rest[0]}\b", file.read_text(encoding="utf-8")) is not None
    return False


def test_the_generated_tables_are_what_the_code_declares() -> None:
    """Whoever changes a setting, a topic, an event, a duty, a refusal or a command runs `make docs`."""
    pages = [str(ROOT / name) for name, text in tracked().items() if name.startswith("docs/") and "[[[cog" in text]

    assert len(pages) > 5
    for page in pages:
        assert 0 == Cog().main(["cog", "--check", "--verbosity=0", "-I", str(ROOT), page]), f"{page}: run `make docs`"


def test_no_paragraph_of_the_documents_stands_twice() -> None:
    """What is said twice is mended once."""
    told = Counter(said for name, text in tracked().items() if name.endswith(".md") for said in _paragraphs(text))

    assert [] == [said[:80] for said, times in told.items() if times > 1]


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs, and the lines of tables, that are long enough to say something."""
    for block in re.split(r"\n\s*\n", re.sub(r"```.*?```", "", text, flags=re.S)):
        parts = block.splitlines() if block.lstrip().startswith("|") else [" ".join(block.split())]
        yield from (part for part in parts if len(part) >= LONG_ENOUGH)
