"""Whom notify trusts where it calls others: who signed their certificates, a public authority or the bank's own."""

import ssl

import httpx

from shared.process.settings import Settings


def trusted(settings: Settings) -> ssl.SSLContext:
    """What checks the certificates of mail server, gateways and channel systems."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if settings.ca_file is not None:
        context.load_verify_locations(settings.ca_file)
    return context
