"""Writes the tables of commands on cases from their declarations, for docs/reference/commands-on-cases.md."""

from collections.abc import Iterable, Mapping
from typing import Any

from ops.tables.markdown import table
from services.casework.act import Act
from services.casework.bad_content import ProofMissing
from services.casework.commands.declaration import Body, Declaration
from services.casework.decisions import COMMANDS
from services.casework.sides import SideName

Commands = Mapping[str, Declaration[Act]]
Schema = dict[str, Any]
SIDES: dict[SideName, str] = {
    "handler": "handler",
    "handler_alone": "handler, not the agent",
    "in_handlers_place": "accepting post while nobody handles it",
    "accepting": "accepting post",
    "first_asked": "first-asked",
    "ladder": "anybody on the unit's ladder",
    "level": "who passes the case or the report on: the debtor of that level",
    "answerer": "who owes the body its answer: the accepting post, after a hand-over the general office",
    "head_of_handling_unit": "head of the handling unit",
    "archivist": "archivist",
    "closer": ("accepting post; where it handles: `general_office`; media: `consumer_protection`; never the handler"),
    "debtor": "who owes a duty of the case",
    "claimed_settler": "of whom the receipt claims a settlement",
    "reviewer": "who owes `review_dissatisfaction`, above the handler; never the handler himself",
    "asker": "who asked for it",
    "assisting": "whom the handler asked for assistance",
    "action_owner": "who owes the corrective action",
    "suggestion_office": "the office that a suggestion was passed up to",
    "oneself": "the person himself",
    "whoever_sees": "whoever sees the case",
    "anybody": "anybody of the bank",
}
"""Who is on a side, in the words of the page."""


def commands(declared: Commands = COMMANDS) -> str:
    """Every command with its body, who may send it and when, and what its fact does."""
    rows = (
        (_code(one.name), f"`{one.becomes.__name__}`", _body(one), _who(one), _effect(one)) for one in declared.values()
    )
    return table(("command", "becomes", "body", "who may", "its fact ends or opens"), rows)


def times(declared: Commands = COMMANDS) -> str:
    """The commands that are not for open cases only, or whose time is held against earlier facts."""
    rows = ((_code(one.name), _stages(one), _not_before(one), _proof(one)) for one in declared.values())
    kept = (row for row in rows if row[1:] != ("open", "–", "–"))
    return table(("command", "while the case is", "not before it was", "proof also"), kept)


def refusals(declared: Commands = COMMANDS) -> str:
    """What each command can be refused with besides what every command can."""
    rows = ((_code(one.name), _list(sorted(error.code for error in one.refused))) for one in declared.values())
    return table(("command", "refused with"), (row for row in rows if row[1] != "–"))


def _body(declared: Declaration[Act]) -> str:
    schema = declared.body.model_json_schema()
    needed = schema.get("required", ())
    fields = {name: field for name, field in schema["properties"].items() if name not in Body.model_fields}
    said = [_field(name, field, schema, name in needed) for name, field in fields.items()]
    said += ["`proof`"] if ProofMissing in declared.refused else []
    return ", ".join(said).replace("|", "\\|") or "–"


def _field(name: str, field: Schema, schema: Schema, needed: bool) -> str:
    """A field with what is in it, and the words that it may be; ``?`` where it may be left out."""
    field, more = _resolved(field, schema), ""
    if field.get("type") == "array":
        field, more = _resolved(field["items"], schema), "[]"
    inside = f" {{{', '.join(field['properties'])}}}" if "properties" in field else ""
    words = f" `{'|'.join(field['enum'])}`" if "enum" in field else ""
    return f"`{name}{more}{'' if needed else '?'}{inside}`{words}"


def _resolved(field: Schema, schema: Schema) -> Schema:
    """What a field is where it is there: not the null that stands for its absence, nor a reference."""
    for choice in field.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice, schema)
    if "$ref" in field:
        found: Schema = schema["$defs"][field["$ref"].rsplit("/", 1)[-1]]
        return found
    return field


def _who(declared: Declaration[Act]) -> str:
    sides = "; ".join(SIDES[side] for side in declared.who)
    return sides if declared.second_person is None else f"{sides}; a second person {declared.second_person.when}"


def _effect(declared: Declaration[Act]) -> str:
    ends = f"ends {_list(declared.discharges)}" if declared.discharges else ""
    return "; ".join(said for said in (ends, declared.effect) if said) or "–"


def _stages(declared: Declaration[Act]) -> str:
    owed = f", ended while `{declared.while_owed}` is owed" if declared.while_owed else ""
    return ", ".join(declared.stages) + owed


def _not_before(declared: Declaration[Act]) -> str:
    return ", ".join(moment.removesuffix("_at") for moment in declared.not_before) or "–"


def _proof(declared: Declaration[Act]) -> str:
    return "entered after a breach as if before it" if declared.can_stop_clock else "–"


def _list(words: Iterable[str]) -> str:
    return ", ".join(map(_code, words)) or "–"


def _code(word: str) -> str:
    return f"`{word}`"
