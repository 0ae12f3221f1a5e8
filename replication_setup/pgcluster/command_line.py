"""The command line of `cluster`: arguments in, sentences and an exit status out."""
import argparse
import os
import re
import signal
import sys

from . import building, cluster_state, observation, operations, replication, report, shop
from .errors import ClusterError, Interrupted, UsageError
from .sql_session import SqlError

SETTING = re.compile(r"[A-Za-z_][\w.]*$")


class Parser(argparse.ArgumentParser):
    """Wrong use is one sentence, as every other error."""

    def error(self, message):
        raise UsageError(f"{message} (see '{self.prog} --help')")


def main(arguments):
    """Exit status: 0 done, 1 it could not be done, 2 wrong use, 128 + N ended by signal N."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup and `&` in scripts set it
            signal.signal(number, building.end_on)
    try:
        wanted = _parser().parse_args(arguments)
        wanted.dir = os.path.realpath(getattr(wanted, "dir", cluster_state.default_directory()))
        _execute(wanted)
        return 0
    except ClusterError as error:
        print(f"cluster: {error}", file=sys.stderr)
        return error.status
    except (SqlError, OSError) as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1
    except Interrupted as signalled:
        print("cluster: interrupted", file=sys.stderr)
        return 128 + signalled.args[0]


def _execute(wanted):
    if wanted.command == "up":
        cluster = building.up(wanted)
        print(report.environment(cluster) if wanted.env else
              report.welcome(cluster, os.path.realpath(cluster_state.default_directory())))
        return
    cluster_state.become_the_owner_of(wanted.dir)
    if wanted.command == "down":
        done = building.down(wanted.dir)
        print(f"{wanted.dir} is removed" if done else f"there is no cluster in {wanted.dir}")
    elif wanted.command == "env":
        print(report.environment(cluster_state.load(wanted.dir)))
    elif wanted.command == "status":
        cluster = cluster_state.load(wanted.dir)
        nodes = observation.observe(cluster)
        print(report.status_json(cluster, nodes) if wanted.json else report.status_table(nodes))
    elif wanted.command == "add":
        with cluster_state.locked(wanted.dir):
            node = building.add(cluster_state.load(wanted.dir))
        print(f"{node.name} follows {node.upstream} on port {node.port}")
    else:
        with cluster_state.locked(wanted.dir):
            cluster = cluster_state.load(wanted.dir)
            for sentence in _change(cluster, cluster.node(wanted.node), wanted):
                print(sentence)


def _change(cluster, node, wanted):
    if wanted.command == "stop":
        return [operations.stop(cluster, node, wanted.crash)]
    if wanted.command == "start":
        return [operations.start(cluster, node)]
    if wanted.command == "promote":
        others = replication.promote(cluster, node, wanted.stop_old, wanted.alone)
        return [f"{node.name} is a primary", *others]
    if wanted.command == "rejoin":
        means = replication.rejoin(cluster, node)
        return [f"{node.name} follows {node.upstream}, brought back {means}"]
    if wanted.command == "lag":
        return [operations.lag(cluster, node, wanted.milliseconds)]
    return [{"pause": operations.pause, "resume": operations.resume}[wanted.command](cluster, node)]


def _parser():
    with_dir = argparse.ArgumentParser(add_help=False)
    with_dir.add_argument("--dir", default=argparse.SUPPRESS, metavar="D",
                          help="the cluster's directory (default: $WEIR_CLUSTER_DIR, else one "
                               f"place per user, here {cluster_state.default_directory()})")
    parser = Parser(prog="cluster", parents=[with_dir],
                    description="A PostgreSQL primary and streaming replicas on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                     parser_class=Parser)
    _add_up(commands.add_parser("up", parents=[with_dir], help="make and start a cluster"))
    _add_node_commands(commands, with_dir)
    commands.add_parser("add", parents=[with_dir], help="make one more replica")
    status = commands.add_parser("status", parents=[with_dir], help="what each server says")
    status.add_argument("--json", action="store_true")
    commands.add_parser("env", parents=[with_dir], help="shell variables, as 'up --env' prints")
    commands.add_parser("down", parents=[with_dir], help="end all servers, remove all files")
    return parser


def _add_up(up):
    up.add_argument("--port", type=int, metavar="P",
                    help="the primary's port; replicas take the next ones (default: free ports)")
    up.add_argument("--replicas", type=_count, default=2, metavar="N")
    up.add_argument("--pgbin", metavar="DIR", help="PostgreSQL's programs (default: $PGBIN, "
                                                   "else the newest under /usr/lib/postgresql)")
    up.add_argument("--sync", action="store_true",
                    help="commits wait for one replica (synchronous_standby_names 'ANY 1 (*)')")
    up.add_argument("--load-shop", nargs="?", const="all", default="", choices=shop.PARTS, metavar="PART",
                    help="run sql/*.sql in a database shop: all, or those of 'users' or 'inventory'")
    up.add_argument("--env", action="store_true", help="print shell variables for eval")
    up.add_argument("--fast", action="store_true",
                    help="fsync=off: for tests only, a crash of the machine loses the data")
    up.add_argument("--password", default="postgres", help="of the superuser postgres")
    up.add_argument("--probe-password", default="weir", help="of the role weir")
    up.add_argument("--set", action="append", default=[], type=_setting, metavar="NAME=VALUE",
                    help="a line of postgresql.conf on every node; may be repeated")
    up.add_argument("--hba", action="append", default=[], type=_hba, metavar="LINE",
                    help="a line put first into pg_hba.conf of every node; may be repeated")


def _add_node_commands(commands, with_dir):
    def add(name, text):
        command = commands.add_parser(name, parents=[with_dir], help=text)
        command.add_argument("node", metavar="NODE", help="primary, replica1, ... or 0, 1, ...")
        return command

    add("stop", "stop a server").add_argument(
        "--crash", action="store_true", help="kill all its processes at once")
    add("start", "start a stopped server as what it was")
    promote = add("promote", "make a replica a primary, which the other replicas follow")
    promote.add_argument("--stop-old", action="store_true",
                         help="stop the old primary first, so that no commit is lost")
    promote.add_argument("--alone", action="store_true",
                         help="the other replicas go on following the old primary")
    add("rejoin", "make a node a replica of the current primary")
    add("lag", "delay a replica's replay; 0 ends it").add_argument(
        "milliseconds", metavar="MS", type=int)
    add("pause", "pause a replica's replay")
    add("resume", "resume it")


def _count(text):
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of replicas: give 0 or more")
    if int(text) > 15:
        raise argparse.ArgumentTypeError("15 replicas are the most")
    return int(text)


def _setting(text):
    name, equals, value = text.partition("=")
    if not equals or not SETTING.match(name) or "\n" in value:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=VALUE")
    return [name, value]


def _hba(text):
    if "\n" in text:
        raise argparse.ArgumentTypeError("give one line at a time")
    return text
