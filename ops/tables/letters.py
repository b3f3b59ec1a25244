"""Writes the tables of docs/reference/letters.md from the declarations of the kinds of letters."""

from collections.abc import Iterable

from ops.tables.markdown import table
from services.notify.letters.fields import (
    ADDRESSED_TO,
    ASK,
    COMMON,
    CUSTOMER_NAME,
    READER_NAME,
    RECIPIENT_NAME,
    SALUTATION,
    TO_CUSTOMER,
    Field,
    Shape,
)
from services.notify.letters.kind import LetterKind
from services.notify.letters.kinds import DECLARED, KINDS, RESERVED
from services.notify.letters.occasions import When


def to_customers() -> str:
    """Every kind that goes to the customer: when, by which way, and what it ends."""
    rows = ((f"`{k.name}`", _occasions(k), *_customers(k), _ends(k)) for k in DECLARED.values() if k.to_customer)
    return table(("kind", "when", "on paper", "at night", "when mailed, ends"), rows)


def _customers(kind: LetterKind) -> tuple[str, str]:
    if kind.never is not None:
        return "never written", f"always suppressed, `{kind.never}`"
    return "yes" if kind.on_paper else "no", "yes" if kind.at_night else "no"


def to_staff() -> str:
    """Every kind that goes to the bank's people: when, to whom, when it is not needed after all, and what it ends."""
    kinds = (kind for kind in DECLARED.values() if not kind.to_customer or kind.to_both)
    rows = ((f"`{k.name}`", _occasions(k), *_staff(k), _ends(k)) for k in kinds)
    reserved = ((f"`{name}`", "reserved, not written", "", "", "") for name in sorted(RESERVED))
    return table(("kind", "when", "to whom", "not, once", "ends"), [*rows, *reserved])


def _staff(kind: LetterKind) -> tuple[str, str]:
    readers = "; ".join(addressee.value for addressee in kind.to)
    return readers + ("; each once" if len(kind.to) > 1 else ""), "; ".join(one.what for one in kind.unless) or "–"


def _occasions(kind: LetterKind) -> str:
    """The facts that call for a kind, those together that do under the same condition."""
    if kind.falls_due:
        return kind.falls_due
    conditions = dict.fromkeys(one.when for one in kind.occasions)
    return "; ".join(_under(when, [one.event for one in kind.occasions if one.when is when]) for when in conditions)


def _under(when: When, events: Iterable[str]) -> str:
    named = ", ".join(f"`{event}`" for event in events)
    return f"{named} ({when.value})" if when.value else named


def _ends(kind: LetterKind) -> str:
    return f"`{kind.ends}`" if kind.ends else "–"


def mandatory() -> str:
    """What a template of each kind must say besides the number of the case."""
    rows = ((f"`{kind.name}`", ", ".join(f"`{name}`" for name in kind.must_say)) for kind in KINDS.values())
    return table(("kind", "must say besides `case_number`"), rows)


def common_fields() -> str:
    """What every letter may use."""
    return table(("field", "always there", "what it is"), ((f"`{f.name}`", _always(f), f.what) for f in COMMON))


def own_fields() -> str:
    """What only some letters may use: in which, whether it is a sealed text that is opened for them, and what it is."""
    staff, customer = "letters to the bank's people", "letters to the customer"
    rows = [(f"`{f.name}`", staff, "", _always(f), f.what) for f in (RECIPIENT_NAME, ADDRESSED_TO, ASK)]
    rows += [(f"`{f.name}`", customer, "yes", "no", f.what) for f in (CUSTOMER_NAME, SALUTATION)]
    rows += [(f"`{f.name}`", "letters to both", "", _always(f), f.what) for f in (READER_NAME, TO_CUSTOMER)]
    declared = dict.fromkeys(field for kind in KINDS.values() for field in (*kind.knows, *kind.quotes))
    rows += [(f"`{f.name}`", _users(f), "yes" if _is_sealed(f) else "", _always(f), f.what) for f in declared]
    return table(("field", "in", "sealed", "always there", "what it is"), rows)


def _users(field: Field) -> str:
    return ", ".join(f"`{kind.name}`" for kind in KINDS.values() if field.name in kind.fields)


def _is_sealed(field: Field) -> bool:
    return any(field in kind.quotes for kind in KINDS.values())


def _always(field: Field) -> str:
    if field.always:
        return "yes"
    return "may be empty" if field.shape is Shape.ROW else "no"
