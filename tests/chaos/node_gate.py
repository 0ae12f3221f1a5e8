"""Gates between Weir and its nodes, in a process of their own: each passes everything on, nothing, or cuts it.

Program: `node_gate.py PORT TARGET [PORT TARGET ...]` listens on each PORT for the server at TARGET; a line on
standard input is a word (open, stall, cut) and a PORT, and is answered by `done`."""
import collections
import os
import selectors
import socket
import struct
import subprocess
import sys

RESET = struct.pack("ii", 1, 0)  # SO_LINGER that ends a connection by RST
MOST = 65536


class NodeGate:
    """One node's. Stalled, it takes and passes no byte; cut, connections are reset and new ones refused."""

    def __init__(self, selector, port, target):
        self.selector, self.port, self.target = selector, port, target
        self.state = "open"
        self._ends = {}  # socket -> (the other one, bytes that wait to be sent to this one)
        self._listen()

    def become(self, state):
        if self.state == "cut" and state != "cut":
            self._listen()
        self.state = state
        if state == "cut":
            self.selector.unregister(self._listener)
            self._listener.close()
            while self._ends:
                self._drop(next(iter(self._ends)))
            return
        self._watch(self._listener, selectors.EVENT_READ, self._accept)
        for one in self._ends:
            self._watch_end(one)

    def _listen(self):
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self._watch(self._listener, selectors.EVENT_READ, self._accept)

    def _watch(self, one, events, act):
        if self.state == "stall":
            events = 0
        known = one in self.selector.get_map()
        if known and events:
            self.selector.modify(one, events, act)
        elif known:
            self.selector.unregister(one)
        elif events:
            self.selector.register(one, events, act)

    def _watch_end(self, one):
        """It is read from while nothing waits for the other side."""
        other, waiting = self._ends[one]
        _, waiting_there = self._ends[other]
        events = (selectors.EVENT_READ if not waiting_there else 0) | (selectors.EVENT_WRITE if waiting else 0)
        self._watch(one, events, self._move)

    def _accept(self, listener, _):
        client, _ = listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.close()
            return
        for one, other in ((client, server), (server, client)):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends[one] = (other, collections.deque())
        self._watch_end(client)
        self._watch_end(server)

    def _move(self, one, events):
        if one not in self._ends:
            return
        other, waiting = self._ends[one]
        try:
            if events & selectors.EVENT_WRITE:
                self._send(one, waiting)
            if events & selectors.EVENT_READ:
                data = one.recv(MOST)
                if not data:
                    return self._drop(one)
                self._ends[other][1].append(data)
                self._send(other, self._ends[other][1])
        except OSError:
            return self._drop(one)
        self._watch_end(one)
        self._watch_end(other)

    @staticmethod
    def _send(to, waiting):
        while waiting:
            try:
                sent = to.send(waiting[0])
            except BlockingIOError:
                return
            if sent < len(waiting[0]):
                waiting[0] = waiting[0][sent:]
            else:
                waiting.popleft()

    def _drop(self, one):
        other, _ = self._ends[one]
        for each in (one, other):
            if each in self.selector.get_map():
                self.selector.unregister(each)
            if self.state == "cut":
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            del self._ends[each]
            each.close()


def serve(arguments):
    selector = selectors.DefaultSelector()
    ports = list(map(int, arguments))
    gates = {port: NodeGate(selector, port, target) for port, target in zip(ports[::2], ports[1::2])}
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    os.set_blocking(sys.stdin.fileno(), False)
    print("done", flush=True)
    while True:
        for key, events in selector.select():
            if key.fileobj is not sys.stdin:
                if key.fileobj.fileno() >= 0:  # not closed by another event of this round
                    key.data(key.fileobj, events)
                continue
            line = sys.stdin.readline()
            if not line:
                return
            state, port = line.split()
            gates[int(port)].become(state)
            print("done", flush=True)


class Gates:
    """Of a cluster: Weir is given the gates for the nodes (`nodes`, `conninfo`)."""

    def __init__(self, cluster, free_port):
        self.nodes = cluster.nodes
        self._ports = {name: free_port() for name in cluster.nodes}
        pairs = [str(port) for name in cluster.nodes for port in (self._ports[name], cluster.port(name))]
        self._process = subprocess.Popen([sys.executable, "-B", __file__, *pairs], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answered()

    def conninfo(self, node):
        return f"host=127.0.0.1 port={self._ports[node]}"

    def port(self, node):
        return self._ports[node]

    def set(self, node, state):
        self._process.stdin.write(f"{state} {self._ports[node]}\n")
        self._process.stdin.flush()
        self._answered()

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _answered(self):
        assert self._process.stdout.readline() == "done\n", "the gates have ended"


if __name__ == "__main__":
    serve(sys.argv[1:])
