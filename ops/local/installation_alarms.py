"""What of the whole installation needs somebody, told once however many of its processes say it."""

from collections.abc import Mapping, Sequence
from typing import Any


def alarms(reports: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Sentences that say what is so and what to do. ``reports``: what each process says of itself, by its name."""
    return [*_vault(reports), *_printing(reports)]


def add(rows: Sequence[dict[str, Any]], reports: Mapping[str, Mapping[str, Any]]) -> None:
    """Add them to the first process."""
    if rows:
        rows[0]["alarms"] += alarms(reports)


def _vault(reports: Mapping[str, Mapping[str, Any]]) -> list[str]:
    away = [name for name, report in reports.items() if report.get("vault_away")]
    if not away:
        return []
    said = (
        f"{', '.join(away)} cannot reach the vault: complaints and commands are answered 503 and sent again by their "
        "callers, letters wait; see to the server of REDRESS_VAULT_URL, or the disk of the data folder: then all goes "
        "on by itself (docs/how-to/runbooks/RedressVaultAway.md)"
    )
    return [said]


def _printing(reports: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Workers of one machine look at one tray, so the most that one of them says is said."""
    letters = max((report.get("letters_not_printed", 0) for report in reports.values()), default=0)
    if not letters:
        return []
    said = (
        f"{letters} letters lie in outbox/print and nobody has fetched them for more than REDRESS_PRINT_DAYS days: "
        "their customers have no answer; ask the print room (docs/how-to/runbooks/RedressLettersNotPrinted.md)"
    )
    return [said]
