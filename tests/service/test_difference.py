"""The difference of two lists, applied, makes one of the other: order, content and broadcasts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.stores import decoded
from todo_service.difference import apply, difference
from todo_service.generated.models import Todo
from todo_service.repository import Created, Deleted, Updated
from todo_service.todo_list import TodoList

ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["", "x"]), st.booleans()),
    unique_by=lambda row: row[0],
)


def todo(key: int, title: str = "", *, completed: bool = False) -> Todo:
    return {"id": str(key), "title": title, "completed": completed}


def todos(*items: Todo) -> TodoList:
    made = TodoList()
    for item in items:
        made.add(item)
    return made


@given(before=ROWS, after=ROWS)
def test_any_list_becomes_any_other(
    before: list[tuple[int, str, bool]], after: list[tuple[int, str, bool]]
) -> None:
    old = todos(*(todo(key, title, completed=done) for key, title, done in before))
    new = todos(*(todo(key, title, completed=done) for key, title, done in after))
    for change in [*difference(old, new)]:
        apply(change, old)
    assert [*old] == [*new]
    assert decoded(old.encoded()) == decoded(new.encoded())


def test_nothing_is_told_that_has_not_changed() -> None:
    one, two, three, four = (todo(number) for number in range(4))
    ticked: Todo = {**three, "completed": True}
    assert [*difference(todos(one, two, three), todos(one, two, three))] == []
    assert [*difference(todos(one, two, three), todos(two, ticked, four))] == [
        Deleted("0"),
        Updated(ticked),
        Created(four),
    ]


def test_what_was_moved_is_created_again_at_its_new_place() -> None:
    one, two, three = (todo(number) for number in range(3))
    assert [*difference(todos(one, two, three), todos(two, three, one))] == [
        Deleted("0"),
        Created(one),
    ]
