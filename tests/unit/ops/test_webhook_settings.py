"""The doctor says which channel system cannot be told, before anybody misses a notice."""

import pytest

from ops.local.webhook_settings import address_fault, of_secrets
from services.notify.webhooks.posting import Poster

URL = "https://hotline.example/redress"


def test_a_webhook_without_a_secret_and_a_secret_without_a_webhook_are_named() -> None:
    """Each with the system and what to do; where they fit nothing is said."""
    missing, unused = of_secrets({"hotline": URL}, ["counter"])

    assert "hotline has a webhook and no secret" in missing
    assert "REDRESS_WEBHOOK_SECRETS has a secret of counter, which has no webhook" in unused
    assert [] == list(of_secrets({"hotline": URL}, ["hotline"]))


@pytest.mark.parametrize(
    ("url", "networks", "said"),
    [
        ("https://10.20.0.1/", "10.20.0.0/16", None),
        ("https://10.20.0.1/", "10.21.0.0/16", "REDRESS_WEBHOOK_NETWORKS"),
        ("https://127.0.0.1/", "127.0.0.0/8", "REDRESS_WEBHOOK_NETWORKS"),
        ("http://127.0.0.1/", "", "only https is called"),
    ],
)
async def test_an_address_that_production_does_not_call_is_named(url: str, networks: str, said: str | None) -> None:
    """By the same look that each notice begins with; nobody is called."""
    fault = await address_fault(Poster(True, networks), "hotline", url)

    assert (said is None) == (fault is None)
    assert said is None or (said in str(fault) and str(fault).startswith("hotline"))


@pytest.mark.parametrize("host", ["hotline.invalid", "hotline..example", "-ü.example", "a" * 64 + ".example"])
async def test_a_host_that_nobody_knows_is_named(host: str) -> None:
    """In development, too, also where its name cannot be one; names under .invalid are never anybody's."""
    assert "cannot be told at" in str(await address_fault(Poster(False), "hotline", f"https://{host}/"))
