"""Prints the part of the lock that a running Redress needs: what an image installs, with the hashes of the lock."""

import re
import sys

from ops.paths import ROOT
from ops.supply.locks import ENTRY, RUN, normalised, packages, running


def build() -> str:
    """The entries of the packages that Redress asks for, and what they ask for in turn; nothing of build and tests."""
    needed = running(packages())
    blocks = re.split(r"\n(?=\S)", (ROOT / RUN).read_text(encoding="utf-8"))
    entries = [(block, ENTRY.match(block)) for block in blocks]
    return "".join(f"{block.rstrip()}\n" for block, found in entries if found and normalised(found[1]) in needed)


if __name__ == "__main__":
    sys.stdout.write(build())
