"""Sends the notices that channel systems are owed: each system in a lane of its own, so that none waits for another."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog

from services.notify.sending.mail_server import Postponed
from services.notify.sending.pool import SendingPool
from services.notify.state import NotifyState, open_notices
from services.notify.webhooks.hook import WEBHOOKS, Notice
from services.notify.webhooks.posting import Poster, body_of
from shared.bank.in_force import organisation_in_force
from shared.bank.reference import Reference
from shared.kernel.fold import Fold
from shared.process import bombs
from shared.process.pace import Pace
from shared.process.process_end import watched
from shared.process.retrying import Pauses

log = structlog.get_logger()

NOTICE_PAUSES = Pauses(first_seconds=5.0, longest_seconds=4 * 3600.0, jitter_seconds=30.0)
"""Between attempts at a notice: from seconds, as Standard Webhooks has it, to hours, until it is given up."""
AT_ONCE = 4
"""Notices that are posted to one channel system at once: more would only queue there."""
AWAY_SECONDS = 300.0
"""A system that has taken nothing for so long since it failed first needs somebody: a restart is shorter."""
LOOK_SECONDS = 0.2
"""So long notices of one moment are gathered before they are looked for again."""


class OwedNotice(NamedTuple):
    """Names a notice, the system that it is for, and the case it is about."""

    system: str
    case: str
    case_number: str
    notice: Notice


class NoticeSender:
    """Delivers what a case's fold says is owed."""

    def __init__(
        self, state: Callable[[str], NotifyState | None], reference: Reference, domain_now: Callable[[], datetime],
        keys: Mapping[str, tuple[bytes, ...]], poster: Poster, now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._state = state
        self._reference = reference
        self._domain_now = domain_now
        self._keys = keys
        self._poster = poster
        self._now = now
        self._failing_since: dict[str, float] = {}

    @property
    def away(self) -> bool:
        """Whether a system has taken nothing for so long that somebody has to look."""
        return bool(self.systems_away())

    def systems_away(self) -> list[str]:
        """The channel systems that have taken nothing for so long that somebody has to look."""
        since = self._now() - AWAY_SECONDS
        return sorted(system for system, failing in self._failing_since.items() if failing <= since)

    async def started(self, case: str, event_id: str) -> OwedNotice:
        """The notice of an id, as the fold has it. Raises LookupError: it is not owed."""
        state = self._state(case)
        if state is None or (hook := state.hook) is None:
            raise LookupError("nobody is told of this case")
        for notice in hook.owed:
            if notice.id == event_id:
                return OwedNotice(hook.system, case, hook.case_number, notice)
        raise LookupError("the notice is not owed")

    def lane(self, started: OwedNotice) -> str:
        """Notices wait for their turn among those for the same system."""
        return started.system

    async def deliver(self, started: OwedNotice) -> dict[str, Any]:
        """Post the notice; the result for the decision. Raises Postponed."""
        url = self._url(started.system)
        if url is None:
            self._failing_since.pop(started.system, None)
            return {"outcome": "given_up", "reason": "no_webhook"}
        try:
            result = await self._post(url, started)
        except Postponed:
            self._failing_since.setdefault(started.system, self._now())
            raise
        bombs.hit("webhook_posted")
        self._failing_since.pop(started.system, None)  # also of one that says it is gone: nobody has to look
        return result

    async def _post(self, url: str, started: OwedNotice) -> dict[str, Any]:
        keys = self._keys.get(started.system)
        if keys is None:
            raise Postponed(f"REDRESS_WEBHOOK_SECRETS has no secret of {started.system}")
        body = body_of(started.case, started.case_number, started.notice)
        return await self._poster.post(url, started.notice.id, body, keys)

    def _url(self, system: str) -> str | None:
        organisation = organisation_in_force(self._reference, self._domain_now()).organisation
        found = organisation.channel_systems.get(system)
        return found.webhook if found is not None else None


class NoticePool(SendingPool[OwedNotice]):
    """Sends what the fold says is owed to channel systems, whoever's fact it was that a submission reached a state."""

    def __init__(self, sender: NoticeSender, pauses: Pauses = NOTICE_PAUSES) -> None:
        super().__init__(sender, AT_ONCE, 0.0, pauses, open_notices)
        self._notices = sender
        self._watching: dict[int, asyncio.Task[None]] = {}

    async def opened(self, fold: Fold[Any]) -> None:
        """Look at what is owed from now on: a repetition carries the same id, so nobody waits for a former owner."""
        self._watching[fold.partition] = watched(self._watch(fold), f"notices of partition {fold.partition}")

    async def _watch(self, fold: Fold[Any]) -> None:
        news, begun = fold.keys.news_of(WEBHOOKS), dict[str, tuple[str, ...]]()
        cases = fold.keys.cases(WEBHOOKS)
        while True:
            await self._begin_new(fold, cases, begun)
            await news.wait()
            await asyncio.sleep(LOOK_SECONDS)
            cases = news.taken()

    async def _begin_new(self, fold: Fold[Any], cases: Sequence[str], begun: dict[str, tuple[str, ...]]) -> None:
        """Begin what these cases owe and was not begun yet. ``begun``: by case what was, and is still owed."""
        pace = Pace()
        for case in cases:
            await pace.step()
            entry = fold.cases[case]
            if entry.state is None or entry.blocked:
                continue
            before, hook = begun.pop(case, ()), entry.state.hook
            if hook is not None and hook.owed:
                begun[case] = tuple(open_notices(entry.state))
                for notice in begun[case]:
                    if notice not in before:
                        self._begin(fold, case, notice, hook.system)

    def read_anew(self, fold: Fold[Any], cases: Any) -> None:
        """Nothing is to be done: a case that is read anew is news, as any that is folded."""

    def committed(self, fold: Fold[Any], events: Any) -> None:
        """Try no longer what these events give up; what is owed the fold says itself."""
        for event in events:
            if event.name == "WebhookGivenUp":
                self._let_go(fold, event.subject)

    async def closed(self, partition: int) -> None:
        """Stop looking and sending; the next owner finds the same owed."""
        watching = self._watching.pop(partition, None)
        if watching is not None:
            watching.cancel()
            await asyncio.wait([watching])
        await super().closed(partition)

    def under_way(self) -> int:
        """How many notices are tried for the first time: whoever moves the clock waits for no system that is away."""
        return super().under_way() - self.postponed()

    def numbers(self) -> dict[str, int]:
        """How many notices wait for their next attempt, and how many systems take none."""
        return {"notices_postponed": self.postponed(), "systems_away": len(self._notices.systems_away())}
