"""A Faust agent that reads a topic event by event and parses each: what the fold is measured against.

``python -m bench.faust_agent <bootstrap> <topic> <events>`` prints the CPU seconds from the first event to the last.
"""

import asyncio
import os
import sys
import tempfile
import time
from typing import Any

import faust
import orjson


def main(bootstrap: str, topic: str, events: int) -> None:
    """Read so many events, print how long it took, and end."""
    app = faust.App(
        f"bench-{os.getpid()}", broker=f"kafka://{bootstrap}", store="memory://", topic_disable_leader=True,
        topic_allow_declare=False, consumer_auto_offset_reset="earliest", web_enabled=False,
        worker_redirect_stdouts=False, datadir=tempfile.gettempdir(),
    )  # fmt: skip
    raw = app.topic(topic, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")

    @app.agent(raw, concurrency=1)
    async def read(stream: Any) -> None:
        seen, began = 0, 0.0
        async for value in stream:
            began = began or time.process_time()
            orjson.loads(value)
            seen += 1
            if seen == events:
                print(time.process_time() - began, flush=True)
                os._exit(0)

    async def run() -> None:
        await app.start()
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
