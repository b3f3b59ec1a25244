"""How a run with several workers (`pytest -n 2 --dist loadfile`) shares the tests out: what is set up once runs once.

A file is one worker's, so a fixture of a file is set up once; so is a folder whose files share an installation. What
takes longest begins first, so that no worker is left with it at the end.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SHARING = ("security",)
"""Folders whose files share a running installation (a fixture of the package's scope)."""
LONGEST_FIRST = ("security", "chaos", "acceptance", "integration", "unit")


def together(file: str) -> str:
    """What a test file runs together with: itself, or its folder."""
    folder = file.split("/")[1]
    return folder if folder in SHARING else file


class ByFile(LoadFileScheduling):  # type: ignore[misc] # pytest-xdist ships no types
    """Gives a worker a file after the other, or a folder that shares an installation."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid.split("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Whoever shares the tests out."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders whose tests take longest first; the drawn order stays within."""
    items.sort(key=lambda item: LONGEST_FIRST.index(item.location[0].split("/")[1]))
