"""node-postgres through Weir. The cases are in node/cases.mjs; the package comes from npm."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from support.places import BUILD

SOURCES = pathlib.Path(__file__).resolve().parent / "node"
INSTALLED = BUILD / "node"
CASES = re.findall(r"^    async (\w+)\(\)", (SOURCES / "cases.mjs").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def installed():
    """build/node with the packages; npm is asked only where the list has changed."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted = (SOURCES / "package.json").read_text()
    marker = INSTALLED / "installed.json"
    if not marker.exists() or marker.read_text() != wanted:
        (INSTALLED / "package.json").write_text(wanted)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                               "--ignore-scripts"], cwd=INSTALLED, capture_output=True, text=True,
                              timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        marker.write_text(wanted)
    shutil.copy(SOURCES / "cases.mjs", INSTALLED / "cases.mjs")
    return INSTALLED


def test_the_list_of_cases_is_whole(installed):
    said = subprocess.run(["node", "cases.mjs", "--list"], cwd=installed, capture_output=True, text=True,
                          timeout=60, check=True).stdout
    assert said.strip() == str(CASES).replace("'", '"').replace(", ", ",")


@pytest.mark.deadline(300)
@pytest.mark.parametrize("case", CASES)
def test_node_postgres(installed, weir, table, case):
    done = subprocess.run(
        ["node", "cases.mjs", case], cwd=installed, capture_output=True, text=True, timeout=60,
        check=False, env={**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(weir.port), "PGUSER": "app",
                          "PGPASSWORD": "app", "PGDATABASE": "app", "TABLE": table})
    assert done.returncode == 0, done.stdout + done.stderr
