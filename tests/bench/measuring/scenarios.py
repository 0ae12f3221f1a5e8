"""What is measured: a load, and who carries it."""
import typing

ALL = ("direct", "PgBouncer", "Pgpool-II", "HAProxy", "Weir, primary", "Weir")
POOLING = ("direct", "PgBouncer", "Weir, primary", "Weir")


class Scenario(typing.NamedTuple):
    name: str
    title: str
    contenders: tuple
    arguments: tuple = ("-S",)  # of pgbench
    clients: int = 16
    sampling: float = 0.1       # of the transactions whose time is kept
    script: str = ""            # instead of pgbench's own: without -S
    tls: bool = False
    on_stub: bool = False       # the node is the stub
    idle: int = 0               # clients that are there and do nothing
    newcomers: int = 0          # clients a second that come, ask and go, beside these


def _mode(mode, clients, contenders):
    return Scenario(f"{mode}-{clients}", f"SELECT by key, {mode}, {clients} client{'s' * (clients > 1)}", contenders,
                    ("-S", "-M", mode), clients)


# Debian's PgBouncer (1.18) has no prepared statements in transaction mode.
SESSIONS = ("direct", "PgBouncer, sessions", "Pgpool-II", "HAProxy", "Weir, primary", "Weir")
_rows = "select repeat('x', 1000) from generate_series(1, {})"

SCENARIOS = [
    _mode("simple", 1, ALL), _mode("simple", 16, ALL), _mode("simple", 64, ALL), _mode("simple", 256, POOLING),
    _mode("extended", 16, ALL),
    # PgBouncer's sessions: as many clients as it has connections, and no more.
    _mode("prepared", 1, SESSIONS), _mode("prepared", 16, SESSIONS),
    _mode("prepared", 64, ("direct", "HAProxy", "Weir, primary", "Weir")),
    _mode("prepared", 256, ("Weir, primary", "Weir")),
    Scenario("pipeline-10", "Ten prepared SELECTs in one pipeline", ("direct", "PgBouncer, sessions", "Weir, primary", "Weir"),
             ("-M", "prepared"), script="\\startpipeline\n" + "\\set aid random(1, 1000000)\n"
             "SELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n" * 10 + "\\endpipeline\n"),
    Scenario("tpcb-16", "TPC-B, simple", ALL, ("-b", "tpcb-like"), sampling=1.0),
    Scenario("result-1k", "Results of 1 kB", ALL, (), script=f"{_rows.format(1)};\n"),
    Scenario("result-100k", "Results of 100 kB", ALL, (), script=f"{_rows.format(100)};\n", sampling=1.0),
    Scenario("result-100m", "Results of 100 MB", ("direct", "PgBouncer", "HAProxy", "Weir, primary"), (), clients=1,
             script=f"{_rows.format(100000)};\n", sampling=1.0),
    Scenario("connect-scram", "A new connection (SCRAM) for each SELECT", ALL, ("-S", "-C"), 8, 1.0),
    Scenario("connect-tls", "A new connection (TLS, SCRAM) for each SELECT", ("PgBouncer", "Weir, primary"),
             ("-S", "-C"), 8, 1.0, tls=True),
    Scenario("storm", "SELECT by key while 1,000 others a second log in", ("PgBouncer", "Weir, primary"),
             clients=4, sampling=1.0, newcomers=1000),
    Scenario("before-storm", "The same without the others", ("PgBouncer", "Weir, primary"), clients=4, sampling=1.0),
    Scenario("idle-5000", "SELECT by key beside 5,000 idle clients", ("PgBouncer", "Weir, primary"), idle=5000),
    Scenario("idle-10000", "SELECT by key beside 10,000 idle clients", ("PgBouncer", "Weir, primary"), idle=10000),
    Scenario("observed", "SELECT by key, with all that tells of Weir switched off and on",
             ("Weir, not observed", "Weir, observed")),
    Scenario("stub-simple", "The proxy's own ceiling, simple", ("direct", "PgBouncer", "HAProxy", "Weir, primary",
                                                               "Weir, two workers"), on_stub=True),
    Scenario("stub-prepared", "The proxy's own ceiling, prepared", ("direct", "PgBouncer, sessions", "HAProxy",
                                                                   "Weir, primary", "Weir, two workers"),
             ("-S", "-M", "prepared"), on_stub=True),
]
BY_NAME = {each.name: each for each in SCENARIOS}
