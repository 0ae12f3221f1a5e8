"""The drivers: where each one's program is, how it is started, how it names its cases."""
import pathlib
import shutil
import subprocess

import pytest

import npm_packages
from program_run import Driver
from support.places import BUILD

HERE = pathlib.Path(__file__).resolve().parent
COMPILED = BUILD / "drivers"
JDBC_JAR = "/usr/share/java/postgresql.jar"


def libpq_program():
    """Compiled when a source is newer: a few seconds."""
    sources = sorted((HERE / "libpq").glob("*.cpp"))
    program = COMPILED / "libpq_cases"
    newest = max(path.stat().st_mtime for path in (HERE / "libpq").iterdir())
    if not program.exists() or program.stat().st_mtime < newest:
        COMPILED.mkdir(parents=True, exist_ok=True)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libpq"], capture_output=True, text=True,
                               check=True).stdout.split()
        done = subprocess.run(["g++", "-std=c++20", "-O1", "-Wall", "-Wextra", "-o", program, *sources,
                               *flags, "-pthread", "-ldl"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return [program]


def python_program(name):
    return lambda: ["/usr/bin/python3", HERE / "python" / f"{name}_cases.py"]


def node_program(name):
    def command():
        folder = npm_packages.installed(HERE / "node")
        for source in (HERE / "node").glob("*.mjs"):
            shutil.copy(source, folder / source.name)
        return ["node", folder / f"{name}_cases.mjs"]

    return command


def java_program():
    if not pathlib.Path(JDBC_JAR).exists():
        pytest.fail(f"{JDBC_JAR} is not there: make deps", pytrace=False)
    return ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", JDBC_JAR,
            HERE / "java" / "JdbcCases.java"]


def _python(name, **more):
    return Driver(name, python_program(name), (HERE / "python" / f"{name}_cases.py",),
                  r"^(?:async )?def case_(\w+)\(", **more)


def _node(name, **more):
    return Driver(name, node_program(name), (HERE / "node" / f"{name}_cases.mjs",),
                  r"^    async (\w+)\(", **more)


LIBPQ = Driver("libpq", libpq_program, tuple(sorted((HERE / "libpq").glob("*.cpp"))), r'^    \{"(\w+)", ')
ALL = (
    LIBPQ,
    _python("psycopg3"),
    _python("asyncpg"),
    _python("sqlalchemy"),
    _python("django"),
    Driver("pgjdbc", java_program, (HERE / "java" / "JdbcCases.java",), r"^    @Case void (\w+)\("),
    _node("pg"),
    _node("postgres"),
    _node("drizzle"),
)
