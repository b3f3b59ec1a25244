"""A foreign topic is none of Redress's: whoever reads it asks for no proof, and whoever writes to it signs nothing."""

from collections.abc import Sequence

from aiokafka.errors import ProducerFenced

from shared.contract.records import Outgoing
from shared.errors import RedressError
from shared.log.kafka_log import KafkaLog
from shared.log.kafka_writer import KafkaWriter
from shared.process.settings import Settings


class GoesOnElsewhere(RedressError):
    """Somebody else goes on with the same work: one at a time may write it. Wait until it is done, or end it."""

    code = "goes_on_elsewhere"
    status = 409


class ForeignTopic(KafkaLog):
    """A topic by its full name, with the number of partitions that it has."""

    def __init__(self, settings: Settings, name: str, partitions: int) -> None:
        super().__init__(settings, name)
        self.topic, self.partitions = name, partitions

    def adder(self, task: str, partition: int) -> "ForeignWriter":
        """The right to append to one partition for a task: whoever takes it later fences the former."""
        return ForeignWriter(self.settings, self.topic, f"{self.settings.installation}.{task}-{partition}", partition)


class ForeignWriter(KafkaWriter):
    """Appends records as they are, in transactions."""

    def __init__(self, settings: Settings, topic: str, transactional_id: str, partition: int) -> None:
        super().__init__(settings, topic, transactional_id, partition, lambda record, _: record)

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """See ``Writer``. Raises GoesOnElsewhere: somebody has taken this right since."""
        try:
            return await super().append(records)
        except ProducerFenced as error:
            raise GoesOnElsewhere from error
