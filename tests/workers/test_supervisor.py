"""Several processes at one port: started, ended by accident, started again, and stopped."""

from __future__ import annotations

import signal
import sys

import aiohttp
import pytest

from tests.processes import running

APART = (sys.executable, "-m", "tests.workers.apart", "serve")


async def test_it() -> None:
    async with running("--workers", "2", "--database", "memory:", "--admin-port", "0", "--log-format", "json",program=APART) as s:
        print(s.url)
        async with aiohttp.ClientSession() as web:
            for _ in range(10):
                async with web.get(f"{s.url}/socket.io/?EIO=4&transport=polling") as r:
                    print(await r.text())
            said = await s.says("admin listening")
            import json
            async with web.get(json.loads(said)["url"]+"/stats") as r:
                print(await r.text())
        s.signal(signal.SIGTERM)
        assert await s.end() == 0
        print(s.said)
        assert 0
