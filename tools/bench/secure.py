"""Our service with TLS of its own, in an application of aiohttp's, as docs/serving.md shows."""

from __future__ import annotations

import asyncio
import ssl
import sys

import uvloop
from aiohttp import web

from todo_service.app import create_application, open_repository


async def main() -> None:
    """Serve on the port, with the database, the certificate and the key of the command line."""
    port, database, certificate, key = sys.argv[1:]
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(certificate, key)
    app = create_application(await open_repository(database), origins=[])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port), ssl_context=secure, backlog=4096).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
