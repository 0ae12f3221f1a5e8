"""PostgreSQL's own regression scripts, straight at a primary and through Weir: the same output.

$WEIR_PG_SOURCE is an unpacked source of PostgreSQL 15, readable to all; each script of its schedule runs by
psql on both sides, on servers of their own. regression_differences.tsv says which lines may differ, and why.
The C functions of the scripts need the headers of postgresql-server-dev-15, in $WEIR_PG_HEADERS or in their place.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from support.places import measured
from support.real_cluster import RealCluster

SOURCE = os.environ.get("WEIR_PG_SOURCE")
pytestmark = [pytest.mark.deadline(300),
              pytest.mark.skipif(not SOURCE, reason="WEIR_PG_SOURCE is not set: docs/testing.md")]
REGRESS = pathlib.Path(SOURCE or "/").absolute() / "src" / "test" / "regress"
DIFFERENCES = pathlib.Path(__file__).with_name("regression_differences.tsv")
HEADERS = os.environ.get("WEIR_PG_HEADERS", "/usr/include/postgresql/15/server")
DATABASE_SETTINGS = ("lc_messages = 'C'", "lc_monetary = 'C'", "lc_numeric = 'C'", "lc_time = 'C'",
                     "bytea_output = 'hex'", "timezone_abbreviations = 'Default'",
                     "compute_query_id = 'regress'")
WEIR_SETTINGS = {"auth": {"method": "trust"}, "pool": {"sequences": "keep"}, "routing": {"transactions": "split"}}


def scripts():
    """In the order of the schedule."""
    schedule = REGRESS / "parallel_schedule"
    lines = schedule.read_text(encoding="utf-8").splitlines() if SOURCE else ["test: none"]
    return [name for line in lines if line.startswith("test:") for name in line.split()[1:]]


def allowed_differences():
    """Script -> patterns of lines that may be on one side only."""
    found = {}
    for line in DIFFERENCES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            script, pattern, _reason = line.split("\t")
            found.setdefault(script, []).append(re.compile(pattern))
    return found


@pytest.fixture(scope="module")
def place():
    """regress.so and the folder for what scripts write, for the server's user."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-rg-", dir="/tmp"))
    for path in (folder, folder / "results"):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
    libraries = pathlib.Path(subprocess.check_output(["pg_config", "--pkglibdir"], text=True).strip())
    for name in ("autoinc.so", "refint.so"):
        shutil.copy(libraries / name, folder)
    subprocess.run(["cc", "-O1", "-fPIC", "-shared", f"-I{HEADERS}", REGRESS / "regress.c",
                    "-o", folder / "regress.so"], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def servers():
    """Two clusters with an empty database `regression`; everybody may enter."""
    made = [RealCluster(("--replicas", "0")), RealCluster()]
    try:
        for one in made:
            one.up()
            for node in one.nodes.values():
                rules = pathlib.Path(one.directory) / "nodes" / node["name"] / "pg_hba.conf"
                rules.write_text("host all all 127.0.0.1/32 trust\n" + rules.read_text())
                one.ask(node["name"], "select pg_reload_conf()")
            one.ask("primary", "create database regression template template0 encoding 'UTF8' "
                               "lc_collate 'C' lc_ctype 'C'")
            for setting in DATABASE_SETTINGS:
                one.ask("primary", f"alter database regression set {setting}")
        yield made
    finally:
        for one in made:
            one.down()


@pytest.fixture(scope="module")
def ports(servers, request):
    from conftest import _factory  # one for the file, and before the cluster that it makes itself
    factory = _factory(servers[1], request)
    weir = next(factory)(WEIR_SETTINGS).start().wait_for_nodes(3)
    yield servers[0].port(), weir.port
    next(factory, None)


def output(script, port, place):
    environment = dict(
        os.environ, PGHOST="127.0.0.1", PGPORT=str(port), PGUSER="postgres", PGDATABASE="regression",
        PGTZ="PST8PDT", PGDATESTYLE="Postgres, MDY", PGOPTIONS="-c intervalstyle=postgres_verbose",
        LC_ALL="C", PG_ABS_SRCDIR=str(REGRESS), PG_ABS_BUILDDIR=str(place), PG_LIBDIR=str(place),
        PG_DLSUFFIX=".so")
    with open(REGRESS / "sql" / f"{script}.sql", "rb") as text:
        done = subprocess.run(["psql", "-X", "-a", "-q"], stdin=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment, check=False, timeout=280)
    return done.stdout.decode("utf-8", "replace").splitlines()


@pytest.mark.parametrize("script", scripts())
def test_a_script_says_the_same(script, ports, place):
    direct, weir = (output(script, port, place) for port in ports)
    allowed = allowed_differences().get(script, [])
    lines = list(difflib.unified_diff(direct, weir, "direct", "weir", lineterm=""))
    unknown = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")
               and not any(pattern.fullmatch(line[1:]) for pattern in allowed)]
    if lines and not unknown:
        measured(f"measured: {script} differs as regression_differences.tsv says")
    assert not unknown, "\n".join(lines)
