"""All evidence of a plan that its readers see, as a ZIP: by item and milestone, with digests and an index, which also has the done
milestones for which nothing is filed."""

import re
import zipfile
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import IO, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from agencies.wording.translation import in_english
from reports.render import csv
from reports.render.tables import Column, Field, Kind, Sheet
from workitems.models import Evidence, Milestone, Plan, WorkItem
from workitems.plan.attachments import clean_name, ending

# In characters, so that paths can be unpacked on any system.
NAME_LENGTH = 60
LISTED = "index.csv"
DIGESTS = "SHA256SUMS"


class Entry(NamedTuple):
    """A piece in the archive, or a done milestone for which nothing is filed: `path` of its file, "" without one; its digest, and
    what is wrong with it, if anything."""

    piece: Evidence | None
    item: WorkItem
    milestone: Milestone | None
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
        pieces: list[Evidence | Milestone] = [*_pieces(plan), *_bare(plan)]
        for piece in pieces:
            entry, content = _entry(piece)
            found.append(entry)
            if content is not None:
                archive.writestr(entry.path, content)
                sums.append(f"{entry.digest}  {entry.path}\n")
        found.sort(key=_place)
        index = csv.write(_index(found, plan, on))
        archive.writestr(LISTED, index)
        sums.append(f"{sha256(index).hexdigest()}  {LISTED}\n")
        archive.writestr(DIGESTS, "".join(sums))
    return found


def _place(entry: Entry) -> tuple[str, int, int]:
    step = entry.milestone.number if entry.milestone else 0
    return entry.item.number_key, step, entry.piece.pk if entry.piece else 0


def _pieces(plan: Plan) -> Iterable[Evidence]:
    return Evidence.objects.of_plan(plan).select_related(
        *("milestone__item", "update__item", "update__of_return__round"),
        *("update__of_return__agency", "added_by"),
    )


def _bare(plan: Plan) -> Iterable[Milestone]:
    """Return the done milestones for which nothing is filed."""
    pieces = Evidence.objects.filter(milestone=OuterRef("pk"))
    done = Milestone.objects.filter(item__plan=plan, completed_on__isnull=False)
    return done.exclude(Exists(pieces)).select_related("item")


def _item(piece: Evidence) -> WorkItem:
    row = piece.milestone or piece.update
    assert row is not None  # of these two kinds alone
    return row.item


def _of(milestone: Milestone | None, piece: Evidence | None) -> str:
    """Return what it is evidence for: "Milestone 2", or the round and the agency of its update."""
    if milestone:
        return f"Milestone {milestone.number}"
    assert piece is not None and piece.update is not None
    of_return = piece.update.of_return
    return f"{of_return.round.name}, {of_return.agency.short_name}"


def _entry(piece: Evidence | Milestone) -> tuple[Entry, bytes | None]:
    if isinstance(piece, Milestone):
        return Entry(None, piece.item, piece, "", "", "Nothing is filed for it."), None
    of = piece, _item(piece), piece.milestone
    if piece.withdrawn_at is not None:
        return Entry(*of, "", piece.sha256, "Withdrawn"), None
    if not piece.file:
        return Entry(*of, "", "", ""), None
    try:
        with piece.file.open("rb") as kept:
            content = kept.read()  # at most 10 MB
    except FileNotFoundError:
        return Entry(*of, "", piece.sha256, "The file is missing."), None
    digest = sha256(content).hexdigest()
    remark = ""
    if not piece.sha256:
        remark = "No digest was taken when it was added."
    elif piece.sha256 != digest:
        remark = f"The file was changed after it was added; its digest was {piece.sha256}."
    number = ".".join(map(path_part, _item(piece).number.split(".")))
    folders = f"{number} {path_part(_item(piece).title)}", path_part(_of(piece.milestone, piece))
    name = clean_name(piece.file_name)
    stem, kept_ending = name.removesuffix(f".{ending(name)}"), ending(name)
    last = f"{piece.pk} {path_part(stem)}{f'.{path_part(kept_ending)}' if kept_ending else ''}"
    return Entry(*of, "/".join((*folders, last)), digest, remark), content


def path_part(text: str) -> str:
    """Return the text as one part of a path: letters, digits and few signs, never a way up."""
    kept = re.sub(r"[^\w ,()-]+", "-", text)
    return kept[:NAME_LENGTH].strip(" -") or "-"


def _index(entries: list[Entry], plan: Plan, on: date) -> Sheet:
    fields: list[Field[Entry]] = [
        (Column("Item", 8), lambda row: row.item.number),
        (Column("Title", 40), lambda row: row.item.title),
        (Column("Evidence for", 24), lambda row: _of(row.milestone, row.piece)),
        (Column("Milestone", 40), lambda row: getattr(row.milestone, "description", "")),
        (Column("Done means", 40), lambda row: getattr(row.milestone, "done_means", "")),
        (
            Column("Done on", kind=Kind.DATE),
            lambda row: getattr(row.milestone, "completed_on", None),
        ),
        (Column("Kind"), lambda row: _kind(row.piece) if row.piece else ""),
        (Column("File in the archive", 60), lambda row: row.path),
        (Column("Name", 30), lambda row: getattr(row.piece, "file_name", "")),
        (Column("Link", 40), lambda row: getattr(row.piece, "link", "")),
        (Column("Note", 60), lambda row: getattr(row.piece, "note", "")),
        (Column("Added by", 24), lambda row: row.piece.added_by.name if row.piece else ""),
        (Column("Added on", kind=Kind.DATE), lambda row: _day(row.piece, "added_at")),
        (Column("Withdrawn on", kind=Kind.DATE), lambda row: _day(row.piece, "withdrawn_at")),
        (Column("Why withdrawn", 40), lambda row: getattr(row.piece, "withdrawn_reason", "")),
        (Column("SHA-256", 64), lambda row: row.digest),
        (Column("Remark", 60), lambda row: row.remark),
    ]
    return Sheet.of(
        "Evidence", fields, entries, about=[("As at", on.isoformat())], title=plan.title
    )


def _day(piece: Evidence | None, column: str) -> date | None:
    at = getattr(piece, column, None)
    return localdate(at) if at else None


def _kind(piece: Evidence) -> str:
    return "File" if piece.file else "Link" if piece.link else "Note"
