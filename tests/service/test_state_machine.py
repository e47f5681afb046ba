"""Any sequence of operations by two people agrees with a dict, ack by ack and screen by screen."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from asyncapi_socketio.jsonschema.strategies import corruptions, valid
from tests.people import Person
from tests.service.test_properties import NEW, NEW_TODOS, as_stored, leniency
from tests.stage import Stage
from todo_service.generated.operations import CREATE_TODO

NOT_FOUND = ({"error": "entity not found"},)
WHO = st.sampled_from(["ada", "bob"])
BROKEN = st.one_of([item.values for item in corruptions(NEW, **leniency(CREATE_TODO))])


class Screen:
    """What someone sees: the list as it was on connect, and every broadcast since."""

    def __init__(self, person: Person, listed: list[Any]) -> None:
        self.person = person
        self.todos = {todo["id"]: todo for todo in listed}

    async def look(self) -> dict[str, Any]:
        """Take in what was heard, and return all that is seen."""
        await self.person.lists()  # its ack comes after any broadcast that was sent before
        for event, argument in self.person.heard:
            if event == "todo:deleted":
                self.todos.pop(argument)
            else:
                self.todos[argument["id"]] = argument
        self.person.heard.clear()
        return self.todos


class Todos(RuleBasedStateMachine):
    """`model` is what is stored, in order; the screens show what each of the two was told."""

    ids = Bundle("ids")
    gone = Bundle("gone")
    database = "memory:"

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, Any] = {}
        self.keys: dict[str, str] = {}
        self.screens: dict[str, Screen] = {}
        self.stage = Stage(self.database)
        self.stage.__enter__()

    def teardown(self) -> None:
        self.stage.__exit__()

    @initialize()
    def sit_down(self) -> None:
        self.stage.run(self.see_anew("ada", self.stage.ada))
        self.stage.run(self.see_anew("bob", self.stage.bob))

    async def see_anew(self, who: str, person: Person) -> None:
        self.screens[who] = Screen(person, await person.lists())

    def ask(self, who: str, event: str, *args: Any) -> tuple[Any, ...]:
        return self.stage.run(self.screens[who].person.ask(event, *args))

    def own_change(self, who: str, todo: Any) -> None:
        self.model[todo["id"]] = todo
        self.screens[who].todos[todo["id"]] = todo

    @rule(target=ids, who=WHO, new=NEW_TODOS)
    def create(self, who: str, new: Any) -> str:
        (answer,) = self.ask(who, "todo:create", new)
        self.own_change(who, as_stored(answer["data"], new))
        self.keys[new["idempotencyKey"]] = answer["data"]
        return str(answer["data"])

    @precondition(lambda self: self.keys)
    @rule(who=WHO, new=NEW_TODOS, data=st.data())
    def create_again(self, who: str, new: Any, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([*self.keys]))
        again = {**new, "idempotencyKey": key}
        assert self.ask(who, "todo:create", again) == ({"data": self.keys[key]},)

    @rule(who=WHO, todo_id=ids, new=valid(NEW))
    def update(self, who: str, todo_id: str, new: Any) -> None:
        todo = as_stored(todo_id, new)
        assert self.ask(who, "todo:update", todo) == ()
        self.own_change(who, todo)

    @rule(target=gone, who=WHO, todo_id=consumes(ids))
    def delete(self, who: str, todo_id: str) -> str:
        assert self.ask(who, "todo:delete", todo_id) == ()
        del self.model[todo_id], self.screens[who].todos[todo_id]
        return todo_id

    @rule(who=WHO, todo_id=ids)
    def read(self, who: str, todo_id: str) -> None:
        assert self.ask(who, "todo:read", todo_id) == ({"data": self.model[todo_id]},)

    @rule(who=WHO, todo_id=gone | st.builds(lambda: str(uuid4())), new=valid(NEW))
    def nothing_there(self, who: str, todo_id: str, new: Any) -> None:
        assert self.ask(who, "todo:read", todo_id) == NOT_FOUND
        assert self.ask(who, "todo:update", as_stored(todo_id, new)) == NOT_FOUND
        assert self.ask(who, "todo:delete", todo_id) == NOT_FOUND

    @rule(who=WHO, payload=BROKEN)
    def refused(self, who: str, payload: Any) -> None:
        (answer,) = self.ask(who, "todo:create", payload)
        assert answer["error"] == "invalid payload"

    @rule(who=WHO)
    def come_back(self, who: str) -> None:
        self.stage.run(self.screens[who].person.leave())
        self.stage.run(self.see_anew(who, self.stage.run(self.stage.sit())))

    @invariant()
    def everyone_sees_what_is_stored(self) -> None:
        for screen in self.screens.values():
            assert self.stage.run(screen.person.lists()) == [*self.model.values()]
            assert self.stage.run(screen.look()) == self.model


class DurableTodos(Todos):
    """The same on SQLite, where the service may also be restarted."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory()
        self.database = f"sqlite:///{Path(self.folder.name)}/todos.db"
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()

    @rule(target=Todos.ids)
    def restart(self) -> Any:
        self.stage.__exit__()
        self.stage = Stage(self.database)
        self.stage.__enter__()
        self.sit_down()
        return multiple()


STEPS = settings(max_examples=20, stateful_step_count=30)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Todos, DurableTodos])
def test_two_people_and_a_dict_agree_after_every_step(machine: type[Todos]) -> None:
    run_state_machine_as_test(machine, settings=STEPS)
