"""Letters: templates with their front matter, and the words of a letter made of them. Pure."""

from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any, NamedTuple, get_args

import yaml
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from shared.errors import BadReference
from shared.events.notify import MessageKind

FENCE = "---\n"
KINDS = frozenset(get_args(MessageKind))
NOT_ALWAYS_KNOWN = (
    "accepting_name", "accepting_phone", "due_on", "target_on", "customer_name", "request", "closing", "days_left",
)  # fmt: skip
"""The facts that a template has to do without on some cases."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "phone": "电话", "mail": "电子邮件", "walk_in": "来访", "letter": "信件", "media": "媒体",
        "upper_branch": "上级行转来", "regulator": "政府部门转来", "opinion_box": "意见簿（箱）", "online": "线上渠道",
        "work_error": "工作失误", "service_attitude": "服务态度", "internal_management": "内部管理",
        "service_product": "服务产品", "service_channel": "服务渠道", "violation": "违规操作",
        "unclassified": "待分类", "ordinary": "一般投诉", "complex": "复杂投诉",
    },
    "en": {
        "phone": "telephone", "mail": "e-mail", "walk_in": "visit", "letter": "letter", "media": "media",
        "upper_branch": "superior branch", "regulator": "authority", "opinion_box": "opinion box", "online": "online",
        "work_error": "mistake in the work", "service_attitude": "attitude of staff",
        "internal_management": "internal management", "service_product": "product",
        "service_channel": "channel of service", "violation": "action against the rules",
        "unclassified": "not classified yet", "ordinary": "ordinary complaint", "complex": "complex complaint",
    },
}  # fmt: skip
"""The catalogue's codes in the words of a letter."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a template may use. Dates and codes are in the letter's language already.

    ``closing`` is when the bank's day ends, None for midnight; ``days_left`` counts calendar days to ``due_on``.
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
    recipient_name: str
    reason: str
    complaint_class: str
    due_on: str | None
    target_on: str | None
    customer_name: str | None
    narrative: str
    request: str | None
    explain: bool
    closing: str | None = None
    days_left: int | None = None


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
        BadReference: front matter or syntax is wrong, or an element that this letter must have is missing.
    """
    if not text.startswith(FENCE) or FENCE not in text[len(FENCE) :]:
        raise BadReference("A template starts with front matter between two lines of '---'.")
    head, body = text[len(FENCE) :].split(FENCE, 1)
    try:
        front = yaml.safe_load(head)
        kind, language, mandatory = front["kind"], front["language"], frozenset(front["mandatory"])
        used = meta.find_undeclared_variables(environment().parse(body))
    except (yaml.YAMLError, TypeError, KeyError, TemplateError) as error:
        raise BadReference(f"The template is not valid: {error!r}") from error
    if language not in WORDS or kind not in KINDS:
        raise BadReference(f"There is no letter of the kind {kind!r} in the language {language!r}.")
    if not mandatory:
        raise BadReference(f"The template {kind}.{language} has to name what this letter must have: 'mandatory'.")
    if missing := sorted(str(name) for name in mandatory - used):
        raise BadReference(f"The template {kind}.{language} lacks what this letter must have: {', '.join(missing)}.")
    if unknown := sorted(used - set(LetterFacts.__dataclass_fields__)):
        raise BadReference(f"The template {kind}.{language} asks for what no letter knows: {', '.join(unknown)}.")
    if not body.startswith("Subject: "):
        raise BadReference(f"The template {kind}.{language} has to begin with its subject: 'Subject: …'.")
    template = Template(kind, language, body)
    _try(template)
    return template


def _try(template: Template) -> None:
    """Render once with everything and once with what is always there: a fault is found now, not when a letter is due.

    Raises:
        BadReference
    """
    everything: dict[str, Any] = dict.fromkeys(LetterFacts.__dataclass_fields__, "x")
    everything |= {"explain": True, "days_left": 1}
    for facts in (everything, everything | dict.fromkeys(NOT_ALWAYS_KNOWN)):
        try:
            render(template, LetterFacts(**facts))
        except Exception as error:
            kind, language = template.kind, template.language
            raise BadReference(f"The template {kind}.{language} cannot be rendered: {error!r}") from error


def render(template: Template, facts: LetterFacts) -> Letter:
    """The letter's words. A subject is one line, whatever is put into it."""
    text = environment().from_string(template.text).render(asdict(facts))
    subject, body = text.split("\n", 1)
    return Letter(subject.removeprefix("Subject: ").strip(), body.strip() + "\n")


def closing_time(close: time, language: str) -> str | None:
    """When the bank's day ends, as a letter writes it; None for midnight, which is the usual end."""
    if close == time(0):
        return None
    if language == "zh":
        return f"{close.hour}时{close.minute:02}分"
    return f"{close.hour}:{close.minute:02}"


def in_words(code: str, language: str) -> str:
    """A code of the catalogue in the words of a letter."""
    return WORDS[language].get(code, code)


def on(day: date, language: str) -> str:
    """A date as a letter writes it."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
