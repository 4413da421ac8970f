"""The docs name files, folders and modules that are there."""

import re

from tests.codebase.source import PACKAGES, ROOT

TOP = (*PACKAGES, "templates", "tests", "static", "docs", "bench")
# Inside backquotes: `reports/checks/`, `workitems/plan/forms/items.py`, `reports.render.tables.Sheet`.
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(rf"(?<![\w/.])((?:{'|'.join(TOP)})/[\w./-]*)")
MODULE = re.compile(rf"(?<![\w/.\"])((?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*)+)")


def pages():
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def missing(text):
    """Paths and modules between backquotes that this checkout does not have."""
    for quoted in QUOTED.findall(text):
        for path in PATH.findall(quoted):
            if not (ROOT / path.rstrip(".")).exists() and "…" not in quoted:
                yield path
        for dotted in MODULE.findall(quoted):
            if not is_there(dotted):
                yield dotted


def is_there(dotted):
    """Whether a module is there, or a module with that name in it."""
    *folders, name = dotted.split(".")
    for depth in (len(folders) + 1, len(folders)):
        place = ROOT.joinpath(*dotted.split(".")[:depth])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.exists() and (
                depth > len(folders) or re.search(rf"\b{name}\b", file.read_text())
            ):
                return True
    return False


def test_every_file_and_module_that_the_docs_name_is_there():
    faults = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages()
        for name in missing(page.read_text())
    ]
    assert faults == []


def test_each_decision_has_a_number_of_its_own_without_gaps():
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_check_sees_what_is_not_there():
    text = (
        "`reports/gone.py`, `reports/checks/`, `reports.gone.Sheet`, `reports.render.tables.Sheet`"
    )
    assert list(missing(text)) == ["reports/gone.py", "reports.gone.Sheet"]
