"""The judge of `make chaos`: it finds what is planted, and nothing in a run that went well."""

from __future__ import annotations

import pytest

from chaos.history import Change, History
from chaos.judge import Acked, Judge, Session, Violation, Window, agreed_after, lag

A, B, C = "aaaaaaaa", "bbbbbbbb", "cccccccc"

LOG = [
    Change("c", A, "a", False),
    Change("c", B, "b", False),
    Change("u", A, "a again", True),
    Change("c", C, "c", False),
    Change("d", B),
    Change("u", C, "c again", False),
]


def history(changes: list[Change] = LOG) -> History:
    """Return a log that grew by one change per second."""
    history = History()
    for second, change in enumerate(changes):
        history.now.add(change, float(second))
    return history


def session(start: int, *changes: Change, at: float = 10.0, node: str = "one") -> Session:
    """Return a session that listed after some changes, and heard others from a moment on."""
    listed = [*history().now.items(start).values()]
    heard = Session("ada", node, at, listed)
    for number, change in enumerate(changes):
        heard.told(change, at + number)
    return heard


def judged(heard: Session, *jumps: Window, log: History | None = None) -> list[Violation]:
    [track] = Judge(log or history(), jumps).tracks([heard])
    return track.violations


@pytest.mark.parametrize("start", range(len(LOG) + 1))
def test_the_tail_of_the_log_is_what_everyone_hears(start: int) -> None:
    for end in range(start, len(LOG) + 1):
        assert judged(session(start, *LOG[start:end])) == []


def test_a_doubled_broadcast_is_found() -> None:
    [found] = judged(session(1, LOG[1], LOG[2], LOG[2], LOG[3]))
    assert found.rule == "broadcast"
    assert "heard again" in found.what


def test_a_missing_broadcast_is_found() -> None:
    [found] = judged(session(1, LOG[1], LOG[3], LOG[4]))
    assert found.what.startswith("not heard: numbers 3 to 3")


def test_a_missing_first_broadcast_is_found() -> None:
    assert [found.rule for found in judged(session(1, LOG[2], LOG[3]))] == ["broadcast"]


def test_swapped_broadcasts_are_found() -> None:
    found = judged(session(1, LOG[2], LOG[1], LOG[3]))
    assert {violation.rule for violation in found} == {"broadcast"}


def test_a_broadcast_of_what_was_never_committed_is_found() -> None:
    [found] = judged(session(1, LOG[1], Change("u", A, "dreamt", True), LOG[2]))
    assert "not in the log" in found.what


def test_a_list_in_another_order_is_found() -> None:
    heard = session(2)
    heard.listed.reverse()
    assert [found.rule for found in judged(heard)] == ["first list"]


def test_a_list_that_lacks_a_todo_is_found() -> None:
    heard = session(4)
    del heard.listed[0]
    assert [found.rule for found in judged(heard)] == ["first list"]


def test_a_lost_write_is_found_and_one_that_an_asynchronous_replica_lacked_is_counted() -> None:
    lost = Acked(Change("u", A, "lost", True), 7.0, "ada")
    kept = Acked(LOG[2], 2.0, "ada")
    assert Judge(history()).writes([kept, lost]) == (
        [Violation("lost write", 7.0, "ada", "acknowledged: updated aaaaaaaa lost")],
        0,
    )
    assert Judge(history(), losses=[Window(6, 8)]).writes([kept, lost]) == ([], 1)


def test_a_create_that_was_carried_out_twice_is_found() -> None:
    twice = [*LOG, Change("c", "dddddddd", "c", False)]
    [found] = Judge(history(twice)).creates()
    assert found.rule == "doubled write"


def test_a_log_that_changes_what_is_not_there_is_found() -> None:
    [found] = Judge(history([*LOG, Change("d", B)])).log()
    assert (found.rule, found.what) == ("log", "number 7 is impossible")


def test_todos_that_are_not_what_the_log_says_are_found() -> None:
    items = history().now.items(len(LOG))
    assert Judge(history()).end(items) == []
    del items[A]
    assert [found.rule for found in Judge(history()).end(items)] == ["log"]


def test_a_node_that_lost_the_log_may_tell_the_difference_when_that_is_allowed() -> None:
    heard = session(1, LOG[3], Change("c", B, "b", False), LOG[4], LOG[2], LOG[5])
    assert judged(heard) != []
    difference = session(1, Change("u", A, "a again", True), LOG[3], LOG[5])
    assert judged(difference) != []
    assert judged(difference, Window(0, 100)) == []
    assert judged(difference, Window(0, 100, "another")) != []
    assert judged(difference, Window(50, 100)) != []


def test_a_difference_that_does_not_lead_to_a_list_that_ever_was_is_found() -> None:
    difference = session(1, Change("u", A, "a never", True), LOG[3], LOG[5])
    assert judged(difference, Window(0, 100)) != []


def test_a_replica_without_the_last_writes_begins_another_line() -> None:
    forked = history()
    forked.fork(3)
    other = [Change("d", A), Change("c", "eeeeeeee", "e", True)]
    for second, change in enumerate(other):
        forked.now.add(change, 20.0 + second)
    undone = [Change("d", C), Change("c", B, "b", False)]
    # a todo that comes back is created at the end, so that what follows it goes and comes back
    stayed = session(3, LOG[3], Change("d", C), *other)
    assert judged(stayed, Window(0, 100), log=forked) == []
    undone_wrongly = session(3, LOG[3], LOG[4], *undone, *other)
    assert judged(undone_wrongly, Window(0, 100), log=forked) == []
    assert judged(stayed, log=forked) != []


def test_agreement_counts_from_a_fault_until_the_last_watcher_has_seen_all() -> None:
    quick = session(0, *LOG, at=6.0)
    slow = session(0, *LOG, at=8.0)
    slow.client = "bob"
    tracks = Judge(history()).tracks([quick, slow])
    assert agreed_after(history(), tracks, 2.0) == (8.0, "bob")  # the third change, at 10
    assert agreed_after(history(), tracks[:1], 2.0) == (6.0, "ada")
    never = session(0, LOG[0])
    assert agreed_after(history(), Judge(history()).tracks([never]), 2.0) == (None, "ada")


def test_a_node_lags_by_what_its_best_watcher_has_not_seen() -> None:
    heard = session(0, *LOG[:4], at=2.5)
    heard.ended_at = 5.0
    tracks = Judge(history()).tracks([heard])
    assert lag(history(), tracks, [1.0, 2.6, 3.6, 4.6, 6.0]) == [None, 2, 2, 2, None]
