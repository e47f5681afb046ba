"""`python -m chat` serves the chat on port 3002."""

from .app import app

app.run(port=3002)
