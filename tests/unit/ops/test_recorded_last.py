"""The doctor's look at the clock needs one event that it can read, whatever else lies beside it."""

from datetime import timedelta

from ops.local.doctor import recorded_last
from shared.contract.envelope import outgoing
from tests.support.facts import NOW, event, receipt
from tests.support.stored_journeys import records


def test_what_cannot_be_read_is_passed_over() -> None:
    """A type of a newer version, no instant, no JSON: the doctor of a version that meets it tells the rest."""
    known = event(receipt())._replace(recordedtime=NOW.isoformat())
    tomorrow = known._replace(type="redress.FlowersSent.v1", recordedtime=(NOW + timedelta(days=1)).isoformat())
    timeless = known._replace(recordedtime="yesterday")
    said = [outgoing(one) for one in (tomorrow, known, timeless)]
    said.append(said[0]._replace(value=b"{"))

    assert recorded_last(records(said)) == NOW
    assert recorded_last([]) is None
