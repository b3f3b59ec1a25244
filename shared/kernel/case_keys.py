"""The keys of cases say which open cases have something in common, so that nobody has to look at all of them.

A service says which keys a case stands under: the calendar that its clocks rest on, who has it, a letter on its way.
"""

import asyncio
from collections.abc import Hashable

Keys = tuple[Hashable, ...]


class News:
    """Names the cases under one key that were folded since somebody looked last."""

    def __init__(self) -> None:
        self._cases: dict[str, None] = {}
        self._some = asyncio.Event()

    def tell(self, case: str) -> None:
        """A case was folded that stands under the key, or did before."""
        self._cases[case] = None
        self._some.set()

    async def wait(self) -> None:
        """Wait until there is one."""
        await self._some.wait()

    def taken(self) -> list[str]:
        """These cases, each once; they are news no more."""
        cases, self._cases = self._cases, {}
        self._some.clear()
        return list(cases)


class CaseKeys:
    """The cases of one partition by their keys, and the keys of each case that has any."""

    def __init__(self) -> None:
        self._cases: dict[Hashable, dict[str, None]] = {}
        self._keys: dict[str, Keys] = {}
        self._news: dict[Hashable, News] = {}

    def news_of(self, key: Hashable) -> News:
        """The news of a key from now on, for the one that works on its cases outside the fold."""
        return self._news.setdefault(key, News())

    def put(self, case: str, keys: Keys) -> None:
        """A case stands under these keys from now on, and no others."""
        before = self._keys.get(case, ())
        for key, news in self._news.items():
            if key in keys or key in before:
                news.tell(case)
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
