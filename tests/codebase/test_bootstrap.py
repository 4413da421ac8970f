"""Test the set-up that runs before Django: what it skips, and its messages on failure."""

import errno
import json
import subprocess
import sys

import pytest

from trafficking_plan import bootstrap
from trafficking_plan.running import libraries


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout in a separate folder, with two locks and no environment yet."""
    for name in (bootstrap.RUN_LOCK, bootstrap.DEV_LOCK):
        (tmp_path / name).write_text(f"# {name}\n")
    for attribute, path in {
        "ROOT": "",
        "VAR": "var",
        "ENVIRONMENT_FILE": ".env",
        "VENV": ".venv",
        "VENV_PYTHON": ".venv/bin/python",
        "STAMP": ".venv/installed.json",
        "UNFINISHED": ".venv/unfinished",
        "LOG": "var/set-up.log",
    }.items():
        monkeypatch.setattr(bootstrap, attribute, tmp_path / path)
    (tmp_path / "var").mkdir()
    return tmp_path


@pytest.fixture
def installed(checkout, monkeypatch):
    """Stand in for the installers, which need a network; everything around them is real."""
    steps = []

    def work(title, command, count=""):
        steps.append(title)
        if "venv" in command:
            subprocess.run(command, check=True)

    monkeypatch.setattr(bootstrap, "work", work)
    monkeypatch.setattr(bootstrap, "uv_runs", lambda: False)
    monkeypatch.setattr(bootstrap, "ensure_pip", lambda: None)

    def install(lock):
        steps.clear()
        bootstrap.install_python_packages(lock)
        return steps

    return install


def test_a_new_checkout_has_no_lock_installed(checkout):
    assert not bootstrap.holds(bootstrap.RUN_LOCK)


def test_installing_the_run_lock_does_not_install_the_development_lock(installed):
    installed(bootstrap.RUN_LOCK)
    assert bootstrap.holds(bootstrap.RUN_LOCK)
    assert not bootstrap.holds(bootstrap.DEV_LOCK)


def test_the_development_lock_includes_the_run_lock(installed):
    installed(bootstrap.DEV_LOCK)
    assert bootstrap.holds(bootstrap.RUN_LOCK)
    assert bootstrap.holds(bootstrap.DEV_LOCK)


def test_a_changed_lock_counts_as_not_installed(installed, checkout):
    installed(bootstrap.RUN_LOCK)
    (checkout / bootstrap.RUN_LOCK).write_text("# changed\n")
    assert not bootstrap.holds(bootstrap.RUN_LOCK)


def test_a_changed_lock_is_installed_into_the_existing_environment(installed, checkout):
    installed(bootstrap.RUN_LOCK)
    (checkout / bootstrap.RUN_LOCK).write_text("# changed\n")
    assert installed(bootstrap.RUN_LOCK) == [
        "Installing Python packages from requirements.lock, with pip"
    ]


def test_an_interrupted_installation_is_made_again(installed):
    installed(bootstrap.RUN_LOCK)
    bootstrap.UNFINISHED.touch()
    assert not bootstrap.holds(bootstrap.RUN_LOCK)
    assert installed(bootstrap.RUN_LOCK)[0] == "Making .venv"
    assert bootstrap.holds(bootstrap.RUN_LOCK)


def test_an_environment_whose_python_is_missing_is_made_again(installed):
    installed(bootstrap.RUN_LOCK)
    bootstrap.VENV_PYTHON.unlink()
    bootstrap.VENV_PYTHON.symlink_to("/nowhere/python")
    assert not bootstrap.holds(bootstrap.RUN_LOCK)
    assert installed(bootstrap.RUN_LOCK)[0] == "Making .venv"


def test_an_environment_of_another_python_is_not_usable(installed):
    installed(bootstrap.RUN_LOCK)
    (library,) = (bootstrap.VENV / "lib").glob("python*")
    library.rename(library.with_name("python3.1"))
    assert not bootstrap.usable_venv()


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"python": "3.11"}'])
def test_a_damaged_stamp_counts_as_missing(installed, text):
    installed(bootstrap.RUN_LOCK)
    bootstrap.STAMP.write_text(text)
    assert not bootstrap.holds(bootstrap.RUN_LOCK)


def test_too_little_disk_space_is_reported_before_anything_is_installed(checkout, monkeypatch):
    monkeypatch.setitem(bootstrap.DISK_MB, bootstrap.RUN_LOCK, 10**9)
    with pytest.raises(SystemExit, match="Setting up takes about 1000000000 MB"):
        bootstrap.install_python_packages(bootstrap.RUN_LOCK)
    assert not bootstrap.VENV.exists()


# --- .env ---------------------------------------------------------------------------------


def test_the_env_file_sets_only_variables_missing_from_the_environment(checkout, monkeypatch):
    monkeypatch.delenv("ENV_FILE", raising=False)
    monkeypatch.setenv("ALREADY", "said")
    monkeypatch.delenv("QUOTED", raising=False)
    (checkout / ".env").write_text(
        '# a comment = no setting\n\nALREADY=other\n QUOTED = "a=b c" \nno equals sign\n'
    )
    bootstrap.read_settings_file(bootstrap.ENVIRONMENT_FILE)
    assert bootstrap.os.environ["ALREADY"] == "said"
    assert bootstrap.os.environ["QUOTED"] == "a=b c"
    monkeypatch.delenv("QUOTED")


def test_demo_writes_an_env_file_readable_only_by_this_user(checkout):
    bootstrap.write_environment_file()
    first = (checkout / ".env").read_text()
    assert first.startswith("DEBUG=yes\nSECRET_KEY=")
    assert (checkout / ".env").stat().st_mode & 0o777 == 0o600


def test_demo_does_not_change_an_existing_env_file(checkout):
    (checkout / ".env").write_text("DEBUG=no\n")
    bootstrap.write_environment_file()
    assert (checkout / ".env").read_text() == "DEBUG=no\n"


# --- messages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM",
            "differs from the one in the lock file",
        ),
        ("Failed to establish a new connection: [Errno 101]", "Check the network"),
        ("Temporary failure in name resolution", "Check the network"),
        ("something new", "That step failed"),
    ],
)
def test_a_failed_step_says_what_to_do(checkout, output, sentence):
    command = [sys.executable, "-c", f"import sys; print({output!r}); sys.exit(1)"]
    with pytest.raises(SystemExit, match=sentence):
        bootstrap.work("Installing", command)
    assert output in bootstrap.LOG.read_text()


def test_a_full_disk_error_of_our_own_process_is_explained():
    error = OSError(errno.ENOSPC, "No space left on device")
    assert bootstrap.explain(error).startswith("The disk is full.")


def test_an_unwritable_folder_is_named_in_the_message():
    error = PermissionError(errno.EACCES, "Permission denied", "/srv/plan/.venv")
    assert bootstrap.explain(error).startswith("/srv/plan/.venv cannot be written.")


@pytest.mark.parametrize(
    ("platform", "apt", "line"),
    [
        (
            "linux",
            "/usr/bin/apt-get",
            "sudo apt-get install -y --no-install-recommends libpango-1.0-0",
        ),
        ("darwin", None, "brew install pango"),
        ("linux", None, "Debian calls them libpango-1.0-0"),
    ],
)
def test_users_other_than_root_are_shown_the_command_to_run(monkeypatch, platform, apt, line):
    monkeypatch.setattr(bootstrap.sys, "platform", platform)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: apt)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=line):
        bootstrap.install_system_packages(["libpango-1.0-0"])


def test_tests_also_need_a_browser_a_pdf_reader_and_java(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(libraries, "loads", lambda name: name != "libpango-1.0.so.0")
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    assert bootstrap.missing_system_packages(for_tests=False) == ["libpango-1.0-0", "poppler-utils"]
    assert bootstrap.missing_system_packages(for_tests=True) == [
        "libpango-1.0-0",
        "poppler-utils",
        "chromium-headless-shell",
        "default-jre-headless",
        "rsync",
    ]


def test_packages_have_their_homebrew_names_on_macos(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "platform", "darwin")
    packages = ["libpango-1.0-0", "libpangoft2-1.0-0", "poppler-utils", "default-jre-headless"]
    assert "brew install openjdk pango poppler\n" in bootstrap.by_hand(packages)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Makes a program that ends with this code, in the folder `bin` of a home of its own."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(bootstrap, "HOMEBREW_JAVAS", ())

    def program(home, code):
        path = tmp_path / home / "bin" / "java"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)
        return path

    return program


def test_java_is_reported_missing_where_there_is_none(program):
    assert bootstrap.java() is None


def test_java_on_the_path_is_used_if_it_runs(program, monkeypatch):
    stub, real = program("stub", 1), program("real", 0)
    monkeypatch.setenv("PATH", str(stub.parent))
    assert bootstrap.java() is None
    monkeypatch.setattr(bootstrap, "HOMEBREW_JAVAS", (str(real),))
    assert bootstrap.java() == str(real)


def test_java_home_takes_precedence(program, monkeypatch):
    named, other = program("named", 0), program("other", 0)
    monkeypatch.setenv("PATH", str(other.parent))
    monkeypatch.setenv("JAVA_HOME", str(named.parent.parent))
    assert bootstrap.java() == str(named)


def test_debians_missing_pip_is_reported_with_the_other_packages(checkout, monkeypatch):
    monkeypatch.setattr(libraries, "loads", lambda name: True)
    monkeypatch.setattr(bootstrap, "uv_runs", lambda: False)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    assert bootstrap.missing_system_packages(for_tests=False) == []
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    assert bootstrap.missing_system_packages(for_tests=False) == [
        f"python{bootstrap.python_version()}-venv"
    ]


def test_the_stamp_names_the_python_of_the_environment(installed):
    installed(bootstrap.RUN_LOCK)
    stamp = json.loads(bootstrap.STAMP.read_text())
    assert stamp["python"] == bootstrap.python_version()
