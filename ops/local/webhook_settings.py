"""Whether channel systems that have a webhook can be told: their secrets, and the addresses that would be called."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

import httpx

from ops.local.doctor import Finding, reachable
from ops.local.published_reference import published_reference
from ops.local.steering import present
from services.notify.sending.mail_server import Postponed
from services.notify.webhooks.posting import NOT_REACHED, Poster
from services.notify.webhooks.secrets import webhook_secrets
from shared.bank.in_force import organisation_in_force
from shared.errors import NotYet
from shared.process.settings import Settings


async def webhooks(settings: Settings) -> Finding:
    """Look at the webhooks of the organisation that is in force. Names of hosts are looked up, nobody is called."""
    if not await reachable(settings):
        return Finding("webhooks", "not looked at without brokers")
    try:
        known, now = await published_reference(settings), await present(settings)
        found = organisation_in_force(known, now).organisation.channel_systems
    except NotYet:
        return Finding("webhooks", "no organisation is published yet")
    urls = {system: one.webhook for system, one in found.items() if one.webhook is not None}
    secrets = webhook_secrets(settings.webhook_secrets.get_secret_value())
    poster = Poster.of(settings)
    addresses = await asyncio.gather(*(address_fault(poster, system, url) for system, url in urls.items()))
    said = f"{len(urls)} channel systems are to be told" if urls else "no channel system is to be told"
    return Finding("webhooks", said, (*of_secrets(urls, secrets), *filter(None, addresses)))


def of_secrets(urls: Mapping[str, str], secrets: Iterable[str]) -> Iterator[str]:
    """The systems with a webhook and without a secret, and the other way round."""
    for system in sorted(urls.keys() - set(secrets)):
        yield (
            f"{system} has a webhook and no secret, so it is told nothing: give notify one in REDRESS_WEBHOOK_SECRETS "
            "(docs/how-to/receive-webhooks.md)"
        )
    for system in sorted(set(secrets) - urls.keys()):
        yield (
            f"REDRESS_WEBHOOK_SECRETS has a secret of {system}, which has no webhook: take it out, or name the webhook "
            "in the organisation file"
        )


async def address_fault(poster: Poster, system: str, url: str) -> str | None:
    """What is wrong with the address of a system, if something is."""
    try:
        await poster.addresses(httpx.URL(url))
    except (Postponed, *NOT_REACHED) as error:
        return f"{system} cannot be told at {url}: {error}; correct the address, or name its network"
    return None
