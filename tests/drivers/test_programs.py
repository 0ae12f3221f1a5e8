"""Each driver's program, by many clients at once: straight at the primary, then through Weir with
three connections for twenty clients and replicas that lag. The same checks must hold in both."""
import pytest

import driver_list
from surroundings import LAG_MS, POOL_SIZE
from support.places import measured
from support.waiting import wait_until

EACH = [(driver, target) for driver in driver_list.ALL for target in ("direct", "weir")]


def name_of(value):
    return getattr(value, "name", value)


@pytest.mark.parametrize(
    "driver, target, case",
    [(driver, target, case) for driver, target in EACH for case in driver.cases],
    ids=name_of,
)
def test_case(runs, driver, target, case):
    """Of the straight run, too, all clients must have done it: it proves the check right."""
    verdict = runs(driver, target).verdict(case)
    if verdict:
        pytest.fail(verdict, pytrace=False)


@pytest.mark.parametrize("driver", driver_list.ALL, ids=name_of)
def test_run_as_a_whole(runs, driver):
    """All clients did all cases, reads did run on replicas, and three connections were enough."""
    run = runs(driver, "weir")
    assert sorted(run.said) == sorted(driver.cases), run.ending
    assert run.unfinished(driver.cases) == [], run.ending
    measured(
        f"measured: {driver.name}: {run.reads_on_replicas} statements on replicas, "
        f"{run.connections} connections at the primary for {run.clients} clients in {driver.pools} pools"
    )
    assert 0 < run.connections <= POOL_SIZE * driver.pools
    assert run.reads_on_replicas > 0


def test_the_replicas_do_lag(cluster):
    """Else all of this would prove less than it says."""
    cluster.ask("primary", "create table if not exists lag_proof (at timestamptz)")
    cluster.ask("primary", "insert into lag_proof values (clock_timestamp())")
    position = cluster.value("primary", "select pg_current_wal_flush_lsn()::text")
    for node in cluster.replicas:
        assert cluster.value(node, "show recovery_min_apply_delay") == f"{LAG_MS}ms"
        wait_until(
            lambda: cluster.value(
                node, "select pg_last_wal_replay_lsn() >= %s::pg_lsn", (position,)
            ),
            "the row is there",
        )
        assert cluster.value(
            node, "select clock_timestamp() - max(at) >= interval '0.19 s' from lag_proof"
        )
