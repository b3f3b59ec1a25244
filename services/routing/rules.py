"""The routing rules: a decision table in a data file, evaluated by zen-engine and remembered.

The table has few distinct inputs (channel, kind of the receiving unit, form), so each is evaluated once per
version of the rules.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import zen

from shared.errors import BadReference


class DutyRule(NamedTuple):
    """A row of the duties table. ``settled`` is ``by_receipt`` where the receipt itself discharges it."""

    kind: str
    debtor: str
    creditor: str
    settled: str


class Process(NamedTuple):
    """How a channel's complaints are taken: the accepting post, who handles, which chain, what is owed."""

    accepting_post: str
    handled_by: str
    chain: str
    duties: tuple[DutyRule, ...]


Rules = Callable[[str, str, str], Process]
"""From channel, kind of the receiving unit and form to the process."""


def parse_rules(text: str) -> Rules:
    """The rules of a file's text.

    Raises:
        BadReference: zen-engine does not take it. Calling the result with facts that no row covers, too.
    """
    try:
        decision = zen.ZenEngine().create_decision(text)
    except Exception as error:
        raise BadReference(f"The routing rules are no decision table: {error}") from error

    @lru_cache(maxsize=256)
    def evaluate(channel: str, unit_kind: str, form: str) -> Process:
        result = decision.evaluate({"channel": channel, "unit_kind": unit_kind, "form": form})["result"]
        process = result.get("process")
        if not process:
            raise BadReference(f"No routing rule covers channel {channel!r}, unit kind {unit_kind!r}, form {form!r}.")
        return Process(
            process["accepting_post"],
            process["handled_by"],
            process["chain"],
            tuple(DutyRule(d["kind"], d["debtor"], d["creditor"], d["settled"]) for d in result["duties"]),
        )

    return evaluate
