"""Writes what is published: ``python -m ops.contracts.build``, run by ``make docs`` after a change of a declaration."""

import sys
from pathlib import Path

from ops.contracts import newest_versions, published
from ops.contracts.asyncapi import document
from ops.contracts.exporting import as_yaml
from ops.local import strimzi
from ops.paths import EVENT_VERSIONS, ROOT
from shared.process.settings import Settings

DOCUMENT = ROOT / "docs" / "asyncapi.yaml"
HEAD = "# Written by `make docs` from the catalogue of events, the shapes of records and deploy/topics.yaml.\n"


def bank() -> Settings:
    """An installation as a bank has it, with an address for its schemas."""
    return strimzi.bank().model_copy(update={"public_url": "https://redress.bank.example"})


def documented() -> str:
    """The document as it stands in docs."""
    return as_yaml(document(bank()), HEAD)


def main(lock: Path = published.FILE, file: Path = DOCUMENT, versions: Path = EVENT_VERSIONS) -> int:
    """Add what is new to the file of published shapes, write the document and the newest versions of events.

    1 where a published shape changed.
    """
    before, now = published.published(lock), published.lines_of(published.shapes_of_today())
    for fault in (faults := published.broken(before, now)):
        sys.stderr.write(f"redress: {fault}\n")
    if faults:
        return 1
    lock.write_text(published.text(now), encoding="utf-8")
    file.write_text(documented(), encoding="utf-8")
    versions.write_text(newest_versions.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
