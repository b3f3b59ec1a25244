"""The notify worker's process."""

from typing import Any

from services.notify.sender import Sender
from services.notify.sending import SendingPool
from services.notify.service import SERVICE
from shared.documents import Documents
from shared.envelope import Event, from_json
from shared.service_worker import Worker, main
from shared.topics import partition_of
from shared.upcasting import upcast


def sending_pool(worker: Worker[Any]) -> SendingPool:
    """The pool of this process, on the worker's vault, reference data and log."""
    settings = worker.settings

    async def read_case(case: str) -> list[Event]:
        partition = partition_of(case, settings.partitions)
        offsets = list(worker.folds[partition].offsets_of(case))
        return [upcast(from_json(record.value)) for record in await worker.log.records_at(partition, offsets)]

    documents = Documents(settings.data / "documents", worker.vault)
    sender = Sender(settings, worker.vault, documents, worker.reference, read_case)
    return SendingPool(sender, settings.smtp_senders, settings.sending_limit.total_seconds())


if __name__ == "__main__":
    main(SERVICE, sending_pool)
