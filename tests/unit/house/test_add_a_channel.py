"""Adding a channel as its page says: four files are touched, and the channel is submitted, routed, owed and named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.house_copy import changed, house_copy, in_copy, put
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-channel.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(?:python|yaml|markdown)\n(.*?)```", PAGE, re.S)
DETAILS, OPENED, ROW, OWNER, MARKS, FIELDS = BLOCKS
CHANNELS = "shared/contract/channels.py"
SHAPES = "shared/contract/channel_details.py"
RULES = "services/routing/rules/routing-rules.yaml"
REFERENCE = "docs/reference/http-intake.md"


def add_column(rules: Path) -> None:
    """Give every line of the duties one more cell at its end."""
    marks = yaml.safe_load(MARKS)
    above, table = rules.read_text(encoding="utf-8").split("\nduties:\n")

    def widened(line: re.Match[str]) -> str:
        return f"{line[0][:-1]}, {marks.pop(line[1], '.')}]"

    table = re.sub(r"^  - \[(\w+),(?:[^\[\]]|\[[^\]]*\])*\]$", widened, table, flags=re.M)
    assert {} == marks
    rules.write_text(f"{above}\nduties:\n{table}", encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the channel that the page adds."""
    copy = house_copy(tmp_path_factory.mktemp("house"))
    put(copy / SHAPES, "DETAILS: dict[", f"{DETAILS}\n\n")
    put(copy / SHAPES, '}\n"""The open channels', f"    {OPENED}")
    put(copy / CHANNELS, ")\nCHANNELS = {", f"    {ROW.strip()},\n")
    put(copy / RULES, "  - [media,        any,", OWNER)
    add_column(copy / RULES)
    put(copy / REFERENCE, "for `phone`: ", f"{FIELDS.strip()}; ")
    return copy


@pytest.fixture(scope="module")
def seen(house: Path) -> dict[str, Any]:
    """What becomes of a complaint on the channel."""
    details = json.dumps({"room": "v-17"})
    found: dict[str, Any] = json.loads(in_copy(house, "-m", "tests.support.invented_channel", "video-call", details))
    return found


def test_four_files_are_touched(house: Path) -> None:
    """The row, its details, the rules, the page for whoever develops a channel system."""
    assert {CHANNELS, SHAPES, RULES, REFERENCE} == changed(house)
    assert [] == [name for name in (CHANNELS, SHAPES, RULES, REFERENCE) if f"`{name}`" not in PAGE]


def test_it_takes_submissions_by_its_own_shape(seen: dict[str, Any]) -> None:
    """Also what was left out; what another channel knows is refused at its place."""
    assert (201, {"room": "v-17", "recorded": False}) == (seen["status"], seen["details"])
    assert ["/details/room", "/details/call_id"] == seen["pointers"]


def test_it_is_routed_and_owed_as_its_column_says(seen: dict[str, Any]) -> None:
    """The receipt itself acknowledges, since the customer was told in person; nobody is known, so two are waived."""
    owed = {kind: "open" for kind in yaml.safe_load(MARKS) if kind != "duty"}
    special = {"acknowledge_customer": "discharged", "contact_customer": "waived", "reply_customer": "waived"}

    assert "complaint_post" == seen["accepting"]
    assert owed | special == seen["duties"]


def test_it_is_named_in_words_and_in_the_description_of_the_service(seen: dict[str, Any]) -> None:
    """In both languages, and by its address."""
    chinese, english = seen["sentences"]

    assert "登记了匿名视频通话投诉" in chinese
    assert "by video call" in english
    assert ["phone", "video-call"] == [seen["addresses"][0], seen["addresses"][-1]]
    assert "submitVideoCall" == seen["described"]
    assert {"PhoneSubmission", "VideoCallSubmission", "VideoCallDetails"} <= set(seen["schemas"])


def test_the_page_for_channel_systems_names_its_fields(house: Path) -> None:
    """Held by the very test that holds it for the channels there are."""
    held_by = "tests/unit/intake/test_openapi.py::test_the_reference_page_names_every_field_code_and_example"

    assert "1 passed" in in_copy(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", held_by)
