"""The templates that are shipped, and what could stand in a letter: golden copies of letters are made of both.

``python -m tests.support.letter_templates`` writes the golden copies anew, to be read before they are kept.
"""

from functools import cache
from pathlib import Path

import yaml

from ops.paths import ROOT
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import Template, parse_template, render
from tests.support.facts import Body
from tests.support.paths import GOLDEN

TEMPLATES = ROOT / "services" / "notify" / "letters" / "templates"
LETTERS = GOLDEN / "letters"
CONTENT = Path(__file__).parent / "letter_content"
"""What could stand in a letter, whatever its kind: a file per language, by the fields' names."""


@cache
def _written(language: str) -> Body:
    """What somebody wrote down of it; what has several lines is a row, as letters have it."""
    said: Body = yaml.safe_load((CONTENT / f"{language}.yaml").read_text(encoding="utf-8"))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def content_in(language: str) -> Body:
    """What could stand in a letter of a language; a field that nobody wrote anything for stands there by its name."""
    names = {name for kind in KINDS.values() for name in kind.fields}
    unwritten: Body = {name: f"«{name}»" for name in names}
    return unwritten | _written(language)


def golden(path: Path) -> str:
    """What a shipped template's golden copy has to be."""
    found = template(path.stem)
    letter = render(found, content_in(found.language))
    return f"{letter.subject}\n\n{letter.body}"


def template(name: str) -> Template:
    """A shipped template, such as ``breach_notice.zh``."""
    return parse_template((TEMPLATES / f"{name}.j2").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for shipped in sorted(TEMPLATES.glob("*.j2")):
        (LETTERS / f"{shipped.stem}.txt").write_text(golden(shipped), encoding="utf-8")
