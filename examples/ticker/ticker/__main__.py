"""`python -m ticker` serves the ticker on port 3003."""

from .app import app

app.run(port=3003)
