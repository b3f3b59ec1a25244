"""What the files of the repository say of each other: links, paths, modules and rules that they cite."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support.paths import ROOT

TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".j2", ".typ", ".sh", ".xml", ""}
NOT_READ = re.compile(r"^tests/golden/|^shared/contract/events/golden/|\.lock$|^LICENSE$")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
HEADING = re.compile(r"^#+ +(.+)$", re.M)


class Citation(NamedTuple):
    """What a file names, and where it has to be: a page with an anchor."""

    where: str
    page: str
    anchor: str


@cache
def tracked() -> dict[str, str]:
    """The text of every file of the repository, those that are not committed yet included."""
    listed = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    read = (name for name in names if Path(name).suffix in TEXT and not NOT_READ.search(name))
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in read if (ROOT / name).is_file()}


def anchors(page: str) -> frozenset[str]:
    """The places of a page that a link can lead to: its named anchors, and its headings as they are shown."""
    text = tracked()[page]
    headings = (re.sub(r"[^\w\- ]", "", ANCHOR.sub("", heading)).strip() for heading in HEADING.findall(text))
    return frozenset({*ANCHOR.findall(text), *(heading.lower().replace(" ", "-") for heading in headings)})


RULES, CONTRACT = "docs/reference/rules.md", "docs/reference/contract.md"
CROSSINGS = "docs/explanation/crossings.md"
AND = r"(?:(?:, | and | or )(?:\d[\d.]*\d|\d))*"
NUMBERS = re.compile(r"\d[\d.]*\d|\d")
RULE = re.compile(r"\brules: ((?:default-|two-documents|figures-)[a-z0-9-]*)")
CITED = {
    re.compile(rf"\b[Cc]ontract (\d{AND})"): (CONTRACT, "contract-{}"),
    re.compile(rf"\barticles? ((?:\d\.\d|\d){AND})"): (RULES, "article-{}"),
    re.compile(rf"\border 2020 no\. 3, arts?\. (\d+{AND})"): (RULES, "order-2020-3-{}"),
    re.compile(rf"\bcrossings, rules? (\d{AND})"): (CROSSINGS, "rule-{}"),
}


def citations() -> Iterator[Citation]:
    """Every rule that a file cites by its name: of the rule book, the contract, the crossings."""
    for name, text in tracked().items():
        flat = re.sub(r"\s+(?:# )?", " ", text)
        yield from (Citation(name, RULES, found) for found in RULE.findall(flat))
        for pattern, (page, anchor) in CITED.items():
            for listed in pattern.findall(flat):
                yield from (Citation(name, page, anchor.format(number)) for number in NUMBERS.findall(listed))


LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")


def links() -> Iterator[Citation]:
    """Every link of a page to another one, or to a place of its own."""
    for name, text in tracked().items():
        if name.endswith(".md"):
            for target, anchor in LINK.findall(text):
                page = (ROOT / name).parent / target if target else ROOT / name
                yield Citation(name, str(page.resolve().relative_to(ROOT)), anchor)


PAGE = re.compile(r"(?<![\w/.<>*-])((?:[\w-]+/)*[A-Za-z][\w-]*\.md)\b")


def pages() -> Iterator[Citation]:
    """Every page that a file names without a link: from the top of the repository."""
    for name, text in tracked().items():
        yield from (Citation(name, page, "") for page in PAGE.findall(LINK.sub("", text)))


FOLDERS = "shared|services|ops|deploy|tests|bench|docs"
PATH = re.compile(rf"(?<![\w/.-])((?:{FOLDERS})/[\w./-]*[\w/])(?![\w*<{{…-])")
MODULE = re.compile(r"``?((?:shared|services|ops|tests|bench)(?:\.[a-z_][a-z0-9_]*)+)(?:\.([A-Za-z_]+))?`")


def paths() -> Iterator[tuple[str, str]]:
    """Every file or folder of the project that a file names."""
    for name, text in tracked().items():
        yield from ((name, path.rstrip(".")) for path in PATH.findall(text))


def modules() -> Iterator[tuple[str, str]]:
    """Every module, or name in one, that a page, docstring or comment names in code marks."""
    for name, text in tracked().items():
        yield from ((name, ".".join(part for part in found if part)) for found in MODULE.findall(text))
