"""Templates say the words of letters: their front matter is checked here, and a letter is rendered. Pure."""

from functools import cache
from typing import Any, NamedTuple, assert_never

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from services.notify.letters.fields import Field, Letter, LetterContent, Shape
from services.notify.letters.kinds import KINDS
from shared.bank.reference_file import read_yaml
from shared.errors import BadReference

FENCE = "---\n"
SUBJECT, SHORT = "Subject: ", "SMS: "
"""How the first line begins, and the second where the letter can be a text message."""


class Template(NamedTuple):
    """Holds a template's kind, its language and its text after the front matter."""

    kind: str
    language: str
    text: str


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
        front = read_yaml(head, "The template")
        kind, language, added = front["kind"], front["language"], frozenset(front.get("mandatory", ()))
        used = meta.find_undeclared_variables(environment().parse(body))
    except (TypeError, KeyError, AttributeError, TemplateError) as error:
        raise BadReference(f"The template is not valid: {error!r}") from error
    if kind not in KINDS or language not in KINDS[kind].languages:
        raise BadReference(f"There is no letter of the kind {kind!r} in the language {language!r}.")
    template = Template(kind, language, body)
    _check_names(template, used, added)
    if not body.startswith(SUBJECT):
        raise BadReference(f"The template {kind}.{language} has to begin with its subject: 'Subject: …'.")
    if (f"\n{SHORT}" in body) != KINDS[kind].by_sms:
        needed = "needs" if KINDS[kind].by_sms else "goes by no text message and takes no"
        raise BadReference(f"The template {kind}.{language} {needed} second line 'SMS: …'.")
    _try(template, KINDS[kind].mandatory | added)
    return template


def _check_names(template: Template, used: set[str], added: frozenset[str]) -> None:
    """Refuse names that this kind of letter does not know or must not even ask for."""
    kind, name = KINDS[template.kind], f"{template.kind}.{template.language}"
    asked = used | added
    if forbidden := sorted(asked & kind.forbidden):
        raise BadReference(
            f"The template {name} goes to a customer and asks for {', '.join(forbidden)}: nothing about the "
            "treatment of staff may stand in it."
        )
    if unknown := sorted(str(field) for field in asked - kind.fields.keys()):
        raise BadReference(f"The template {name} asks for what no such letter knows: {', '.join(unknown)}.")
    if missing := sorted((kind.mandatory | added) - used):
        raise BadReference(f"The template {name} lacks what this letter must have: {', '.join(missing)}.")


def _try(template: Template, mandatory: frozenset[str]) -> None:
    """Render once with everything and once with what is always there: a fault is found now, not when a letter is due.

    Raises:
        BadReference
    """
    fields, name = KINDS[template.kind].fields.values(), f"{template.kind}.{template.language}"
    for fill in (_mark, _least):
        content = {field.name: fill(field) for field in fields}
        try:
            letter = _rendered(template, content)
        except Exception as error:
            raise BadReference(f"The template {name} cannot be rendered: {error!r}") from error
        said = f"{letter.subject}\n{letter.body}"
        if letter.short and not all(mark in letter.short for mark in _marks(content["case_number"])):
            raise BadReference(f"The text message of the template {name} does not always name the case.")
        lost = [field for field in mandatory if not all(mark in said for mark in _marks(content[field]))]
        if lost:
            raise BadReference(f"The template {name} does not always say what it must: {', '.join(sorted(lost))}.")


def _mark(field: Field) -> Any:
    """Something in the field that nothing else has."""
    match field.shape:
        case Shape.TEXT:
            return f"«{field.name}»"
        case Shape.ROW:
            return (f"«{field.name} 1»", f"«{field.name} 2»")
        case Shape.WHETHER:
            return True
        case Shape.NUMBER:
            return 1
        case _:
            assert_never(field.shape)


def _least(field: Field) -> Any:
    """What is in the field on a case of which hardly anything is known."""
    if field.shape is Shape.WHETHER:
        return False
    if field.always:
        return _mark(field)
    return () if field.shape is Shape.ROW else None


def _marks(value: Any) -> tuple[str, ...]:
    """What has to be found in a letter that says a field."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def render(template: Template, content: LetterContent) -> Letter:
    """The letter's words, of what its kind may say alone. A subject is one line, whatever is put into it."""
    return _rendered(template, {name: content[name] for name in KINDS[template.kind].fields})


@cache
def _compiled(text: str) -> Any:
    """Compiling takes longer than everything else about a letter; there are as many texts as published templates."""
    return environment().from_string(text)


def _rendered(template: Template, content: LetterContent) -> Letter:
    text = _compiled(template.text).render(content)
    subject, body = text.split("\n", 1)
    short = ""
    if body.startswith(SHORT):
        line, body = body.split("\n", 1)
        short = line.removeprefix(SHORT).strip()
    return Letter(subject.removeprefix(SUBJECT).strip(), body.strip() + "\n", short)
