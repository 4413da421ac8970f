"""Every block of commands of docs/operations.md, cut out and run on a bare Debian: `python3 -m bench page`, as root.

The Debian is a folder that mmdebstrap makes. It has no systemd, so a stand-in starts and stops what the units say.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.server import ROOT

PAGE = ROOT / "docs/operations.md"
NAMESPACE = f"page-{os.getpid()}"
SOURCE = "usr/local/src/plan-register"
# What is not run here, by words of the block, and why.
LEFT_OUT = {
    "FILES_BUCKET": "there is no bucket; tests try object storage",
    "clamav": "its signatures are not to be had here; tests try the scanner's protocol",
    "caddy": "nginx is run; Debian starts Caddy by systemd alone",
    "podman": "there is no registry to take the base image from",
}
# What a trial gives in place of a ministry's own.
GIVEN = {
    "EMAIL_HOST=mail.example.govt.nz": "EMAIL_HOST=127.0.0.1",
    "createsuperuser": "createsuperuser --no-input --email administrator@example.org --name Administrator",
}
START = "[ ! -x /etc/init.d/postgresql ] || service postgresql start"
# What an earlier run had started.
AGAIN = "systemctl start plan-register-web plan-register-worker; service nginx restart"
FETCHES = re.compile(r"\bapt-get\b|pip install|pip --")
SYSTEMCTL = """#!/bin/sh
# In place of systemd: starts and stops what the units of services say.
act=$1; shift
[ "$act" != daemon-reload ] || exit 0
mkdir -p /run/units
for name; do
    unit=/etc/systemd/system/$name.service
    case $name in --now | *.timer) continue;; esac
    get() { sed -n "s/^$1=//p" "$unit" | head -1; }
    pid=$(cat "/run/units/$name" 2>/dev/null)
    case $act in
    reload) kill -HUP "$pid" || exit 1;;
    stop | restart) [ -z "$pid" ] || { kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done; rm -f "/run/units/$name"; pid=;};;
    esac
    case $act in
    start | restart | enable)
        [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null || continue
        user=$(get User) made=$(get RuntimeDirectory)
        [ -z "$made" ] || install -d -o "$user" -m 0700 "/run/$made"
        cd "$(get WorkingDirectory)"
        # shellcheck disable=SC2046
        setsid env $(get Environment) XDG_CACHE_HOME=/tmp setpriv --reuid="$user" --regid="$user" --init-groups $(get ExecStart) \\
            >> "/var/log/$name.log" 2>&1 < /dev/null &
        echo $! > "/run/units/$name"
        case $name in *-web)
            port=$(get ExecStart | sed 's/.*:\\([0-9]*\\) --config.*/\\1/')
            for _ in $(seq 300); do curl -s "http://127.0.0.1:$port/healthz" >/dev/null && break; sleep 0.3; done;;
        esac;;
    esac
done
"""
# A mail server that takes everything.
MAIL = """
import socketserver
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 mail\\r\\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write({b"DATA": b"354 go on\\r\\n", b"QUIT": b"221 bye\\r\\n"}.get(word, b"250 mail\\r\\n"))
            if word == b"DATA":
                while self.rfile.readline() != b".\\r\\n": pass
                self.wfile.write(b"250 taken\\r\\n")
socketserver.ThreadingTCPServer(("127.0.0.1", 25), Session).serve_forever()
"""


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield each block of commands with the title of its section."""
    for section in page.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        for block in re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE):
            yield title, block


def commands(block: str) -> Iterator[str]:
    """Yield each command whole: with its continued lines, and with what it reads up to END."""
    whole, ends = "", ""
    for line in block.splitlines(keepends=True):
        whole += line
        if "<<END" in line:
            ends = "END\n"
        if ends and line != ends:
            continue
        ends = ""
        if not line.endswith("\\\n"):
            yield whole
            whole = ""


def parts(block: str) -> Iterator[tuple[bool, str]]:
    """Yield what fetches packages apart from the rest, in order, each in the folder that it is to run in."""
    folder, text, fetches = "", "", False
    for command in commands(block):
        if command.startswith("cd "):
            folder = command
        elif bool(FETCHES.search(command)) != fetches:
            if text:
                yield fetches, text
            text, fetches = folder, not fetches
        text += command
    if text:
        yield fetches, text


class Debian:
    """A bare Debian in a folder, and a network namespace of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self) -> None:
        if not (self.root / "etc/debian_version").exists():
            packages = "ca-certificates,sysvinit-utils,openssl"
            run("mmdebstrap", "--variant=minbase", f"--include={packages}", "trixie", self.root)
        for path in ("/etc/apt/apt.conf.d", "/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs"):
            if Path(path).exists():
                Path(f"{self.root}{path}").parent.mkdir(parents=True, exist_ok=True)
                run("cp", "--archive", "--no-target-directory", path, f"{self.root}{path}")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        self.write("usr/local/bin/systemctl", SYSTEMCTL)
        # Nothing is started by its installation: it would answer outside the namespace.
        self.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
        source = self.root / SOURCE
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir(parents=True)
        run("sh", "-c", f"git -C {ROOT} archive HEAD | tar -x -C {source}")
        (self.root / "etc/systemd/system").mkdir(parents=True, exist_ok=True)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def mount(self) -> None:
        for name in ("proc", "dev"):
            run("mount", "--rbind", "--make-rslave", f"/{name}", self.root / name)
        if wheels := os.environ.get("PIP_FIND_LINKS", ""):
            (self.root / wheels.lstrip("/")).mkdir(parents=True, exist_ok=True)
            run("mount", "--bind", wheels, f"{self.root}{wheels}")
        run("ip", "netns", "add", NAMESPACE)
        run("ip", "-n", NAMESPACE, "link", "set", "lo", "up")

    def leave(self) -> None:
        """End what runs in the namespace, and unmount."""
        pids = output("ip", "netns", "pids", NAMESPACE).split()
        subprocess.run(["kill", "-9", *pids], stderr=subprocess.DEVNULL)
        time.sleep(1)
        run("ip", "netns", "delete", NAMESPACE)
        mounted = output("findmnt", "--noheadings", "--raw", "--output", "TARGET").split()
        for each in reversed([name for name in mounted if name.startswith(f"{self.root}/")]):
            subprocess.run(["umount", "--lazy", each])

    def shell(self, text: str, *, fetches: bool) -> subprocess.CompletedProcess[str]:
        enter = [] if fetches else ["ip", "netns", "exec", NAMESPACE]
        pip = [f"{name}={os.environ[name]}" for name in os.environ if name.startswith("PIP_")]
        env = [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            *("LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"),
            "DJANGO_SUPERUSER_PASSWORD=four-walls-one-plan",
            *pip,
        ]
        return subprocess.run(
            [*enter, "chroot", str(self.root), "env", "-i", *env, "bash", "-eu", "-c", text],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


def run(*command: object) -> None:
    subprocess.run([str(each) for each in command], check=True)


def output(*command: object) -> str:
    return subprocess.run([str(each) for each in command], stdout=subprocess.PIPE, text=True).stdout


def why_left_out(block: str) -> str:
    return next((reason for words, reason in LEFT_OUT.items() if words in block), "")


def try_page(folder: str, start: str) -> bool:
    """Run the page from a section on, and return whether every command succeeded."""
    root = Path(folder or tempfile.mkdtemp(prefix="page-")).resolve()
    debian, left_out, failed, ran = Debian(root), [], "", 0
    debian.make()
    debian.mount()
    try:
        mail = ["ip", "netns", "exec", NAMESPACE, sys.executable, "-c", MAIL]
        subprocess.Popen(mail, stderr=subprocess.DEVNULL)
        begun = not start
        debian.shell(START, fetches=False)
        if start:
            debian.shell(AGAIN, fetches=False)
        for title, block in blocks(PAGE.read_text(encoding="utf-8")):
            begun = begun or title == start
            if not begun:
                continue
            if reason := why_left_out(block):
                left_out.append(f"{title}: {reason}")
                continue
            if failed := follow(debian, title, block):
                break
            ran += 1
    finally:
        debian.leave()
        if not folder:
            shutil.rmtree(root)
    print(f"{ran} blocks ran.", *(f"Left out: {each}." for each in left_out), sep="\n")
    print(failed)
    return not failed


def follow(debian: Debian, title: str, block: str) -> str:
    """Run a block and what it asks to run; return what failed."""
    for words, instead in GIVEN.items():
        block = block.replace(words, instead)
    for fetches, text in parts(block):
        began = time.monotonic()
        done = debian.shell(text, fetches=fetches)
        print(f"{title}: {time.monotonic() - began:.0f} s, exit {done.returncode}", flush=True)
        if done.returncode:
            return f"{title} failed at:\n{text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        if fetches:
            # As Debian does at its installation, but in the namespace.
            debian.shell(START, fetches=False)
        if "beside.sh" in text:
            more = done.stdout.partition("Then:\n")[2]
            return follow(debian, f"{title}, as it says", more)
    return ""
