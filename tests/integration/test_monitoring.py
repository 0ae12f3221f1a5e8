"""What Prometheus and Grafana are given: the page of metrics, the alerts, and the dashboard's expressions."""
import json
import os
import re
import shutil
import subprocess
import tempfile

import pytest

from support.places import BUILD, ROOT

MONITORING = ROOT / "docs" / "monitoring"
# Of PromQL, and of Prometheus itself.
NOT_OURS = {"up"}


@pytest.fixture(scope="session")
def promtool():
    """Of Debian's package, which would start a server where it is installed: only taken out of it."""
    found = shutil.which("promtool")
    kept = BUILD / "promtool"
    if found or kept.exists():
        return found or str(kept)
    with tempfile.TemporaryDirectory() as folder:
        got = subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, capture_output=True, text=True,
                             check=False, timeout=120)
        if got.returncode != 0:
            pytest.skip(f"Debian's prometheus cannot be had: {got.stderr.strip().splitlines()[-1]}")
        package = [name for name in os.listdir(folder) if name.endswith(".deb")][0]
        subprocess.run(["dpkg-deb", "-x", package, "out"], cwd=folder, check=True, timeout=60)
        shutil.copy(f"{folder}/out/usr/bin/promtool", kept)
    return str(kept)


@pytest.fixture
def page(weir):
    """Metrics after some traffic, so that every family has samples."""
    with weir.connect() as session:
        session.execute("select 1")
        session.execute("create temp table t (a int)")
    status, text = weir.http("/metrics")
    assert status == 200
    return text


def families(page):
    return set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))


def names_in(expression):
    """Metrics that a PromQL expression names; a histogram by its family."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(by|on|group_left|group_right|without|ignoring)\s*\([^)]*\)", "", bare)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    words = set(re.findall(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()", bare)) - NOT_OURS
    return {re.sub(r"_(bucket|sum|count)$", "", word) for word in words}


def test_metrics_are_valid(page, promtool):
    told = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    assert told.returncode == 0 and told.stderr == "", told.stderr + told.stdout


def test_alerts_are_valid_and_of_metrics_that_there_are(page, promtool):
    file = MONITORING / "weir-alerts.yml"
    told = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr + told.stdout
    expressions = re.findall(r"^\s+expr: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(expressions) >= 10
    for expression in expressions:
        assert names_in(expression) <= families(page), expression


def test_every_alert_is_in_the_operations_manual():
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    alerts = re.findall(r"- alert: (\w+)", (MONITORING / "weir-alerts.yml").read_text(encoding="utf-8"))
    assert [name for name in alerts if name not in manual] == []


def test_the_grafana_dashboard_asks_for_metrics_that_there_are(page):
    dashboard = json.loads((MONITORING / "weir-grafana.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(expressions) >= 12
    for expression in expressions:
        assert names_in(expression), expression
        assert names_in(expression) <= families(page), expression
