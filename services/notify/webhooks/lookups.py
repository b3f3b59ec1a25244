"""Looks up where hosts are, in threads of its own: whose name server is silent holds up no letter and no other work.

Names that cannot be looked up take a thread for as long as the machine's resolver waits, which nothing can cut short;
those of everybody else in the process would be used up by a few systems.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 16
"""Hosts that are looked up at the same time: so many systems may have silent name servers before others wait."""
Found = asyncio.Future[list[str]]


class Lookups:
    """Looks up each host once at a time, however many ask for it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "webhook-lookup")
        self._under_way: dict[tuple[str, int], Found] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, each once. Raises OSError: it has none that could be found."""
        asked = host, port
        if asked not in self._under_way:
            found = asyncio.get_running_loop().run_in_executor(self._threads, _looked_up, host, port)
            self._under_way[asked] = found
            found.add_done_callback(lambda ended: self._ended(asked, ended))
        return await asyncio.shield(self._under_way[asked])  # whoever waits no longer takes it from no other

    def _ended(self, asked: tuple[str, int], found: Found) -> None:
        del self._under_way[asked]
        if not found.cancelled():
            found.exception()  # perhaps nobody waits for it any more


def _looked_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
