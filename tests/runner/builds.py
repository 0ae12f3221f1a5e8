"""Compiling what a suite runs, in the preset it runs in."""
from . import command
from .places import BUILD, RESULTS, ROOT, TESTS

DEADLINE_SECONDS = 3600
# Without network, clock and logger: cheap under sanitizers, where a file with Asio takes a minute.
PURE = ("base", "wire", "auth", "catalog", "query", "cluster", "routing", "session", "pool", "config",
        "status", "admin")


class BuildFailed(Exception):
    def __init__(self, log):
        super().__init__(str(log))
        self.log = log


def unit_folders(only=None):
    """Folders of tests/unit that hold tests, in alphabetical order."""
    folders = sorted({file.parent.name for file in (TESTS / "unit").glob("*/*_test.cpp")})
    return [name for name in folders if only is None or name in only]


def unit_executables(preset, jobs, only=None):
    """Compiles and returns the paths of unit_<folder>."""
    names = [f"unit_{folder}" for folder in unit_folders(only)]
    if names:
        compile_targets(preset, jobs, names)
    return [BUILD / preset / "tests" / name for name in names]


def loopback_executables(preset, jobs):
    """Compiles tests/loopback and returns what came out of it."""
    if not (TESTS / "loopback" / "CMakeLists.txt").exists():
        return []
    compile_targets(preset, jobs, ["tests/loopback/all"])
    folder = BUILD / preset / "tests" / "loopback"
    return sorted(path for path in folder.iterdir()
                  if path.is_file() and path.stat().st_mode & 0o111)


def compile_targets(preset, jobs, targets):
    log = RESULTS / f"build-{preset}.log"
    arguments = [ROOT / "cmake" / "compile", preset, jobs, *targets]
    if command.run(arguments, log, DEADLINE_SECONDS) != 0:
        raise BuildFailed(log)
