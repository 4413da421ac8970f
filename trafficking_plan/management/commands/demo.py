"""Set up and serve the demo: demo plans, the 2010 briefing as a PDF, and the pages."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from reports.demo.demo_briefings import TRACKER_NUMBER
from reports.models import IssuedPaper
from trafficking_plan.running.service_checks import unknown_migrations

HOST = "127.0.0.1"
VAR = settings.BASE_DIR / "var"
NEW_ZEALAND = "new-zealand"
BANNER = (
    "This is a demo. Plans and agencies have the names of real ones, but what it says of any "
    "agency’s work is made up."
)
COUNTRIES = (NEW_ZEALAND, "fiji")
BRIEFING = VAR / f"briefing-{'2010' if settings.COUNTRY == NEW_ZEALAND else settings.COUNTRY}.pdf"


class Command(BaseCommand):
    help = "Load the demo plans, write the 2010 briefing and serve the pages on this machine."
    # The database may not exist yet; `migrate` runs the checks.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where to serve (8000)")
        parser.add_argument("--no-serve", action="store_true", help="stop after the PDF")
        parser.add_argument(
            "--reset", action="store_true", help="remove the demo's records and PDF first"
        )
        parser.add_argument(
            "--country",
            choices=COUNTRIES,
            default=settings.COUNTRY,
            help="whose demo, in a database of its own (new-zealand)",
        )

    def handle(
        self, *, port: int, no_serve: bool, reset: bool, country: str, **options: Any
    ) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo runs only with DEBUG=yes. Put DEBUG=yes into .env.")
        if country != settings.COUNTRY:
            # `trafficking_plan.bootstrap` sets the country before the settings are read.
            raise CommandError(f"Start it by: python3 manage.py demo --country {country}")
        if not no_serve:
            refuse_port_in_use(port)
        if reset:
            remove_demo()
            self.stdout.write("Removed the data of the last demo.")
        VAR.mkdir(exist_ok=True)
        if country != NEW_ZEALAND:
            (VAR / f"{country}-files").mkdir(exist_ok=True)
        link_to(f"http://{HOST}:{port}")
        settings.BANNER = BANNER
        refuse_database_from_before()

        self.print_step("Preparing the database")
        call_command("migrate", verbosity=0)

        self.print_step("Loading the demo plans")
        sign_ins = StringIO()
        call_command("load_demo_plan", stdout=sign_ins)

        self.print_step("Writing and signing their briefings")
        call_command("load_demo_briefing", stdout=StringIO())
        papers = IssuedPaper.objects.all()
        if country == NEW_ZEALAND:
            call_command("load_demo_papers", stdout=StringIO())
            if settings.REQUESTS:
                call_command("load_demo_requests", stdout=StringIO())
            papers = papers.filter(briefing__tracker_number=TRACKER_NUMBER)
        BRIEFING.write_bytes(bytes(papers.newest_first()[0].pdf))

        self.stdout.write("\n" + sign_ins.getvalue().strip())
        self.stdout.write(f"\nBriefing  {BRIEFING}")
        if no_serve:
            self.stdout.write(f"Pages     {serve_command(port, country)}   serves them")
            return
        self.stdout.write(f"Pages     http://{HOST}:{port}/   (Ctrl-C stops)\n")
        self.stdout.flush()
        with worker():
            # Errors are shown as on a live service: a wrong address gives our own page, not Django's.
            settings.DEBUG = False
            # Hide runserver's banner, which repeats our output and warns about production use.
            call_command(
                "runserver",
                f"{HOST}:{port}",
                use_reloader=False,
                insecure_serving=True,
                stdout=StringIO(),
            )

    def print_step(self, step: str) -> None:
        self.stdout.write(f"{step} …")
        self.stdout.flush()


def link_to(address: str) -> None:
    """Let links in emails and calendars lead to where the pages are served, unless the environment
    says so already. The worker inherits the environment."""
    settings.SITE_URL = os.environ.setdefault("SITE_URL", address).rstrip("/")


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker that renders long papers while the block runs, as in a live service."""
    # In its own session, so that Ctrl-C does not reach it as well; we terminate it below.
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "render_papers", "--attended"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Turn SIGTERM into SystemExit, so that the worker is terminated in every case.
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield process
    finally:
        signal.signal(signal.SIGTERM, before)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end(number: int, frame: Any) -> None:
    raise SystemExit(128 + number)


def serve_command(port: int, country: str = NEW_ZEALAND) -> str:
    country_option = "" if country == NEW_ZEALAND else f" --country {country}"
    port_option = "" if port == 8000 else f" --port {port}"
    return f"python3 manage.py demo{country_option}{port_option}"


def refuse_port_in_use(port: int) -> None:
    """Refuse an unusable port before the long preparation starts."""
    if not 1 <= port <= 65535:
        raise CommandError(f"There is no port {port}. Choose one from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CommandError(
                f"Port {port} is not for ordinary users. Choose one from 1024 up, "
                "as in: python3 manage.py demo --port 8001"
            ) from error
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used: another program, or an earlier demo, may have it. "
                f"Stop that, or choose another: python3 manage.py demo --port {port + 1 if port < 65535 else 8001}"
            ) from error


def refuse_database_from_before() -> None:
    """Refuse a database with applied migrations that no longer exist: it cannot be migrated."""
    if unknown_migrations():
        raise CommandError(
            "The demo's database was made by an earlier version, and cannot be brought up to date. "
            "Start over, without what was entered: python3 manage.py demo --reset"
        )


def remove_demo() -> None:
    """Delete the demo's SQLite database, uploaded files, emails and PDF, and nothing else."""
    if connection.vendor != "sqlite":
        raise CommandError(
            "--reset only removes an SQLite demo database. This installation's records are on "
            "a database server; empty that one by hand if you mean to."
        )
    connection.close()
    database = Path(str(connection.settings_dict["NAME"]))
    for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm"), BRIEFING):
        path.unlink(missing_ok=True)
    own = "" if settings.COUNTRY == NEW_ZEALAND else f"{settings.COUNTRY}-"
    for folder in (VAR / f"{own}files", VAR / "mail"):
        shutil.rmtree(folder, ignore_errors=True)
