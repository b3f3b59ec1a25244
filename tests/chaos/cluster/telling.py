"""What a run found, as a person reads it."""

from collections.abc import Iterator

from tests.chaos.cluster.scenario import Outcome

TOLD = 30
"""Faults that are told: usually they have one cause."""
COLUMNS = ("receipts", "acknowledgements", "in one partition", "received → acknowledged")


def told(outcome: Outcome) -> str:
    """The table of pauses, what there was, and what was wrong."""
    return "\n".join(("", *_pauses(outcome), "", *_counts(outcome), *_verdict(outcome), ""))


def _pauses(outcome: Outcome) -> Iterator[str]:
    widest = max(len(row.name) for row in outcome.pauses)
    yield f"{'longest pause, seconds':<{widest}}  {'  '.join(COLUMNS)}"
    for name, *figures in outcome.pauses:
        cells = (f"{figure:{len(column)}.1f}" for figure, column in zip(figures, COLUMNS, strict=True))
        yield f"{name:<{widest}}  {'  '.join(cells)}"


def _counts(outcome: Outcome) -> Iterator[str]:
    yield f"{outcome.complaints:,} complaints, {outcome.events:,} events, {outcome.letters:,} letters at the server"
    yield f"letters taken twice, since whoever sent them died: {len(outcome.sent_again)}"
    repeated = ", ".join(f"{why} {n}" for why, n in sorted(outcome.repeated.items()))
    yield f"repeated by the caller: {repeated or 'nothing'}"
    yield f"ended by themselves: {', '.join(line for line in outcome.restarts if 'ended' in line) or 'none'}"
    yield f"rebuild verify: {' '.join(outcome.verified.split())}"
    yield f"load average: {outcome.load_average}"


def _verdict(outcome: Outcome) -> list[str]:
    more = len(outcome.faults) - TOLD
    return [*outcome.faults[:TOLD], *([f"and {more} more"] if more > 0 else [])] or ["0 lost, 0 twice, 0 unsent"]
