"""The production profile: on what no process starts, told all at once, with the setting and what to do."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from shared.process.settings import Settings
from shared.sealing.production_keys import faults_of_keys

POSTGRES_TLS = frozenset({"require", "verify-ca", "verify-full"})


def faults(settings: Settings) -> list[str]:
    """A line for everything that production may not have; none in development."""
    if settings.environment != "production":
        return []
    return [*_of_tests(settings), *_of_ways_out(settings), *_of_ways_in(settings), *faults_of_keys(settings)]


def _of_tests(settings: Settings) -> Iterator[str]:
    """What only tests and development have."""
    if settings.clock != "system":
        yield "REDRESS_CLOCK: a steered clock makes deadlines of the past; start with the system's."
    if settings.bombs:
        yield "REDRESS_BOMBS: they end processes on purpose; take them out."
    if settings.smtp_port == 0:
        yield "REDRESS_SMTP_PORT: 0 is the mail sink, which delivers to nobody; name the bank's mail server."


def _of_ways_out(settings: Settings) -> Iterator[str]:
    """What leaves this machine has to be encrypted."""
    brokers = [address.rpartition(":")[0] for address in settings.bootstrap.split(",")]
    if "SSL" not in settings.kafka_security_protocol.split("_") and not all(map(_here, brokers)):
        yield (
            f"REDRESS_KAFKA_SECURITY_PROTOCOL: {settings.kafka_security_protocol} to brokers on other machines shows "
            "everything on the way; use SASL_SSL or SSL."
        )
    if settings.smtp_tls == "none" and not _here(settings.smtp_host):
        yield "REDRESS_SMTP_TLS: letters leave this machine unencrypted; use starttls or tls."
    for name, url in (("SMS", settings.sms_url), ("MESSENGER", settings.messenger_url)):
        if url is not None and (address := urlsplit(url)).scheme != "https" and not _here(address.hostname or ""):
            yield f"REDRESS_{name}_URL: messages leave this machine unencrypted; use https://."
    for name, secret in (("VAULT", settings.vault_url), ("CONSOLE", settings.console_url)):
        if secret is not None and not _safe_database(secret.get_secret_value()):
            yield f"REDRESS_{name}_URL: the database is on another machine; add sslmode=verify-full to the address."
    if settings.documents_endpoint is not None:
        endpoint = urlsplit(settings.documents_endpoint)
        if endpoint.scheme != "https" and not _here(endpoint.hostname or ""):
            yield "REDRESS_DOCUMENTS_ENDPOINT: documents leave this machine unencrypted; use https://."


def _of_ways_in(settings: Settings) -> Iterator[str]:
    if not _here(settings.host) and not settings.behind_proxy:
        yield (
            "REDRESS_HOST: tokens and complaints would come in unencrypted; listen on 127.0.0.1, or put a proxy with "
            "TLS in front, let nobody past it, and declare it by REDRESS_BEHIND_PROXY=true."
        )


def _here(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(host.strip("[] ")).is_loopback
    except ValueError:
        return host.strip().lower() == "localhost"


def _safe_database(url: str) -> bool:
    parts = urlsplit(url)
    said = parse_qs(parts.query)
    hosts = [*said.get("host", []), *([parts.hostname] if parts.hostname else [])]
    local = all(host.startswith("/") or _here(host) for host in hosts)
    return local or said.get("sslmode", [""])[-1] in POSTGRES_TLS
