"""`python -m ticker` serves the ticker on port 3003."""

import asyncio

from .app import main

asyncio.run(main())
