"""The notify worker's process gives the kernel notify and its pool of sendings."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.notify import rechecking
from services.notify.decisions import SERVICE
from services.notify.rechecking import NotNow
from services.notify.sending.case_reader import CaseReader
from services.notify.sending.mail_server import MailServer
from services.notify.sending.outside import Pools
from services.notify.sending.pool import SendingPool
from services.notify.sending.print_tray import PrintTray
from services.notify.sending.sender import Recheck, Sender
from services.notify.sending.webhook import gateways
from services.notify.state import NotifyState
from services.notify.webhooks.posting import Poster
from services.notify.webhooks.secrets import webhook_secrets
from services.notify.webhooks.sending import NoticePool, NoticeSender
from shared.contract.envelope import Event
from shared.contract.events.notify import MessageSendStarted
from shared.contract.records import Record
from shared.contract.topics import ACCESS, partition_of
from shared.kernel.packed_ids import ordinal_of
from shared.kernel.service import Context
from shared.kernel.service_worker import Worker, main
from shared.log.access_log import AccessLog, RecordedOpener
from shared.process import metrics
from shared.sealing.stores import open_documents


def sending_pools(worker: Worker[Any]) -> Pools:
    """What this process does outside its log: letters, notices to channel systems, the tray of what is printed."""
    letters, notices, tray = letter_pool(worker), notice_pool(worker), PrintTray(worker.settings)
    _measure(letters, notices, tray)
    tray.begin()
    return Pools(letters, notices, tray=tray)


def notice_pool(worker: Worker[Any]) -> NoticePool:
    """The pool of notices to channel systems."""
    settings, broadcasts = worker.settings, worker.broadcasts

    def state(case: str) -> NotifyState | None:
        found: NotifyState | None = worker.folds[partition_of(case, settings.partitions)].state(case)
        return found

    keys = webhook_secrets(settings.webhook_secrets.get_secret_value())
    return NoticePool(NoticeSender(state, broadcasts.reference, broadcasts.clock.now, keys, Poster.of(settings)))


def letter_pool(worker: Worker[Any]) -> SendingPool[Event]:
    """The pool of letters, on the worker's vault, reference data and log."""
    settings = worker.settings
    worker.log.keep_recent()  # a letter tells of what its fold passed a moment before

    def offsets_of(case: str) -> Iterable[int]:
        return worker.folds[partition_of(case, settings.partitions)].offsets_of(case)

    async def records_of(case: str, offsets: Sequence[int]) -> list[Record]:
        return await worker.log.records_at(partition_of(case, settings.partitions), offsets)

    async def read_case(case: str) -> list[Event]:
        seen = worker.folds[partition_of(case, settings.partitions)].cases[case].seen
        return [placed(event, seen) for event in await reader.read(case)]

    documents = open_documents(settings, worker.vault)
    reader = CaseReader(offsets_of, records_of)
    opener = RecordedOpener(worker.vault, AccessLog(worker.besides(ACCESS), SERVICE.name))
    broadcasts, server = worker.broadcasts, MailServer(settings)
    sender = Sender(
        settings, opener, documents, broadcasts.reference, read_case, server, looked_at_again(worker),
        broadcasts.clock.now, gateways(settings),
    )  # fmt: skip
    return SendingPool(sender, settings.smtp_senders, settings.sending_limit.total_seconds())


def looked_at_again(worker: Worker[Any]) -> Recheck:
    """What looks at a letter before each attempt: by the case as it is folded here, at this instant."""

    def recheck(started: Event, data: MessageSendStarted, cause: Event) -> NotNow | None:
        case, broadcasts = started.subject, worker.broadcasts
        state = worker.folds[partition_of(case, worker.settings.partitions)].cases[case].state
        context = Context(SERVICE.name, case, started.id, broadcasts.clock.now(), broadcasts.reference)
        return rechecking.recheck(state, data, cause, context) if state is not None else None

    return recheck


def _measure(pool: SendingPool[Event], notices: NoticePool, tray: PrintTray) -> None:
    """Show their numbers at ``/metrics``, as they are when somebody asks."""
    metrics.NOTICES_POSTPONED.labels(SERVICE.name).set_function(lambda: notices.numbers()["notices_postponed"])
    metrics.SYSTEMS_AWAY.labels(SERVICE.name).set_function(lambda: notices.numbers()["systems_away"])
    metrics.LETTERS_TO_PRINT.labels(SERVICE.name).set_function(lambda: tray.numbers()["letters_to_print"])
    metrics.LETTERS_NOT_PRINTED.labels(SERVICE.name).set_function(lambda: tray.numbers()["letters_not_printed"])
    metrics.SENDINGS.labels(SERVICE.name).set_function(pool.under_way)
    metrics.SENDINGS_POSTPONED.labels(SERVICE.name).set_function(lambda: pool.numbers()["sendings_postponed"])
    metrics.MAIL_SERVER_AWAY.labels(SERVICE.name).set_function(lambda: pool.numbers()["mail_server_away"])


def placed(event: Event, seen: bytes) -> Event:
    """The event with its place among its case's events, so that a letter judges crossings as the fold does."""
    return event.at(ordinal_of(seen, event.id), ordinal_of(seen, event.basisid))


if __name__ == "__main__":
    main(SERVICE, sending_pools)
