"""A visit of Chromium's, told line by line."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pytest

from drivers import npm_packages
from support.places import BUILD

HERE = pathlib.Path(__file__).resolve().parent


def visit(script, url, pictures, wishes, seconds):
    """{what was seen: its line}. wishes(what) does what the script asks for, and answers it in one line."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("Debian's chromium is not installed: make deps")
    modules = npm_packages.installed(HERE, BUILD / "browser")
    pictures.mkdir(parents=True, exist_ok=True)
    child = subprocess.Popen(
        ["node", str(HERE / script), chromium, url, str(pictures)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "NODE_MODULES_OF": str(modules), "HOME": tempfile.gettempdir()})
    limit = threading.Timer(seconds, child.kill)
    limit.start()
    lines = {}
    try:
        for line in child.stdout:
            told = json.loads(line)
            if "wants" in told:
                child.stdin.write(wishes(told["wants"]) + "\n")
                child.stdin.flush()
            else:
                lines[told["seen"]] = told
        complaint = child.stderr.read()
        assert child.wait() == 0, f"after {list(lines)[-1:]}: {complaint}"
    finally:
        limit.cancel()
        child.kill()
        child.wait()
    return lines
