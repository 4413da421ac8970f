"""A plan that has ended, as one folder for a national archive: a bag (BagIt 1.0, RFC 8493) that others can check.

It has the issued papers and the meetings' papers as they were frozen, all evidence with its index, the plan's workbook, every
history row of its records, and the chain of digests. Nothing of it needs this program to be read.
"""

import json
import tempfile
import zipfile
from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from agencies.records.tracking import PLAN_COLUMN
from reports.archive.bag import make_bag
from reports.issuing.services import record_digests
from reports.models import IssuedPaper, MeetingPaper, RecordDigest
from reports.progress.evidence_archive import path_part, write_archive
from workitems.intake.workbook import export_workbook
from workitems.models import Plan

CHUNK = 200

README = """{title}

A plan of action as the register "{product}" kept it, for an archive.

papers/    each issued paper: the PDF/A that was signed, and its text and numbers as JSON
meetings/  each pack and minutes of the working group, likewise
evidence/  what agencies showed for what they reported; index.csv says what each is for
plan.xlsx  the plan as a workbook, as it was on its last day of work
history/   every version of every record of the plan, a JSON object a line: who, when, why
digests.jsonl  the chain of digests of the whole register; a paper's names the SHA-256 of its files
plan.json  what the plan is, and how many of each there are

manifest-sha256.txt beside this folder names the digest of every file. Any BagIt validator checks it.
"""


class NotEnded(Exception):
    """The plan goes on, so its package would be outdated at once."""


def write_package(plan: Plan, folder: Path, *, on: date) -> dict[str, int]:
    """Write the bag into a new folder, and return how many files there are of each kind.

    Raise `NotEnded` for a plan that goes on, `FileExistsError` for a folder that is there, and `ExportRefused` for a plan that
    no workbook holds. Of what fails half-way nothing is left.
    """
    if not plan.has_ended(on):
        raise NotEnded
    if folder.exists():
        raise FileExistsError(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".archive-") as made:
        payload, bag = Path(made) / "payload", Path(made) / "bag"
        payload.mkdir()
        counts = _write(plan, payload, on)
        about = {
            "Source-Organization": plan.coordinating_agency.name,
            "External-Description": plan.title,
            "External-Identifier": f"{settings.SITE_URL}{plan.get_absolute_url()}",
            "Bagging-Date": on.isoformat(),
            "Bag-Software-Agent": settings.PRODUCT_NAME,
        }
        make_bag(payload, bag, about)
        bag.rename(folder)
    return counts


def _write(plan: Plan, folder: Path, on: date) -> dict[str, int]:
    counts = {
        "papers": _write_papers(plan, folder / "papers"),
        "meeting papers": _write_meeting_papers(plan, folder / "meetings"),
        "pieces of evidence": _write_evidence(plan, folder / "evidence", on),
        "history rows": _write_history(plan, folder / "history"),
        "digests": _write_lines(
            folder / "digests.jsonl",
            (record_digests.line(row) for row in RecordDigest.objects.in_order().iterator()),
        ),
    }
    (folder / "plan.xlsx").write_bytes(export_workbook(plan))
    about = {
        "title": plan.title,
        "coordinated_by": plan.coordinating_agency.name,
        "reports_to": plan.portfolio,
        "released_on": plan.released_on,
        "adopted_on": plan.adopted_on,
        "ended_on": plan.ends_on,
        "packaged_on": on,
        "counts": counts,
    }
    (folder / "plan.json").write_text(_json(about, indent=2) + "\n", encoding="utf-8")
    readme = README.format(title=plan.title, product=settings.PRODUCT_NAME)
    (folder / "README.txt").write_text(readme, encoding="utf-8")
    return counts


def _write_papers(plan: Plan, folder: Path) -> int:
    """Write each version with the digests that it was frozen with. One at a time, as a paper may be several megabytes."""
    papers = IssuedPaper.objects.filter(briefing__plan=plan).select_related("briefing")
    for paper in papers.order_by("pk").iterator(chunk_size=1):
        number = path_part(paper.briefing.tracker_number)
        place = folder / f"{paper.briefing_id} {number}" / f"version {paper.number}"
        place.mkdir(parents=True)
        (place / "paper.pdf").write_bytes(bytes(paper.pdf))
        (place / "paper.json").write_bytes(bytes(paper.document))
        about = {
            "tracker_number": paper.briefing.tracker_number,
            "version": paper.number,
            "marking": paper.marking,
            "authorised_as": paper.authorised_as,
            "authorised_at": paper.authorised_at,
            "note": paper.note,
            "paper.pdf": paper.pdf_sha256,
            "paper.json": paper.document_sha256,
        }
        (place / "about.json").write_text(_json(about, indent=2) + "\n", encoding="utf-8")
    return papers.count()


def _write_meeting_papers(plan: Plan, folder: Path) -> int:
    papers = MeetingPaper.objects.filter(meeting__plan=plan).select_related("meeting")
    for paper in papers.order_by("pk").iterator(chunk_size=1):
        folder.mkdir(exist_ok=True)
        held_on = paper.meeting.held_on.isoformat()
        stem = f"{held_on} {paper.meeting_id} {paper.kind} {paper.number}"
        (folder / f"{stem}.pdf").write_bytes(bytes(paper.pdf))
        (folder / f"{stem}.json").write_text(_json(paper.content, indent=2), encoding="utf-8")
    return papers.count()


def _write_evidence(plan: Plan, folder: Path, on: date) -> int:
    with tempfile.TemporaryFile() as file:
        entries = write_archive(plan, file, on)
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)
    return sum(entry.piece is not None for entry in entries)


def _write_history(plan: Plan, folder: Path) -> int:
    """Write a file for each kind of record with all its versions, oldest first."""
    folder.mkdir()
    many = 0
    for past, column in _history_tables():
        rows = past._base_manager.filter(**{column: plan.pk}).order_by("history_id").values()
        if (
            found := _write_lines(
                folder
                / f"{past._meta.db_table.removeprefix('workitems_').removeprefix('reports_')}.jsonl",  # fmt: skip
                (_json(row) for row in rows.iterator(chunk_size=CHUNK)),
            )
        ):
            many += found
    return many


def _history_tables() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each history table of records that belong to a plan, and the lookup that leads from its rows to the plan."""
    for model in apps.get_models():
        history: Any = getattr(model, "history", None)
        # Requests for official information name whoever made them, and are no records of the plan.
        if history is None or model._meta.app_label not in ("workitems", "reports"):
            continue
        names = {field.name for field in history.model._meta.concrete_fields}
        if model is Plan:
            yield history.model, "id"
        elif PLAN_COLUMN in names:
            yield history.model, PLAN_COLUMN
        elif way := _way_to_plan(model):
            yield history.model, "__".join(way)


def _way_to_plan(model: type[models.Model]) -> list[str]:
    """Return the shortest way from a record to its plan, as the names of references: ["section", "briefing", "plan"]."""
    ways: deque[tuple[type[models.Model], list[str]]] = deque([(model, [])])
    seen = {model}
    while ways:
        at, way = ways.popleft()
        if at is Plan:
            return way
        for field in at._meta.concrete_fields:
            to = field.related_model
            if isinstance(field, models.ForeignKey) and isinstance(to, type) and to not in seen:
                seen.add(to)
                ways.append((to, [*way, field.name]))
    return []


def _write_lines(path: Path, lines: Iterator[str]) -> int:
    """Write lines into a file, which is left out without any, and return their number."""
    many = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            many += 1
            file.write(f"{line}\n")
    if not many:
        path.unlink()
    return many


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False, indent=indent)


class _Encoder(DjangoJSONEncoder):
    """Writes the bytes that a history row may have, such as a picture, as hexadecimal digits."""

    def default(self, o: Any) -> Any:
        return bytes(o).hex() if isinstance(o, bytes | memoryview) else super().default(o)
