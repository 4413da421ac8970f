"""Rule 65: pages of every country name no office of New Zealand; `tests/fiji` walks those of Fiji, and reads its mails."""

import ast
import re
from pathlib import Path

import pytest

from tests.codebase.source import ROOT
from workitems.intake.workbook import template

pytestmark = pytest.mark.one_database(reason="reads no database")

OFFICES = re.compile(
    r"New Zealand|Ombudsman|Official Information Act|\.govt\.nz|\bMBIE\b|Ministry of Business"
    r"|Department of Labour|Secretary of Labour|\bDPMC\b|\bDoL\b|Immigration New"
)
# What a country without an Act of requests does not have, what is shown with an Act alone, and examples of one country.
OF_ONE_COUNTRY = re.compile(
    r"/requests/|/demo/|/migrations/|/country/|templates/reports/public/contact\.html"
)
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}


def named(text: str) -> list[str]:
    return OFFICES.findall(text)


def files(*patterns: str) -> list[Path]:
    places = ("agencies", "workitems", "reports", "trafficking_plan", "templates")
    found = [path for place in places for each in patterns for path in (ROOT / place).rglob(each)]
    return [path for path in found if not OF_ONE_COUNTRY.search(str(path.relative_to(ROOT)))]


def test_no_sentence_of_a_page_names_an_office():
    found = {}
    for path in files("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED:
                says = [part.value for part in node.args if isinstance(part, ast.Constant)]
                if words := [name for each in says for name in named(str(each))]:
                    found[path.name, node.lineno] = words
    assert found == {}


def test_no_template_names_an_office():
    texts = {path: re.sub(r"(?s){#.*?#}|{% comment.*?endcomment %}", "", path.read_text())
             for path in files("*.html", "*.txt")}  # fmt: skip
    assert {str(path): named(text) for path, text in texts.items() if named(text)} == {}


def test_the_example_in_the_workbook_names_no_office():
    assert named(str(template.EXAMPLES)) == []
