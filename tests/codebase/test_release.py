"""Test the version of the release and the commit hooks."""

import re
import tomllib

from tests.codebase.source import ROOT

RELEASE = re.compile(r"^## (\S+) \((\d{1,2} [A-Z][a-z]+ \d{4})\)$", re.MULTILINE)


def test_the_newest_release_in_the_changelog_is_the_projects_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest, day = RELEASE.findall((ROOT / "CHANGELOG.md").read_text())[0]
    assert (newest, bool(day)) == (version, True)


def test_commit_hooks_run_local_tools_and_download_nothing():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"repo: (\S+)", hooks)) == {"local"}
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}
    assert "://" not in hooks
