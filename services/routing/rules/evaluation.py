"""The routing rules say how a channel's complaints are taken; zen-engine judges them, and what it judged is remembered.

The rules have few distinct inputs (channel, kind of the receiving unit, form), so each is judged once per version.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import zen

from services.routing.rules.compiled import compiled
from services.routing.rules.process import (
    CHAIN_KINDS,
    CREDITORS,
    DEBTORS,
    HANDLINGS,
    SETTLEMENTS,
    DutyRule,
    Process,
)
from services.routing.rules.table import read_table
from shared.errors import BadReference

Rules = Callable[[str, str, str], Process]
"""From channel, kind of the receiving unit and form to the process."""
Word = TypeVar("Word", bound=str)


def parse_rules(text: str) -> Rules:
    """The rules of a file's text: a table, or the engine's own JSON, as logs of earlier versions hold it.

    Raises:
        BadReference: the file is not valid. Calling the result with facts that no line covers, too.
    """
    decision_text = text if text.lstrip().startswith("{") else compiled(read_table(text))
    try:
        decision = zen.ZenEngine().create_decision(decision_text)
    except Exception as error:
        raise BadReference(f"The routing rules are no decision table: {error}") from error

    @lru_cache(maxsize=256)
    def evaluate(channel: str, unit_kind: str, form: str) -> Process:
        result = decision.evaluate({"channel": channel, "unit_kind": unit_kind, "form": form})["result"]
        if not result.get("process"):
            raise BadReference(f"No routing rule covers channel {channel!r}, unit kind {unit_kind!r}, form {form!r}.")
        return _process(result["process"], result["duties"])

    return evaluate


def _process(process: dict[str, str], duties: list[dict[str, str]]) -> Process:
    """The engine's answer, its words checked: those of a JSON file nobody has read before."""
    return Process(
        process["accepting_post"],
        _known(process["handled_by"], HANDLINGS),
        _known(process["chain"], CHAIN_KINDS),
        tuple(
            DutyRule(
                duty["kind"],
                _known(duty["debtor"], DEBTORS),
                _known(duty["creditor"], CREDITORS),
                _known(duty["settled"], SETTLEMENTS),
            )
            for duty in duties
        ),
    )


def _known(found: str, words: tuple[Word, ...]) -> Word:
    for word in words:
        if word == found:
            return word
    raise BadReference(f"The routing rules say {found!r} where one of these is known: {', '.join(words)}.")
