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


def report(project):
    """Return what the check of the contracts prints, and whether they hold."""
    ran = subprocess.run(
        [sys.executable, "-c", CONTRACTS], cwd=project, capture_output=True, text=True
    )
    return ran.stdout, ran.returncode == 0


def test_the_contracts_accept_imports_that_go_down(project):
    (project / "reports" / "issuing" / "views.py").write_text(
        "from workitems.plan import services\n"
    )
    (project / "workitems" / "plan" / "services.py").write_text(
        "from workitems import models, rules\n"
    )
    assert report(project)[1]


UPWARD = [
    ("agencies.models", "workitems.models"),
    ("workitems.plan.services", "reports.models"),
    ("reports.issuing.views", "trafficking_plan.urls"),
    ("workitems.models", "workitems.plan.services"),
    ("workitems.plan.services", "workitems.plan.forms"),
    ("workitems.meetings.services", "workitems.plan.views"),
    ("workitems.returns.views", "workitems.items.views"),
    ("agencies.people.forms", "agencies.people.views"),
    ("reports.rules", "reports.issuing.services"),
    ("reports.document", "django"),
    ("reports.requests.law", "django"),
    ("reports.requests.letters", "reports.requests.models"),
    ("reports.issuing.views", "reports.requests.services"),
    ("trafficking_plan.frame", "reports.requests.models"),
    ("workitems.terms.lateness", "django"),
    ("reports.render", "reports.progress.views"),
    ("reports.checks", "reports.comparison.views"),
    ("agencies.models", "agencies.people.services"),
]


def test_the_contracts_refuse_each_upward_import_and_a_module_in_no_layer(project):
    for module, imported in UPWARD:
        with project.joinpath(*module.split(".")).with_suffix(".py").open("a") as file:
            file.write(f"import {imported}\n")
    (project / "reports" / "a_new_subject.py").touch()
    said, holds = report(project)
    assert not holds
    assert [pair for pair in UPWARD if f"{pair[0]} -> {pair[1]} (" not in said] == []
    assert "not listed as layers:\n\n- reports.a_new_subject\n" in said


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
