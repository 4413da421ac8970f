"""Set up what a command needs (system libraries, virtual environment, `.env`), then run it.

Standard library only, because it runs before any package is installed.
"""

import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

from trafficking_plan import __version__
from trafficking_plan.running import runs
from trafficking_plan.running.environment import HOME as ROOT
from trafficking_plan.running.environment import IS_CHECKOUT, read_settings_file
from trafficking_plan.running.libraries import HOMEBREW_LIBRARIES, LIBRARIES, missing_for_papers

VAR = ROOT / "var"
ENVIRONMENT_FILE = ROOT / ".env"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
# Written last: the locks that are installed, and the Python version.
STAMP = VENV / "installed.json"
# Exists during an installation. If it is found later, the installation was interrupted.
UNFINISHED = VENV / "unfinished"
LOG = VAR / "set-up.log"

RUN_LOCK = "requirements.lock"
# A superset of RUN_LOCK, with the same versions.
DEV_LOCK = "requirements-dev.lock"
FOR_DEVELOPERS = ("test", "check_code", "check_packages")
DISK_MB = {RUN_LOCK: 400, DEV_LOCK: 1000}


CHROMIUMS = (
    "chromium-headless-shell",  # the same engine without a window; an eighth less CPU time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


# Homebrew's Java is not on PATH; macOS's own `java` only explains how to install one.
HOMEBREW_JAVAS = ("/opt/homebrew/opt/openjdk/bin/java", "/usr/local/opt/openjdk/bin/java")

# Text in the output of a failed installation, and what the user can do about it.
REMEDIES = {
    "No space left on device": "The disk is full. Free some space and run the same command again.",
    "THESE PACKAGES DO NOT MATCH THE HASHES": (
        "A downloaded package differs from the one in the lock file, so it was not installed. Try again. If "
        "it happens again, do not work around it: tell whoever maintains the lock file."
    ),
    "Permission denied": (
        "A file in this folder belongs to another user. Make yourself the owner of the folder, or clone the "
        "repository into a folder of your own."
    ),
    "CERTIFICATE_VERIFY_FAILED": (
        "The package index's certificate is not trusted here. Behind an inspecting proxy, "
        "set PIP_CERT to your organisation's certificate file and run the same command again."
    ),
    "No module named ensurepip": (
        "This Python comes without pip. On Debian and Ubuntu run "
        "`sudo apt-get install python3-venv`, then the same command again."
    ),
    "name resolution": "network",
    "Failed to establish a new connection": "network",
    "Network is unreachable": "network",
    "ProxyError": "network",
    "Read timed out": "network",
    "Could not find a version that satisfies": "network",
    "Temporary failure resolving": "network",
    "Could not connect": "network",
}
NO_NETWORK = (
    "The packages could not be fetched. Check the network (and PIP_INDEX_URL or the proxy "
    "settings, if you need them), then run the same command again: it continues from here."
)


def main() -> None:
    """Run the command `plan-register`, which `pip install` makes."""
    run(sys.argv)


def run(argv: list[str]) -> None:
    """Run a command. In a checkout, run it in `.venv` unless SET_UP=no."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in {"version", "--version"}:
        # Before any setting is read; Django would print its own.
        return say(__version__)
    try:
        if command == "demo":
            write_environment_file()
            choose_country(argv)
        read_settings_file(ENVIRONMENT_FILE)
        if IS_CHECKOUT and os.environ.get("SET_UP", "yes") != "no":
            set_up(
                argv,
                lock=DEV_LOCK if command in FOR_DEVELOPERS else RUN_LOCK,
                for_tests=command == "test",
            )
    except OSError as error:
        refuse(explain(error))
    except KeyboardInterrupt:
        refuse("Stopped. Run the same command again to continue.")

    if IS_CHECKOUT and command == "test":
        from trafficking_plan.testing import suites

        sys.exit(suites.run(argv[2:]))
    if IS_CHECKOUT and command == "check_code":
        from trafficking_plan.testing import checks

        sys.exit(checks.run())
    if IS_CHECKOUT and command == "check_packages":
        from trafficking_plan.testing import packages

        sys.exit(packages.run())
    run_django(argv)


def run_django(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        refuse(
            f"{error}\nOn a machine of your own, put DEBUG=yes into the file .env; "
            "`manage.py demo` writes that file."
        )
    execute_from_command_line(argv)
    runs.note(argv[1:])


def refuse(sentence: str) -> NoReturn:
    sys.exit(f"\n{sentence}")


def say(sentence: str) -> None:
    print(sentence, flush=True)


def explain(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return REMEDIES["No space left on device"]
    if isinstance(error, PermissionError):
        return f"{error.filename} cannot be written. {REMEDIES['Permission denied']}"
    return f"Setting up failed: {error}."


# --- .env ---------------------------------------------------------------------------------


def write_environment_file() -> None:
    """Write a `.env` for a debugging machine, unless there is one."""
    # Readable only by this user, and never over an existing file.
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(ENVIRONMENT_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(f"DEBUG=yes\nSECRET_KEY={secrets.token_urlsafe(50)}\n")


def choose_country(argv: list[str]) -> None:
    """Let `demo --country NAME` have the settings of that country, and a database and files of its own.

    Variables that are set already take precedence.
    """
    given = dict(zip(argv, argv[1:], strict=False)).get("--country", "")
    given = given or next((each[10:] for each in argv if each.startswith("--country=")), "")
    if given not in {"", "new-zealand"}:
        os.environ["COUNTRY"] = given
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{VAR / f'{given}.sqlite3'}")
        os.environ.setdefault("FILES_DIR", str(VAR / f"{given}-files"))


# --- the environment ----------------------------------------------------------------------


def set_up(argv: list[str], lock: str, for_tests: bool) -> None:
    """Install the packages of `lock` and system packages, then run the command again in `.venv`.

    Return only if this process already runs there.
    """
    if sys.platform == "win32":
        refuse("Windows is not supported. Run this in WSL, the Windows Subsystem for Linux.")
    VAR.mkdir(exist_ok=True)
    if sys.platform == "darwin":
        # A Python that is not Homebrew's does not search Homebrew's folder, where Pango is.
        os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", ":".join(HOMEBREW_LIBRARIES))
    ready = holds(lock) and not missing_system_packages(for_tests)
    if not ready:
        with only_one():
            install_system_packages(missing_system_packages(for_tests))
            if still_missing := missing_system_packages(for_tests):
                refuse(by_hand(still_missing))
            if not holds(lock):
                install_python_packages(lock)
    # Also if this process runs in `.venv` but started before its packages were installed.
    if not (ready and inside_venv()):
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *argv])


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let only one process install at a time; others wait."""
    import fcntl  # not available on Windows, which is refused before

    with (VAR / "set-up.lock").open("w") as file:
        # If this process is killed, an installer that is still running keeps the lock.
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up this checkout; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
        # Unlock explicitly, because a service started by an installed package may have the file
        # open. After an exception, the lock ends with the last process that has it open.
        fcntl.flock(file, fcntl.LOCK_UN)


def inside_venv() -> bool:
    return VENV.exists() and os.path.samefile(sys.prefix, VENV)


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def holds(lock: str) -> bool:
    """Return whether `.venv` is complete for this lock and its present Python."""
    if UNFINISHED.exists() or not VENV_PYTHON.exists() or not (VENV / "pyvenv.cfg").exists():
        return False
    try:
        stamp = json.loads(STAMP.read_text())
        # After a system upgrade the same path can be another Python, without our packages.
        moved = inside_venv() and stamp["python"] != python_version()
        return not moved and stamp["locks"].get(lock) == digest(lock)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def venv_version() -> str | None:
    """Return the version of `.venv`'s Python, or None if it does not run."""
    if not (VENV / "pyvenv.cfg").exists():
        return None
    try:
        answer = subprocess.run(
            [VENV_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        )
    except OSError:
        return None
    return answer.stdout.strip() or None


def usable_venv() -> bool:
    """Return False if `.venv` is incomplete, was copied from elsewhere, or has lost its Python."""
    version = venv_version()
    folders = {folder.name for folder in (VENV / "lib").glob("python*")}
    return version is not None and not UNFINISHED.exists() and f"python{version}" in folders


def install_python_packages(lock: str) -> None:
    free_mb = shutil.disk_usage(ROOT).free // 1_000_000
    if free_mb < DISK_MB[lock]:
        refuse(
            f"Setting up takes about {DISK_MB[lock]} MB in {ROOT}, and {free_mb} MB are free. "
            "Free some space and run the same command again."
        )
    if VENV.exists() and not usable_venv():
        say("Removing an incomplete .venv …")
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not VENV_PYTHON.exists():
        base_python = getattr(sys, "_base_executable", sys.executable)
        work("Making .venv", [base_python, "-m", "venv", "--without-pip", str(VENV)])

    with_hashes = ["--require-hashes", "--only-binary", ":all:", "--requirement", lock]
    title = f"Installing Python packages from {lock}"
    if not (uv_runs() and install_with_uv(title, with_hashes)):
        ensure_pip()
        pip = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
        if lock == DEV_LOCK:
            # Compiling all that nobody imports takes longer than compiling the rest when it is imported.
            pip.append("--no-compile")
        work(f"{title}, with pip", [*pip, "--retries", "2", *with_hashes], count="Collecting ")

    # The development lock includes the other one.
    locks = (RUN_LOCK, DEV_LOCK) if lock == DEV_LOCK else (lock,)
    stamp = {"python": venv_version(), "locks": {name: digest(name) for name in locks}}
    STAMP.write_text(json.dumps(stamp))
    UNFINISHED.unlink()


def uv_runs() -> bool:
    """Return whether uv works; a shim on PATH may not."""
    if not shutil.which("uv"):
        return False
    return subprocess.run(["uv", "--version"], capture_output=True).returncode == 0


def install_with_uv(title: str, with_hashes: list[str]) -> bool:
    uv = ["uv", "pip", "install", "--quiet", "--python", str(VENV_PYTHON)]
    done = attempt(f"{title}, with uv", [*uv, *with_hashes]).succeeded
    if not done:
        say("uv could not; trying pip.")
    return done


def ensure_pip() -> None:
    found = subprocess.run([VENV_PYTHON, "-c", "import pip"], capture_output=True)
    if found.returncode == 0:
        return
    work("Adding pip to .venv", [str(VENV_PYTHON), "-m", "ensurepip", "--default-pip"])


# --- system packages ----------------------------------------------------------------------


def missing_system_packages(for_tests: bool) -> list[str]:
    """Return Debian's names of missing packages. Tests also need a browser and Java."""
    missing = missing_for_papers()
    if sys.platform != "darwin" and not STAMP.exists() and not has_installer():
        missing.append(f"python{python_version()}-venv")  # Debian's and Ubuntu's Python
    if for_tests:
        if not (os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUMS))):
            missing.append("chromium-headless-shell")
        if not java():
            missing.append("default-jre-headless")
        if not shutil.which("rsync"):
            missing.append("rsync")
    return missing


def has_installer() -> bool:
    return importlib.util.find_spec("ensurepip") is not None or uv_runs()


def java() -> str | None:
    """Return the path of a working Java, for the PDF validator, or None."""
    home = os.environ.get("JAVA_HOME")
    names = [f"{home}/bin/java"] if home else ["java", *HOMEBREW_JAVAS]
    for program in filter(None, map(shutil.which, names)):
        if subprocess.run([program, "-version"], capture_output=True).returncode == 0:
            return program
    return None


def install_system_packages(packages: list[str]) -> None:
    if not packages:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        refuse(by_hand(packages))
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    install += ["-o", "DPkg::Lock::Timeout=300", *packages]
    title = f"Installing system packages: {' '.join(packages)}"
    # Update apt's package lists only if the installation fails; they may be missing or old.
    if not attempt(title, install).succeeded:
        work("Fetching apt's package lists", ["apt-get", "update"])
        work(title, install)


def by_hand(packages: list[str]) -> str:
    """Return instructions to install system packages that we cannot install ourselves."""
    again = "Then run the same command again."
    if sys.platform == "darwin":
        formulas = {"pango" if name in LIBRARIES.values() else name for name in packages}
        named = {
            "chromium-headless-shell": "chromium",
            "poppler-utils": "poppler",
            "default-jre-headless": "openjdk",
        }
        formulas = {named.get(name, name) for name in formulas}
        return f"Some system packages are missing. Run:\n  brew install {' '.join(sorted(formulas))}\n{again}"
    if shutil.which("apt-get"):
        browser = (
            "\n(A Chrome elsewhere does too: set CHROMIUM to its path.)"
            if "chromium-headless-shell" in packages
            else ""
        )
        return (
            "Some system packages are missing. Run:\n"
            f"  sudo apt-get install -y --no-install-recommends {' '.join(packages)}{browser}\n{again}"
        )
    return (
        f"Some system packages are missing. Debian calls them {', '.join(packages)}; "
        f"install your system's counterparts. {again}"
    )


# --- running steps ------------------------------------------------------------------------


class Outcome:
    def __init__(self, output: str, code: int) -> None:
        self.output = output
        self.succeeded = code == 0


def attempt(title: str, command: list[str], count: str = "") -> Outcome:
    """Run a step, report it, and append its output to the log.

    On a terminal, show the number of output lines that begin with `count`, as progress.
    """
    started = time.monotonic()
    print(f"{title} … ", end="", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    lines: list[str] = []
    counted = 0
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            close_fds=False,  # passes the lock to the child
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            lines.append(line)
            if count and sys.stdout.isatty() and line.startswith(count):
                counted += 1
                print(f"\r{title} … {counted} ", end="", flush=True)
    outcome = Outcome("".join(lines), process.returncode)
    word = "done" if outcome.succeeded else "no success"
    say(f"{word}, {time.monotonic() - started:.0f} s")
    return outcome


def work(title: str, command: list[str], count: str = "") -> None:
    """Run a step that must succeed, or stop and say what the user can do."""
    outcome = attempt(title, command, count)
    if outcome.succeeded:
        return
    for symptom, remedy in REMEDIES.items():
        if symptom in outcome.output:
            refuse(NO_NETWORK if remedy == "network" else remedy)
    last_lines = "\n".join(outcome.output.splitlines()[-15:])
    refuse(f"{last_lines}\n\nThat step failed; {LOG} has all of it. Run the same command again.")
