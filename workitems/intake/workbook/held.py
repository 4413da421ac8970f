"""Keep an uploaded workbook between the preview and the confirmed import.

One file per user, under a name that cannot be guessed, for at most a day. Only the file is kept, so
the import checks it again in full.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.storage import default_storage

from agencies.models import User

FOLDER = "workbooks"
KEPT_FOR = timedelta(days=1)


def keep(file: "File[bytes]", *, owner: User, at: datetime) -> str:
    """Store the file, replacing any other file of the owner, and return its key."""
    drop(owner=owner, at=at)
    key = secrets.token_hex(16)
    file.seek(0)
    default_storage.save(_path(owner, key), file)
    return key


def take(key: str, *, owner: User) -> BinaryIO | None:
    """Open the owner's file of this key, or return None if it no longer exists. Close it after use."""
    if not re.fullmatch("[0-9a-f]{32}", key) or not default_storage.exists(_path(owner, key)):
        return None
    return cast(BinaryIO, default_storage.open(_path(owner, key)))


def drop(*, owner: User, at: datetime) -> None:
    """Delete the owner's file, and expired files of all users."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return
    for name in names:
        path = f"{FOLDER}/{name}"
        is_own = name.startswith(f"{owner.pk}-")
        if is_own or default_storage.get_modified_time(path) < at - KEPT_FOR:
            default_storage.delete(path)


def _path(owner: User, key: str) -> str:
    return f"{FOLDER}/{owner.pk}-{key}.xlsx"
