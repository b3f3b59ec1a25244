"""Somebody who floods the log with what he forged fills nothing else with it."""

import json

import pytest

from shared.contract.topics import DEAD_LETTERS, EVENTS
from shared.process.settings import Settings
from tests.acceptance.test_handling import act
from tests.security.test_forged_records import accepted, counted, events, until
from tests.support import attacker

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


def test_a_flood_is_told_of_in_bounds_and_holds_nobody_up(old_bank: Settings) -> None:
    """Two hundred forged records: twenty letters of each service at most, and everybody goes on."""
    case = accepted(old_bank, "flood")
    partition = events(old_bank, case)[0].partition
    for _ in range(4):
        for number in range(50):
            attacker_value = json.dumps({"forged": number}).encode()
            attacker.write(old_bank, EVENTS, case, attacker_value, partition=partition)
    done = act(old_bank, case, "record-contact", {"way": "phone", "points": "…", "outcome": "reached"})
    assert until(lambda: counted(old_bank, 11, EVENTS) >= 200)
    letters = [json.loads(record.value) for record in attacker.read(old_bank, DEAD_LETTERS)]
    unproven = [row for row in letters if row["kind"] == "unproven" and row["cause"].startswith(EVENTS)]

    assert 200 == done.status_code
    assert all(
        sum(row["service"] == name for row in unproven) <= 20 for name in ("routing", "sla", "notify", "casework")
    )
