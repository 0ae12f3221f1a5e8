"""What the command line says of a configuration, and with which exit status."""
import re
import socket
import subprocess

import pytest

from support.places import WEIR, free_port

GOOD = """
[server]
listen = ["127.0.0.1:{port}"]

[auth]
method = "trust"

[cluster.main]
nodes = ["host=127.0.0.1 port=1"]

[database."*"]
cluster = "main"
"""


def weir(*arguments, seconds=20, **more):
    return subprocess.run([str(WEIR), *arguments], capture_output=True, text=True, timeout=seconds,
                          check=False, stdin=subprocess.DEVNULL, **more)


@pytest.fixture(autouse=True)
def built():
    if not WEIR.exists():
        pytest.fail(f"{WEIR} is not there: make build", pytrace=False)


@pytest.fixture
def check(folder):
    """check(text) -> (exit status, what was said), with the file name told as weir.toml."""
    def run(text):
        file = folder / "weir.toml"
        file.write_text(text)
        done = weir("check", "-c", str(file))
        return done.returncode, (done.stdout + done.stderr).replace(str(folder) + "/", "")

    return run


def test_a_good_file(check):
    status, said = check(GOOD.format(port=6432))
    assert status == 0, said


MISTAKES = {
    # text to add: (line of the added text, what must be said)
    "unknown key, the nearest named": ("[pool]\nsise = 5\n", 2, "size"),
    "unknown section, the nearest named": ("[rooting]\nconsistency = 'session'\n", 1, "routing"),
    "wrong type": ("[pool]\nsize = 'many'\n", 2, "size"),
    "out of range": ("[pool]\nsize = -3\n", 2, "size"),
    "not one of the words": ("[routing]\nconsistency = 'sometimes'\n", 2, "eventual"),
    "unknown cluster": ("[database.other]\ncluster = 'nowhere'\n", 2, "nowhere"),
    "unsupported libpq keyword": ("[cluster.two]\nnodes = ['host=a port=1 colour=red']\n", 2, "colour"),
    "several hosts for one node": ("[cluster.two]\nnodes = ['host=a,b port=1']\n", 2, "host"),
    "no TOML": ("[pool\n", 1, ""),
    "a key twice": ("[pool]\nsize = 1\nsize = 2\n", 3, "size"),
    "a rule that would send writes away": ("[[rule]]\nname = 'x'\nroute = 'sideways'\n", 3, "sideways"),
    "no such variable": ("[pool]\nsize = '${WEIR_TEST_IS_NOT_SET}'\n", 2, "WEIR_TEST_IS_NOT_SET"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(check, name):
    text, line, word = MISTAKES[name]
    good = GOOD.format(port=6432)
    status, said = check(good + text)
    assert status == 1
    where = good.count("\n") + line
    assert re.search(rf"weir\.toml:{where}:\d+: ", said), f"line {where} is not named in: {said}"
    assert word in said


def test_all_mistakes_are_told_at_once(check):
    status, said = check(GOOD.format(port=6432) + "[pool]\nsise = 5\nmood = 'session'\n")
    assert status == 1
    assert "sise" in said and "mood" in said


def test_a_users_file_that_is_not_there(check, folder):
    text = GOOD.format(port=6432).replace(
        'method = "trust"', f'method = "scram-sha-256"\nusers_file = "{folder}/none.txt"')
    status, said = check(text)
    assert status == 1
    assert "none.txt" in said


def test_a_users_file_with_a_broken_line(check, folder):
    (folder / "users.txt").write_text('"app" "app"\nthis is no entry\n')
    text = GOOD.format(port=6432).replace(
        'method = "trust"', 'method = "scram-sha-256"\nusers_file = "users.txt"')
    status, said = check(text)
    assert status == 1
    assert "users.txt:2" in said


def test_a_file_that_is_not_there():
    done = weir("check", "-c", "/nowhere/weir.toml")
    assert done.returncode == 1
    assert "/nowhere/weir.toml" in done.stderr + done.stdout


def test_serve_refuses_a_bad_file(folder):
    file = folder / "weir.toml"
    file.write_text("[pool]\nsise = 5\n")
    done = weir("serve", "-c", str(file))
    assert done.returncode == 3
    assert "weir.toml:2" in done.stderr


def test_serve_says_which_port_is_taken(folder):
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        file = folder / "weir.toml"
        file.write_text(GOOD.format(port=port))
        done = weir("serve", "-c", str(file))
    assert done.returncode == 3
    assert str(port) in done.stderr


@pytest.mark.parametrize("arguments", [(), ("dance",), ("serve", "--no-such-option"), ("check",)])
def test_wrong_use(arguments):
    done = weir(*arguments)
    assert done.returncode == 2
    assert done.stderr or done.stdout


def test_version():
    done = weir("--version")
    assert done.returncode == 0
    assert re.search(r"\d+\.\d+\.\d+", done.stdout)


def test_help_names_the_commands():
    done = weir("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout and "check" in done.stdout


def test_serve_without_a_file(cluster, tmp_path):
    """weir serve --node URI ...: nothing else is needed."""
    arguments = [part for node in cluster.nodes
                 for part in ("--node", f"postgresql://127.0.0.1:{cluster.port(node)}")]
    process = subprocess.Popen([str(WEIR), "serve", *arguments], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, cwd=tmp_path)
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "ready" in line or "in use" in line:
                break
        # The default port may be taken on this machine; then that is what must be said.
        assert "ready" in said or "6432" in said
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()
