"""Check that an uploaded file is of an allowed type.

The extension and the content must agree, so that no file pretends to be of another type. We read
only the first bytes, the text of text files, and the member names of a ZIP archive.
"""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.wording.translation import StrOrPromise

MAX_MEGABYTES = 10
NAME_LENGTH = 200
# Members of an Office file; real ones have a few hundred at most.
MAX_MEMBERS = 10_000
HEAD = 4096  # bytes; enough for every signature and for the first headers of an email

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def _starts_with(*signatures: bytes) -> Callable[[IO[Any]], bool]:
    return lambda file: file.read(HEAD).startswith(signatures)


def _office(folder: str) -> Callable[[IO[Any]], bool]:
    """Return a test for a Word, Excel or PowerPoint file without macros."""

    def matches(file: IO[Any]) -> bool:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        return (
            len(names) <= MAX_MEMBERS
            and "[Content_Types].xml" in names
            and any(name.startswith(f"{folder}/") for name in names)
            and not any(name.lower().endswith("vbaproject.bin") for name in names)
        )

    return matches


def _open_document(kind: str) -> Callable[[IO[Any]], bool]:
    """Return a test for an OpenDocument file.

    Its first ZIP member is the uncompressed "mimetype": name at byte 30, then the content.
    """
    header = f"mimetype{OPEN_DOCUMENT}{kind}".encode()

    def matches(file: IO[Any]) -> bool:
        head = file.read(HEAD)
        return bool(head.startswith(b"PK\x03\x04") and head[30:].startswith(header))

    return matches


def _text(file: IO[Any]) -> bool:
    """Accept UTF-8 and older code pages: any bytes without control characters."""
    return re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", file.read()) is None


def _letter(file: IO[Any]) -> bool:
    head = file.read(HEAD)
    file.seek(0)
    return re.match(rb"[A-Za-z][A-Za-z0-9-]*:", head) is not None and _text(file)


_OLE = _starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

# Extension: (content type of the download, test of the content).
KINDS: dict[str, tuple[str, Callable[[IO[Any]], bool]]] = {
    "pdf": ("application/pdf", _starts_with(b"%PDF-")),
    "doc": ("application/msword", _OLE),
    "docx": (f"{OFFICE}wordprocessingml.document", _office("word")),
    "xls": ("application/vnd.ms-excel", _OLE),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", _office("xl")),
    "ppt": ("application/vnd.ms-powerpoint", _OLE),
    "pptx": (f"{OFFICE}presentationml.presentation", _office("ppt")),
    "odt": (f"{OPEN_DOCUMENT}text", _open_document("text")),
    "ods": (f"{OPEN_DOCUMENT}spreadsheet", _open_document("spreadsheet")),
    "odp": (f"{OPEN_DOCUMENT}presentation", _open_document("presentation")),
    "png": ("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "txt": ("text/plain", _text),
    "csv": ("text/csv", _text),
    # Some browsers display an email with its images and scripts; octet-stream is only saved.
    "eml": ("application/octet-stream", _letter),
    "msg": ("application/octet-stream", _OLE),
}
ALLOWED = gettext_lazy(
    "PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, plain text, CSV or a saved email"
)
# What scanners and cameras make.
SCANS = ("pdf", "png", "jpg", "jpeg")
ALLOWED_SCANS = gettext_lazy("PDF, PNG or JPEG")


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def content_type(name: str) -> str:
    return KINDS[ending(name)][0]


def clean_name(name: str) -> str:
    """Return the file name for display: without folders and invisible characters, and cut to
    `NAME_LENGTH` characters with its extension kept."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in name)
    seen = " ".join(seen.split()).lstrip(".")
    kept = ending(seen)
    if len(seen) > NAME_LENGTH:
        seen = f"{seen[: NAME_LENGTH - len(kept) - 1]}.{kept}"
    return seen


def fault(
    name: str,
    size: int,
    file: IO[Any] | None,
    endings: Iterable[str] = KINDS,
    allowed: StrOrPromise = ALLOWED,
) -> str:
    """Return why the file is refused, as a sentence, or "" if it is allowed.

    Rewinds the file afterwards. `size` is in bytes. `allowed` names the kinds with these endings.
    """
    if size > MAX_MEGABYTES * 1024 * 1024:
        return _("The file has more than {megabytes} MB.").format(megabytes=MAX_MEGABYTES)
    if size == 0 or file is None:
        return _("The file is empty.")
    kind = KINDS.get(ending(name))
    if kind is None or ending(name) not in endings:
        return _("You cannot add files of this type. Choose {file_types}.").format(
            file_types=allowed
        )
    file.seek(0)
    try:
        matches = kind[1](file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        matches = False
    finally:
        file.seek(0)
    if not matches:
        return _("The file’s name ends in .{ending}, but the file is of another type.").format(
            ending=ending(name)
        )
    return ""
