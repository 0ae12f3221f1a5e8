"""The DBA's rules on real nodes, and what Weir says of its routes. pg_stat_statements says where it ran."""
import re
import signal
import subprocess
import time

import psycopg
import pytest

from support.places import ROOT, WEIR
from support.waiting import wait_until

DOCUMENT = ROOT / "docs" / "routing-rules.md"


def grouped(cluster, *rules):
    """Overrides: these rules, and replica2 in the group reports."""
    groups = {"replica2": "reports", "replica1": "web"}
    nodes = [{"conninfo": cluster.conninfo(node), "name": node, "group": groups.get(node, "")}
             for node in cluster.nodes]
    return {"cluster": {"main": {"nodes": nodes}}, "rule": list(rules)}


@pytest.fixture
def ruled(cluster, start_weir):
    """ruled(rule, ...) -> a running Weir with these rules."""
    return lambda *rules: start_weir(grouped(cluster, *rules))


def console(weir, command):
    """Rows as dicts."""
    with weir.connect(dbname="weir", user="postgres", password="postgres") as session:
        cursor = session.execute(command)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def rule_row(weir, name):
    return next(row for row in console(weir, "show rules") if row["rule"] == name)


def explained(session, sql):
    """{item: [values]} of EXPLAIN ROUTE."""
    rows = {}
    for item, value in session.execute("explain route " + sql).fetchall():
        rows.setdefault(item, []).append(value)
    return rows


@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_reports_read_from_their_group_only(cluster, ruled, table, protocol):
    weir = ruled({"name": "reports", "application_name": "reports", "route": "group:reports"})
    cluster.forget_statements()
    with weir.connect(application_name="reports") as session:
        for _ in range(6):
            session.execute(f"select count(*) from {table}", prepare=protocol == "extended")
        session.execute(f"update {table} set word = 'x' where id = 1", prepare=protocol == "extended")
    assert [cluster.calls(node, f"select count(*) from {table}") for node in cluster.nodes] == [0, 0, 6]
    assert cluster.calls("primary", f"update {table}") == 1
    assert rule_row(weir, "reports")["hits"] == "7"


def test_one_hot_query_goes_to_the_primary(cluster, ruled, table):
    weir = ruled({"name": "hot", "regex": f"^select word from {table} where id = \\?$", "route": "primary"})
    cluster.forget_statements()
    with weir.connect() as session, weir.connect() as other:  # what one has seen there, it waits for elsewhere
        for number in range(5):
            session.execute(f"select word from {table} where id = {number}")
            session.execute(f"select word from {table} where id = %s", (number,))
            other.execute(f"select id from {table} where id = {number}")
    assert cluster.calls("primary", f"select word from {table}") == 10
    assert cluster.calls("primary", f"select id from {table}") == 0
    assert weir.metric("weir_rule_hits_total", rule="hot") == 10
    assert weir.metric("weir_queries_total", reason="rule_primary") == 10


def test_a_query_is_blocked_by_a_reload_and_its_digest(cluster, ruled, table):
    weir = ruled()
    with weir.connect() as session:
        session.execute(f"select count(*) from {table} where word like '%x%'")
        session.execute(f"select count(*) from {table} where id = 1")
        shown = [row for row in console(weir, "show digests")
                 if row["text"] == f"select count(*) from {table} where word like ?"]
        assert len(shown) == 1 and (shown[0]["calls"], shown[0]["on_replica"]) == ("1", "1")
        weir.write_configuration({"rule": [{"name": "incident", "digest": shown[0]["digest"],
                                            "route": "reject", "message": "off until the index is there"}]})
        weir.signal(signal.SIGHUP)
        wait_until(lambda: weir.metric("weir_reloads_total", result="taken") == 1, "the rule is in force")
        for protocol in (False, True):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="off until the index"):
                session.execute(f"select count(*) from {table} where word like '%y%'", prepare=protocol)
        assert session.execute(f"select count(*) from {table} where id = 1").fetchone() == (1,)
    row = next(row for row in console(weir, "show digests") if row["digest"] == shown[0]["digest"])
    assert (row["calls"], row["refused"]) == ("3", "2")
    assert weir.metric("weir_queries_total", reason="rule_reject") == 2


def test_what_is_rejected_in_a_transaction_fails_it_and_nothing_else(cluster, ruled, table):
    weir = ruled({"name": "no-delete", "regex": "^delete", "route": "reject"})
    with weir.connect(autocommit=False) as session:
        session.execute(f"update {table} set word = 'undone' where id = 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match='rejected by rule "no-delete"'):
            session.execute(f"delete from {table}")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            session.execute("select 1")
        session.rollback()
        assert session.execute(f"select count(*) from {table} where word = 'undone'").fetchone() == (0,)
        session.execute(f"update {table} set word = 'done' where id = 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            with session.pipeline():
                session.execute(f"delete from {table} where id = %s", (1,))
                session.execute("select 1")
        session.rollback()
    assert cluster.value("primary", f"select count(*) from {table} where word like 'word%%'", ()) == 10


def test_over_the_rate_a_user_is_told_when_to_come_again(ruled, table):
    weir = ruled({"name": "slowly", "rate_limit": "30/min", "rate_burst": 3})
    with weir.connect() as first, weir.connect() as second:  # two workers, one bucket
        for session in (first, second, first):
            session.execute(f"select count(*) from {table}")
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded) as told:
            second.execute(f"select count(*) from {table}")
        wait = re.fullmatch(r"Try again in (\d+) ms\.", told.value.diag.message_hint)
        assert wait and 0 < int(wait.group(1)) <= 2000
        began = time.monotonic()

        def is_taken():
            try:
                first.execute(f"select count(*) from {table}")
                return True
            except psycopg.errors.ConfigurationLimitExceeded:
                return False

        wait_until(is_taken, "a token was back")
        assert time.monotonic() - began >= int(wait.group(1)) / 1000 - 0.1
    assert int(rule_row(weir, "slowly")["refused"]) >= 1
    assert weir.metric("weir_queries_total", reason="rate_limited") >= 1


@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_a_request_ends_after_the_time_of_its_rule(ruled, protocol):
    weir = ruled({"name": "short", "timeout_ms": 300, "application_name": "hasty"})
    with weir.connect(application_name="hasty") as session:
        began = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled, match='the timeout of rule "short"'):
            session.execute("select pg_sleep(60)", prepare=protocol == "extended")
        assert 0.25 < time.monotonic() - began < 20
        assert session.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("select count(*) from generate_series(1, 1000000000000)",
                            prepare=protocol == "extended")
        assert session.execute("select 2").fetchone() == (2,)
    with weir.connect() as session:
        session.execute("select pg_sleep(0.6)")


def test_a_time_that_is_over_before_the_server_has_begun_ends_the_request_all_the_same(ruled, table):
    weir = ruled({"name": "at-once", "timeout_ms": 1, "regex": "generate_series"})
    with weir.connect() as session:
        for number in range(20):
            with pytest.raises(psycopg.errors.QueryCanceled):
                session.execute("select count(*) from generate_series(1, 1000000000000)",
                                prepare=number % 2 == 1)
            assert session.execute(f"select count(*) from {table}").fetchone() == (10,)


def test_a_shadow_rule_only_counts(cluster, ruled, table):
    weir = ruled({"name": "shadow-primary", "table": table, "route": "primary", "shadow": True},
                 {"name": "shadow-reject", "regex": "^update", "route": "reject", "shadow": True})
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute(f"update {table} set word = 'x' where id = 1")
    with weir.connect() as session:
        for _ in range(4):
            session.execute(f"select count(*) from {table}")
    assert sum(cluster.calls_everywhere(f"select count(*) from {table}")[1]) == 4
    first, second = rule_row(weir, "shadow-primary"), rule_row(weir, "shadow-reject")
    assert (first["mode"], first["hits"], first["would_go_to_primary"]) == ("shadow", "5", "4")
    assert (second["hits"], second["would_be_refused"], second["refused"]) == ("1", "1", "0")


def test_a_rule_that_logs_tells_the_digest_and_no_text(ruled, table):
    weir = ruled({"name": "watched", "table": table, "log": True})
    with weir.connect() as session:
        session.execute(f"select count(*) from {table} where word = 'confidential'")
        digest = explained(session, f"select count(*) from {table} where word = 'x'")["digest"][0]
    wait_until(lambda: 'rule "watched"' in weir.log(), "the rule has logged")
    line = next(line for line in weir.log().splitlines() if 'rule "watched"' in line)
    assert f"digest {digest}: read" in line
    assert "confidential" not in weir.log()


def test_the_application_name_of_now_counts(cluster, ruled, table):
    weir = ruled({"name": "billing", "application_name": "billing", "route": "primary"})
    cluster.forget_statements()
    with weir.connect(application_name="web") as session:
        session.execute(f"select count(*) from {table}")
        session.execute("set application_name = 'billing'")
        session.execute(f"select max(id) from {table}")
    assert cluster.calls("primary", f"select count(*) from {table}") == 0
    assert cluster.calls("primary", f"select max(id) from {table}") == 1


def test_rules_about_addresses_and_transactions(cluster, ruled, table):
    weir = ruled({"name": "elsewhere", "client": "10.0.0.0/8", "route": "reject"},
                 {"name": "inside", "client": "127.0.0.0/8", "in_transaction": True, "regex": "max",
                  "route": "reject"})
    with weir.connect() as session:
        session.execute(f"select max(id) from {table}")
        session.execute("begin read only")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"select max(id) from {table}")
        session.execute("rollback")


def test_replicas_that_lag_more_than_the_rule_allows_are_not_read_from(cluster, ruled, table):
    weir = ruled({"name": "fresh", "application_name": "fresh", "max_lag_ms": 200},
                 {"name": "stale", "application_name": "stale", "consistency": "eventual"})
    with cluster.paused(), cluster.connect() as direct:
        direct.execute(f"update {table} set word = 'new' where id = 1")

        def goes_to_the_primary():
            with weir.connect(application_name="fresh") as session:
                found = session.execute(f"select word from {table} where id = 1").fetchone()
                return found == ("new",) and \
                    session.execute("show weir.reason").fetchone() == ("too_far_behind",)

        wait_until(goes_to_the_primary, "the lag was seen")
        with weir.connect(application_name="stale") as session:
            assert session.execute(f"select word from {table} where id = 1").fetchone() == ("word 1",)


def test_explain_route_tells_node_reason_rule_and_candidates(cluster, ruled, table):
    weir = ruled({"name": "hot", "table": table, "regex": "max", "route": "primary"})
    cluster.forget_statements()
    with weir.connect() as session:
        rows = explained(session, f"select max(id) from {table} where id < 7")
        assert rows["node"] == ["primary"]
        assert rows["reason"][0].startswith("rule_primary: ")
        assert rows["rule"][0].startswith("hot: ")
        assert rows["facts"] == [f"a proved read; names {table}"]
        assert rows["digest text"] == [f"select max(id) from {table} where id < ?"]
        assert len(rows["candidate"]) == 3
        rows = explained(session, f"select count(*) from {table}")
        assert rows["node"][0] in cluster.replicas and rows["rule"] == ["none"]
        assert sum(": chosen" in candidate for candidate in rows["candidate"]) == 1
        assert rows["floor"] == ["none: this session has seen nothing yet"]
        session.execute(f"update {table} set word = 'x' where id = 1")
        wait_until(lambda: re.fullmatch(r"[0-9A-F]+/[0-9A-F]+ of timeline 1",
                                        explained(session, "select 1")["floor"][0]),
                   "the floor of the write was known")
        assert explained(session, "update x set a = 1")["reason"][0].startswith("not_read_only")
        with session.transaction():
            assert explained(session, "select 1")["reason"][0].startswith("transaction")
            session.execute(f"update {table} set word = 'x' where id = 1")
            assert explained(session, "select 1")["reason"][0].startswith("held_primary")
    assert cluster.calls_everywhere("max(id)") == (0, [0, 0]), "nothing was run"
    assert rule_row(weir, "hot")["hits"] == "0", "nothing was counted"


def test_show_weir_node_is_where_the_last_statement_ran(cluster, ruled, table):
    weir = ruled()
    with weir.connect() as session:
        assert session.execute("show weir.node").fetchone() == ("",)
        cluster.forget_statements()
        session.execute(f"select count(*) from {table}")
        node = session.execute("show weir.node").fetchone()[0]
        assert node in cluster.replicas and cluster.calls(node, f"select count(*) from {table}") == 1
        session.execute(f"update {table} set word = 'x' where id = 1")
        assert session.execute("show weir.node", prepare=True).fetchone() == ("primary",)
        assert session.execute("show weir.reason").fetchone() == ("not_read_only",)


def test_a_session_chooses_its_consistency(cluster, ruled, table):
    weir = ruled()
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute("set weir.consistency = 'strong'")
        session.execute(f"select count(*) from {table}")
        assert session.execute("show weir.consistency").fetchone() == ("strong",)
        session.execute("discard all")
        assert session.execute("show weir.consistency").fetchone() == ("session",)
        with session.transaction():
            session.execute("set local weir.consistency = 'global'")
            assert session.execute("show weir.consistency").fetchone() == ("global",)
            session.execute("select 1")
        assert session.execute("show weir.consistency").fetchone() == ("session",)
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="always"):
            session.execute("set weir.consistency = 'always'")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            session.execute("select set_config('weir.consistency', 'strong', false)")
    with weir.connect(options="-c weir.consistency=strong") as session:
        session.execute(f"select count(*) from {table}")
        session.execute("set weir.consistency = 'eventual'")
        session.execute("reset weir.consistency")
        assert session.execute("show weir.consistency").fetchone() == ("strong",)
    with pytest.raises(psycopg.OperationalError, match="invalid value for parameter"):
        weir.connect(options="-c weir.consistency=always")
    primary, replicas = cluster.calls_everywhere(f"select count(*) from {table}")
    assert primary + sum(replicas) == 2


def test_a_decision_is_traced_at_debug_level(cluster, start_weir, table):
    rule = {"name": "hot", "table": table, "route": "primary"}
    weir = start_weir({**grouped(cluster, rule), "log": {"level": "debug"}})
    with weir.connect() as session:
        session.execute(f"select word from {table} where word = 'confidential'")
    lines = [line for line in weir.log().splitlines() if "rule_primary" in line]
    assert len(lines) == 1
    assert re.search(r'primary \(primary\): rule_primary, rule "hot", session, digest [0-9a-f]{32}$', lines[0])
    assert "confidential" not in weir.log()


def weir_command(*arguments, text=""):
    return subprocess.run([str(WEIR), *arguments], input=text, capture_output=True, text=True, timeout=60,
                          check=False)


BASE = """
[auth]
method = "trust"
[cluster.main]
nodes = [
  { conninfo = "host=db1" },
  { conninfo = "host=db2", group = "web" },
  { conninfo = "host=db3", group = "reports" },
]
"""


def examples():
    """[(heading, configuration, cases)] of docs/routing-rules.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = []
    for part in text.split("## Ten examples")[1].split("\n### ")[1:]:
        blocks = re.findall(r"```toml\n(.*?)```", part, re.DOTALL)
        found.append((part.splitlines()[0], blocks))
    return found


EXAMPLES = examples()


def test_the_document_has_ten_examples():
    assert len(EXAMPLES) == 10
    assert all(len(blocks) == 2 for _, blocks in EXAMPLES)


@pytest.mark.parametrize("heading, blocks", EXAMPLES, ids=[heading for heading, _ in EXAMPLES])
def test_an_example_of_the_document_does_what_it_says(folder, heading, blocks):
    (folder / "weir.toml").write_text(blocks[0] + BASE)
    (folder / "cases.toml").write_text(blocks[1])
    checked = weir_command("check", "-c", str(folder / "weir.toml"))
    assert (checked.returncode, checked.stderr) == (0, "")
    tested = weir_command("test", "-c", str(folder / "weir.toml"), str(folder / "cases.toml"))
    count = blocks[1].count("[[case]]")
    assert (tested.returncode, tested.stdout) == (0, f"{count} of {count} cases as expected\n")


def test_a_case_that_differs_is_told_with_its_place(folder):
    (folder / "weir.toml").write_text('[[rule]]\nname = "r"\nuser = "ann"\nroute = "primary"\n' + BASE)
    (folder / "cases.toml").write_text('[[case]]\nstatement = "select 1"\nroute = "replicas"\n'
                                       '[[case]]\nname = "ann"\nstatement = "select 1"\nuser = "ann"\n'
                                       'route = "replicas"\nreason = "read"\n')
    tested = weir_command("test", "-c", str(folder / "weir.toml"), str(folder / "cases.toml"))
    assert tested.returncode == 1
    assert "cases.toml:4: ann\n" in tested.stdout
    assert "  - route: expected replicas, found primary\n" in tested.stdout
    assert "  - reason: expected read, found rule_primary\n" in tested.stdout
    assert tested.stdout.endswith("1 of 2 cases as expected\n")


def test_route_tells_a_script_with_its_transactions(folder):
    (folder / "weir.toml").write_text(BASE)
    script = "select 1;\nbegin;\nselect 2; commit;\nbegin read only; select 3; end;\nselect ';'\n"
    told = weir_command("route", "-c", str(folder / "weir.toml"), "--brief", "-", text=script)
    assert told.returncode == 0
    assert [line.strip() for line in told.stdout.splitlines()] == [
        "select 1", "replicas, read", "begin", "local, local", "select 2", "primary, transaction",
        "commit", "local, local", "begin read only", "local, local", "select 3", "replicas, read",
        "end", "local, local", "select ';'", "replicas, read"]


def test_warnings_have_file_and_line(folder):
    (folder / "weir.toml").write_text('[[rule]]\nname = "a"\nroute = "primary"\n[[rule]]\nname = "b"\n'
                                      'regex = "^insert"\nroute = "replicas"\n' + BASE)
    told = weir_command("check", "-c", str(folder / "weir.toml"))
    assert told.returncode == 0
    assert re.search(r'warning: \S+weir\.toml:4:1: rule "b" never matches: "a" comes first', told.stderr)
    assert re.search(r'warning: \S+weir\.toml:7:9: rule "b" tries to send writes to a replica', told.stderr)
