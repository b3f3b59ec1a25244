"""Letters: templates with their front matter, and the words of a letter made of them. Pure."""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import yaml
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from services.notify.letters.kinds import DISCIPLINE, KINDS, LetterKind
from shared.contract.words import WORDS
from shared.errors import BadReference

FENCE = "---\n"
NOT_ALWAYS_KNOWN = frozenset(
    {
        "accepting_name", "accepting_phone", "due_on", "target_on", "closing", "days_left", "customer_name", "request",
        "no_copy_reason",
    }
)  # fmt: skip
"""The facts that a template has to do without on some cases."""
SEVERAL = frozenset({"remedies_offered", "remedies_open", "copies"})
"""The facts that are a row of things; the first and the last may be empty."""
MAY_BE_EMPTY = SEVERAL - {"remedies_open"}
WHETHER = frozenset({"explain", "takes_over", "settled"})
"""The facts that are so or not."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a template may use. Dates and codes are in the letter's language already.

    A fact that the letter's kind does not know (``kinds.LetterKind``) is not even set. ``closing`` is when the bank's
    day ends, None for midnight; ``days_left`` counts calendar days to ``due_on``.
    """

    case_number: str
    bank_name: str
    channel: str
    received_on: str
    sent_on: str
    accepting_unit: str
    accepting_name: str | None
    accepting_phone: str | None
    complained_unit: str
    handler_name: str
    handler_unit: str
    reason: str
    complaint_class: str
    due_on: str | None = None
    target_on: str | None = None
    closing: str | None = None
    days_left: int | None = None
    recipient_name: str | None = None
    customer_name: str | None = None
    narrative: str | None = None
    request: str | None = None
    explain: bool | None = None
    takes_over: bool | None = None
    settled: bool | None = None
    outcome: str | None = None
    findings: str | None = None
    grounds: str | None = None
    decision: str | None = None
    agreed: str | None = None
    remedies_offered: tuple[str, ...] = ()
    remedies_open: tuple[str, ...] = ()
    ground: str | None = None
    signpost: str | None = None
    duty: str | None = None
    cause_and_findings: str | None = None
    treatment_of_persons: str | None = None
    lessons_and_measures: str | None = None
    satisfaction: str | None = None
    handled_on: str | None = None
    handler_and_phone: str | None = None
    copies: tuple[str, ...] = ()
    no_copy_reason: str | None = None

    def of_kind(self, kind: str) -> dict[str, Any]:
        """Only what a letter of this kind may know."""
        return {name: getattr(self, name) for name in KINDS[kind].facts}


class Template(NamedTuple):
    """A letter's template: its kind, its language and its text after the front matter."""

    kind: str
    language: str
    text: str


class Letter(NamedTuple):
    """A letter's words."""

    subject: str
    body: str


def environment() -> SandboxedEnvironment:
    """Templates are edited by people: sandboxed, and an unknown name is an error, never an empty place."""
    # Letters are plain text, so nothing is to be escaped.
    return SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


def parse_template(text: str) -> Template:
    """The template of a file's text.

    Raises:
        BadReference: no front matter, an unknown kind or language, something mandatory left out, something asked for
            that a letter of this kind does not know, no subject, or text that cannot be rendered.
    """
    if not text.startswith(FENCE) or FENCE not in text[len(FENCE) :]:
        raise BadReference("A template starts with front matter between two lines of '---'.")
    head, body = text[len(FENCE) :].split(FENCE, 1)
    try:
        front = yaml.safe_load(head)
        kind, language, added = front["kind"], front["language"], frozenset(front.get("mandatory", ()))
        used = meta.find_undeclared_variables(environment().parse(body))
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, TemplateError) as error:
        raise BadReference(f"The template is not valid: {error!r}") from error
    if language not in WORDS or kind not in KINDS:
        raise BadReference(f"There is no letter of the kind {kind!r} in the language {language!r}.")
    template = Template(kind, language, body)
    _check_names(template, used, added)
    if not body.startswith("Subject: "):
        raise BadReference(f"The template {kind}.{language} has to begin with its subject: 'Subject: …'.")
    _try(template, KINDS[kind].must_say | added)
    return template


def _check_names(template: Template, used: set[str], added: frozenset[str]) -> None:
    """Refuse names that this kind of letter does not know or must not even ask for."""
    kind, name = KINDS[template.kind], f"{template.kind}.{template.language}"
    asked = used | added
    if kind.to_customer and (discipline := sorted(asked & DISCIPLINE)):
        raise BadReference(
            f"The template {name} goes to a customer and asks for {', '.join(discipline)}: nothing about the "
            "treatment of staff may stand in it."
        )
    if unknown := sorted(str(fact) for fact in asked - kind.facts):
        raise BadReference(f"The template {name} asks for what no such letter knows: {', '.join(unknown)}.")
    if missing := sorted((kind.must_say | added) - used):
        raise BadReference(f"The template {name} lacks what this letter must have: {', '.join(missing)}.")


def _try(template: Template, mandatory: frozenset[str]) -> None:
    """Render once with everything and once with what is always there: a fault is found now, not when a letter is due.

    Raises:
        BadReference
    """
    kind, name = KINDS[template.kind], f"{template.kind}.{template.language}"
    for facts in (_everything(kind), _least(kind)):
        try:
            letter = _rendered(template, facts)
        except Exception as error:
            raise BadReference(f"The template {name} cannot be rendered: {error!r}") from error
        said = "\n".join(letter)
        lost = [fact for fact in mandatory if not all(mark in said for mark in _marks(facts[fact]))]
        if lost:
            raise BadReference(f"The template {name} does not always say what it must: {', '.join(sorted(lost))}.")


def _everything(kind: LetterKind) -> dict[str, Any]:
    """Every fact of a kind, each with a mark that nothing else has."""
    marked: dict[str, Any] = {name: f"«{name}»" for name in kind.facts}
    marked |= {name: (f"«{name} 1»", f"«{name} 2»") for name in kind.facts & SEVERAL}
    marked |= dict.fromkeys(kind.facts & WHETHER, True)
    return marked | {"days_left": 1}


def _least(kind: LetterKind) -> dict[str, Any]:
    """The same on a case of which hardly anything is known."""
    least = _everything(kind) | dict.fromkeys(kind.facts & NOT_ALWAYS_KNOWN)
    return least | dict.fromkeys(kind.facts & MAY_BE_EMPTY, ()) | dict.fromkeys(kind.facts & WHETHER, False)


def _marks(value: Any) -> tuple[str, ...]:
    """What has to be found in a letter that says a fact."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def render(template: Template, facts: LetterFacts) -> Letter:
    """The letter's words. A subject is one line, whatever is put into it."""
    return _rendered(template, facts.of_kind(template.kind))


@cache
def _compiled(text: str) -> Any:
    """Compiling takes longer than everything else about a letter; there are as many texts as published templates."""
    return environment().from_string(text)


def _rendered(template: Template, facts: dict[str, Any]) -> Letter:
    text = _compiled(template.text).render(facts)
    subject, body = text.split("\n", 1)
    return Letter(subject.removeprefix("Subject: ").strip(), body.strip() + "\n")
