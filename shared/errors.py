"""Errors that say what happened and what to do, each with a stable code and an HTTP status."""

from typing import Any, ClassVar, NamedTuple


class Said(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


class RedressError(Exception):
    """Something went wrong in Redress.

    The docstring of a subclass is its default message in English; its Chinese stands in
    ``shared.contract.refusal_words``. Whoever says more says it in both languages. ``code`` is stable: callers may
    branch on it. ``pointers`` are JSON pointers into the caller's document.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(self, detail: str | Said | None = None, *, pointers: tuple[str, ...] = (), **extra: Any) -> None:
        self.said = detail if isinstance(detail, Said) else None
        english = detail.en if isinstance(detail, Said) else detail
        self.detail = english or self.sentence()
        self.pointers = pointers
        self.extra = extra
        super().__init__(self.detail)

    @classmethod
    def sentence(cls) -> str:
        """What an error of this kind says where nothing else is said: its docstring."""
        return " ".join((cls.__doc__ or "").split())


class NotYet(RedressError):
    """Reference data that this decision needs are not published yet: the case waits, nothing is decided."""

    code = "reference_missing"
    status = 503


class Unreadable(RedressError):
    """A record cannot be read by this version: its case is blocked until code that reads it folds it again."""

    code = "unreadable"
    status = 409


class TypeUnknown(Unreadable):
    """A record is of a type, or a version of one, that this version does not know: newer code reads it."""

    code = "type_unknown"


class LogTrimmed(RedressError):
    """Nothing can be decided without all of the log: restore the topic (docs/how-to/operate.md), then start again."""

    code = "log_trimmed"
    status = 503

    def __init__(self, what_is_gone: str) -> None:
        super().__init__(f"{what_is_gone} {type(self).__doc__}")


class BrokersRefuse(RedressError):
    """The brokers answer but do not let this client in: check the REDRESS_KAFKA_ settings of TLS and SASL."""

    code = "brokers_refuse"
    status = 503


class BrokersSilent(RedressError):
    """The brokers answer no more: `redress status` says what to do; then give the command again."""

    code = "brokers_silent"
    status = 503


class MayNotAppend(RedressError):
    """The brokers do not let this service append here, and nothing was: `redress topics acls` names what it needs."""

    code = "may_not_append"
    status = 503


class OutcomeUnknown(RedressError):
    """The log did not confirm in time, so the outcome is unknown: repeat the call with the same key."""

    code = "outcome_unknown"
    status = 503


class RecordTooLarge(RedressError):
    """This would make a record larger than the log takes: shorten its texts, or send less at once."""

    code = "too_large"
    status = 413


class BadReference(RedressError):
    """A reference file is not valid: correct what the message names and publish it again."""

    code = "bad_reference"
    status = 422


class PortTaken(RedressError):
    """A port is in use: stop what uses it, or choose others with --ports."""

    code = "port_in_use"
    status = 409
