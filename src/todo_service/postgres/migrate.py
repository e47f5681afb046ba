"""Bring a database up to date with Alembic, while nodes of this version and the one before run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from ..repository import StoreUnavailable
from .database import connected

_alone = Lock()  # Alembic's environment is one per process


def migrate(url: str) -> None:
    """Make the tables and functions that are missing; waits for whoever does so already.

    Raises `StoreUnavailable` when the database can't be reached, or is not this user's to change.
    """
    with _alone:
        asyncio.run(_migrate(url))


async def _migrate(url: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda *_, **__: connected(url)
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except CommandError as error:  # its revision is not one of ours
        raise StoreUnavailable(
            f"a newer todo-service has migrated it ({error}): update todo-service"
        ) from None
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0].rpartition(">: ")[2]
        raise StoreUnavailable(
            f"it can't be migrated ({reason}): run todo-service migrate as its owner"
        ) from None
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
