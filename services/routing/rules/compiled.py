"""The rule table is compiled into the decision that zen-engine takes: two tables of expressions, in JSON. Pure."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from services.routing.rules.lines import RuleTable
from services.routing.rules.process import DutyRule

OWNER_INPUTS = ("channel", "unit_kind", "form")
OWNER_OUTPUTS = ("accepting_post", "handled_by", "chain")
DUTY_INPUTS = ("channel", "form")
Row = tuple[str, ...]
"""The cells of a line: the conditions on its inputs, then its outputs."""


def compiled(table: RuleTable) -> str:
    """The decision: ``process`` is the first line that fits, ``duties`` are all that fit."""
    nodes = [
        _node("facts", "inputNode"),
        _table("process", "first", OWNER_INPUTS, OWNER_OUTPUTS, _owners(table)),
        _table("duties", "collect", DUTY_INPUTS, DutyRule._fields, _duties(table)),
        _node("answer", "outputNode"),
    ]
    edges = [("facts", "process"), ("facts", "duties"), ("process", "answer"), ("duties", "answer")]
    return json.dumps(
        {
            "contentType": "application/vnd.gorules.decision",
            "nodes": nodes,
            "edges": [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in edges],
        }
    )


def _owners(table: RuleTable) -> Iterator[Row]:
    for line in table.owners:
        conditions = ([line.channel], line.unit_kinds, line.forms)
        yield (*map(_either, conditions), *map(_word, (line.accepted_by, line.handled_by, line.chain)))


def _duties(table: RuleTable) -> Iterator[Row]:
    for line in table.duties:
        for column, settled in zip(table.columns, line.owed, strict=True):
            if settled is None:
                continue
            rule = DutyRule(line.kind, line.debtor, line.creditor, settled)
            yield (_either([column.channel]), _either(column.forms), *map(_word, rule))


def _word(word: str) -> str:
    return json.dumps(word)


def _either(words: Iterable[str]) -> str:
    """The condition that a fact is one of these words; without words none."""
    return ", ".join(_word(word) for word in words)


def _node(id_: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_, "type": type_, "position": {"x": 0, "y": 0}, **more}


def _table(
    id_: str, hit_policy: str, inputs: tuple[str, ...], outputs: tuple[str, ...], rows: Iterable[Row]
) -> dict[str, Any]:
    names = [*(f"if {name}" for name in inputs), *outputs]
    content = {
        "hitPolicy": hit_policy,
        "inputs": [_field(f"if {name}", name) for name in inputs],
        "outputs": [_field(name, name) for name in outputs],
        "rules": [{"_id": f"{id_} {n}", **dict(zip(names, row, strict=True))} for n, row in enumerate(rows)],
        "outputPath": id_,
    }
    return _node(id_, "decisionTableNode", content=content)


def _field(id_: str, name: str) -> dict[str, str]:
    return {"id": id_, "name": name, "type": "expression", "field": name}
