"""A rolling upgrade: a fact of the new version reaches processes of the old one, which wait with its case and tell."""

from pathlib import Path

import httpx
import pytest

from ops.local.process_table import WORKERS
from tests.acceptance.test_telephone import BODY, START
from tests.acceptance.test_waiting_cases import keys
from tests.support.house_copy import put
from tests.support.night import Night, night, until

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]
TYPE = "redress.FlowersSent.v1"
EVENT = '''

class FlowersSent(CaseworkEvent, heard_by=frozenset()):
    """The customer got flowers."""

    flowers: str


'''
SENTENCE = """    "FlowersSent": Sentence[Any](lambda _: "送了花。", lambda _: "Flowers were sent to the customer."),
"""
READERS_FIRST = ("console", "casework-api", "intake", "intake-inbox", "intake-mail", "routing", "sla", "notify")
WRITER = "casework"


def new_code(house: Path) -> None:
    """What the new version knows: one more type of event, and how it is told."""
    put(house / "shared" / "contract" / "events" / "casework.py", "class HandoverAccepted(", EVENT.lstrip())
    sentences = house / "shared" / "case" / "sentences" / "casework.py"
    put(sentences, '    "HandoverAccepted":', SENTENCE)
    put(sentences, "from shared.case.refusal_sentences", "from typing import Any\n\n")


def blocked(bank: Night) -> dict[str, list[str]]:
    """The cases that each worker cannot read."""
    rows = bank.rows()
    return {name: rows[name]["blocked"] for name in WORKERS}


def accepted(bank: Night, case: str, key: str) -> httpx.Response:
    """The handler takes a case over."""
    return bank.command(case, "bai.xue", "accept-handover", key)


def test_old_processes_wait_with_a_case_they_cannot_read_and_go_on_once_they_are_upgraded(tmp_path: Path) -> None:
    """Nothing is decided on it, other cases of its partition go on, and no fact is lost or doubled.

    The API is of the old version, too: it cannot read the refusal either, and says that the outcome is not known yet.
    """
    with night(tmp_path, f"steered:{START}") as bank:
        partition = keys()
        case = str(bank.post(next(partition), BODY).json()["case_id"])
        until(lambda: bank.acknowledged(case))
        bank.append(case, TYPE, {"flowers": "tulips"})
        until(lambda: blocked(bank) == {name: [case] for name in WORKERS})
        before, answered = bank.facts(case), accepted(bank, case, "old")
        until(lambda: bank.facts(case)["CommandRefused"] == 1)
        other = str(bank.post(next(partition), BODY).json()["case_id"])
        until(lambda: bank.acknowledged(other))
        told, letters = bank.run("status", "status"), bank.run("letters", "dead-letters", "list")
        unharmed = bank.facts(case) - before
        new_code(bank.house)
        restarted = [bank.run(name, "restart", name).returncode for name in (*READERS_FIRST, WRITER)]
        until(lambda: bank.at_rest() and not bank.alarms())

    assert (1, 202) == (told.returncode, answered.status_code), answered.text
    assert len(WORKERS) == letters.stdout.count(f"type_unknown  {TYPE}")
    assert {"CommandRefused": 1} == unharmed
    assert {0} == set(restarted)
