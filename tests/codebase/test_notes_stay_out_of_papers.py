"""Notes are never in a briefing, annex, pack, minutes, public page or workbook of a plan: what composes these does not
import the table."""

import ast

import pytest
from django.conf import settings

COMPOSES = (
    "reports/briefings", "reports/charts", "reports/checks", "reports/comparison", "reports/compose", "reports/document",
    "reports/drafting", "reports/issuing", "reports/kinds", "reports/meetings", "reports/progress", "reports/public",
    "reports/render", "reports/responses", "reports/return_papers", "reports/word_copies", "reports/workshop",
    "workitems/calendar", "workitems/intake", "workitems/returns/sheet", "workitems/plan/plan_at",
)  # fmt: skip
TABLES = {"Note", "Mention"}


def imported(path):
    """Yield the modules and names that a module imports, with their module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield node.module or "", each.name
        elif isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, ""


@pytest.mark.parametrize("folder", COMPOSES)
def test_what_composes_does_not_import_notes(folder):
    paths = sorted((settings.BASE_DIR / folder).rglob("*.py"))
    assert paths, folder
    found = [
        (str(path), module, name)
        for path in paths
        for module, name in imported(path)
        if module.startswith("workitems.notes")
        or module.startswith("workitems.models")
        and name in TABLES
    ]
    assert found == []
