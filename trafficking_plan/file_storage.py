"""Where uploaded files are kept: a folder, or a bucket of object storage (decision 76).

Either keeps a file whole or not at all, and says what went wrong as an `OSError`.
"""

import contextlib
import os
from typing import Any

from django.core.files.storage import FileSystemStorage


class StorageAway(OSError):
    """Object storage does not answer, or refuses."""


class Folder(FileSystemStorage):
    """A folder on a disk of this machine or of the network."""

    def _save(self, name: str, content: Any) -> str:
        try:
            kept: str = super()._save(name, content)  # type: ignore[misc]
            # The record that names the file is on the disk at its commit; so is the file.
            with open(self.path(kept), "rb") as file:
                os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self.delete(name)
            raise
        return kept
