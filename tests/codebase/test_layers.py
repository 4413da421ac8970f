"""Test the import contracts of layers and packages, and who may import the PDF engine."""

import subprocess
import sys
import tomllib

import pytest

from tests.codebase.source import PACKAGES, ROOT, imports_of, modules, name_of

PDF_ENGINE_ROOM = {f"reports/render/{name}.py" for name in ("chart_letters", "pdf", "structure")}
CONTRACTS = "from importlinter.cli import lint_imports_command as run; run()"


@pytest.fixture
def project(tmp_path):
    """A project of empty packages under this project's own contracts."""
    pyproject = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(pyproject)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for contract in tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]:
        for app in contract.get("containers", []):
            package = tmp_path / app.replace(".", "/")
            package.with_suffix(".py").unlink(missing_ok=True)
            package.mkdir(exist_ok=True)
            (package / "__init__.py").touch()
            for room in " | ".join(contract["layers"]).split(" | "):
                (package / f"{room}.py").touch()
    (tmp_path / "trafficking_plan" / "views.py").touch()
    return tmp_path


def contracts_hold(project):
    return (
        subprocess.run(
            [sys.executable, "-c", CONTRACTS], cwd=project, capture_output=True
        ).returncode
        == 0
    )


def test_the_contracts_accept_imports_that_go_down(project):
    (project / "reports" / "views.py").write_text("from workitems import services\n")
    (project / "workitems" / "services.py").write_text("from workitems import models, rules\n")
    assert contracts_hold(project)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("agencies/models.py", "from workitems import models"),
        ("workitems/services.py", "import reports.models"),
        ("reports/views.py", "from trafficking_plan import views"),
        ("workitems/models.py", "from workitems import services"),
        ("workitems/services.py", "from workitems import forms"),
        ("agencies/people/forms.py", "import agencies.views"),
        ("reports/rules.py", "from reports import services"),
        ("reports/document.py", "from django.utils import timezone"),
        ("reports/requests/law.py", "from django.utils import timezone"),
        ("reports/requests/letters.py", "from reports.requests import models"),
        ("reports/views.py", "from reports.requests import services"),
        ("trafficking_plan/frame/views.py", "from reports.requests import models"),
        ("workitems/terms/lateness.py", "import django.db"),
        ("reports/progress.py", "from reports import render"),
        ("reports/checks.py", "from reports import comparison"),
        ("agencies/models.py", "from agencies import history"),
        ("reports/a_new_room.py", "import reports.document"),
    ],
)
def test_the_contracts_refuse_an_upward_import(project, module, line):
    (project / module).write_text(f"{line}\n")
    assert not contracts_hold(project)


def test_only_the_renderer_imports_the_pdf_engine_and_only_in_functions():
    """Without Pango the import fails, and then even `migrate` would."""
    faults = [
        f"{name_of(path)}:{line}"
        for path in modules(*PACKAGES)
        for line, at_the_top in imports_of(path.read_text(), "weasyprint")
        if at_the_top or name_of(path) not in PDF_ENGINE_ROOM
    ]
    assert faults == []


def test_the_check_tells_module_imports_from_imports_in_functions():
    source = "import weasyprint.urls\ndef render():\n    from weasyprint import HTML\n"
    assert imports_of(source, "weasyprint") == [(1, True), (3, False)]
