"""The dates of a receipt are what limits count from or run to, as they were sent and put right since. Pure."""

from datetime import datetime
from typing import NamedTuple

from shared.case.duties import once
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.receipt_pointers import BODYS_DATES, FIRST_RECEIVED_AT, MEDIUMS_TIME, RECEIVED_AT


class ReceiptDates(NamedTuple):
    """Keeps until when others want an answer, and when another unit received it first; most receipts share one.

    ``first_apart``: when any unit received it first, where that was not with the receipt itself (seconds of the epoch).
    ``asked_on`` and ``channels_day``: the day that the origin names, and that of the channel's details.
    ``answer_by``: the instant until which a medium wants its answer.
    """

    first_apart: float | None
    asked_on: str | None
    channels_day: str | None
    answer_by: float | None

    @property
    def answer_on(self) -> str | None:
        """The day until which a body wants its answer."""
        return self.asked_on or self.channels_day

    def first_at(self, received_at: float) -> float:
        """When any unit of the bank received it first: with the receipt, unless another one did before."""
        return received_at if self.first_apart is None else self.first_apart

    def corrected(self, pointer: str, value: object, received_at: float) -> "ReceiptDates":
        """The dates with one of them put right. ``received_at``: when the complaint was received, as it stands now."""
        said = value if isinstance(value, str) else None
        if pointer == BODYS_DATES[0]:
            return once(self._replace(asked_on=said))
        if pointer == BODYS_DATES[1]:
            return once(self._replace(channels_day=said))
        if pointer == MEDIUMS_TIME:
            return once(self._replace(answer_by=_instant(said)))
        if pointer == FIRST_RECEIVED_AT and said is not None:
            return once(self._replace(first_apart=_apart(_instant(said), received_at)))
        return (
            once(self._replace(first_apart=_apart(self.first_apart, received_at))) if pointer == RECEIVED_AT else self
        )


def dates_of(data: ComplaintReceivedData, received_at: float) -> ReceiptDates:
    """The dates of a receipt as it came in."""
    details = data["details"]
    return once(
        ReceiptDates(
            _apart(_instant(data["first_received"]["at"]), received_at),
            data["origin"].get("reply_due_on"),
            details.get("reply_due_on"),
            _instant(details.get("answer_by")),
        )
    )


def _apart(first: float | None, received_at: float) -> float | None:
    return None if first == received_at else first


def _instant(said: str | None) -> float | None:
    return datetime.fromisoformat(said).timestamp() if said else None
