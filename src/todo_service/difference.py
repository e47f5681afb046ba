"""How one list becomes another by changes that clients can follow: deleted, replaced, appended."""

from __future__ import annotations

from collections.abc import Iterator

from .generated.models import Todo
from .repository import Change, Created, Deleted, Updated
from .todo_list import TodoList


def difference(old: TodoList, new: TodoList) -> Iterator[Change]:
    """Yield the changes that, applied in turn, make the old list the new one, order included.

    A todo that was moved is deleted and created again: there is no event for moving it.
    """
    todos = iter(new)
    kept: dict[str, Todo] = {}
    places = {todo["id"]: place for place, todo in enumerate(old)}
    last, appended = -1, list[Todo]()
    for todo in todos:
        place = places.get(todo["id"], -1)
        if place <= last:
            appended = [todo, *todos]
            break
        kept[todo["id"]], last = todo, place
    yield from (Deleted(todo_id) for todo_id in places if todo_id not in kept)
    yield from (Updated(todo) for todo in kept.values() if todo != old.find(todo["id"]))
    yield from map(Created, appended)


def apply(change: Change, todos: TodoList) -> None:
    """Change a list as others have changed theirs."""
    match change:
        case Created(todo):
            todos.add(todo)
        case Updated(todo):
            todos.replace(todo)
        case Deleted(todo_id):
            todos.remove(todo_id)
