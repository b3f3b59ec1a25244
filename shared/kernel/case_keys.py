"""The keys of cases say which open cases have something in common, so that nobody has to look at all of them.

A service says which keys a case stands under: the calendar that its clocks rest on, who has it, a letter on its way.
"""

import asyncio
from collections.abc import Hashable

Keys = tuple[Hashable, ...]


class CaseKeys:
    """The cases of one partition by their keys, and the keys of each case that has any."""

    def __init__(self) -> None:
        self._cases: dict[Hashable, dict[str, None]] = {}
        self._keys: dict[str, Keys] = {}
        self._news: dict[Hashable, asyncio.Event] = {}

    def news_of(self, key: Hashable) -> asyncio.Event:
        """What is set whenever a case under this key is folded: for whoever works on these cases outside the fold."""
        return self._news.setdefault(key, asyncio.Event())

    def put(self, case: str, keys: Keys) -> None:
        """A case stands under these keys from now on, and no others."""
        before = self._keys.get(case, ())
        if self._news:
            for key in keys:
                if key in self._news:
                    self._news[key].set()
        if keys == before:
            return
        for key in before:
            if key not in keys:
                cases = self._cases[key]
                del cases[case]
                if not cases:
                    del self._cases[key]
        for key in keys:
            if key not in before:
                self._cases.setdefault(key, {})[case] = None
        if keys:
            self._keys[case] = keys
        else:
            del self._keys[case]

    def of(self, case: str) -> Keys:
        """The keys that a case stands under."""
        return self._keys.get(case, ())

    def all(self) -> list[Hashable]:
        """Every key that a case stands under."""
        return list(self._cases)

    def cases(self, key: Hashable) -> list[str]:
        """The cases that stand under a key, in the order in which they came there."""
        return list(self._cases.get(key, ()))
