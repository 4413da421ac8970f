"""All evidence of a plan that its readers see, as a ZIP: by item and milestone, with an index and digests."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import IO, NamedTuple

from django.db.models import Q
from django.utils.timezone import localdate

from agencies.wording.translation import in_english
from reports.render import csv
from reports.render.tables import Column, Field, Kind, Sheet
from workitems.models import Evidence, Plan, Return, WorkItem
from workitems.plan.attachments import clean_name, ending

# In characters, so that paths can be unpacked on any system.
NAME_LENGTH = 60
LISTED = "index.csv"
DIGESTS = "SHA256SUMS"


class Entry(NamedTuple):
    """A piece in the archive: `path` of its file, "" without one; its digest, and what is wrong with it, if anything."""

    piece: Evidence
    path: str
    digest: str
    remark: str


@in_english
def write_archive(plan: Plan, file: IO[bytes], on: date) -> list[Entry]:
    """Write the archive, and return its entries.

    Withdrawn pieces are listed without their files. A file that is not as it was added is there as it is, and the index says
    so; `sha256sum -c SHA256SUMS` checks the archive itself.
    """
    found: list[Entry] = []
    sums: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for piece in _pieces(plan):
            entry, content = _entry(piece)
            found.append(entry)
            if content is not None:
                archive.writestr(entry.path, content)
                sums.append(f"{entry.digest}  {entry.path}\n")
        index = csv.write(_index(found, plan, on))
        archive.writestr(LISTED, index)
        sums.append(f"{sha256(index).hexdigest()}  {LISTED}\n")
        archive.writestr(DIGESTS, "".join(sums))
    return found


def _pieces(plan: Plan) -> Iterator[Evidence]:
    accepted = Q(update__item__plan=plan, update__of_return__state=Return.State.ACCEPTED)
    rows = Evidence.objects.filter(Q(milestone__item__plan=plan) | accepted).select_related(
        *("milestone__item", "update__item", "update__of_return__round"),
        *("update__of_return__agency", "added_by"),
    )

    def place(piece: Evidence) -> tuple[str, int, int]:
        step = piece.milestone.number if piece.milestone else 0
        return _item(piece).number_key, step, piece.pk

    return iter(sorted(rows, key=place))


def _item(piece: Evidence) -> WorkItem:
    row = piece.milestone or piece.update
    assert row is not None  # of these two kinds alone
    return row.item


def _of(piece: Evidence) -> str:
    """Return what it is evidence for: "Milestone 2", or the round and the agency of its update."""
    if piece.milestone:
        return f"Milestone {piece.milestone.number}"
    assert piece.update is not None
    of_return = piece.update.of_return
    return f"{of_return.round.name}, {of_return.agency.short_name}"


def _entry(piece: Evidence) -> tuple[Entry, bytes | None]:
    if piece.withdrawn_at is not None:
        return Entry(piece, "", piece.sha256, "Withdrawn"), None
    if not piece.file:
        return Entry(piece, "", "", ""), None
    try:
        with piece.file.open("rb") as kept:
            content = kept.read()  # at most 10 MB
    except FileNotFoundError:
        return Entry(piece, "", piece.sha256, "The file is missing."), None
    digest = sha256(content).hexdigest()
    remark = ""
    if not piece.sha256:
        remark = "No digest was taken when it was added."
    elif piece.sha256 != digest:
        remark = f"The file was changed after it was added; its digest was {piece.sha256}."
    number = ".".join(map(path_part, _item(piece).number.split(".")))
    folders = f"{number} {path_part(_item(piece).title)}", path_part(_of(piece))
    name = clean_name(piece.file_name)
    stem, kept_ending = name.removesuffix(f".{ending(name)}"), ending(name)
    last = f"{piece.pk} {path_part(stem)}{f'.{path_part(kept_ending)}' if kept_ending else ''}"
    return Entry(piece, "/".join((*folders, last)), digest, remark), content


def path_part(text: str) -> str:
    """Return the text as one part of a path: letters, digits and few signs, never a way up."""
    kept = re.sub(r"[^\w ,()-]+", "-", text)
    return kept[:NAME_LENGTH].strip(" -") or "-"


def _index(entries: list[Entry], plan: Plan, on: date) -> Sheet:
    fields: list[Field[Entry]] = [
        (Column("Item", 8), lambda row: _item(row.piece).number),
        (Column("Title", 40), lambda row: _item(row.piece).title),
        (Column("Evidence for", 24), lambda row: _of(row.piece)),
        (Column("Milestone", 40), lambda row: getattr(row.piece.milestone, "description", "")),
        (Column("Done means", 40), lambda row: getattr(row.piece.milestone, "done_means", "")),
        (
            Column("Done on", kind=Kind.DATE),
            lambda row: getattr(row.piece.milestone, "completed_on", None),
        ),
        (Column("Kind"), lambda row: _kind(row.piece)),
        (Column("File in the archive", 60), lambda row: row.path),
        (Column("Name", 30), lambda row: row.piece.file_name),
        (Column("Link", 40), lambda row: row.piece.link),
        (Column("Note", 60), lambda row: row.piece.note),
        (Column("Added by", 24), lambda row: row.piece.added_by.name),
        (Column("Added on", kind=Kind.DATE), lambda row: localdate(row.piece.added_at)),
        (
            Column("Withdrawn on", kind=Kind.DATE),
            lambda row: localdate(row.piece.withdrawn_at) if row.piece.withdrawn_at else None,
        ),
        (Column("Why withdrawn", 40), lambda row: row.piece.withdrawn_reason),
        (Column("SHA-256", 64), lambda row: row.digest),
        (Column("Remark", 60), lambda row: row.remark),
    ]
    return Sheet.of(
        "Evidence", fields, entries, about=[("As at", on.isoformat())], title=plan.title
    )


def _kind(piece: Evidence) -> str:
    return "File" if piece.file else "Link" if piece.link else "Note"
