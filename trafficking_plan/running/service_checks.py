"""What must be true of a running service, each as a check that answers with a sentence.

`/readyz` asks those that are quick and need no network beyond the database; `manage.py check_service` asks
all of them. A sentence says no host, path, address or name; what the operator needs besides is `detail`,
which only the command prints.
"""

import json
import platform
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Min
from django.utils import timezone
from django.utils.crypto import get_random_string

from agencies.models import WaitingMail
from agencies.pages.mail_files import mail_folder
from agencies.people import outbox
from agencies.records import guards
from agencies.typed import scanner
from reports.extensions import registry
from reports.models import Rendering, RenderWorker
from reports.models import guards as paper_guards
from reports.models import indexes as paper_indexes
from trafficking_plan.running import runs
from trafficking_plan.running.libraries import missing_for_papers
from trafficking_plan.sign_in import sealed_steps
from trafficking_plan.sign_in.openid import MISSING_CLAIMS
from trafficking_plan.storage.marker import StorageGone
from workitems.models import guards as plan_guards
from workitems.models import indexes as plan_indexes
from workitems.terms.lateness import count_noun

EVERY_GUARD = (*guards.GUARDS, *plan_guards.GUARDS, *paper_guards.GUARDS, *registry.GUARDS)
LONG_WAIT = timedelta(minutes=10)  # of a paper, with a worker running, and of an email
GREATEST_CLOCK_DIFFERENCE = 2  # seconds
LEAST_FREE_MB, LOW_FREE_MB = 500, 5_000
LEAST_CERTIFICATE_DAYS = 14
PATIENCE = 10  # seconds, for what goes over the network
LEAST_POSTGRESQL = 15


def our_apps() -> list[str]:
    """Return the labels of our apps with models."""
    ours = ("agencies", "workitems", "reports")
    return [each.label for each in apps.get_app_configs() if each.name.startswith(ours)]


class State(Enum):
    WELL = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    state: State
    sentence: str
    detail: str = ""


def well(sentence: str) -> Finding:
    return Finding(State.WELL, sentence)


def warning(sentence: str, detail: str = "") -> Finding:
    return Finding(State.WARNING, sentence, detail)


def wrong(sentence: str, detail: str = "") -> Finding:
    return Finding(State.WRONG, sentence, detail)


@dataclass(frozen=True)
class Check:
    name: str
    examine: Callable[[], Finding]
    is_of_readiness: bool = False
    # Whether a node where it is wrong is taken out, since others may do better.
    takes_node_out: Callable[[], bool] = lambda: True


def findings(checks: Iterable[Check]) -> Iterator[tuple[Check, Finding]]:
    """Run each check. A check that raises is reported as wrong, and the others still run."""
    for check in checks:
        try:
            found = check.examine()
        except (DatabaseError, InterfaceError) as error:
            found = wrong("The database does not answer.", str(error))
        except Exception as error:
            found = wrong("This could not be checked.", f"{type(error).__name__}: {error}")
        yield check, found


# --- database -----------------------------------------------------------------------------


def check_database() -> Finding:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    took = f"{1000 * (time.monotonic() - began):.0f} ms"
    if connection.vendor == "sqlite":
        return well(f"SQLite answers in {took}.")
    version = connection.pg_version // 10_000  # type: ignore[attr-defined]
    if version < LEAST_POSTGRESQL:
        return wrong(f"PostgreSQL is {version}. Use {LEAST_POSTGRESQL} or later.")
    return well(f"PostgreSQL {version} answers in {took}.")


def _migrations() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return those of this version and those that the database records, without loading them."""
    on_disk = {
        (app.label, path.stem)
        for app in apps.get_app_configs()
        if (package := find_spec(f"{app.name}.migrations")) and package.origin
        for path in Path(package.origin).parent.glob("[!_]*.py")
    }
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return on_disk, set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return on_disk, set(cursor.fetchall())


def unapplied_migrations() -> list[str]:
    """Return the migrations of this version that the database does not record."""
    on_disk, applied = _migrations()
    return sorted(f"{app}.{name}" for app, name in on_disk - applied)


def unknown_migrations() -> list[str]:
    """Return our migrations that the database records and this version does not have.

    Not those that other versions squashed: the database records each that they replaced too.
    """
    on_disk, applied = _migrations()
    ours = {(app, name) for app, name in applied - on_disk if app in our_apps()}
    return sorted(f"{app}.{name}" for app, name in ours if not name.startswith("0001_squashed_"))


def why_not_to_migrate() -> str:
    """Say that the database comes from no earlier version, or return "" (decision 80).

    Such a database has unknown migrations and lacks others. One that lacks none was migrated by a later
    version, and this one can run on it.
    """
    unknown = unknown_migrations()
    if not unknown or not unapplied_migrations():
        return ""
    return (
        f"The database has {count_noun(len(unknown), 'migration')} that this version does not have, such as "
        f"{unknown[-1]}. It was made in development, by code that is not part of this version, and cannot be "
        "brought up to date. Use another database, or the version that made this one."
    )


def check_migrations() -> Finding:
    missing = unapplied_migrations()
    if missing and (refusal := why_not_to_migrate()):
        return wrong(refusal, ", ".join(unknown_migrations()))
    if missing:
        return wrong(
            f"{count_noun(len(missing), 'migration')} not applied. Run migrate.", ", ".join(missing)
        )
    if later := len(unknown_migrations()):
        return well(f"All are applied, and {later:,} of a later version.")
    return well("All are applied.")


def check_triggers() -> Finding:
    """Refuse triggers that are missing, off, or others than this version makes.

    A later version that migrated the database may have changed some: then warn, as this one cannot judge them.
    """
    faults = guards.faults(EVERY_GUARD, connection.alias)
    number = sum(len(each.sources(connection.vendor)) for each in EVERY_GUARD)
    if connection.vendor == "sqlite":
        indexes = (*plan_indexes.INDEXES.values(), *paper_indexes.INDEXES.values())
        there = guards.present(connection.alias)
        expected = {name: sql for index in indexes for name, sql in index.triggers.items()}
        faults += [name for name, sql in expected.items() if there.get(name) != sql]
        number += len(expected)
    if faults and guards.present(connection.alias).keys() >= set(faults) and unknown_migrations():
        return warning(
            f"All {number:,} are in place. {len(faults):,} differ from this version; a later one migrated this database.",
            ", ".join(faults),
        )
    if faults:
        return wrong(
            f"{len(faults):,} of {number:,} are missing, off or changed. Run migrate.",
            ", ".join(faults),
        )
    return well(f"All {number:,} are in place.")


def check_second_steps() -> Finding:
    """Try to open the secrets of second steps, which are sealed with a key outside the database."""
    found = sealed_steps.look()
    if found.unreadable:
        return wrong(
            f"No key of SEALING_KEYS opens {count_noun(len(found.unreadable), 'secret')}. Put the key back that sealed "
            "them, or let an administrator reset the second step of these people.",
            f"Their numbers: {found.whose}",
        )
    if found.plain:
        return wrong(f"{count_noun(found.plain, 'secret')} not sealed. Run seal_secrets.")
    if found.older:
        return warning(
            f"{count_noun(found.older, 'secret')} sealed with an older key. Run seal_secrets."
        )
    more = (
        " Older keys are needed for older backups alone." if len(settings.SEALING_KEYS) > 1 else ""
    )
    return well(f"The newest key opens {count_noun(found.newest, 'secret')}, which is all.{more}")


# --- papers, files, pages -----------------------------------------------------------------


def check_fonts() -> Finding:
    if missing := missing_for_papers():
        return wrong("Programs or libraries for papers are missing.", ", ".join(missing))
    fonts = settings.RESOURCES_DIR / "static" / "fonts"
    if len(list(fonts.glob("SourceSans3-*.ttf"))) < 4:
        return wrong("The fonts of papers are missing.", str(fonts))
    return well("The fonts and Pango are there.")


def check_printing() -> Finding:
    """Lay out an empty page, which loads Pango, the fonts and all stylesheets of papers."""
    from reports.render.pdf import get_ready

    get_ready()
    return well("A page can be laid out.")


def check_static_files() -> Finding:
    read_manifest = getattr(staticfiles_storage, "read_manifest", None)
    if read_manifest is not None and read_manifest() is None:
        return wrong("The styles and scripts of pages are missing. Run collectstatic.")
    return well("The styles and scripts of pages are there.")


def check_storage() -> Finding:
    """Look for the marker where uploads go, in a folder or a bucket; write a small file, read it back and remove it."""
    try:
        getattr(default_storage, "look_for_marker", lambda: None)()
    except StorageGone as error:
        return wrong(str(error))
    except OSError as error:
        return wrong("Uploaded files cannot be stored.", f"{type(error).__name__}: {error}")
    content = get_random_string(20).encode()
    try:
        name = default_storage.save(f"checks/{get_random_string(12)}.txt", ContentFile(content))
        try:
            with default_storage.open(name) as file:
                is_same = file.read() == content
        finally:
            default_storage.delete(name)
    except Exception as error:
        return wrong("Uploaded files cannot be stored.", f"{type(error).__name__}: {error}")
    return (
        well("A file can be written, read and removed.")
        if is_same
        else wrong("A file came back changed.")
    )


def check_scanner() -> Finding:
    if not settings.SCANNER:
        return well("Uploads are not scanned for malware: SCANNER is not set.")
    if not scanner.answers():
        return wrong("The scanner of uploads does not answer, so uploads are refused.")
    return well("The scanner of uploads answers.")


def files_folder() -> Path | None:
    """Return the folder of uploaded files, or None if they are kept elsewhere."""
    storage: Any = default_storage
    return Path(storage.location) if isinstance(storage, FileSystemStorage) else None


def check_worker() -> Finding:
    """Warn if no worker runs: short papers are then made by the web server, and long ones wait."""
    now = timezone.now()
    alive = RenderWorker.objects.alive(now).count()
    unable = RenderWorker.objects.running(now).filter(is_able=False).count()
    waiting = Rendering.objects.filter(state=Rendering.State.WAITING)
    if unable:
        return wrong(
            f"{count_noun(unable, 'worker')} running, but unable to start the process that makes papers "
            "and checks files. See the log of render_papers."
        )
    if not alive:
        return warning("No worker is running, so long papers wait. Start render_papers.")
    oldest = waiting.aggregate(at=Min("asked_at"))["at"]
    if oldest and now - oldest > LONG_WAIT:
        minutes = int((now - oldest).total_seconds() // 60)
        return warning(f"A paper has waited for {minutes:,} minutes. Start another worker.")
    return well(f"{count_noun(alive, 'worker')} running.")


# --- what is around the service -----------------------------------------------------------


def check_mail() -> Finding:
    if folder := mail_folder():
        return warning(
            f"Emails are written to files in {folder}, because DEBUG is on. None is sent."
        )
    oldest = WaitingMail.objects.aggregate(at=Min("queued_at"))["at"]
    waits = f" {count_noun(WaitingMail.objects.count(), 'email')} waiting." if oldest else ""
    mail = outbox.transport()
    try:
        mail.open()
        mail.close()
    except Exception as error:
        return wrong(
            f"The mail server cannot be reached.{waits}", f"{type(error).__name__}: {error}"
        )
    if oldest and timezone.now() - oldest > LONG_WAIT:
        return warning(f"The mail server answers, but does not take everything.{waits}")
    return well(f"The mail server answers.{waits}")


def check_tls() -> Finding:
    """Ask our own sign-in page, as a browser would, over TLS and without it."""
    site = urlsplit(settings.SITE_URL)
    if not settings.BEHIND_TLS:
        return warning("BEHIND_TLS is off, so passwords travel readable.")
    if site.scheme != "https" or not site.hostname:
        return wrong("SITE_URL does not begin with https://.")
    try:
        days = certificate_days(site.hostname, site.port or 443)
    except OSError as error:
        return wrong("The site cannot be reached over TLS.", str(error))
    status, headers = answer_of(f"{settings.SITE_URL}/account/sign-in/")
    if status in {301, 302, 307, 308}:
        return wrong(
            "The sign-in page redirects to itself: the proxy's X-Forwarded-Proto is not trusted. Set "
            "TRUST_PROXY_TLS_HEADER=yes, and let the proxy set that header."
        )
    if status != 200:
        return wrong(f"The sign-in page answers {status} through the proxy.")
    if "Strict-Transport-Security" not in headers:
        return wrong("The proxy removes the header Strict-Transport-Security.")
    if days < LEAST_CERTIFICATE_DAYS:
        return warning(f"The certificate expires in {count_noun(days, 'day')}.")
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return warning(
            "PROXIES is 0 behind a proxy, so everybody shares one limit on failed sign-ins."
        )
    return well(f"The site answers over TLS; the certificate is valid for {days:,} days.")


def certificate_days(host: str, port: int) -> int:
    """Return for how many days the site's certificate is valid. Raise OSError if it is not trusted."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        certificate = secure.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return (datetime.fromtimestamp(ends, UTC) - timezone.now()).days


def answer_of(address: str) -> tuple[int, Any]:
    """Return the status and the headers of a page of our own, without following redirects."""
    # Here, because only `check_service` asks over HTTP, and web processes load this module.
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, build_opener

    class NoRedirect(HTTPRedirectHandler):
        def redirect_request(self, *arguments: Any, **kwargs: Any) -> None:
            return None

    try:
        with build_opener(NoRedirect).open(address, timeout=PATIENCE) as answer:
            return answer.status, answer.headers
    except HTTPError as error:
        return error.code, error.headers


def check_organisation() -> Finding:
    """Ask the organisation's OpenID Connect for its addresses, as each sign-in does."""
    from urllib.request import urlopen

    organisation = settings.OIDC
    if organisation is None:
        return well("OpenID Connect is not used.")
    address = f"{organisation.server}/.well-known/openid-configuration"
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            configuration = json.load(answer)
    except (OSError, ValueError) as error:
        return wrong("The organisation's OpenID Connect does not answer.", str(error))
    if configuration.get("issuer", "").rstrip("/") != organisation.server:
        detail = str(configuration.get("issuer"))
        return wrong("OIDC_SERVER is not the issuer that the organisation names.", detail)
    missing = cache.get(MISSING_CLAIMS)
    if missing is None:
        needed = ", ".join(organisation.needed_claims)
        return well(f"The organisation's OpenID Connect answers. Its tokens must have: {needed}.")
    if missing:
        return wrong(
            f"The last token had no {' and no '.join(missing)}, so nobody is let in. Let the organisation "
            'send what is missing (docs/operations.md, "OpenID Connect").'
        )
    return well("The organisation's OpenID Connect answers, and its tokens say all that is needed.")


def check_timers() -> Finding:
    """Warn of each command of the timers, and of backups, that has not succeeded for twice its time."""
    if settings.DEBUG:
        return well("A debugging machine needs no timers and no backup.")
    now = timezone.now()
    late = {
        command: count_noun((now - at).days, "day") + " ago" if at else "never"
        for command, at in runs.last_runs().items()
        if at is None or now - at > 2 * runs.TIMED[command]
    }
    if not late:
        return well("Every timer has run, and a backup was made.")
    names = ", ".join(f"{name} ({last})" for name, last in late.items())
    return warning(f"Not run in time: {names}. See systemctl --failed and list-timers.")


def check_clock() -> Finding:
    if connection.vendor == "sqlite":
        return well("SQLite uses the clock of this machine.")
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    middle = before + (timezone.now() - before) / 2
    apart = abs((theirs - middle).total_seconds())
    if apart > GREATEST_CLOCK_DIFFERENCE:
        return wrong(
            f"The clocks of the database and of this machine differ by {apart:,.0f} seconds."
        )
    return well("The clocks of the database and of this machine agree.")


def check_disk() -> Finding:
    folders = {"uploaded files": files_folder(), "the installation": settings.BASE_DIR}
    if connection.vendor == "sqlite":
        folders["the database"] = Path(str(connection.settings_dict["NAME"])).parent
    free = {
        what: shutil.disk_usage(nearest(folder)).free // 1_000_000
        for what, folder in folders.items()
        if folder is not None
    }
    what, least = min(free.items(), key=lambda each: each[1])
    sentence = f"{least:,} MB are free for {what}."
    if least < LEAST_FREE_MB:
        return wrong(sentence)
    return warning(sentence) if least < LOW_FREE_MB else well(sentence)


def nearest(folder: Path) -> Path:
    """Return the folder, or the folder above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def check_release() -> Finding:
    return well(
        f"{settings.RELEASE}, with Django {django.get_version()} and Python {platform.python_version()}."
    )


def check_settings() -> Finding:
    if settings.DEBUG:
        return wrong("DEBUG is on, which shows records and settings to anyone.")
    if connection.vendor == "sqlite":
        return warning("The database is SQLite. A live service needs PostgreSQL.")
    return well("DEBUG is off, and the database is PostgreSQL.")


CHECKS = (
    Check("Release", check_release),
    Check("Settings", check_settings),
    Check("Database", check_database, is_of_readiness=True),
    Check("Migrations", check_migrations, is_of_readiness=True),
    Check("Triggers", check_triggers, is_of_readiness=True),
    Check("Two-step sign-in", check_second_steps),
    Check("Fonts", check_fonts, is_of_readiness=True),
    Check("Printing", check_printing),
    Check("Static files", check_static_files, is_of_readiness=True),
    # Pages are served without it.
    Check("Worker", check_worker, is_of_readiness=True, takes_node_out=lambda: False),
    # Object storage that is away is away for all nodes, and pages work without it.
    Check(
        "Storage",
        check_storage,
        is_of_readiness=True,
        takes_node_out=lambda: files_folder() is not None,
    ),
    Check("Scanner", check_scanner),
    Check("Mail", check_mail),
    Check("TLS and proxy", check_tls),
    Check("OpenID", check_organisation),
    Check("Timers", check_timers),
    Check("Clock", check_clock),
    Check("Disk", check_disk),
)
READINESS = tuple(each for each in CHECKS if each.is_of_readiness)
