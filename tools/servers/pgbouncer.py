"""pgbouncer on this machine, in front of a PostgreSQL server, pooling by the transaction."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .ports import free_port
from .postgres import PATIENCE, PostgresMissing, as_user, folder_of_its_own


@asynccontextmanager
async def pgbouncer(server_port: int) -> AsyncIterator[int]:
    """Pool connections to the server at a port, and yield the port to connect to instead."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if program is None:
        raise PostgresMissing("pgbouncer is missing: apt-get install pgbouncer")
    port = free_port()
    folder = folder_of_its_own()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = user=postgres host=127.0.0.1 port={server_port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "pool_mode = transaction\nauth_type = any\nmax_client_conn = 100\n"
        "ignore_startup_parameters = extra_float_digits\nserver_login_retry = 0.2\n"
    )
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *as_user(program, settings, mortal=True),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        async with asyncio.timeout(PATIENCE):
            await _listening(port, process)
        yield port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise RuntimeError("pgbouncer ends at its start")
