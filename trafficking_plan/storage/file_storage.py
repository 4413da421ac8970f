"""Where uploaded files are kept: a folder, or a bucket of object storage (decision 76).

Either keeps a file whole or not at all, and says what went wrong as an `OSError`.
"""

import contextlib
import os
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage

from trafficking_plan.storage.marker import Marked


class Folder(FileSystemStorage):
    """A folder on a disk of this machine or of the network."""

    def _save(self, name: str, content: Any) -> str:
        """Write the file under a name that no other upload has, then move it to the one asked for, or to
        another if that is taken. A failure removes what was written here, and nothing else."""
        made = [half := f"{name}-{uuid4().hex}"]
        try:
            super()._save(half, content)  # type: ignore[misc]
            # The record that names the file is on the disk at its commit; so is the file.
            with open(self.path(half), "rb") as file:
                os.fsync(file.fileno())
            kept = self._take(name)
            made.append(kept)
            os.replace(self.path(half), self.path(kept))
        except OSError:
            for each in made:
                with contextlib.suppress(OSError):
                    self.delete(each)
            raise
        return kept

    def _take(self, name: str) -> str:
        """Return the name, or one like it that is free, after making an empty file of that name."""
        while True:
            try:
                os.close(os.open(self.path(name), os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name


class MarkedFolder(Marked, Folder):
    """The folder of uploaded files."""
