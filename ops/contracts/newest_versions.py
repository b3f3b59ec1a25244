"""The newest version of every type that this code knows, as a reference file that allows all of them."""

from shared.bank.event_versions import FIRST, known_versions

HEAD = (
    "# Which version of an event may be written, by its type: this one at most; version 1 of what is not named.\n"
    "# CaseChanged is no event: it is how cases are told on complaints.cases.\n"
    "# This file allows all that this version of Redress knows. Publish it once every process has been upgraded, and\n"
    "# whoever reads the topics knows these versions:\n"
    "#   redress reference publish versions versions.yaml --who NAME --why TEXT\n"
    "# (docs/how-to/upgrade.md). Written by `make docs` and `redress schemas export`.\n"
)


def text() -> str:
    """The file."""
    newest = sorted(known_versions().items())
    return HEAD + "".join(f"{name}: {version}\n" for name, version in newest if version > FIRST)
