"""A command is added by its event, the event's sentence and one declaration: an invented one works everywhere.

What the fixture does here is what docs/how-to/add-a-command.md has one write into three files.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from ops.tables import commands as command_tables
from services.casework.act import Act
from services.casework.bad_state import NoDecision
from services.casework.commands.declaration import Body, Declaration
from services.casework.decisions import COMMANDS
from services.casework.http import openapi
from services.casework.sides import ACCEPTING
from services.casework.state import OUTCOMES
from shared.case import sentences
from shared.case.sentences.telling import Sentence
from shared.contract.bodies import Text
from shared.contract.events import CATALOGUE
from shared.contract.events.base import NOBODY, CaseworkEvent, Sealed
from shared.kernel.service import Fact
from tests.support.casework import Case, Refused
from tests.support.facts import event, names
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-command.md").read_text(encoding="utf-8")
TOUCHED = (
    "shared/contract/events/casework.py", "shared/case/sentences/casework.py", "services/casework/commands/",
)  # fmt: skip
WORDS: dict[str, Any] = {"words": "祝早日康复。"}


@pytest.fixture
def flowers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Declaration[Act]]:
    """The accepting post sends flowers once there is an outcome, until the case lies in the archive."""

    class FlowersSent(CaseworkEvent, heard_by=NOBODY):
        """The customer got flowers."""

        words: Sealed

    class SendFlowers(Body):
        """Send the customer flowers."""

        words: Text

    def send_flowers(act: Act) -> Fact:
        """Flowers are for after the outcome."""
        if not act.core.did(*OUTCOMES):
            raise NoDecision
        return act.fact(FlowersSent, **act.said("words"))

    declared = Declaration(
        "send-flowers", SendFlowers, FlowersSent, send_flowers,
        who=(ACCEPTING,),
        stages=("open", "ended"),
        not_before=("decided_at",),
        refused=(NoDecision,),
        effect="nothing else follows",
    )  # fmt: skip
    monkeypatch.setitem(COMMANDS, declared.name, declared)
    flowers_sent = Sentence[Any](lambda _: "给客户送了花。", lambda _: "Flowers were sent to the customer.")
    monkeypatch.setitem(sentences.SENTENCES, "FlowersSent", flowers_sent)
    yield declared
    del CATALOGUE["FlowersSent"]


def test_it_is_decided(flowers: Declaration[Act]) -> None:
    """Its event says what was said, sealed, and which command it answers."""
    fact = Case().decided_on().does("lin.fang", "send-flowers", **WORDS)

    assert isinstance(fact, flowers.becomes)
    assert "send-flowers.words" == fact.words.label  # type: ignore[attr-defined] # the invented event's
    assert "send-flowers" == fact.command.name  # type: ignore[union-attr]


def test_it_is_refused_by_rights_state_time_and_its_own_decision(flowers: Declaration[Act]) -> None:
    """Each as its declaration says, under its name."""
    case = Case()
    early = case.now
    assert Refused("no_decision") == case.refuses("lin.fang", flowers.name, **WORDS)
    assert Refused("not_entitled") == case.refuses("luo.tian", flowers.name, **WORDS)

    found = case.decided_on().refuses("lin.fang", flowers.name, early, **WORDS)
    assert Refused("before_what_it_answers", ("/at",), ("decided",)) == found
    assert isinstance(Case().closed().does("lin.fang", flowers.name, **WORDS), flowers.becomes)
    assert Refused("case_archived") == Case().archived().refuses("lin.fang", flowers.name, **WORDS)


def test_the_timeline_tells_it(flowers: Declaration[Act]) -> None:
    """In both languages."""
    happened = event(Case().decided_on().does("lin.fang", flowers.name, **WORDS))

    assert ["给客户送了花。", "Flowers were sent to the customer."] == list(sentences.tell(happened, names()).values())


def test_it_has_a_path_in_the_openapi_document(flowers: Declaration[Act]) -> None:
    """With its body and its refusals."""
    document = openapi.document(COMMANDS)
    said = document["paths"]["/v1/cases/{case}/commands/send-flowers"]["post"]

    assert "Send the customer flowers." == said["summary"]
    assert "words" in document["components"]["schemas"]["SendFlowers"]["properties"]
    assert "`no_decision`" in said["responses"]["409"]["description"]


def test_the_reference_page_would_show_it(flowers: Declaration[Act]) -> None:
    """A line in each of its tables."""
    row = "| `send-flowers` | `FlowersSent` | `words` | accepting post | nothing else follows |"

    assert row in command_tables.commands()
    assert "| `send-flowers` | open, ended | decided | – |" in command_tables.times()
    assert "| `send-flowers` | `no_decision` |" in command_tables.refusals()


def test_nothing_of_it_stays() -> None:
    """What a test declares is gone with it."""
    assert "send-flowers" not in COMMANDS
    assert "FlowersSent" not in CATALOGUE
    assert "send-flowers" not in command_tables.commands()


def test_the_page_names_the_files_that_are_touched() -> None:
    """No other file of the product."""
    assert [] == [path for path in TOUCHED if f"`{path}" not in PAGE]
