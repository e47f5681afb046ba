"""An application of one's own, run by several workers."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
import socketio

from servers.ports import free_port
from tests.patience import PATIENCE
from tests.processes import launched, listening
from tests.workers.test_supervisor import lives, workers

pytestmark = pytest.mark.slow

TICKER = Path(__file__).parents[2] / "examples" / "ticker"


async def test_a_program_runs_once_per_worker(tmp_path: Path) -> None:
    program = tmp_path / "shop.py"
    port = free_port()
    program.write_text(
        "from asyncapi_socketio import Application\n"
        "from ticker.app import Ticker\n"
        "from ticker.generated.operations import CONTRACT\n"
        "app = Application(CONTRACT, Ticker())\n"
        "if __name__ == '__main__':\n"
        f"    app.run(port={port}, workers=2)\n"
    )
    variables = {"PYTHONPATH": str(TICKER)}
    async with launched(program=(sys.executable, program), variables=variables) as shop:
        await listening(port)
        found: set[str] = set()
        async with asyncio.timeout(PATIENCE):
            while found != {"0", "1"}:
                async with socketio.AsyncSimpleClient() as ada:
                    await ada.connect(f"http://127.0.0.1:{port}", wait_timeout=PATIENCE)
                    price = await ada.call("watch", "ACME", timeout=PATIENCE)
                    assert price == {"symbol": "ACME", "price": 10.0}
                    found.add(ada.client.eio.sid.partition(".")[0])
        processes = workers(shop)
        shop.signal(signal.SIGTERM)
        assert await shop.end() == 0
        assert not any(map(lives, processes))
