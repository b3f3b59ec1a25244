"""The ports that this machine gives to outgoing connections: an installation among them may not get its own back.

While the broker is away its clients ask its port again and again, each time from a port of that range. Once that is the
broker's own, the system connects the client with itself, and the broker cannot listen there any more.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

SYSTEM = Path("/proc/sys/net/ipv4")


def given_away(ports: Iterable[int], system: Path = SYSTEM) -> str:
    """What is wrong with these ports, and what to do; empty where nothing is, or nobody says."""
    try:
        first, last = map(int, (system / "ip_local_port_range").read_text().split())
        reserved = set(_listed((system / "ip_local_reserved_ports").read_text()))
    except OSError:
        return ""
    found = sorted(port for port in ports if first <= port <= last and port not in reserved)
    if not found:
        return ""
    return (
        f"ports {found[0]} to {found[-1]} are among those that this machine gives to outgoing connections ({first} to "
        f"{last}), which may take one while its process is away: choose lower ones with --ports, or reserve these "
        "(net.ipv4.ip_local_reserved_ports)"
    )


def _listed(text: str) -> Iterator[int]:
    """The ports of a list such as ``8080,9000-9100``."""
    for one in filter(None, text.strip().split(",")):
        first, _, last = one.partition("-")
        yield from range(int(first), int(last or first) + 1)
