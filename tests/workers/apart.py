"""The service, whose workers each have todos of their own: what they share is the port alone."""

from __future__ import annotations

from todo_service import cli

if __name__ == "__main__":
    vars(cli)["is_shared"] = lambda database: True
    cli.main()
