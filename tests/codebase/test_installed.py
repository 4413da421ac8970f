"""The package as pip installs it: templates and static files come along, `.env` is that of the folder."""

import json
import os
import subprocess
import sys

import pytest

from tests.codebase.source import PACKAGES, ROOT
from trafficking_plan.testing.installed import WHEEL, install_into

ASK = """
import json
import django
django.setup()
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from reports.render.edition import look
print(json.dumps([
    get_template("503.html").origin.name, finders.find("fonts/SourceSans3-Bold.ttf"),
    settings.DATABASES["default"]["NAME"], look(),
]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site-packages")
    install_into(folder)
    return folder


def run(folder, home, script, **variables):
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(folder),
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            **variables,
        },
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_has_every_package():
    assert sorted(WHEEL["packages"]) == sorted(PACKAGES)


def test_an_installed_package_has_its_templates_fonts_and_the_same_look(installed, tmp_path):
    (tmp_path / ".env").write_text("DEBUG=yes\n")
    template, font, database, look = json.loads(run(installed, tmp_path, ASK))
    resources = installed / "trafficking_plan" / "resources"
    assert template == str(resources / "templates/503.html")
    assert font == str(resources / "static/fonts/SourceSans3-Bold.ttf")
    assert database == str(tmp_path / "var/db.sqlite3")
    in_the_checkout = run(
        ROOT, ROOT, "from tests.codebase.test_installed import ASK\nexec(ASK)", DEBUG="yes"
    )
    assert look == json.loads(in_the_checkout)[-1]


def test_a_program_without_manage_py_reads_the_settings_file_that_env_file_names(tmp_path):
    (tmp_path / "settings").write_text("DEBUG=yes\nSITE_URL=https://plan.example.govt.nz\n")
    ask = "from django.conf import settings\nprint(settings.SITE_URL)"
    said = run(ROOT, tmp_path, ask, ENV_FILE=str(tmp_path / "settings"))
    assert said == "https://plan.example.govt.nz\n"
