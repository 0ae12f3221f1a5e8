"""The checker itself: it finds what it is there for, and nothing else."""
from .checker import READ, WRITE, Operation, in_real_time, of_sessions


def history(*told):
    """(session, kind, number, register, version), one after the other."""
    return [Operation(session, kind, at, at + 0.5, number, register, version)
            for at, (session, kind, number, register, version) in enumerate(told)]


def promises(found):
    return [each.promise for each in found]


def test_what_is_in_order_is_none():
    told = history(("a", WRITE, 1, 0, 1), ("a", READ, 1, 0, 1), ("b", WRITE, 2, 0, 2), ("a", READ, 2, 0, 2),
                   ("a", READ, 2, 1, 0), ("a", WRITE, 3, 1, 1))
    assert of_sessions(told) == [] and in_real_time(told) == []


def test_an_own_write_that_is_not_seen():
    assert "read your writes" in promises(of_sessions(history(("a", WRITE, 1, 0, 1), ("a", READ, 0, 0, 0))))


def test_a_read_that_goes_back():
    found = of_sessions(history(("b", WRITE, 5, 0, 1), ("a", READ, 5, 0, 1), ("a", READ, 4, 1, 0)))
    assert promises(found) == ["monotonic reads"]


def on_replica_and_then(node, told_at):
    """A read that saw write 5 on a replica, one on `node` that did not, and the write's answer at `told_at`."""
    return [Operation("b", WRITE, 0.0, told_at, 5, 0, 1), Operation("a", READ, 1.0, 1.5, 5, 0, 1, "replica"),
            Operation("a", READ, 2.0, 2.5, 4, 0, 0, node)]


def test_a_commit_that_a_replica_shows_before_the_primary_is_the_servers_doing():
    assert of_sessions(on_replica_and_then("primary", 3.0), "primary") == []


def test_it_is_not_where_its_client_had_been_told():
    assert "monotonic reads" in promises(of_sessions(on_replica_and_then("primary", 1.7), "primary"))


def test_nor_where_another_replica_lacks_it():
    assert "monotonic reads" in promises(of_sessions(on_replica_and_then("other replica", 3.0), "primary"))


def test_a_register_that_goes_back_alone():
    found = of_sessions(history(("a", READ, 5, 0, 2), ("a", READ, 5, 0, 1)))
    assert promises(found) == ["monotonic reads"]


def test_a_write_ahead_of_what_its_session_has_read():
    assert "writes follow reads" in promises(of_sessions(history(("a", READ, 5, 0, 2), ("a", WRITE, 4, 0, 3))))


def test_a_write_ahead_of_the_last_one():
    assert "monotonic writes" in promises(of_sessions(history(("a", WRITE, 5, 0, 2), ("a", WRITE, 5, 1, 3))))


def test_others_may_lag_for_sessions_and_not_in_real_time():
    told = history(("a", WRITE, 1, 0, 1), ("b", READ, 0, 0, 0))
    assert of_sessions(told) == []
    assert promises(in_real_time(told)) == ["real-time order"]


def test_what_runs_at_the_same_time_has_no_order():
    write = Operation("a", WRITE, 0.0, 2.0, 1, 0, 1)
    read = Operation("b", READ, 1.0, 1.5, 0, 0, 0)
    assert in_real_time([write, read]) == []
