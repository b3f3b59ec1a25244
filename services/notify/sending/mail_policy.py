"""This policy turns letters into the bytes of the standard library's, but does once what is always the same."""

import re
from email.headerregistry import HeaderRegistry
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

SAME_IN_MANY_LETTERS = frozenset(
    {
        "From", "Date", "Auto-Submitted", "Content-Language", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version",
    }
)  # fmt: skip
"""Headers that name neither the customer nor the case, so they may be kept in memory."""
KEPT_HEADERS = 256
IN_ONE_WORD = frozenset({"To", "Message-ID"})
"""Headers that are other ones in every letter, and mostly one plain word, which is sent as it is."""
PLAIN_WORD = re.compile(r"[A-Za-z0-9.@_+<>-]+")
LONGEST_LINE = 78
"""Signs of a header on one line; the standard library breaks longer ones."""


class _OneClassPerHeader(HeaderRegistry):
    """Makes one class per header; the standard library makes one for every header of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._classes:
            self._classes[name] = super().__getitem__(name)
        return self._classes[name]


_PLAIN = SMTP.clone(header_factory=_OneClassPerHeader())


class _LetterPolicy(EmailPolicy):
    """Makes the same bytes as ``email.policy.SMTP``."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as it is kept in a message."""
        if _is_one_word(name, str(value)):
            return name, str(value)
        return _stored(name, str(value)) if name in SAME_IN_MANY_LETTERS else _PLAIN.header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as it is sent."""
        if _is_one_word(name, str(value)):
            return f"{name}: {value}{self.linesep}".encode()
        return _folded(name, value) if name in SAME_IN_MANY_LETTERS else _PLAIN.fold_binary(name, value)


def _is_one_word(name: str, value: str) -> bool:
    fits = len(name) + len(": ") + len(value) <= LONGEST_LINE
    return name in IN_ONE_WORD and fits and PLAIN_WORD.fullmatch(value) is not None


@lru_cache(KEPT_HEADERS)
def _stored(name: str, value: str) -> tuple[str, Any]:
    return _PLAIN.header_store_parse(name, value)


@lru_cache(KEPT_HEADERS)
def _folded(name: str, value: Any) -> bytes:
    return _PLAIN.fold_binary(name, value)


LETTER_POLICY = _LetterPolicy(linesep=SMTP.linesep, header_factory=_PLAIN.header_factory)
