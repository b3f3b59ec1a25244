"""Reads the rows that a query finds."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.tables import Row
from shared.process.pace import each


async def rows_of(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    """The rows that a query finds."""
    return await each((await connection.execute(query)).mappings(), dict)
