"""The topics of dead letters, as one process that tells of some reads and writes them."""

from collections.abc import Coroutine
from typing import Any

from shared.contract.topics import DEAD_LETTERS, GOVERNANCE
from shared.log.dead_letters import DeadLetterBox, follow_patiently, follower, follower_of_steps
from shared.log.kafka_log import KafkaLog
from shared.log.letter_keeping import LetterKeeping
from shared.log.letter_steps import LetterSteps
from shared.process.settings import Settings
from shared.sealing.vault import Vault


class LetterTopics:
    """What a service tells, hears and answers about its dead letters. ``letters``: what is followed of them."""

    def __init__(self, settings: Settings, vault: Vault, service: str) -> None:
        self._own = [KafkaLog(settings, topic) for topic in (DEAD_LETTERS, DEAD_LETTERS, GOVERNANCE)]
        told, kept, decided = self._own
        self.box = DeadLetterBox(told, vault, service)
        self.steps = LetterSteps(self.box, decided, kept, vault.open, settings.partitions)
        self.letters = KafkaLog(settings, DEAD_LETTERS)
        self._told = follower(self.letters, self.box)
        self._decided = follower_of_steps(KafkaLog(settings, GOVERNANCE), self.box)
        self._keeping = LetterKeeping(self.box.standings, vault, self.heard)

    async def told(self) -> None:
        """Wait until all that was told before has been heard."""
        await self._told.caught_up.wait()

    async def heard(self) -> None:
        """The same of what was told and of what was decided."""
        await self._told.caught_up.wait()
        await self._decided.caught_up.wait()

    def work(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What has to run, by what it is."""
        return {
            "dead letters told before": follow_patiently(self._told),
            "what was decided about dead letters": follow_patiently(self._decided),
            "how long dead letters are kept": self._keeping.run(),
        }

    async def stop(self) -> None:
        """Let go of what was opened to write and to look up; whoever follows lets go by himself."""
        for one in self._own:
            await one.stop()
