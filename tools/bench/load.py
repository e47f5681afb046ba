"""The load of the bench: what users do, from one process.

`python -m bench.load SCENARIO LOAD` prints one line of JSON: a list of figures, one for each step.
LOAD says in JSON what the scenario is told; the time of the servers' processes on their cores is
taken. Every scenario is a closed loop: a client emits again when it has its ack, a writer when its
listeners have their event. Ids are random, titles differ.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Awaitable, Callable

import uvloop

from bench import asks, broadcasts, nodes, sessions
from bench.meter import Figures, Load

LOADS: dict[str, Callable[[Load], Awaitable[list[Figures]]]] = {
    "read": asks.read,
    "list": asks.list_all,
    "update": broadcasts.update,
    "create": broadcasts.create,
    "connects": sessions.connects,
    "idle": sessions.idle,
    "busy": asks.busy,
    "pythons": asks.read,
    "read-polling": asks.read_polling,
    "update-polling": broadcasts.update_polling,
    "read-tls": asks.read_tls,
    "creates": nodes.creates,
    "follow": nodes.follow,
    "across": broadcasts.across,
    "heard": nodes.heard,
    "connections": asks.by_connections,
    "listeners": broadcasts.by_listeners,
    "todos": asks.by_todos,
}


async def _run(scenario: str, load: Load) -> list[Figures]:
    return await LOADS[scenario](load)


def main() -> None:
    """Run one scenario."""
    scenario, told = sys.argv[1:]
    gc.disable()
    print(json.dumps(uvloop.run(_run(scenario, Load(**json.loads(told))))), flush=True)


if __name__ == "__main__":
    main()
