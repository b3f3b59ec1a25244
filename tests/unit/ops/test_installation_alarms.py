"""What of the whole installation needs somebody is told once, however many processes say it."""

from typing import Any

from ops.local.installation_alarms import add, alarms


def test_a_vault_that_is_away_is_one_alarm_that_names_who_cannot_reach_it() -> None:
    """One process alone has lost its way there; all of them have lost the vault."""
    reports: dict[str, dict[str, Any]] = {"sla": {"vault_away": False}, "intake": {"vault_away": True}, "broker": {}}
    (alarm,) = alarms(reports)
    (of_two,) = alarms(reports | {"notify": {"vault_away": True}})

    assert alarm.startswith("intake cannot reach the vault")
    assert of_two.startswith("intake, notify cannot reach the vault")
    assert "REDRESS_VAULT_URL" in alarm
    assert [] == alarms({"intake": {"vault_away": False}})


def test_letters_that_nobody_fetches_are_one_alarm_although_two_workers_look_at_the_tray() -> None:
    """Those that came within the days that the print room has are none."""
    late = {"letters_to_print": 9, "letters_not_printed": 3}
    (alarm,) = alarms({"notify": late, "notify-1": late})

    assert alarm.startswith("3 letters lie in outbox/print")
    assert [] == alarms({"notify": {"letters_to_print": 9, "letters_not_printed": 0}})


def test_they_stand_at_the_first_process_beside_its_own() -> None:
    """Where nothing runs there is nobody to say so."""
    rows: list[dict[str, Any]] = [{"alarms": ["its own"]}, {"alarms": []}]
    add(rows, {"intake": {"vault_away": True}})
    add([], {})

    assert [2, 0] == [len(row["alarms"]) for row in rows]
