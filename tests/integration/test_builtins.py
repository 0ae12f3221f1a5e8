"""The tables of built-in names against running servers: a function that is not IMMUTABLE and in no table
fails here, and so does one whose table says what the server does not."""
import importlib.util
import os
import pathlib

import pytest

from support.cluster_command import ClusterCommand
from support.places import ROOT

SCRIPT = ROOT / "proxy" / "query" / "generate_builtins.py"


@pytest.fixture(name="builtins")
def _builtins():
    """The generator as a module of its own, so that a test may take rows from its tables."""
    spec = importlib.util.spec_from_file_location("generate_builtins", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="server_15")
def _server_15(cluster):
    return ["-h", cluster.socket_dir, "-p", str(cluster.port()), "-U", "postgres", "postgres"]


def without(builtins, monkeypatch, folder, table, name):
    """The table of that attribute, its row of that name taken out."""
    path = getattr(builtins, table)
    kept = [row for row in path.read_text().splitlines(True) if name not in row.rstrip("\n").split("\t")]
    changed = pathlib.Path(folder) / path.name
    changed.write_text("".join(kept))
    monkeypatch.setattr(builtins, table, changed)


def test_the_tables_say_what_postgresql_15_has(builtins, server_15):
    assert builtins.faults_in_tables() + builtins.faults_for(server_15) == []
    judged = {row[0] for row in builtins.rows(builtins.JUDGED)}
    assert builtins.NAMES.read_text() == builtins.made_names(server_15, judged)


@pytest.mark.parametrize("table, name, fault", [
    ("JUDGED", "pg_sleep", "not judged: pg_sleep"),
    ("JUDGED", "nextval", "not judged: nextval"),
    ("NAMES", "initcap", "function not known: initcap"),
    ("NAMES", "tsquery", "type not known: tsquery"),
])
def test_a_name_that_is_in_no_table_is_a_fault(builtins, server_15, monkeypatch, folder, table, name,
                                               fault):
    without(builtins, monkeypatch, folder, table, name)
    assert fault in builtins.faults_for(server_15)


@pytest.fixture(name="server", params=[13, 14, 16, 17, 18])
def _server(request, folder, monkeypatch):
    """Of another version, alone; the reduced counts have 18 only."""
    binaries = os.environ.get(f"WEIR_PG{request.param}_BIN")
    if not binaries:
        pytest.skip(os.environ.get(f"WEIR_PG{request.param}_MISSING", f"WEIR_PG{request.param}_BIN is not set"))
    made = ClusterCommand(folder / f"of_{request.param}")
    made("up", "--fast", "--replicas", "0", "--pgbin", binaries)
    monkeypatch.setenv("PGPASSWORD", "postgres")
    yield ["-h", "127.0.0.1", "-p", str(made.nodes()["primary"]["port"]), "-U", "postgres", "postgres"]
    made("down")


def test_the_tables_know_all_that_another_version_has(builtins, server):
    assert builtins.faults_for(server) == []


def test_a_function_that_only_another_version_has_is_in_a_table(builtins, server, folder, monkeypatch):
    """Each has one of these that is not IMMUTABLE."""
    functions = builtins.ask(server, builtins.ALL_FUNCTIONS)
    name = next(n for n in ("pg_stop_backup", "pg_stat_get_io", "pg_stat_get_checkpointer_write_time", "uuidv7")
                if n in functions)
    without(builtins, monkeypatch, folder, "OTHER", name)
    assert f"not judged: {name}" in builtins.faults_for(server)
