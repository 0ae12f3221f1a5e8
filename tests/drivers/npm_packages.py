"""Packages of npm in build/: asked for only where the list has changed."""
import subprocess

import pytest

from support.places import BUILD

FOR_DRIVERS = BUILD / "node"
UNREACHABLE = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
)


def installed(sources, folder=FOR_DRIVERS):
    """The folder with node_modules. Skips, with the reason, where no registry answers."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (sources / "package.json").read_text()
    marker = folder / "installed.json"
    if not marker.exists() or marker.read_text() != wanted:
        (folder / "package.json").write_text(wanted)
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0 and any(word in done.stderr for word in UNREACHABLE):
            pytest.skip(f"npm reaches no registry: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stderr
        marker.write_text(wanted)
    return folder
