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
    program, sources = COMPILED / "libpq_cases", sorted((HERE / "libpq").glob("*.cpp"))
    if _is_older(program, [*sources, *(HERE / "libpq").glob("*.hpp")]):
        COMPILED.mkdir(parents=True, exist_ok=True)
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "libpq"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        _compile(
            [
                "g++",
                "-std=c++20",
                "-O1",
                "-Wall",
                "-Wextra",
                "-o",
                program,
                *sources,
                *flags,
                "-pthread",
                "-ldl",
            ]
        )
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
    classes, sources = COMPILED / "java", sorted((HERE / "java").glob("*.java"))
    if _is_older(classes / "JdbcCases.class", sources):
        _compile(["javac", "-cp", JDBC_JAR, "-d", classes, *sources])
    return [
        "java",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{JDBC_JAR}:{classes}",
        "JdbcCases",
    ]


def _is_older(made, sources):
    return not made.exists() or made.stat().st_mtime < max(
        source.stat().st_mtime for source in sources
    )


def _compile(arguments):
    done = subprocess.run(
        [str(part) for part in arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _python(name, pools):
    return Driver(
        name,
        python_program(name),
        (HERE / "python" / f"{name}_cases.py",),
        r"^(?:async )?def case_(\w+)\(",
        pools,
    )


def _node(name, pools):
    return Driver(
        name,
        node_program(name),
        (HERE / "node" / f"{name}_cases.mjs",),
        r"^    async (\w+)\(",
        pools,
    )


LIBPQ = Driver(
    "libpq", libpq_program, tuple(sorted((HERE / "libpq").glob("*.cpp"))), r'^    \{"(\w+)", ', 2
)
ALL = (
    LIBPQ,
    _python("psycopg3", 4),
    _python("asyncpg", 2),
    _python("sqlalchemy", 4),
    _python("django", 1),
    Driver(
        "pgjdbc",
        java_program,
        tuple(sorted((HERE / "java").glob("*.java"))),
        r"^    @Case\s+void (\w+)\(",
        4,
    ),
    _node("pg", 2),
    _node("postgres", 2),
    _node("drizzle", 2),
)
