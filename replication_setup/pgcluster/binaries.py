"""Which PostgreSQL programs are there, and of which version."""
import glob
import os
import re
import shutil
import subprocess

from .errors import ClusterError

OLDEST_MAJOR = 13
NEEDED = ("initdb", "postgres")


class Binaries:
    """A directory of server programs; client programs may be missing from it."""

    def __init__(self, directory, version):
        self.directory, self.version = directory, version
        self.major = int(re.match(r"\d+", version).group())

    def path(self, program):
        return os.path.join(self.directory, program)

    def has(self, program):
        return os.access(self.path(program), os.X_OK)

    def psql(self):
        """From the same directory, else any: psql speaks to older and newer servers."""
        found = [self.path("psql")] if self.has("psql") else []
        found += [path for path in [shutil.which("psql")] if path]
        found += [os.path.join(d, "psql") for d in _debian_directories()
                  if os.access(os.path.join(d, "psql"), os.X_OK)]
        if not found:
            raise ClusterError("psql is needed to load the shop and was not found: install "
                               "postgresql-client, or leave out --load-shop")
        return found[0]

    def has_library(self, name):
        """Whether shared_preload_libraries may name it; each packaging has its own layout."""
        root = os.path.dirname(self.directory)
        return any(os.path.exists(os.path.join(root, folder, f"{name}.so"))
                   for folder in ("lib", "lib/postgresql", "lib64", "lib64/pgsql"))


def find(given):
    """The directory given, else $PGBIN, else the newest of Debian's, else what PATH has."""
    if given:
        return _inspect(os.path.abspath(given), "--pgbin")
    if os.environ.get("PGBIN"):
        return _inspect(os.path.abspath(os.environ["PGBIN"]), "$PGBIN")
    for directory in _debian_directories():
        if os.access(os.path.join(directory, "postgres"), os.X_OK):
            return _inspect(directory, "Debian")
    on_path = shutil.which("postgres")
    if on_path:
        return _inspect(os.path.dirname(os.path.realpath(on_path)), "PATH")
    raise ClusterError("no PostgreSQL server was found under /usr/lib/postgresql or in PATH: "
                       "install postgresql (make deps does), or name its directory with --pgbin")


def _debian_directories():
    def major(path):
        name = path.split("/")[4]
        return int(name) if name.isdigit() else 0
    return sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=major, reverse=True)


def _inspect(directory, origin):
    for program in NEEDED:
        if not os.access(os.path.join(directory, program), os.X_OK):
            raise ClusterError(f"{directory} (from {origin}) has no program '{program}': give the "
                               "bin directory of a PostgreSQL server with --pgbin")
    said = subprocess.run([os.path.join(directory, "postgres"), "--version"], check=False,
                          capture_output=True, text=True)
    match = re.search(r"\(PostgreSQL\) (\d+\S*)", said.stdout)
    if not match:
        reason = said.stderr.strip() or said.stdout.strip() or "no output"
        raise ClusterError(f"{directory}/postgres does not tell its version ({reason}): give "
                           "another directory with --pgbin")
    binaries = Binaries(directory, match.group(1))
    if binaries.major < OLDEST_MAJOR:
        raise ClusterError(f"{directory} holds PostgreSQL {binaries.version}: {OLDEST_MAJOR} or "
                           "newer is needed, give another directory with --pgbin")
    return binaries
