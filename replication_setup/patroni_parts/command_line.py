"""The command line of `patroni`: arguments in, sentences and an exit status out."""
import argparse
import json
import os
import shutil
import signal
import sys
import urllib.error
import urllib.request

from pgcluster import binaries, building, ports
from pgcluster.errors import ClusterError, Interrupted, UsageError
from pgcluster.server_owner import ServerOwner
from pgcluster.waiting import wait_until

from . import layout as layouts
from . import programs
from .layout import HOST, SCOPE, STATE_FILE, Layout, Node

COUNT = 3
UP_SECONDS = 120
DEFAULT_DIRECTORY = "/var/lib/weir-patroni" if os.geteuid() == 0 else os.path.expanduser("~/.weir-patroni")


class Parser(argparse.ArgumentParser):
    """Wrong use is one sentence, as every other error."""

    def error(self, message):
        raise UsageError(f"{message} (see '{self.prog} --help')")


def main(arguments):
    """Exit status: 0 done, 1 it could not be done, 2 wrong use, 128 + N ended by signal N."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, building.end_on)
    try:
        wanted = _parser().parse_args(arguments)
        wanted.dir = os.path.realpath(wanted.dir)
        said = COMMANDS[wanted.command](wanted)
        if said:
            print(said)
        return 0
    except ClusterError as error:
        print(f"patroni: {error}", file=sys.stderr)
        return error.status
    except OSError as error:
        print(f"patroni: {error}", file=sys.stderr)
        return 1
    except Interrupted as signalled:
        print("patroni: interrupted", file=sys.stderr)
        return 128 + signalled.args[0]


def up(wanted):
    programs.check()
    found, owner = binaries.find(wanted.pgbin), ServerOwner.choose()
    if os.path.exists(os.path.join(wanted.dir, STATE_FILE)):
        raise ClusterError(f"{wanted.dir} holds one already: use it, or remove it with 'patroni down'")
    if os.path.isdir(wanted.dir) and os.listdir(wanted.dir):
        raise ClusterError(f"{wanted.dir} exists and is not empty: choose another --dir")
    numbers = ports.free(COUNT * 4)
    nodes = [Node(f"pg{i + 1}", *numbers[4 * i:4 * i + 4]) for i in range(COUNT)]
    layout = Layout(directory=wanted.dir, bin_dir=found.directory, run_as=owner.name, nodes=nodes,
                    synchronous=not wanted.asynchronous, fast=wanted.fast, ttl=wanted.ttl,
                    loop_wait=wanted.loop_wait, retry_timeout=wanted.retry_timeout)
    try:
        _make_directories(layout)
        owner.must_reach(layout.directory)
        layout.save()
        layout.write_files()
        _start_all(layout)
    except BaseException:
        _show_logs(layout)
        _remove(layout)
        raise
    return _environment(layout) if wanted.env else _welcome(layout)


def _make_directories(layout):
    os.makedirs(layout.directory, exist_ok=True)
    os.chmod(layout.directory, 0o755)
    os.mkdir(os.path.join(layout.directory, "log"), 0o755)
    owned = [os.path.join(layout.directory, name) for name in ("nodes", "etcd", "run")]
    owned += [each(node) for node in layout.nodes for each in (layout.of_node, layout.of_etcd)]
    for path in owned:
        os.mkdir(path, 0o755)
        os.chown(path, layout.owner.uid, layout.owner.gid)


def _start_all(layout):
    print("starting etcd and Patroni on three nodes", file=sys.stderr)
    for node in layout.nodes:
        programs.start_etcd(layout, node)
    for node in layout.nodes:
        programs.start_patroni(layout, node)
    _wait_for(layout, COUNT)


def _wait_for(layout, count):
    """Until there is a leader, and so many members run."""
    def healthy():
        members = _members(layout)
        running = [each for each in members if each["state"] in ("running", "streaming")]
        return len(running) == count and any(each["role"] == "leader" for each in running)

    wait_until(healthy, UP_SECONDS, f"Patroni has no leader and {count} running members after {UP_SECONDS} s: see "
                                    f"{layout.directory}/log")


def _members(layout):
    for endpoint in layout.endpoints:
        try:
            with urllib.request.urlopen(f"{endpoint}/cluster", timeout=2) as answer:
                return json.load(answer).get("members", [])
        except (OSError, urllib.error.URLError, json.JSONDecodeError):
            continue
    return []


def _leader(layout):
    leader = next((each["name"] for each in _members(layout) if each["role"] == "leader"), None)
    if leader is None:
        raise ClusterError("there is no leader now: try again when 'patroni status' has one")
    return leader


def status(wanted):
    return programs.patronictl(layouts.load(wanted.dir), "list", SCOPE).rstrip()


def switchover(wanted):
    """Returns when the other one leads."""
    layout = layouts.load(wanted.dir)
    old = _leader(layout)
    others = [each["name"] for each in _members(layout) if each["role"] == "sync_standby"]
    others += [node.name for node in layout.nodes if node.name != old]
    candidate = wanted.node or others[0]
    layout.node(candidate)
    programs.switch_over(layout, old, candidate)
    wait_until(lambda: any(each["name"] == candidate and each["role"] == "leader" for each in _members(layout)),
               UP_SECONDS, f"{candidate} does not lead")
    return f"{candidate} leads, after {old}"


def stop(wanted):
    layout = layouts.load(wanted.dir)
    where = layout.of_node(layout.node(wanted.node))
    if not programs.runs(where):
        return f"{wanted.node} does not run"
    (programs.kill if wanted.crash else programs.stop)(where)
    return f"{wanted.node} is {'killed' if wanted.crash else 'stopped'}"


def start(wanted):
    layout = layouts.load(wanted.dir)
    node = layout.node(wanted.node)
    if programs.runs(layout.of_node(node)):
        return f"{wanted.node} runs"
    programs.start_patroni(layout, node)
    wait_until(lambda: any(each["name"] == node.name and each["state"] in ("running", "streaming")
                           for each in _members(layout)), UP_SECONDS, f"{node.name} does not run: see its log")
    return f"{wanted.node} runs"


def environment(wanted):
    return _environment(layouts.load(wanted.dir))


def down(wanted):
    if not os.path.exists(os.path.join(wanted.dir, STATE_FILE)):
        return f"there is nothing in {wanted.dir}"
    _remove(layouts.load(wanted.dir))
    return f"{wanted.dir} is removed"


def _remove(layout):
    for part in ("nodes", "etcd"):
        programs.kill(os.path.join(layout.directory, part))
    shutil.rmtree(layout.directory, ignore_errors=True)


def _show_logs(layout):
    for node in layout.nodes:
        try:
            with open(layout.log("patroni", node), encoding="utf-8", errors="replace") as file:
                lines = file.readlines()[-5:]
        except OSError:
            continue
        print(f"--- {node.name}\n{''.join(lines)}", file=sys.stderr, end="")


def _environment(layout):
    lines = [f"WEIR_PATRONI_DIR={layout.directory}", f"WEIR_PATRONI_ENDPOINTS={','.join(layout.endpoints)}",
             f"WEIR_PATRONI_SOCKETS={layout.directory}/run"]
    for number, node in enumerate(layout.nodes, 1):
        lines += [f"WEIR_PATRONI_PORT{number}={node.port}", f"WEIR_PATRONI_NAME{number}={node.name}"]
    return "\n".join(lines)


def _welcome(layout):
    rows = [f"  {node.name}  PostgreSQL {HOST}:{node.port}  Patroni http://{HOST}:{node.rest_port}  "
            f"etcd {HOST}:{node.etcd_client}" for node in layout.nodes]
    own = f" --dir {layout.directory}" if layout.directory != DEFAULT_DIRECTORY else ""
    return "\n".join([
        "three nodes under Patroni run:", *rows, "",
        f"  Weir before them:  build/release/proxy/weir serve -c {layout.directory}/weir.toml",
        f"  what Patroni says: replication_setup/patroni status{own}",
        f"  another leader:    replication_setup/patroni switchover{own}",
        f"  the end:           replication_setup/patroni down{own}"])


COMMANDS = {"up": up, "status": status, "switchover": switchover, "stop": stop, "start": start,
            "env": environment, "down": down}


def _parser():
    with_dir = argparse.ArgumentParser(add_help=False)
    with_dir.add_argument("--dir", default=os.environ.get("WEIR_PATRONI_DIR", DEFAULT_DIRECTORY), metavar="D",
                          help=f"where everything is kept (default: $WEIR_PATRONI_DIR, else {DEFAULT_DIRECTORY})")
    parser = Parser(prog="patroni", description="Three PostgreSQL nodes under Patroni, with etcd, on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def add(name, text):
        return commands.add_parser(name, parents=[with_dir], help=text)

    making = add("up", "make and start it")
    making.add_argument("--env", action="store_true", help="print shell variables for eval")
    making.add_argument("--pgbin", metavar="DIR", help="PostgreSQL's programs")
    making.add_argument("--asynchronous", action="store_true", help="synchronous_mode: false: a failover may lose commits")
    making.add_argument("--fast", action="store_true", help="fsync = off: for tests only")
    making.add_argument("--ttl", type=int, default=30, help="seconds after which a dead leader is replaced")
    making.add_argument("--loop-wait", type=int, default=10, help="seconds between Patroni's looks")
    making.add_argument("--retry-timeout", type=int, default=10, help="seconds that etcd may be away")
    add("status", "what Patroni says (patronictl list)")
    add("env", "shell variables, as 'up --env' prints")
    add("switchover", "let another node lead").add_argument("node", nargs="?", metavar="NODE")
    stopping = add("stop", "stop a node")
    stopping.add_argument("node", metavar="NODE")
    stopping.add_argument("--crash", action="store_true", help="kill Patroni and its server at once")
    add("start", "start a node that was stopped").add_argument("node", metavar="NODE")
    add("down", "end everything, remove all files")
    return parser
