"""What many nodes do is reckoned from few, and the page says what comes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.report import FIGURES
from bench.results import read_run
from scale.costs import Cost, Costs
from scale.plans import MANY_LISTS, ONE_LIST, plan
from scale.report import PAGES, filled
from scale.simulation import Setting, simulated

COSTS = Costs(
    read=20,
    list_all=100,
    connect=500,
    kib=5,
    delivery=Cost(once=8, each=1),
    write=Cost(once=50, each=50),
    database=Cost(once=100, each=30),
    follow=15,
    database_follow=10,
    commit_ms=5,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_has_the_tables_of_the_run_that_is_kept(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<!-- scale: " in text
    assert filled(text, read_run(FIGURES)) == text


def test_one_writer_alone_waits_for_its_own_commit() -> None:
    alone = simulated(COSTS, Setting(nodes=1, writers=1, listeners=0))
    assert alone.batch == 1
    assert (alone.node_us, alone.database_us) == (100, 130)
    assert alone.p50_ms == pytest.approx(5.23)
    assert alone.per_second == pytest.approx(1000 / 5.23)


def test_writers_share_commits_which_the_disk_paces() -> None:
    few, many = (
        simulated(COSTS, Setting(nodes=4, writers=writers, listeners=0)) for writers in (4, 64)
    )
    assert few.per_second <= 4 * 1000 / 5
    assert many.batch > 10 * few.batch
    assert many.per_second > 10 * few.per_second
    assert many.database_us < few.database_us


def test_a_node_more_follows_at_its_own_cost() -> None:
    costs = replace(COSTS, write=Cost(once=0, each=50), database=Cost(once=0, each=30))
    two, three = (
        simulated(costs, Setting(nodes=nodes, writers=12, listeners=0)) for nodes in (2, 3)
    )
    assert three.node_us - two.node_us == pytest.approx(costs.follow, rel=0.05)
    assert three.database_us - two.database_us == pytest.approx(costs.database_follow, rel=0.05)


def test_nodes_share_the_deliveries() -> None:
    costs = replace(COSTS, follow=0, database_follow=0)
    one, four = (
        simulated(costs, Setting(nodes=nodes, writers=1, listeners=100)) for nodes in (1, 4)
    )
    assert four.node_us == pytest.approx(one.node_us)


def test_one_core_does_what_several_did_and_is_slower() -> None:
    costs = replace(COSTS, commit_ms=0)
    apart = simulated(costs, Setting(nodes=2, writers=16, listeners=16))
    shared = simulated(costs, Setting(nodes=2, writers=16, listeners=16, one_core=True))
    assert shared.per_second < apart.per_second
    assert shared.per_second <= shared.per_cpu_second * 1.05


def test_more_connections_need_more_of_everything() -> None:
    for use in (ONE_LIST, MANY_LISTS):
        small, large = (plan(COSTS, use, connections) for connections in (10_000, 1_000_000))
        assert small.machines >= 2
        assert large.nodes > small.nodes
        assert large.per_hour > small.per_hour


def test_many_lists_of_many_people_outgrow_one_log() -> None:
    assert plan(COSTS, MANY_LISTS, 10_000).logs == 1
    assert plan(COSTS, MANY_LISTS, 4_000_000).logs > 1
