"""The loop that every process turns is uvloop's: the same turns for less of the processor's time."""

import asyncio

import uvloop


def install() -> None:
    """Let every loop that is made from here on be uvloop's, that of Faust's thread too."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
