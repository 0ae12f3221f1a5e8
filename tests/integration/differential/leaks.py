"""What the next client on a backend meets after a session: exactly what a fresh connection shows."""
from .allowances import weigh
from .conversation import CLOSED, HANG, Conversation, Refused
from .judge import Difference
from .messages import Bind, Describe, Query, Script, Step, Sync
from .world import WEIR

_CUSTOM = ("app.x", "app.y", "app.deep.name", "app.no-good")
_TEXTS = [
    # docs/differences.md: application_name is set, not started with.
    "select name, setting, case when name <> 'application_name' then reset_val end from pg_settings"
    " where name not like 'plpgsql.%' order by name", "show application_name",
    *(f"select current_setting('{name}', true)" for name in _CUSTOM),
    "select name from pg_cursors where name <> ''", "fetch 1 from c1", "close p1", "begin", "fetch 1 from c1",
    "rollback", "select locktype, mode from pg_locks where pid = pg_backend_pid()"
    " and locktype in ('advisory', 'transactionid', 'object')",
    "select relname from pg_class where relnamespace = pg_my_temp_schema()",
    "select proname from pg_proc where pronamespace = pg_my_temp_schema()",
    "select * from pg_listening_channels()", "select current_user, session_user, current_schemas(false)",
    "select lastval()", "select currval('pg_temp.ts')", "select * from tt",
    "show transaction_isolation", "show transaction_read_only", "select loread(0, 1)",
    # These may run on a replica: what settings make of values.
    "select date '2024-02-03', timestamptz '2024-02-03 04:05:06+00', interval '1 day 2:03:04'",
    "select 0.1::float8 + 0.2::float8, '\\xdeadbeef'::bytea, 'a\\b', null = null, '{1,null}'::int[]",
    "select 'é', length('é')",
]
_NAMES = ("s1", "s2", "s4", "S 3", "sql_inside")
# Names before the list of them: what Weir knows of a connection must be right without its clearing it.
PROBES = [*(Step((Query(f'execute "{name}"'),)) for name in _NAMES),
          *(Step((message("", name) if message is Bind else message("S", name), Sync()))
            for name in _NAMES for message in (Describe, Bind)),
          *(Step((Describe("P", name), Sync())) for name in ("p1", "c1")),
          *(Step((Query(text),)) for text in ("deallocate sql_inside",
                                              "select count(*) from pg_prepared_statements", *_TEXTS))]


class NextClient:
    """`port` is Weir's, with one backend for each pool."""

    def __init__(self, sides):
        self.sides = sides
        self.met_again = 0      # how often the next client met the backend of the client before
        self._fresh = {}        # login -> what a fresh direct connection shows
        self._pids = {}         # login -> pid of the backend seen last

    def fresh(self, login):
        """What a direct connection with this login shows."""
        key = _key(login)
        if key not in self._fresh:
            self._fresh[key] = _shown(self.sides.direct_port, login)[0]
        return self._fresh[key]

    def after(self, script):
        """What is not pristine for the client after this one; None where all is."""
        login = Script(script.user, script.startup, [])
        wanted = self.fresh(login)
        found, pid = _shown(self.sides.weir_port, login)
        self.met_again += pid is not None and self._pids.get(_key(login)) == pid
        self._pids[_key(login)] = pid
        return _compared(wanted, found, max(len(script.steps) - 1, 0))

    def differ(self, script):
        """Plays it on backends that nobody used, then looks: for shrinking."""
        self.clean(script)
        self.sides.weir(script, self.sides.world.one())
        self.sides.world.settle(WEIR)
        return self.after(script)

    def clean(self, script):
        """Ends all backends, until the next client meets a pristine one."""
        self.sides.world.end_backends(WEIR)
        for _ in range(20):  # each try takes a connection that Weir has not yet seen end
            if not self.after(script):
                return
        raise AssertionError("even after new backends the next client meets what is not pristine:\n"
                             f"{self.after(script)}")


def _shown(port, login):
    """({probe: lines}, pid of the backend)."""
    try:
        client = Conversation(port, WEIR, login, 0)
    except Refused as refused:
        return {"login": refused.lines}, None
    found = {"login": [*client.greeting, *map(str, sorted(client.view().items()))]}
    try:
        for step in PROBES:
            found[str(step)] = client.play(step)
        pid = client.play(Step((Query("select pg_backend_pid()"),)))[1:2] if not client.over else None
        return found, None if pid in ([HANG], [CLOSED]) else str(pid)
    finally:
        client.close()


def _key(login):
    return login.user, tuple(login.startup.items())


def _compared(wanted, found, step):
    for what, lines in wanted.items():
        others = found.get(what, ["(not reached)"])
        if weigh(lines, others)[0]:
            ours = [line for line in lines if line not in others]
            theirs = [line for line in others if line not in lines]
            return Difference(step, ours, theirs, f"{what}: {ours[0].split(',')[0] if ours else ''}")
    return None
