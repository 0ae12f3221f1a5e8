"""The suites by name, in the order in which they run: what is quick and tells most comes first."""
import dataclasses
import os
import re
from typing import Callable

from . import builds, command, gtest_suite, npm_postgres, pytest_suite, simulation_suite
from .outcome import Outcome
from .places import RESULTS, ROOT, TESTS

_PASSED = re.compile(r" PASSED +\[ *\d+%\]$|^\[ +(?:RUN|OK) +\]")
OWN_SUITES = {"test_replication_setup.py": "setup", "test_shop.py": "shop", "test_shop_tokens.py": "shop",
              "test_shop_services.py": "shop", "test_shop_shoppers.py": "shop",
              "test_shop_rack.py": "shop", "test_steps.py": "shop", "test_demo.py": "demo",
              "test_differential.py": "differential", "test_history.py": "history",
              "test_regression.py": "regression"}


@dataclasses.dataclass
class Request:
    """What the command line asked for."""

    jobs: int
    full: bool
    pytest_arguments: list

    @property
    def environment(self):
        return {"WEIR_TEST_SIZE": "full" if self.full else "reduced"}


@dataclasses.dataclass
class Suite:
    name: str
    purpose: str
    run: Callable[[Request], Outcome]
    by_default: str = "always"  # or "full"


def _tidy(request):
    return pytest_suite.run("tidy", [TESTS / "tidy", TESTS / "runner", TESTS / "bench"], 300, request.pytest_arguments)


def _unit(request):
    return gtest_suite.run("unit", builds.unit_executables("release", request.jobs), request.jobs, 300)


def _asan(request):
    only = None if os.environ.get("ASAN") == "all" or request.full else builds.PURE
    executables = builds.unit_executables("dev", request.jobs, only)
    return gtest_suite.run("asan", executables, request.jobs, 900)


def _fuzz(request):
    builds.compile_targets("dev", request.jobs, ["fuzz_replay"])
    return gtest_suite.run("fuzz", [builds.BUILD / "dev" / "tests" / "fuzz" / "fuzz_replay"], request.jobs, 300)


def _tsan(request):
    executables = builds.unit_executables("tsan", request.jobs)
    return gtest_suite.run("tsan", executables, request.jobs, 900)


def _loopback(request):
    # One at a time: these watch time and count system resources.
    return gtest_suite.run("loopback", builds.loopback_executables("release", request.jobs), 1, 600)


def _integration_files():
    """Each test file belongs to exactly one suite, so that a new one is never forgotten."""
    files = {path.name: path for path in sorted((TESTS / "integration").glob("test_*.py"))}
    return {name: path for name, path in files.items()
            if name not in OWN_SUITES}


def _pytest(name, files, request, minutes, more=None):
    present = [path for path in files if path.exists()]
    if not present:
        return Outcome()
    limit = minutes * 60 * (4 if request.full else 1)
    return pytest_suite.run(name, present, limit, request.pytest_arguments,
                            {**request.environment, **(more or {})})


def _integration(request):
    majors = tuple(npm_postgres.VERSIONS) if request.full else (18,)
    with npm_postgres.environment(majors) as variables:
        return _pytest("integration", _integration_files().values(), request, 15, variables)


def _drivers(request):
    with npm_postgres.environment() as variables:
        return _pytest("drivers", [TESTS / "drivers"], request, 12, variables)


def _package(request):
    return _pytest("package", [TESTS / "package"], request, 10)


def _browser(request):
    return _pytest("browser", [TESTS / "browser"], request, 6)


def _setup(request):
    files = [TESTS / "integration" / name for name, suite in OWN_SUITES.items() if suite == "setup"]
    with npm_postgres.environment() as variables:
        return _pytest("setup", files, request, 8, variables)


def _own_suite(name):
    files = [TESTS / "integration" / file for file, suite in OWN_SUITES.items() if suite == name]
    return lambda request: _pytest(name, files, request, 8)


def _history(request):
    builds.compile_targets("release", request.jobs, ["weir_mutant"])
    files = [TESTS / "integration" / "test_history.py", TESTS / "integration" / "history"]
    return _pytest("history", files, request, 8)


def _chaos(request):
    return _pytest("chaos", [TESTS / "chaos" / name for name in ("test_oracle.py", "test_chaos.py")], request, 8)


def _patroni(request):
    return _pytest("patroni", [TESTS / "chaos" / "test_under_patroni.py"], request, 5)


ALL = (
    Suite("tidy", "sizes, include arrows, forbidden forms, paths in docs; the runner and the bench themselves", _tidy),
    Suite("unit", "googletest of each folder (release)", _unit),
    Suite("asan", "the same of the pure folders under ASan and UBSan (ASAN=all: of all)", _asan),
    Suite("fuzz", "the inputs of tests/fuzz/corpora, under ASan and UBSan", _fuzz),
    Suite("tsan", "the same of all folders under the thread sanitizer", _tsan, "full"),
    Suite("simulation", "Weir's core in simulated worlds; broken variants of it are found out", simulation_suite.run),
    Suite("loopback", "the shell against made-up servers on 127.0.0.1", _loopback),
    Suite("setup", "replication_setup/cluster, with PostgreSQL 15 and 18", _setup),
    Suite("integration", "Weir before a real primary and two replicas", _integration),
    Suite("drivers", "real programs of each driver, by many clients over few connections", _drivers),
    Suite("differential", "random sessions direct and through Weir", _own_suite("differential")),
    Suite("regression", "PostgreSQL's own regression scripts (WEIR_PG_SOURCE), direct and through Weir",
          _own_suite("regression"), "full"),
    Suite("history", "what sessions saw while replicas lagged: nothing goes back in time", _history),
    Suite("chaos", "nodes killed, frozen, cut off, promoted under load: nothing acknowledged is lost", _chaos),
    Suite("patroni", "Patroni's own switchover and failover under the same load (cmake/packages patroni)", _patroni,
          "full"),
    Suite("browser", "the dashboard in Chromium", _browser),
    Suite("shop", "the shop through Weir", _own_suite("shop")),
    Suite("package", "the Debian package in a root of its own (cmake/packages package)", _package, "full"),
    Suite("demo", "make demo, and what can be done to its servers", _own_suite("demo")),
)


def chosen(names, full):
    """The suites to run. KeyError with the name that is none."""
    known = {suite.name: suite for suite in ALL}
    if names:
        return [known[name] for name in names]
    return [suite for suite in ALL
            if suite.by_default == "always" or (suite.by_default == "full" and full)]


def tail(log, lines=80):
    """The end of a log for people: without what went well, lines cut to a readable length."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    telling = [line for line in text.splitlines() if not _PASSED.search(line)]
    return "\n".join(line[:300] for line in telling[-lines:])
