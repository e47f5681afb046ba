"""The list in memory agrees with a dict after any changes, whatever was encoded in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import decoded
from todo_service import todo_list
from todo_service.generated.models import Todo
from todo_service.todo_list import TodoList

CHUNK = 4
IDS = [f"todo {number}" for number in range(40)]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "replace", "remove", "remove"]),
        st.sampled_from(IDS),
        st.text(max_size=3),
        st.booleans(),
    ),
    max_size=300,
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(todo_list, "CHUNK", CHUNK)


def todo(todo_id: str, title: str = "", *, completed: bool = False) -> Todo:
    return {"id": todo_id, "title": title, "completed": completed}


@given(changes=CHANGES, looks=st.sets(st.integers(0, 299)))
def test_any_changes_leave_what_a_dict_would_hold(
    changes: list[tuple[str, str, str, bool]], looks: set[int]
) -> None:
    todos, model = TodoList(), dict[str, Todo]()
    for number, (change, key, title, completed) in enumerate(changes):
        position, was_there = todos.position, key in model
        item = todo(key, title, completed=completed)
        match change:
            case "add" if not was_there:
                todos.add(item)
                model[key] = item
            case "replace":
                assert todos.replace(item) == was_there
                model |= {key: item} if was_there else {}
            case "remove":
                assert todos.remove(key) == was_there
                model.pop(key, None)
        assert todos.find(key) == model.get(key)
        assert (key in todos, len(todos)) == (key in model, len(model))
        assert todos.position == position + (was_there != (change == "add"))
        if number in looks:
            assert decoded(todos.encoded()) == [*todos] == [*model.values()]
    assert decoded(todos.encoded()) == [*todos] == [*model.values()]
    assert todos.encoded() is todos.encoded()


def test_a_list_that_was_handed_out_stays_as_it_was() -> None:
    todos = TodoList()
    for key in IDS:
        todos.add(todo(key))
    before = todos.encoded()
    todos.replace(todo(IDS[10], "changed"))
    todos.remove(IDS[20])
    assert decoded(before) == [todo(key) for key in IDS]


def test_lists_share_what_did_not_change_between_them() -> None:
    todos = TodoList()
    for key in IDS:
        todos.add(todo(key))
    before = todos.encoded()
    todos.replace(todo(IDS[10], "changed"))
    after = todos.encoded()
    differ = [old is not new for old, new in zip(before.pieces, after.pieces, strict=True)]
    assert sum(differ) <= 2  # the chunk that changed, and the first, which holds the bracket


def test_todos_that_were_deleted_leave_no_holes() -> None:
    """One of each full chunk is kept, over and over: the worst that can be done to the chunks."""
    todos = TodoList()
    kept = 0
    for round_ in range(100):
        keys = [f"{round_} {number}" for number in range(CHUNK * 5)]
        for key in keys:
            todos.add(todo(key))
        for number, key in enumerate(keys):
            if number % CHUNK:
                todos.remove(key)
            else:
                kept += 1
    assert len(todos) == kept
    assert len(todos.encoded().pieces) <= 2 * kept / CHUNK + 2
