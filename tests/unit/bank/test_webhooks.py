"""Webhooks of the organisation file: what is wrong is refused with its line."""

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.bank.organisation_file import parse_organisation
from shared.errors import BadReference

TEXT = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
PLAIN = "{id: hotline, channels: [phone], unit: dongqiao}"
LINE = TEXT.partition(PLAIN)[0].count("\n") + 1


def with_webhook(webhook: str) -> str:
    """The example bank with this webhook of its hotline."""
    return TEXT.replace(PLAIN, f"{PLAIN[:-1]}, webhook: {webhook}}}")


def test_a_channel_system_and_where_it_is_told() -> None:
    """As named; without a word it is told nowhere."""
    found = parse_organisation(with_webhook("{url: 'https://hotline.example/redress'}"))

    assert "https://hotline.example/redress" == found.channel_systems["hotline"].webhook
    assert parse_organisation(TEXT).channel_systems["hotline"].webhook is None


@pytest.mark.parametrize(
    ("webhook", "message"),
    [
        ("https://hotline.example/", "'webhook' of a channel system has to be dict"),
        ("{}", "a webhook needs 'url'"),
        ("{url: 7}", "'url' of a webhook has to be str"),
        ("{url: 'http://hotline.example/'}", "the url of a webhook has to begin with https://"),
        ("{url: 'https://a:b@hotline.example/'}", "the url of a webhook holds credentials"),
        ("{url: 'https://hotline.example/', secret: x}", "a webhook has no field 'secret'"),
    ],
)
def test_a_webhook_that_cannot_be_used_is_refused_with_its_line(webhook: str, message: str) -> None:
    """A secret stands in no file that is published either."""
    with pytest.raises(BadReference) as refused:
        parse_organisation(with_webhook(webhook))

    assert f"line {LINE}: {message}" in str(refused.value)
