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
    for name in PACKAGES:
        package(tmp_path / name)
    for contract in tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]:
        for container in contract.get("containers", []):
            folder = package(tmp_path.joinpath(*container.split(".")))
            for room in " | ".join(contract["layers"]).split(" | "):
                module(folder / f"{room.strip('()')}.py")
        for name in contract.get("source_modules", []):
            if "*" not in name:
                module(tmp_path.joinpath(*name.split(".")).with_suffix(".py"))
    return tmp_path


def package(folder):
    """Make a package of this folder, also where a module has its name."""
    folder.with_suffix(".py").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    return folder


def module(file):
    package(file.parent)
    if not file.with_suffix("").is_dir():
        file.touch()


def contracts_hold(project):
    return (
        subprocess.run(
            [sys.executable, "-c", CONTRACTS], cwd=project, capture_output=True
        ).returncode
        == 0
    )


def test_the_contracts_accept_imports_that_go_down(project):
    (project / "reports" / "issuing" / "views.py").write_text(
        "from workitems.plan import services\n"
    )
    (project / "workitems" / "plan" / "services.py").write_text(
        "from workitems import models, rules\n"
    )
    assert contracts_hold(project)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("agencies/models.py", "from workitems import models"),
        ("workitems/plan/services.py", "import reports.models"),
        ("reports/issuing/views.py", "from trafficking_plan import urls"),
        ("workitems/models.py", "from workitems.plan import services"),
        ("workitems/plan/services.py", "from workitems.plan import forms"),
        ("workitems/meetings/services.py", "from workitems.plan import views"),
        ("workitems/returns/views.py", "from workitems.items import views"),
        ("agencies/people/forms.py", "from agencies.people import views"),
        ("reports/rules.py", "from reports.issuing import services"),
        ("reports/document.py", "from django.utils import timezone"),
        ("reports/requests/law.py", "from django.utils import timezone"),
        ("reports/requests/letters.py", "from reports.requests import models"),
        ("reports/issuing/views.py", "from reports.requests import services"),
        ("trafficking_plan/frame.py", "from reports.requests import models"),
        ("workitems/terms/lateness.py", "import django.db"),
        ("reports/render.py", "from reports.progress import views"),
        ("reports/checks.py", "from reports.comparison import views"),
        ("agencies/models.py", "from agencies.people import services"),
        ("reports/a_new_subject.py", "import reports.document"),
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
