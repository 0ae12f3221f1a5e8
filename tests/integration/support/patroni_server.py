"""A server that answers GET /cluster as Patroni does, of a cluster that has none."""
import http.server
import json
import threading


class PatroniServer:
    """Members are the nodes of `cluster` that are in `listed`; `leader` is a name, or None. What is wrong
    with it is said by the test: `status` other than 200."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.listed = list(cluster.nodes)
        self.leader = "primary"
        self.status = 200
        self.asked = 0
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                owner.asked += 1
                body = json.dumps(owner.answer()).encode() if self.path == "/cluster" else b"{}"
                self.send_response(owner.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def answer(self):
        return {"members": [self._member(name) for name in self.listed], "scope": "weir-test"}

    def _member(self, name):
        leads = name == self.leader
        member = {"name": name, "role": "leader" if leads else "replica", "state": "running",
                  "api_url": f"{self.url}/patroni", "host": "127.0.0.1", "port": self.cluster.port(name),
                  "timeline": 1}
        return member if leads else {**member, "lag": "unknown"}

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
