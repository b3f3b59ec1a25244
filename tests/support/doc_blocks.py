"""The blocks of code of a page, by the heading that they stand under."""

import re
from pathlib import Path

HEADING_OR_BLOCK = re.compile(r"^## (?P<heading>.+?)$|^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(page: Path, kind: str) -> dict[str, str]:
    """The blocks of a kind, such as ``sql``; there is at most one under a heading."""
    found: dict[str, str] = {}
    heading = ""
    for match in HEADING_OR_BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match["heading"]:
            heading = match["heading"]
        elif match["kind"] == kind:
            assert heading not in found, heading
            found[heading] = match["code"]
    return found
