"""`python -m todo_service` is `todo-service`."""

from .cli import main

main()
