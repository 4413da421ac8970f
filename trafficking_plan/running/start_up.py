"""What a web process refuses to start with. `settings` refuses what can be seen from settings alone."""

import logging
import os
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection

from trafficking_plan.running.service_checks import (
    files_folder,
    unapplied_migrations,
    why_not_to_migrate,
)
from trafficking_plan.sign_in.sealed_steps import seal_plain
from trafficking_plan.sign_in.second_step import unknown_roles, unknown_seat_roles
from trafficking_plan.storage.marker import StorageGone

log = logging.getLogger(__name__)


def refuse_missing_bucket(storage: Any) -> None:
    try:
        storage.look_for_bucket()
    except FileNotFoundError as error:
        raise ImproperlyConfigured(
            f"FILES_BUCKET is {storage.bucket_name}, which is not there. Create the bucket."
        ) from error
    except OSError:
        log.warning("Object storage does not answer yet, or refuses the keys")


def refuse_unmarked_storage() -> None:
    try:
        getattr(default_storage, "look_for_marker", lambda: None)()
    except StorageGone as error:
        where = settings.FILES_BUCKET or settings.FILES_DIR or "var/files"
        raise ImproperlyConfigured(
            f"{error} They are to be kept in {where}. If they are lost for good: mark_files --anew"
        ) from error
    except OSError:
        log.warning("The storage of uploaded files does not answer yet")


def refuse_to_start_unprepared() -> None:
    """Raise `ImproperlyConfigured` for an unmigrated database, a folder or bucket that is not there or has no
    marker, or roles in the settings that do not exist.

    Seal what an earlier release wrote readable. If the database or object storage does not answer, start: pages say so
    until it does.
    """
    folder = files_folder()
    if folder and folder != settings.BASE_DIR / "var" / "files" and not folder.is_dir():
        raise ImproperlyConfigured(
            f"FILES_DIR is {folder}, which is not there. Create the folder, or mount its disk."
        )
    if folder is None:
        refuse_missing_bucket(default_storage)
    if settings.METRICS_DIR and not os.access(settings.METRICS_DIR, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"METRICS_DIR is {settings.METRICS_DIR}, which is not there or cannot be written. Create the folder."
        )
    if fault := unknown_roles(settings.REQUIRE_SECOND_STEP):
        raise ImproperlyConfigured(fault)
    if fault := unknown_seat_roles(settings.OIDC):
        raise ImproperlyConfigured(fault)
    try:
        missing = unapplied_migrations()
        refusal = why_not_to_migrate() if missing else ""
        if not missing:
            seal_plain()
            refuse_unmarked_storage()
    except (OperationalError, InterfaceError):
        log.warning("The database does not answer yet")
        return
    finally:
        # Not shared with processes that this one may start.
        connection.close()
    if missing:
        raise ImproperlyConfigured(
            refusal
            or f"The database lacks {len(missing):,} migrations of this version. Run: manage.py migrate"
        )
