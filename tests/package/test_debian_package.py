"""The Debian package in a root of its own: it installs, serves, and leaves behind what it should."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import psycopg
import pytest

from support.places import BUILD, ROOT, free_port
from support.real_cluster import RealCluster
from support.waiting import wait_until

SUITE = "bookworm"


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, **more)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def mirror():
    """The one that this machine takes its packages from."""
    for file in ("/etc/apt/sources.list", *pathlib.Path("/etc/apt/sources.list.d").glob("*.sources")):
        with contextlib.suppress(OSError):
            found = re.search(r"^(?:deb |URIs: )(?:\[.*?\] )?(http\S+/debian/?)\s", pathlib.Path(file).read_text(), re.MULTILINE)
            if found:
                return found.group(1)
    return pytest.skip("no mirror of Debian's is known here")


@pytest.fixture(scope="module")
def package():
    run("make", "package", cwd=ROOT)
    made = sorted((BUILD / "package").glob("weir_*.deb"))
    assert len(made) == 1
    return made[0]


@pytest.fixture(scope="module")
def root(package):
    """A minimal Debian. /proc is not mounted: nothing of it is needed but to serve."""
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        pytest.skip("needs root and debootstrap (cmake/packages package)")
    place = pathlib.Path(tempfile.mkdtemp(prefix="weir-root-", dir="/tmp"))
    place.chmod(0o755)
    try:
        run("debootstrap", "--variant=minbase", SUITE, str(place), mirror())
        shutil.copy(package, place / "weir.deb")
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def inside(root, *command):
    return run("chroot", str(root), "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command)


def test_the_package_says_what_it_is(package):
    fields = run("dpkg-deb", "-f", str(package))
    assert "Package: weir\n" in fields and "libpq5" in fields and "Section: database" in fields
    files = run("dpkg-deb", "-c", str(package))
    for name in ("./usr/bin/weir", "./usr/share/man/man1/weir.1.gz", "./usr/share/man/man5/weir.toml.5.gz",
                 "./etc/weir/weir.toml", "./usr/lib/systemd/system/weir.service", "./usr/share/doc/weir/copyright",
                 "./usr/share/doc/weir/monitoring/weir-alerts.yml"):
        assert f" {name}\n" in files, name


def test_its_life(root, package):
    inside(root, "apt-get", "update")
    inside(root, "apt-get", "install", "-y", "--no-install-recommends", "./weir.deb")
    assert inside(root, "weir", "--version").startswith("weir ")
    assert "weir:" in (root / "etc/passwd").read_text()
    assert oct((root / "etc/weir/users.txt").stat().st_mode & 0o777) == "0o640"
    _serves(root)
    inside(root, "apt-get", "remove", "-y", "weir")
    assert (root / "etc/weir/weir.toml").exists() and not (root / "usr/bin/weir").exists()
    inside(root, "apt-get", "purge", "-y", "weir")
    left = [path for path in ("etc/weir", "usr/share/doc/weir", "usr/lib/systemd/system/weir.service", "usr/bin/weir")
            if (root / path).exists()]
    assert left == [] and "weir:" not in (root / "etc/passwd").read_text()


def _serves(root):
    """As the user weir, without systemd, before a cluster outside."""
    cluster = RealCluster(("--replicas", "1")).up()
    port = free_port()
    try:
        file = root / "etc/weir/weir.toml"
        nodes = ", ".join(f'"{cluster.conninfo(node)}"' for node in cluster.nodes)
        text = file.read_text().replace("127.0.0.1:6432", f"127.0.0.1:{port}").replace("127.0.0.1:9432", f"127.0.0.1:{free_port()}")
        text = text.replace('"host=127.0.0.1 port=5432"', nodes).replace('probe_password = ""', 'probe_password = "weir"')
        file.write_text(text)
        (root / "etc/weir/users.txt").write_text('"app" "app"\n')
        child = subprocess.Popen(["chroot", "--userspec=weir:weir", str(root), "/usr/bin/weir", "serve", "-c", "/etc/weir/weir.toml"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            def answer():
                with contextlib.suppress(psycopg.OperationalError):
                    with psycopg.connect(host="127.0.0.1", port=port, user="app", password="app", dbname="app", autocommit=True) as session:
                        return session.execute("select 41 + 1").fetchone() == (42,)
                return False

            wait_until(lambda: answer() or child.poll() is not None, "Weir answers", 30)
            assert child.poll() is None, child.stderr.read()
        finally:
            child.terminate()
            child.wait(timeout=40)
    finally:
        cluster.down()


def test_make_install_puts_everything_under_one_folder(tmp_path):
    run("make", "install", f"DESTDIR={tmp_path}", "PREFIX=/usr/local", cwd=ROOT, env={**os.environ, "DESTDIR": str(tmp_path)})
    assert (tmp_path / "usr/local/bin/weir").exists()
    assert (tmp_path / "usr/local/share/man/man1/weir.1.gz").exists()
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize("chapter", [1, 5])
def test_the_manuals_have_no_mistake(chapter):
    if not shutil.which("man"):
        pytest.skip("there is no man")
    page = run(str(BUILD / "release" / "proxy" / "weir"), "--print-manual", str(chapter))
    with tempfile.NamedTemporaryFile("w", suffix=f".{chapter}") as file:
        file.write(page)
        file.flush()
        shown = subprocess.run(["man", "--warnings", "-l", file.name], capture_output=True, text=True, check=True,
                               env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "100"})
    assert shown.stderr == ""
    assert "weir" in shown.stdout and "SEE ALSO" in shown.stdout
