"""What the commands print: for people, for shells and for programs."""
import json
import shlex

from .ports import HOST

COLUMNS = (("NODE", "name"), ("STATE", "state"), ("ROLE", "role"), ("TIMELINE", "timeline"),
           ("PORT", "port"), ("POSITION", "position"), ("LAG BYTES", "lag_bytes"),
           ("LAG MS", "lag_ms"), ("NOTE", "note"))


def welcome(cluster, default_directory):
    """The addresses, the roles, and the lines for a Weir configuration."""
    lines = [f"PostgreSQL {cluster.version} from {cluster.bin_dir}, run by user "
             f"'{cluster.run_as}' in {cluster.directory}", ""]
    for node in cluster.nodes:
        lines.append(f"  {node.name:<10} {HOST}:{node.port}")
    lines += [
        "",
        f"Roles: postgres (superuser), password {cluster.password}",
        f"       weir (for Weir's probes: pg_monitor, REPLICATION), password "
        f"{cluster.probe_password}",
        "       app (owns the database app), password app"]
    if cluster.shop:
        lines.append("       shop (the application of the database shop), password shop")
    lines += ["", "For the configuration of Weir, under [cluster.main]:",
              "  " + nodes_line(cluster), '  probe_user = "weir"',
              f"  probe_password = {json.dumps(cluster.probe_password)}"]
    where = "" if cluster.directory == default_directory else \
        f" --dir {shlex.quote(cluster.directory)}"
    lines += ["", f"End it with: replication_setup/cluster down{where}"]
    return "\n".join(lines)


def nodes_line(cluster):
    """The `nodes` key of [cluster.main] in TOML."""
    listed = ", ".join(f'"host={HOST} port={node.port}"' for node in cluster.nodes)
    return f"nodes = [{listed}]"


def environment(cluster):
    """Lines for eval in a shell."""
    values = {
        "WEIR_CLUSTER_DIR": cluster.directory,
        "PGHOST": HOST,
        "PGPORT": cluster.nodes[0].port,
        "PGUSER": "postgres",
        "PGPASSWORD": cluster.password,
        "PGBIN": cluster.bin_dir,
        "SOCKET_DIR": cluster.socket_dir,
        "PROBE_USER": "weir",
        "PROBE_PASSWORD": cluster.probe_password,
    }
    for node in cluster.nodes:
        values[f"{node.name.upper()}_PORT"] = node.port
        values[f"{node.name.upper()}_PGDATA"] = cluster.data_dir(node)
    values["WEIR_NODES"] = " ".join(f"postgresql://{HOST}:{node.port}" for node in cluster.nodes)
    return "\n".join(f"export {name}={shlex.quote(str(value))}" for name, value in values.items())


def status_json(cluster, nodes):
    return json.dumps({"directory": cluster.directory, "bin_dir": cluster.bin_dir,
                       "version": cluster.version, "socket_dir": cluster.socket_dir,
                       "run_as": cluster.run_as, "complete": cluster.complete,
                       "sync": cluster.sync, "nodes": nodes}, indent=2)


def status_table(nodes):
    rows = [[title for title, _ in COLUMNS]]
    for node in nodes:
        shown = {**node, "position": node["lsn"] or node["replayed_lsn"], "note": _note(node)}
        rows.append(["-" if shown[key] is None else str(shown[key]) for _, key in COLUMNS])
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)


def _note(node):
    words = []
    if node["role"] == "replica":
        words.append(f"{'follows' if node['streaming'] else 'cannot reach'} {node['upstream']}")
    if node["paused"]:
        words.append("replay paused")
    if node["delay_ms"]:
        words.append(f"replay delayed by {node['delay_ms']} ms")
    return ", ".join(words)
