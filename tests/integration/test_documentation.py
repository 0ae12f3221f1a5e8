"""What README.md and docs/ show: commands run, configurations are taken, tables have the columns that are described."""
import re
import shlex
import subprocess
import tempfile

import pytest

from support.own_network import OwnNetwork
from support.places import ROOT, WEIR
from support.shown_commands import PAGES, blocks, commands, known, shown
from support.waiting import wait_until

SUITES = re.findall(r"^  (\w+) ", subprocess.run([ROOT / "tests" / "run", "--help"], capture_output=True, text=True,
                                                 check=True).stdout.split("suites:")[1], re.MULTILINE)
CLUSTER = '\n[cluster.main]\nnodes = ["host=127.0.0.1"]\n'
TRUST = '\n[auth]\nmethod = "trust"\n'
CONSOLE_PAGE = ROOT / "docs" / "console.md"


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="weir-docs-", dir="/tmp") as made:
        subprocess.run(["chmod", "755", made], check=True)
        yield made


@pytest.fixture
def network():
    made = OwnNetwork()
    yield made
    made.close()


def test_every_command_has_somebody_who_runs_it():
    assert sorted({c for page in PAGES for c in commands(page)}) == sorted(known())


@pytest.mark.parametrize("command, by", known().items(), ids=list(known()))
def test_a_command_is_run(command, by):
    if by == "dry":
        subprocess.run(["make", "-n", *shlex.split(command)[1:]], cwd=ROOT, check=True, capture_output=True)
    elif by.startswith("suite "):
        assert by.split()[1] in SUITES
    elif by == "by hand":
        subprocess.run(["bash", "-n", "-c", command], check=True)
        for word in command.split():
            if word.startswith(("tests/", "cmake/")):
                assert (ROOT / word).exists()
    else:
        assert by in ("tour", "cluster")  # the tests of these names, below


def configurations():
    for page in PAGES:
        for number, block in enumerate(blocks(page, "toml")):
            if "[[case]]" not in block:
                yield pytest.param(block, id=f"{page.name}-{number}")


@pytest.mark.parametrize("block", configurations())
def test_a_configuration_is_taken(folder, block):
    text = block if block.lstrip().startswith(("[", "#")) else "[cluster.main]\n" + block
    if "[cluster." not in text:
        text += CLUSTER
    if "[auth]" not in text:
        text += TRUST
    text = re.sub(r'"(/etc/|/run/|certs/)', f'"{folder}/', text)
    for group in set(re.findall(r'group:(\w+)"', text)):
        text += f'[[cluster.main.nodes]]\nconninfo = "host={group}"\ngroup = "{group}"\n' if "nodes = " not in text else ""
        if f'group = "{group}"' not in text:
            text = text.replace('nodes = ["host=127.0.0.1"]',
                                f'nodes = ["host=127.0.0.1", {{conninfo = "host={group}", group = "{group}"}}]')
    for name in re.findall(r'_file = "([^"/]+)"', text):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as made:
            made.write('"postgres" "secret"\n' if name == "users.txt" else "secret\n")
        subprocess.run(["chmod", "600", f"{folder}/{name}"], check=True)
    with open(f"{folder}/weir.toml", "w", encoding="utf-8") as made:
        made.write(text)
    checked = subprocess.run([WEIR, "check", "-c", f"{folder}/weir.toml"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def described_tables():
    parts = CONSOLE_PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.splitlines()[0]: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in parts}


def test_the_console_has_the_columns_that_are_described(weir):
    with weir.connect(dbname="weir", user="postgres") as console:
        tables = [command for command, _ in console.execute("SHOW HELP").fetchall() if command.startswith("SHOW ")]
        found = {table: [c.name for c in console.execute(table).description] for table in tables}
    assert found == described_tables()


def test_cluster(folder, network):
    """replication_setup/README.md from up to down."""
    here = {"WEIR_CLUSTER_DIR": f"{folder}/cluster"}
    page = ROOT / "replication_setup" / "README.md"
    try:
        for command in ("up", "status", "promote replica1", "rejoin primary", "status"):
            ran = network.run(shown(f"replication_setup/cluster {command}", page), here)
            assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "replica1" in ran.stdout and "primary" in ran.stdout
    finally:
        ran = network.run(shown("replication_setup/cluster down", page), here)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_tour(folder, network):
    """README.md's five minutes, and what the other pages ask of such a Weir, at the ports that they name."""
    def run(command, **more):
        ran = network.run(command.replace("/tmp/tour", f"{folder}/tour").replace("-c weir.toml", f"-c {folder}/weir.toml"),
                          {"PGPASSWORD": "app", "PGCONNECT_TIMEOUT": "10"}, **more)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def ask(statement):
        return run("PGPASSWORD=app psql -h 127.0.0.1 -p 6432 -U app app -At", stdin=statement).split()

    shown("PGPASSWORD=app psql -h 127.0.0.1 -p 6432 -U app app")
    run(shown("replication_setup/cluster up --dir /tmp/tour --port 15432 --replicas 2"))
    try:
        serve = next(c for c in commands(ROOT / "README.md") if "serve --node" in c)
        weir = network.start(serve, f"{folder}/weir.log")
        wait_until(lambda: "ready" in open(f"{folder}/weir.log", encoding="utf-8").read(), "Weir is ready")
        ask("create table t (id int primary key, word text); insert into t values (1, 'one')")
        told = ask("insert into t values (2, 'two'); select word from t where id = 2; show weir.node")
        assert told[-2] == "two" and told[-1].startswith("127.0.0.1:1543")
        told = run(shown("psql -h 127.0.0.1 -p 6432 -U app app -c 'explain route select now()'",
                         ROOT / "docs" / "getting-started.md"))
        assert "reason" in told and "candidate" in told
        assert "not_read_only" in run(shown("psql -h 127.0.0.1 -p 6432 -U app weir -c 'show routes'"))
        run(shown("replication_setup/cluster stop primary --dir /tmp/tour --crash"))
        shown("`promote replica1 --dir /tmp/tour`")
        run("replication_setup/cluster promote replica1 --dir /tmp/tour")
        assert ask("update t set word = 'three' where id = 2; select word from t where id = 2")[-1] == "three"
        weir.terminate()
        assert weir.wait(timeout=60) == 0
        serve_by_file(folder, network, run)
    finally:
        run(shown("replication_setup/cluster down --dir /tmp/tour"))


def serve_by_file(folder, network, run):
    """README.md's smallest weir.toml, with the tour's ports and passwords; the console's commands."""
    smallest = next(block for block in blocks(ROOT / "README.md", "toml") if "users.txt" in block)
    smallest = smallest.replace("port=5432", "port=15433").replace("port=5433", "port=15434").replace('"..."', '"weir"')
    with open(f"{folder}/weir.toml", "w", encoding="utf-8") as made:
        made.write(smallest)
    with open(f"{folder}/users.txt", "w", encoding="utf-8") as made:
        made.write('"app" "app"\n"postgres" "app"\n')
    subprocess.run(["chmod", "600", f"{folder}/users.txt"], check=True)
    assert "ok: 1 cluster with 2 nodes" in run(shown("build/release/proxy/weir check -c weir.toml --connect"))
    serve = shown("build/release/proxy/weir serve -c weir.toml").replace("weir.toml", f"{folder}/weir.toml")
    weir = network.start(serve, f"{folder}/served.log")
    wait_until(lambda: "ready" in open(f"{folder}/served.log", encoding="utf-8").read(), "Weir is ready")
    assert "15433" in run(shown("psql -h 127.0.0.1 -p 6432 -U postgres weir -c 'show nodes'",
                                ROOT / "docs" / "getting-started.md"))
    told = run(shown("psql -h 127.0.0.1 -p 6432 -U postgres weir", ROOT / "docs" / "operations.md"), stdin="show help;")
    assert "SHOW NODES" in told
    weir.terminate()
    assert weir.wait(timeout=60) == 0
