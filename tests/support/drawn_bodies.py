"""Draws the body of any declared command by its shape: the right form, mostly fitting content, by chance odd.

A field is drawn by its type; what it names (a person, a unit, a duty) by its name. So a new command is drawn as soon
as it is declared.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from pydantic import BaseModel

from shared.case.duty_kinds import ANSWER_SUGGESTION, ASSIST, CORRECTIVE_ACTION, KINDS, TO_BODY
from tests.support.world import World

SPEAKER = "说明。"
"""The name of everybody who speaks for somebody else on a case that is told by chance."""

CORRECTIONS: tuple[tuple[str, Any], ...] = (
    ("/complainant/phone", "0000-5550199"), ("/complainant/email", "b@customer.example"), ("/matter/product", "loan"),
    ("/complainant/name", "乙某"), ("/complainant/language", "en"), ("/origin/kind", "none"),
    ("/origin/kind", "consumer_body"), ("/origin/body", "R"), ("/matter/currency", "CNY"), ("/received_at", None),
    ("/first_received/at", None),
)  # fmt: skip
"""What may be put right, each with what stands there then; None for an instant of before."""
SCHEMAS = lru_cache(lambda shape: shape.model_json_schema())


def drawn_body(shape: type[BaseModel], world: World, people: Sequence[str], units: Sequence[str], rng: Random) -> Any:
    """A body of this shape, said by somebody who knows the case as casework has folded it."""
    return _Draw(world, people, units, rng, SCHEMAS(shape)).of({"$ref": ""})


class _Draw:
    def __init__(
        self, world: World, people: Sequence[str], units: Sequence[str], rng: Random, schema: dict[str, Any]
    ) -> None:
        self._rng = rng
        self._world = world
        self._schema = schema
        core = world.state("casework").core
        duties = [duty.id for duty in core.open_duties()] or ["none"]
        kinds = [kind for kind, found in KINDS.items() if found.waivable]
        waivable = [duty.id for duty in core.open_duties(*kinds)]
        bodies = [None, *(duty.terms.creditor for duty in core.open_duties(TO_BODY))]
        plans = [plan.id for plan in core.agreed.plans] or ["none"]
        times = [at for plan in core.agreed.plans for at in plan.times] or [None]
        remedy = schema.get("properties", {}).get("remedy", {})
        number = remedy.get("type") == "integer"
        asked = [one.id for one in world.state("casework").asked] or ["none"]
        ended = [one for one in world.log if one.name in ("MessageSent", "MessageFailed", "MessageSuppressed")]
        messages = [one.data["message_id"] for one in ended if one.data["message_id"]] or ["none"]
        files = [one.id for one in world.log if one.name == "EvidenceAdded"] or ["none"]
        self._corrected = rng.choice(CORRECTIONS)
        self._named: dict[str, Callable[[], Any]] = {
            "pointer": lambda: self._corrected[0],
            "value": lambda: self._corrected[1] or self._past(),
            "document": lambda: rng.choice(files),
            "documents": lambda: [one for one in files if one != "none" and rng.random() < 0.5],
            "request": lambda: self._opened(ASSIST),
            "action": lambda: self._opened(CORRECTIVE_ACTION),
            "suggestion": lambda: self._opened(ANSWER_SUGGESTION),
            "owner": lambda: rng.choice(people),
            "at": lambda: None if rng.random() < 0.9 else self._past(),
            "plan": lambda: rng.choice(plans),
            "times": lambda: [self._time("due")],
            "by": lambda: rng.choice(people),
            "step": lambda: 1,
            "remedy": lambda: rng.choice((1, 1, 2)) if number else self.of(remedy),
            "done": lambda: rng.random() < 0.3,
            "at_time": lambda: rng.choice(times) if rng.random() < 0.3 else None,
            "duty": lambda: rng.choice(waivable if waivable and rng.random() < 0.8 else duties),
            "approval": lambda: rng.choice(asked),
            "approved_by": lambda: None if rng.random() < 0.8 else rng.choice(people),
            "body": lambda: rng.choice(bodies),
            "message": lambda: rng.choice(messages),
            "unit": lambda: rng.choice(units),
            "proposed_unit": lambda: rng.choice([None, *units]),
            "copy_to": lambda: [rng.choice([*units, *people])],
            "persons_responsible": lambda: [rng.choice(people)] if rng.random() < 0.15 else [],
            "customer_agreed": lambda: True,
            "remedies_told": lambda: True,
            "received_at": world.now.isoformat,
            "handled_at": world.now.isoformat,
            "retain_until": lambda: (world.now + timedelta(days=3660)).date().isoformat(),
            "amount_minor": lambda: None,
            "currency": lambda: None,
            "jrt": dict,
            "email": lambda: "somebody@customer.example",
            "until": lambda: (world.now + timedelta(days=300)).date().isoformat(),
            "remove": lambda: [SPEAKER] if rng.random() < 0.6 else [],
        }
        if schema.get("title") == "Withdraw":
            self._named["by"] = lambda: [SPEAKER] * rng.choice((1, 2)) if core.speakers is not None else []
        self._people = people

    def _opened(self, kind: str) -> str:
        """What opened a duty of a kind, mostly one that is owed."""
        duties = [duty for duty in self._world.state("casework").core.duties() if duty.terms.kind == kind]
        owed = [duty for duty in duties if duty.state == "open"]
        found = owed if owed and self._rng.random() < 0.9 else duties
        return str(self._rng.choice(found).terms.level) if found else "none"

    def _past(self) -> str:
        back = timedelta(minutes=self._rng.randrange(600))
        return (self._world.now - back).isoformat()

    def of(self, schema: dict[str, Any], name: str = "") -> Any:
        """A value of a schema."""
        rng = self._rng
        if name in self._named and not (name in ("document", "value") and "enum" in schema):
            return self._named[name]()
        if "$ref" in schema:
            inner = schema["$ref"].removeprefix("#/$defs/")
            return self._object(self._schema["$defs"][inner] if inner else self._schema)
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return None if rng.random() < 0.3 and len(options) < len(schema["anyOf"]) else self.of(options[0], name)
        if "enum" in schema:
            return rng.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        return self._typed(schema, name)

    def _typed(self, schema: dict[str, Any], name: str) -> Any:
        rng = self._rng
        match schema.get("type"), schema.get("format"):
            case "object", _:
                return self._object(schema)
            case "array", _:
                return [self.of(schema["items"], "")] if rng.random() < 0.5 else []
            case "boolean", _:
                return rng.random() < 0.85
            case "integer" | "number", _:
                return schema.get("exclusiveMinimum", 0) + 1
            case "string", "date-time":
                return self._time(name)
            case "string", "date":
                return self._time(name)[:10]
            case "string", _:
                return rng.choice([*self._people]) if "pattern" in schema else "说明。"
            case unknown:
                raise TypeError(f"nobody knows how to draw {name}: {unknown}")

    def _time(self, name: str) -> str:
        ahead = timedelta(hours=self._rng.choice((1, 30, 200)))
        now: datetime = self._world.now
        return (now + ahead if name.startswith(("promised", "answer", "due")) else now).isoformat()

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = {name: self.of(part, name) for name, part in schema.get("properties", {}).items()}
        required = schema.get("required", ())
        return {name: value for name, value in found.items() if value is not None or name in required}
