"""Histories of many sessions whose replicas lag: nothing goes back in time, at each level what it promises."""
import threading

import pytest

from history import checker, workload
from support.places import BUILD, measured, seed, sized

SESSIONS = 8
OPERATIONS = sized(20_000, 200_000)   # of all levels together
REPLICAS_MUST_SERVE = 0.2             # else the history says nothing of them


@pytest.fixture
def registers(cluster):
    with cluster.connect() as session:
        session.execute(workload.TABLES.format(registers=workload.Shape.registers))
    cluster.wait_caught_up()
    yield
    cluster.ask("primary", "drop table history_number, history_register")


class UnsteadyReplicas:
    """Replay that lags by another time every moment, and stands still now and then."""

    STEPS = [("lag", 0), ("lag", 30), ("pause", 0), ("lag", 300), ("lag", 5), ("lag", 2000), ("lag", 0)]

    def __init__(self, cluster, moment=0.4):
        self.cluster, self.moment = cluster, moment
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        for node in self.cluster.replicas:
            self.cluster.command("lag", node, "0")
        self.cluster.wait_caught_up()

    def _run(self):
        at = 0
        while not self._over.is_set():
            for offset, node in enumerate(self.cluster.replicas):
                what, value = self.STEPS[(at + 2 * offset) % len(self.STEPS)]
                self.cluster.command("lag", node, str(value)) if what == "lag" else self.cluster.command(what, node)
                if what == "pause":
                    self._over.wait(self.moment)
                    self.cluster.command("resume", node)
            at += 1
            self._over.wait(self.moment)


def history_at(cluster, weirs, level, operations, chosen):
    connections = [(lambda weir=weirs[number % len(weirs)]: weir.connect(
        options=f"-c weir.consistency={level}" if level else None)) for number in range(SESSIONS)]
    shape = workload.Shape(operations=operations // SESSIONS)
    with UnsteadyReplicas(cluster):
        return workload.play(connections, shape, chosen)


def primary_of(cluster):
    return f"127.0.0.1:{cluster.port()}"


def share_of_replicas(weirs, before=0.0):
    on_replicas = sum(weir.metric("weir_queries_total", role="replica") for weir in weirs)
    reads = on_replicas + sum(weir.metric("weir_queries_total", role="primary") for weir in weirs)
    return on_replicas / max(reads - before, 1)


def at_level(start_weir, level, pool_size=20):
    return start_weir({"routing": {"consistency": level, "audit_every": 10}, "pool": {"size": pool_size}})


@pytest.mark.deadline(sized(180, 1200))
@pytest.mark.parametrize("level, pool_size", [("session", 20), ("session", 2), ("strong", 20), ("global", 3)])
def test_no_history_breaks_what_its_level_promises(cluster, start_weir, registers, level, pool_size):
    chosen = seed()
    weir = at_level(start_weir, level, pool_size)
    told = history_at(cluster, [weir], None, OPERATIONS // 5, chosen)
    share = share_of_replicas([weir])
    measured(f"measured: {len(told)} operations at {level}, pools of {pool_size}, {share:.0%} on replicas;"
             f" seed {chosen}")
    found = checker.of_sessions(told, primary_of(cluster))
    if level in ("strong", "global"):
        found += checker.in_real_time(told)
    assert not found, f"{len(found)} violations:\n" + "\n".join(map(str, found[:5]))
    assert share > (REPLICAS_MUST_SERVE if level == "session" else 0)
    assert weir.metric("weir_audited_reads_total") > 0 and weir.metric("weir_stale_reads_total") == 0


@pytest.mark.deadline(120)
def test_eventual_is_seen_to_break_it(cluster, start_weir, registers):
    """So that the checker can fail."""
    told = history_at(cluster, [at_level(start_weir, "eventual")], None, 4000, seed())
    promises = {each.promise for each in checker.of_sessions(told)}
    assert "read your writes" in promises and "monotonic reads" in promises


def of_wanderers(cluster, weirs, operations, takes_token):
    """Each client goes from session to session, and from one Weir to the other."""
    connections = [lambda: workload.Wanderer([weir.connect() for weir in weirs for _ in range(2)], takes_token)
                   for _ in range(SESSIONS)]
    with UnsteadyReplicas(cluster):
        return workload.play(connections, workload.Shape(operations=operations // SESSIONS), seed())


@pytest.mark.deadline(sized(180, 1200))
def test_a_token_takes_a_history_to_another_weir(cluster, start_weir, registers):
    weirs = [at_level(start_weir, "session"), at_level(start_weir, "session", 3)]
    told = of_wanderers(cluster, weirs, OPERATIONS // 5, True)
    measured(f"measured: {len(told)} operations of clients that go to and fro between two Weirs with their tokens,"
             f" {share_of_replicas(weirs):.0%} on replicas")
    found = checker.of_sessions(told, primary_of(cluster))
    assert not found, f"{len(found)} violations:\n" + "\n".join(map(str, found[:5]))
    assert share_of_replicas(weirs) > REPLICAS_MUST_SERVE


@pytest.mark.deadline(120)
def test_without_its_token_it_goes_back(cluster, start_weir, registers):
    """So that the last one can fail."""
    told = of_wanderers(cluster, [at_level(start_weir, "session"), at_level(start_weir, "session")], 4000, False)
    assert "read your writes" in {each.promise for each in checker.of_sessions(told)}


MUTANT = BUILD / "release" / "tests" / "weir_mutant"


@pytest.mark.deadline(120)
@pytest.mark.skipif(not MUTANT.exists(), reason=f"{MUTANT} is not built")
def test_one_broken_comparison_is_seen(cluster, prepare_weir, registers, monkeypatch):
    """A Weir in which a replica is taken to have reached every floor."""
    monkeypatch.setattr("support.weir_process.WEIR", MUTANT)
    weir = prepare_weir({"routing": {"consistency": "session"}}).start().wait_for_nodes(3)
    told = history_at(cluster, [weir], None, 4000, seed())
    assert "read your writes" in {each.promise for each in checker.of_sessions(told)}


def test_few_writes_leave_the_reads_to_the_replicas(cluster, start_weir, registers):
    """1 % writes, replicas 5 ms behind."""
    weir = at_level(start_weir, "session")
    shape = workload.Shape(operations=sized(300, 2000), writes=0.01, reads_on_primary=0, thinking=0.005)
    with cluster.lagging(5):
        workload.play([weir.connect] * SESSIONS, shape, seed())
    on_replicas = weir.metric("weir_queries_total", role="replica")
    writes = weir.metric("weir_queries_total", reason="not_read_only")
    all_of_them = sum(weir.metric("weir_queries_total", role=role) for role in ("primary", "replica"))
    share = on_replicas / (all_of_them - writes)
    measured(f"measured: 1 % writes, replicas 5 ms behind: {share:.1%} of the reads on replicas")
    assert share >= 0.95
