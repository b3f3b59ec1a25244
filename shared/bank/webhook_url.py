"""The address of a channel system's webhook is checked before anything is sent there. Pure."""

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts to which a webhook may go unencrypted: this machine itself, where somebody tries one out."""
URL_LIMIT = 2000
"""Characters: what servers and proxies take everywhere."""


def webhook_fault(url: str) -> str | None:
    """What is wrong with the address of a webhook, said after "the url of a webhook"; None if it can be used."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address such as 'https://hotline.example/redress'"
    if not host or len(url) > URL_LIMIT or not url.isprintable() or " " in url:
        return "is no address such as 'https://hotline.example/redress'"
    if parts.username is not None or parts.password is not None:
        return "holds credentials: take them out, each notice is signed instead"
    if parts.fragment:
        return "has a part after '#', which nobody is sent: take it out"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        return "has to begin with https://, since it says how a complaint stands (http:// only on this very machine)"
    return None
