"""The rules and the dashboard of deploy/monitoring ask for figures that there are, and each alert is tried."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from django.test import override_settings

from tests.codebase.source import ROOT
from tests.security.test_metrics import read
from trafficking_plan.running.runs import TIMED

FOLDER = ROOT / "deploy/monitoring"
RULES = yaml.safe_load((FOLDER / "rules.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
ASKED = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
]


@pytest.mark.django_db
def test_each_figure_that_is_asked_for_is_there(client, metrics_folder):
    with override_settings(METRICS_DIR=metrics_folder):
        client.get("/")
        there = {f"plan_register_{name}" for name, *_ in read(client)}
    assert {name for text in ASKED for name in re.findall(r"plan_register_\w+", text)} <= there


def test_each_command_that_is_asked_for_is_one_of_the_timers():
    named = {
        name
        for text in ASKED
        for labels in re.findall(r'command=~?"([^"]+)"', text)
        for name in labels.split("|")
    }
    assert len(named) == 6
    assert named <= {command.replace(" ", "_") for command in TIMED}


def test_each_alert_says_what_to_do_and_is_tried_when_due_and_when_all_is_well():
    tests = yaml.safe_load((FOLDER / "rules_test.yaml").read_text())["tests"]
    tried = {
        (each["alert_rule_test"][0]["alertname"], bool(each["alert_rule_test"][0]["exp_alerts"]))
        for each in tests
    }
    assert tried == {(rule["alert"], is_due) for rule in RULES for is_due in (True, False)}
    for rule in RULES:
        assert rule["annotations"].keys() == {"summary", "action"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_the_panels_do_not_lie_on_each_other():
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


# Where it is: Debian's package of that name.
if shutil.which("promtool"):

    @pytest.mark.parametrize(
        "check", [["check", "rules", "rules.yaml"], ["test", "rules", "rules_test.yaml"]]
    )
    def test_prometheus_takes_the_rules(check):
        ran = subprocess.run(["promtool", *check], cwd=FOLDER, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
