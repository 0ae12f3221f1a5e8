"""Few backend connections serve many clients: the limit holds, the queue ends in time, nobody starves."""
import threading
import time

import psycopg
import pytest

from support.places import sized
from support.waiting import wait_until


def in_parallel(count, work):
    """Runs work(number) in that many threads. Returns the exceptions that came out of them."""
    raised = []

    def guarded(number):
        try:
            work(number)
        except Exception as error:  # pylint: disable=broad-except  # it is what the test looks at
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, raised


def watch_backends(cluster, threads):
    """The most connections that each node had while the threads ran."""
    most = {node: 0 for node in cluster.nodes}
    while any(thread.is_alive() for thread in threads):
        for node in cluster.nodes:
            most[node] = max(most[node], len(cluster.backends(node)))
    return most


@pytest.mark.parametrize("workers", [1, 2])
def test_thirty_clients_on_three_backends(cluster, start_weir, table, workers):
    weir = start_weir({"server": {"workers": workers}, "pool": {"size": 3, "wait_timeout_ms": 60000}})
    rounds = sized(20, 200)

    def work(number):
        with weir.connect() as session:
            for _ in range(rounds):
                session.execute(f"update {table} set word = word where id = {number % 10 + 1}")
                assert session.execute("select %s::int", (number,)).fetchone() == (number,)
                with session.transaction():
                    session.execute(f"select count(*) from {table} where id = {number % 10 + 1}")
                    session.execute("select txid_current()")

    threads, raised = in_parallel(30, work)
    most = watch_backends(cluster, threads)
    assert raised == []
    assert max(most.values()) <= 3, f"more connections than the limit: {most}"
    assert most["primary"] == 3, f"the limit was never reached, so nothing was shown: {most}"


def test_each_database_and_user_has_its_own_pool(cluster, start_weir):
    weir = start_weir({"pool": {"size": 1, "wait_timeout_ms": 1000}})
    with weir.connect() as first, weir.connect(dbname="postgres") as second, \
            weir.connect(user="postgres") as third:
        for session in (first, second, third):  # three open transactions at once
            session.execute("begin")
            session.execute("select txid_current()")
        users = [session.execute("select current_user || '@' || current_database()").fetchone()[0]
                 for session in (first, second, third)]
    assert users == ["app@app", "app@postgres", "postgres@app"]


def test_who_waits_too_long_is_told_why(start_weir, table):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1, "wait_timeout_ms": 300}})
    with weir.connect() as holder, weir.connect() as waiter:
        holder.execute("begin")
        holder.execute(f"update {table} set word = 'held' where id = 1")
        began = time.monotonic()
        with pytest.raises(psycopg.Error) as caught:
            waiter.execute(f"update {table} set word = 'waited' where id = 2")
        waited = time.monotonic() - began
        assert caught.value.sqlstate == "53300"
        assert caught.value.diag.message_hint
        assert 0.25 <= waited < 5
        holder.execute("commit")
        # The session is as good as before.
        waiter.execute(f"update {table} set word = 'waited' where id = 2")
        assert waiter.execute(f"select word from {table} where id = 2").fetchone() == ("waited",)


def test_who_waits_is_served_when_it_is_free(start_weir, table):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1, "wait_timeout_ms": 30000}})
    with weir.connect() as holder:
        holder.execute("begin")
        holder.execute(f"update {table} set word = 'held' where id = 1")

        def work(number):
            with weir.connect() as session:
                session.execute(f"update {table} set word = 'served' where id = {number + 2}")

        threads, raised = in_parallel(4, work)
        wait_until(lambda: weir.metric("weir_clients") >= 5, "all have come")
        assert all(thread.is_alive() for thread in threads)
        holder.execute("commit")
        for thread in threads:
            thread.join()
        assert raised == []
        assert holder.execute(f"select count(*) from {table} where word = 'served'").fetchone() == (4,)


@pytest.mark.deadline(120)
def test_nobody_starves_with_two_workers_and_one_backend(cluster, start_weir, table):
    """The only connection has to be handed from worker to worker."""
    weir = start_weir({"server": {"workers": 2}, "pool": {"size": 1, "wait_timeout_ms": 10000}})
    rounds = sized(50, 500)
    done = [0] * 6
    all_are_there = threading.Barrier(len(done))

    def work(number):
        with weir.connect() as session:
            all_are_there.wait()
            for _ in range(rounds):
                session.execute(f"update {table} set word = word where id = {number + 1}")
                done[number] += 1

    threads, raised = in_parallel(len(done), work)
    most = watch_backends(cluster, threads)
    assert raised == []
    assert done == [rounds] * len(done)
    assert most["primary"] == 1


def test_a_connection_is_used_again(cluster, start_weir):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 5}})
    pids = set()
    for _ in range(20):
        with weir.connect() as session:
            pids.add(session.execute("select pg_current_xact_id(), pid from pg_stat_activity "
                                     "where query like '%pg_current_xact_id%' and state = 'active' "
                                     "and application_name not like 'weir-test%'").fetchone()[1])
    assert len(pids) == 1


def test_a_backend_that_was_killed_is_replaced(cluster, start_weir, table):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1}})
    with weir.connect() as session:
        session.execute(f"update {table} set word = 'a' where id = 1")
        for (pid, *_) in cluster.backends("primary"):
            cluster.ask("primary", "select pg_terminate_backend(%s, 5000)", (pid,))
        wait_until(lambda: not cluster.backends("primary"), "the backend is gone")

        def works_again():
            try:
                session.execute(f"update {table} set word = 'b' where id = 1")
                return True
            except psycopg.OperationalError:
                return False

        wait_until(works_again, "a new connection serves", 5)
        assert session.execute(f"select word from {table} where id = 1").fetchone() == ("b",)


def test_a_client_that_vanishes_in_a_transaction_frees_its_backend(cluster, start_weir, table):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1, "wait_timeout_ms": 10000}})
    vanishing = weir.connect()
    vanishing.execute("begin")
    vanishing.execute(f"update {table} set word = 'lost' where id = 1")
    vanishing.pgconn.finish()  # closed without a word to commit
    with weir.connect() as session:
        session.execute(f"update {table} set word = 'kept' where id = 1")
        assert session.execute(f"select word from {table} where id = 1").fetchone() == ("kept",)


def test_a_node_has_no_more_than_its_bound_and_nobody_starves(cluster, start_weir, table):
    """Fifty busy clients of one user, one of another: it gets its share, and soon."""
    weir = start_weir({"pool": {"size": 20, "max_per_node": 4, "wait_timeout_ms": 60000}})
    over, served, raised = threading.Event(), [0] * 50, []

    def work(number):
        try:
            with weir.connect(autocommit=True) as session:
                while not over.is_set():
                    session.execute(f"update {table} set word = word where id = {number % 10 + 1}")
                    session.execute("select pg_sleep(0.002)")
                    served[number] += 1
        except Exception as error:  # pylint: disable=broad-except  # it is what the test looks at
            raised.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: sum(served) > 200, "the busy ones are at work")
        waits, most = [], 0
        with weir.connect(user="postgres", autocommit=True) as lone:
            for _ in range(sized(20, 200)):
                began = time.monotonic()
                lone.execute("select txid_current()")
                waits.append(time.monotonic() - began)
                most = max(most, sum(len(cluster.backends("primary", user)) for user in ("app", "postgres")))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert raised == []
    assert most <= 4, f"more connections than the bound: {most}"
    assert min(served) > 0
    assert sorted(waits)[len(waits) // 2] < 1, f"half of its requests waited longer than a second: {waits}"


def test_who_would_wait_behind_too_many_is_told_at_once(start_weir, table):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1, "max_waiting": 1, "wait_timeout_ms": 60000}})
    with weir.connect() as holder, weir.connect() as waiter, weir.connect() as other:
        holder.execute("begin")
        holder.execute(f"update {table} set word = 'held' where id = 1")
        waiter.pgconn.send_query(f"update {table} set word = 'waited' where id = 2".encode())
        wait_until(lambda: weir.metric("weir_clients", state="waiting") == 1, "one waits")
        with pytest.raises(psycopg.errors.TooManyConnections, match="too many clients wait") as seen:
            other.execute(f"update {table} set word = 'refused' where id = 3")
        assert "max_waiting" in seen.value.diag.message_hint
        holder.execute("commit")
        assert waiter.pgconn.get_result().status == psycopg.pq.ExecStatus.COMMAND_OK
        assert waiter.pgconn.get_result() is None


def test_too_many_clients_are_refused(start_weir):
    weir = start_weir({"server": {"max_clients": 5}})
    sessions = [weir.connect() for _ in range(5)]
    try:
        with pytest.raises(psycopg.OperationalError) as caught:
            weir.connect()
        assert "too many" in str(caught.value)
        sessions.pop().close()
        wait_until(lambda: weir.metric("weir_clients") <= 4, "one has left")
        weir.connect().close()
        assert all(session.execute("select 1").fetchone() == (1,) for session in sessions)
    finally:
        for session in sessions:
            session.close()
