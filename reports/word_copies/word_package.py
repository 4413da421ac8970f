"""Opens an uploaded Word file safely.

A Word file is a ZIP archive of XML. Its sizes are limited before anything is parsed; entities are
refused, macros too; only the parts that we read are opened, and no reference of the file is followed
to another place.
"""

import io
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from workitems.plan.services.refusals import Refused

MEGABYTE = 1024 * 1024
MAX_PACKED = 10 * MEGABYTE
MAX_UNPACKED = 100 * MEGABYTE
MAX_PART = 20 * MEGABYTE  # of XML that we parse
MAX_PARTS = 2_000
MAX_TAGS = 600_000
MAX_DEPTH = 100

OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")
DAMAGED = (
    "The file cannot be read as a Word document; it may be damaged. Open it in Word, save it as .docx, "
    "and upload that."
)
TOO_LARGE = (
    f"The file has more than {MAX_PACKED // MEGABYTE} MB. Delete pictures that were added, or upload the "
    "changed pages’ text as a comment."
)
TOO_MUCH = "The document holds too much to be a copy of a briefing. Copy the text into a new download of the draft."
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Package:
    """The parts of a Word file that we read. Raise `Refused` with a sentence for any other file."""

    def __init__(self, data: bytes) -> None:
        self._parts = _checked(data)
        main = self._main()
        self.document = self.xml(main)
        self._folder, _, name = main.rpartition("/")
        self._related = self._relations(f"{self._folder}/_rels/{name}.rels")

    def _main(self) -> str:
        found = self._relations("_rels/.rels").get("officeDocument", "word/document.xml")
        if found not in self._parts:
            raise Refused(DAMAGED, "file")
        return found

    def related(self, kind: str) -> Any:
        """Return the root of a part of the document, such as its "comments", or None."""
        name = self._related.get(kind, "")
        return self.xml(name) if name in self._parts else None

    def xml(self, name: str) -> Any:
        """Return the root of a part. Raise `Refused` if it is not plain XML."""
        data = self._parts[name]
        if len(data) > MAX_PART or data.count(b"<") > MAX_TAGS:
            raise Refused(TOO_MUCH, "file")
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Refused(DAMAGED, "file") from error
        if root.getroottree().docinfo.doctype:
            raise Refused(DAMAGED, "file")
        return root

    def properties(self) -> Any:
        """Return the root of the file's own properties, or None."""
        name = "docProps/custom.xml"
        return self.xml(name) if name in self._parts else None

    def _relations(self, name: str) -> dict[str, str]:
        """Return parts by the kind of their relationship. Those outside the file are left out."""
        if name not in self._parts:
            return {}
        base = name.partition("_rels/")[0]
        found: dict[str, str] = {}
        for each in self.xml(name).iter(RELATIONSHIPS):
            kind, target = each.get("Type", ""), each.get("Target", "")
            if each.get("TargetMode") == "External" or not kind.startswith(OFFICE):
                continue
            path = target[1:] if target.startswith("/") else base + target
            found.setdefault(kind.rpartition("/")[2], path)
        return found


def _checked(data: bytes) -> dict[str, bytes]:
    """Return the XML parts by name. Raise `Refused` if the file is not a harmless Word file."""
    if len(data) > MAX_PACKED:
        raise Refused(TOO_LARGE, "file")
    if data.startswith(OLD_FORMAT):
        if PASSWORD_MARK in data:
            raise Refused(
                "The document is protected by a password, so it cannot be read. Save it without one.",
                "file",
            )
        raise Refused(
            "The file is of the old format (.doc). Open it in Word, save it as .docx, and upload that.",
            "file",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS or sum(e.file_size for e in entries) > MAX_UNPACKED:
                raise Refused(TOO_MUCH, "file")
            if any(re.search(r"vbaproject|\.bin$|activex", e.filename.lower()) for e in entries):
                raise Refused(
                    "The document holds macros or embedded programs. Save it as an ordinary Word document "
                    "(.docx) without them.",
                    "file",
                )
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused(
                    "The document is protected by a password, so it cannot be read. Save it without one.",
                    "file",
                )
            return {
                entry.filename: archive.read(entry)
                for entry in entries
                if entry.filename.endswith((".xml", ".rels")) and entry.file_size <= MAX_PART
            }
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,  # an unknown compression method
        OSError,
        RuntimeError,
        ValueError,
        zlib.error,
        IndexError,
        KeyError,
    ) as error:
        raise Refused(DAMAGED, "file") from error
