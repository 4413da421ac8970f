"""Test that a module of a package runs when something of it is first used."""

import importlib
import sys

import pytest

from trafficking_plan.sign_in.late_modules import run_late


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """A package with a module that is run late."""
    folder = tmp_path / "locks"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "keys.py").write_text("import sys\nsys.runs_of_keys += 1\nKEY = 'brass'\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "runs_of_keys", 0, raising=False)
    run_late("locks.keys")
    yield importlib.import_module("locks")
    del sys.modules["locks"], sys.modules["locks.keys"]


def test_a_late_module_runs_when_first_used_and_only_once(locks):
    keys = importlib.import_module("locks.keys")
    assert (locks.keys is keys, sys.runs_of_keys) == (True, 0)
    assert (keys.KEY, keys.KEY, sys.runs_of_keys) == ("brass", "brass", 1)


def test_a_name_that_a_late_module_does_not_have_is_refused(locks):
    with pytest.raises(AttributeError, match="locks.keys has no LOCK"):
        _ = locks.keys.LOCK


def test_a_module_that_fails_is_run_again_at_the_next_use(locks, monkeypatch):
    monkeypatch.delattr(sys, "runs_of_keys")
    with pytest.raises(AttributeError, match="runs_of_keys"):
        _ = locks.keys.KEY
    monkeypatch.setattr(sys, "runs_of_keys", 0, raising=False)
    assert (locks.keys.KEY, sys.runs_of_keys) == ("brass", 1)


def test_a_module_that_has_run_stays_as_it_is():
    before = importlib.import_module("email.message")
    run_late("email.message")
    assert sys.modules["email.message"] is before


def test_a_module_of_no_package_runs_late_too(tmp_path, monkeypatch):
    (tmp_path / "bolts.py").write_text("METAL = 'iron'\n")
    monkeypatch.syspath_prepend(tmp_path)
    run_late("bolts")
    assert sys.modules.pop("bolts").METAL == "iron"
