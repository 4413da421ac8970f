"""The marker by which the storage of uploaded files is known again: a file in it, and its text in the database.

It is written once, by an operator's command. A disk that is not mounted, an emptied bucket, or the files of another installation have
no such marker, or another; then nothing is saved there, and what is missing is said.
"""

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from agencies.models import FilesMarker

NAME = "plan-register-files.txt"
FIRST_FILES = 20  # of which one must be there before a storage is marked
NOT_MARKED = "The storage of uploaded files was not marked yet. Run mark_files."
NOT_THERE = (
    "The storage of uploaded files is not the one that they were put into: its marker is missing. Mount its disk, or "
    "put the files back. Nothing is saved meanwhile."
)
ANOTHER = (
    "The storage of uploaded files has the marker of another installation. Correct FILES_DIR or FILES_BUCKET. "
    "Nothing is saved meanwhile."
)


class StorageAway(OSError):
    """The storage does not answer, or refuses."""


class StorageGone(StorageAway):
    """The storage answers, and is not the one that files were put into. The message says what to do."""


class Marked:
    """Adds to a storage that it saves nothing before its marker was seen."""

    def _save(self: Any, name: str, content: Any) -> Any:
        self.look_for_marker()
        return super()._save(name, content)  # type: ignore[misc]

    def _open(self: Any, name: str, mode: str = "rb") -> Any:
        try:
            return super()._open(name, mode)  # type: ignore[misc]
        except FileNotFoundError:
            self.look_for_marker()  # Perhaps it is all that is missing.
            raise

    def look_for_marker(self) -> None:
        """Raise `StorageGone` unless the marker is there. One query."""
        kept = FilesMarker.objects.first()
        if kept is None:
            raise StorageGone(NOT_MARKED)
        if (found := self.read_marker()) != kept.text:
            raise StorageGone(ANOTHER if found else NOT_THERE)

    def read_marker(self: Any) -> str:
        """Return the text in the marker, or "" if there is none."""
        try:
            with super()._open(NAME, "rb") as file:  # type: ignore[misc]
                return str(file.read().decode()).strip()
        except FileNotFoundError:
            return ""

    def write_marker(self: Any, text: str) -> None:
        self.delete(NAME)
        super()._save(NAME, ContentFile(text.encode()))  # type: ignore[misc]


def mark(storage: Any, names: Any, *, anew: bool = False) -> str:
    """Mark the storage of uploaded files if it has no marker yet, and return why not, or "".

    `names` are those of the files that records name: a storage without any of the first is the wrong one. `anew` is
    an operator's word that it is the right one nevertheless.
    """
    if not isinstance(storage, Marked):
        return ""
    kept, found = FilesMarker.objects.first(), storage.read_marker()
    if kept is not None and found == kept.text:
        return ""
    if kept is not None and not anew:
        return ANOTHER if found else NOT_THERE
    if kept is None and not found and not anew:
        first = [name for name, _ in zip(names, range(FIRST_FILES), strict=False)]
        if first and not any(storage.exists(name) for name in first):  # type: ignore[attr-defined]
            return NOT_THERE
    text = kept.text if kept else found or uuid4().hex
    if found != text:
        storage.write_marker(text)
    if kept is None:
        FilesMarker.objects.create(pk=1, text=text, written_at=timezone.now())
    return ""
