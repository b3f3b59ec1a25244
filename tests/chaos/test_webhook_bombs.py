"""Notify dies between a POST to a channel system and its record: the notice comes again under its id, recorded once."""

import json
from collections import Counter
from pathlib import Path

import pytest
from pydantic import SecretStr

from ops.local.reference import publish_defaults
from tests.chaos import alone
from tests.chaos.lives import live
from tests.chaos.submitter import submit
from tests.chaos.test_bombs import bodies, die_and_finish, mail_server
from tests.oracle.log import faults
from tests.support.broker import FreshTopics
from tests.support.hooked_case import SECRET, receiver, with_webhook

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
CASES = 4
DEATHS = 6


async def test_a_notice_whose_sender_dies_comes_again_under_its_id_and_is_recorded_once(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """Six deaths, each after a POST that was taken; then no notice is missing, and none is there twice."""
    settings = await fresh_topics(data=tmp_path / "data", smtp_timeout_seconds=0.5)
    settings = settings.model_copy(update={"session_timeout_seconds": 0, "webhook_secrets": SecretStr(SECRET)})
    async with receiver(lambda call: call.send_response(204)) as (url, came), mail_server(settings):
        organisation = tmp_path / "organisation.yaml"
        organisation.write_text(with_webhook(url), encoding="utf-8")
        await publish_defaults(settings, organisation)
        await submit(settings, CASES)
        for service in ("routing", "sla"):
            assert not await live(alone.run, settings, service)
        died = await die_and_finish(settings, "notify", "webhook_posted", DEATHS)

    log = await bodies(settings)
    events = [json.loads(body) for body in log]
    delivered = [one["data"] for one in events if one["type"].startswith("redress.WebhookDelivered.")]
    assert (DEATHS, []) == (died, faults(log, CASES))
    assert ["acknowledged"] * CASES == [one["state"] for one in delivered]
    assert {one["webhook_id"] for one in delivered} == set(came)
    assert CASES < len(came), Counter(came)
