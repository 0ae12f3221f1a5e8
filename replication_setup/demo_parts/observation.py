"""What the nodes themselves count, and what Weir says of them."""
import dataclasses
import re
import sys
import urllib.request

from pgcluster.sql_session import SqlError, SqlSession

# Only what the shop asked, as each node counted it: Weir has no part in these numbers.
COUNTS = r"""
    select coalesce(sum(calls) filter (where not is_write), 0),
           coalesce(sum(calls) filter (where is_write), 0)
    from (select calls, query ~* '\m(insert|update|delete|merge)\M' as is_write
          from pg_stat_statements
          where userid = (select oid from pg_roles where rolname = 'shop')
            and query ~* '^\s*(select|with|insert|update|delete|merge)\M') counted"""


@dataclasses.dataclass
class Counts:
    """Statements that have ended on one node since it was made."""

    reads: int = 0
    writes: int = 0

    def since(self, earlier):
        return Counts(self.reads - earlier.reads, self.writes - earlier.writes)


class Observer:
    """Asks each node over its socket, and Weir over HTTP."""

    def __init__(self, stack):
        self.stack = stack
        self.sessions = {}

    def counts(self):
        """{node name: Counts}; a node that does not answer is left out."""
        found = {}
        for node in self.stack.nodes:
            try:
                reads, writes = self._session(node).row(COUNTS)
                found[node["name"]] = Counts(int(reads), int(writes))
            except (OSError, SqlError):
                self.sessions.pop(node["name"], None)
        return found

    def weirs_view(self):
        """{node name: (role, lag in bytes, lag in seconds)}; what Weir does not say is None."""
        series = self._metrics()
        view = {}
        for node in self.stack.nodes:
            named = [labels for labels in series if f"{node['port']}" in labels.get("node", "")]
            role = next((labels["role"] for labels in named
                         if labels["__name__"] == "weir_node_role" and labels["__value__"] == 1.0), None)
            view[node["name"]] = (role, self._value(named, "weir_node_lag_bytes"),
                                  self._value(named, "weir_node_lag_seconds"))
        return view

    def total(self, name):
        """Of a metric of Weir, over all its labels."""
        return sum(labels["__value__"] for labels in self._metrics() if labels["__name__"] == name)

    def close(self):
        for session in self.sessions.values():
            session.close()

    def _session(self, node):
        if node["name"] not in self.sessions:
            self.sessions[node["name"]] = SqlSession(self.stack.socket_dir, node["port"])
        return self.sessions[node["name"]]

    def _metrics(self):
        url = f"http://127.0.0.1:{self.stack.http_port}/metrics"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                text = answer.read().decode()
        except OSError as error:
            print(f"demo: {url}: {error}", file=sys.stderr)
            return []
        found = []
        for name, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
            found.append({**dict(re.findall(r'(\w+)="([^"]*)"', labels)),
                          "__name__": name, "__value__": float(value)})
        return found

    @staticmethod
    def _value(named, name):
        return next((labels["__value__"] for labels in named if labels["__name__"] == name), None)
