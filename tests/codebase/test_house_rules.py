"""Test house rules for pages, scripts, modules and names."""

import ast
import re

import pytest

from tests.codebase.source import (
    PACKAGES,
    ROOT,
    forgiven_failures,
    inline_code,
    modules,
    name_of,
)
from trafficking_plan.country import profile as country

# Shown in a mail program, without our stylesheet and policy.
MAY_STYLE_INLINE = {"templates/notices/digest.html"}


def test_no_template_has_inline_style_or_script():
    faults = [
        f"{name_of(path)}:{line}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if path.suffix in {".html", ".svg"} and name_of(path) not in MAY_STYLE_INLINE
        for line in inline_code(path.read_text())
    ]
    assert faults == [], "the Content-Security-Policy refuses it; use a file in static/"


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_check_finds_inline_code(line):
    assert inline_code(f"<html>\n{line}\n") == [2]


def test_the_check_allows_files_and_comments():
    page = '<script src="/static/a.js" defer></script>\n{# style="…" is refused #}\n<p class="x">'
    assert inline_code(page) == []


def test_ci_ignores_no_failing_step():
    assert forgiven_failures((ROOT / ".ci" / "run").read_text()) == []


@pytest.mark.parametrize("line", ["lint || true", "lint ||:", "lint || echo no", "set +e"])
def test_the_check_finds_an_ignored_failure(line):
    assert forgiven_failures(f"set -e\n{line}\n") == [2]


def test_env_example_names_every_setting_that_is_read():
    settings = (ROOT / "trafficking_plan" / "settings.py").read_text()
    read = set(re.findall(r'\benv(?:_\w+)?\("([A-Z_]+)"', settings))
    written = set(
        re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    only_for_set_up_and_tests = {"SET_UP", "CHROMIUM", "PG_BIN"}
    read_by_the_library_of_object_storage = {"AWS_DEFAULT_REGION"}
    of_the_country = country.profile_of("new-zealand", {}).keys()
    beside = only_for_set_up_and_tests | read_by_the_library_of_object_storage | of_the_country
    assert written == read | beside


def test_every_module_has_a_docstring():
    silent = [
        name_of(path)
        for path in modules(*PACKAGES)
        # An apps.py holds one class, whose name explains it.
        if path.name != "apps.py"
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_is_named_utils_or_the_like():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    named = [path for path in modules(*PACKAGES) if drawers & set(path.with_suffix("").parts)]
    assert named == []


def test_only_answers_to_programs_take_their_address_from_the_request():
    """Whatever is mailed has links of SITE_URL: who sends a request may name any host in it."""
    asked = re.compile(r"build_absolute_uri|get_host\(|get_current_site|HTTP_HOST")
    found = {name_of(path) for path in modules(*PACKAGES) if asked.search(path.read_text())}
    assert {name for name in found if not name.startswith("trafficking_plan/api/")} == {
        # Each in development alone, without a SITE_URL.
        "reports/public/views/plan_progress.py",
        "trafficking_plan/frame/middleware.py",
    }
    mails = (ROOT / "templates/account/email").rglob("*")
    linked = re.compile(r"{{ *(\w*(?:url|site|host|domain)[\w.]*)")
    named = {name for path in mails for name in linked.findall(path.read_text())}
    assert named == {"password_reset_url"}
