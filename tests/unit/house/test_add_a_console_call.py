"""Adding a call to the console as its page says: it is among the calls, and the page that lists them asks for it."""

import os
import re
from pathlib import Path

import pytest

from tests.support.house_copy import changed, house_copy, in_copy, put
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-console-call.md").read_text(encoding="utf-8")
MODULE, LINE = re.findall(r"```(?:python|markdown)\n(.*?)```", PAGE, re.S)
HTTP = "services/console/http"
NEW, API = f"{HTTP}/owed.py", f"{HTTP}/api.py"
REFERENCE, COUNTED = "docs/reference/http-console.md", "tests/unit/console/test_docs.py"
ASKED = """
from typing import cast
from services.console.http.api import create_app
call = create_app(cast(object, None)).openapi()["paths"]["/v1/cases/{case}/owed"]["get"]
print(call["summary"], *sorted(p["name"] for p in call["parameters"]))
"""
DOCUMENTED = ("-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", COUNTED, "-k", "every_call")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the call that the page adds, but for its line in the reference."""
    copy = house_copy(tmp_path_factory.mktemp("house"))
    (copy / NEW).write_text(MODULE, encoding="utf-8")
    api = (copy / API).read_text(encoding="utf-8")
    api = re.sub(r"^CALLS = \(", "CALLS = (owed, ", api, flags=re.M)
    imported = "from services.console.http import owed\n"
    (copy / API).write_text(api.replace("from services.console.http", f"{imported}from services.console.http", 1))
    counted = (copy / COUNTED).read_text(encoding="utf-8")
    more = re.sub(r"assert (\d+) == len\(tails\)", lambda m: f"assert {int(m[1]) + 1} == len(tails)", counted)
    (copy / COUNTED).write_text(more, encoding="utf-8")
    return copy


def test_it_is_among_the_calls(house: Path) -> None:
    """With what its parameters ask for."""
    said = in_copy(house, "-c", ASKED).split()

    assert {"Owed", "case", "after"} <= set(said)


def test_what_it_calls_is_there_and_takes_what_it_gives(house: Path) -> None:
    """As the type checker sees it: a page that falls behind the code fails."""
    assert "Success" in in_copy(house, "-m", "mypy", "--cache-dir", os.devnull, NEW)


def test_the_page_of_the_calls_asks_for_it(house: Path) -> None:
    """A call that nobody documented fails; with its line all is well, and no other file is touched."""
    with pytest.raises(AssertionError, match="/owed"):
        in_copy(house, *DOCUMENTED)
    put(house / REFERENCE, "| `/v1/cases/{case}/timeline` |", LINE)

    in_copy(house, *DOCUMENTED)
    assert {NEW, API, REFERENCE, COUNTED} == changed(house)
    assert [] == [name for name in (API, REFERENCE, COUNTED) if f"`{name}`" not in PAGE]
