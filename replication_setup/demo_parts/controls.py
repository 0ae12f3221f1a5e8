"""How actions come in while the demo runs: keys of the terminal, and a socket for `replication_setup/demo ACTION`."""
import os
import pathlib
import queue
import select
import socket
import sys
import tempfile
import termios
import threading
import tty

from .actions import KEYS, WORDS

ANSWER_SECONDS = 120


def socket_path():
    return pathlib.Path(tempfile.gettempdir()) / f"weir-demo-{os.geteuid()}.control"


def send(action):
    """The status of `replication_setup/demo ACTION`; prints what the running demo answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(str(socket_path()))
        except OSError:
            print("demo: no demo runs: begin one with 'make demo'", file=sys.stderr)
            return 1
        line.sendall(action.encode() + b"\n")
        with line.makefile(encoding="utf-8") as answer:
            print(answer.readline().strip())
    return 0


class Controls:
    """A thread that does one action after the other; `said` is the last sentence. Use it in a `with` statement."""

    def __init__(self, actions):
        self.actions, self.said = actions, ""
        self.asked = queue.Queue()
        self.ended = threading.Event()
        self.terminal = None
        self.path = socket_path()
        self.listener = None

    def __enter__(self):
        threading.Thread(target=self._do_all, daemon=True).start()
        self._listen()
        if sys.stdin.isatty():
            self.terminal = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
            threading.Thread(target=self._read_keys, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        if self.terminal:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.terminal)
        if self.listener:
            self.listener.close()
            self.path.unlink(missing_ok=True)

    def help(self):
        keys = ", ".join(f"{key}: {WORDS[action]}" for key, action in KEYS.items())
        return f"{keys}\n  or from another terminal: replication_setup/demo {'|'.join(WORDS)}"

    def _do_all(self):
        while not self.ended.is_set():
            action, answer = self.asked.get()
            self.said = f"{action} ..."
            self.said = self.actions.do(action)
            if answer:
                answer(self.said)

    def _read_keys(self):
        while not self.ended.is_set():
            if select.select([sys.stdin], [], [], 0.2)[0]:
                key = os.read(sys.stdin.fileno(), 1).decode(errors="replace")
                if key in KEYS:
                    self.asked.put((KEYS[key], None))

    def _listen(self):
        """Another demo of this user may have the socket: then there are keys alone."""
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(str(self.path))
            return
        except OSError:
            self.path.unlink(missing_ok=True)
        finally:
            probe.close()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.path.chmod(0o600)
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while not self.ended.is_set():
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line.makefile(encoding="utf-8") as asked:
                action = asked.readline().strip()

            def answer(words, to=line):
                try:
                    to.sendall(words.encode() + b"\n")
                except OSError:
                    pass  # it did not wait
                to.close()

            self.asked.put((action, answer))
