"""Write a plan's briefing as a PDF and optionally as JSON."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.compose import compose
from reports.compose.bad_characters import errors_with_places
from reports.document import DocumentError, to_json
from reports.drafting.cover import draft, other_members
from reports.models import Briefing
from reports.render.pdf import RenderRefused, render_pdf
from workitems.models import Plan


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a day. Write it as in 2010-07-30.") from None


class Command(BaseCommand):
    help = (
        "Write a plan's briefing as a PDF. The cover is that of the briefing with this tracker "
        "number, if there is one, and otherwise what a new briefing starts with. Nothing is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the plan, as in its address")
        parser.add_argument("--from", dest="start", required=True, metavar="DATE")
        parser.add_argument("--to", dest="end", required=True, metavar="DATE")
        parser.add_argument("--dated", required=True, metavar="DATE", help="records as at this day")
        parser.add_argument("--tracker", required=True, metavar="TEXT")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
        parser.add_argument("--json", type=Path, metavar="FILE.json")

    def handle(self, *, slug: str, out: Path, json: Path | None, **options: Any) -> None:
        for path in (out, json):
            if path is not None:
                check_place(path)
        plan = Plan.objects.filter(slug=slug).select_related("coordinating_agency").first()
        if plan is None:
            known = ", ".join(Plan.objects.in_order().values_list("slug", flat=True)[:10])
            raise CommandError(
                f"There is no plan “{slug}”. "
                + (f"Known: {known}." if known else "No plan is loaded.")
            )
        briefing = whole_briefing(
            plan,
            period_start=day(options["start"]),
            period_end=day(options["end"]),
            dated=day(options["dated"]),
            tracker_number=options["tracker"].strip(),
        )
        try:
            with errors_with_places(plan):
                document = compose(briefing, timezone.localdate())
            data = render_pdf(document)
        except (DocumentError, RenderRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        write(out, data)
        if json is not None:
            write(json, to_json(document))
        paragraphs = sum(1 for _ in document.paragraphs())
        self.stdout.write(f"{out}: {paragraphs} paragraphs, {len(data) // 1024 or 1:,} KB")


def whole_briefing(plan: Plan, **facts: Any) -> Briefing:
    """Return the briefing with this tracker number, or a new one with the given values.

    It is not saved. Raise `CommandError` for a tracker number of another plan.
    """
    if not facts["tracker_number"]:
        raise CommandError("Tracker number: This field cannot be blank.")
    stored = Briefing.objects.filter(tracker_number=facts["tracker_number"]).first()
    if stored is not None and stored.plan_id != plan.pk:
        raise CommandError(f"The tracker number {stored.tracker_number} is another plan’s.")
    briefing = stored or draft(plan, **facts)
    if stored is None:
        # Without clearances, assume that the whole working group was consulted.
        briefing.agencies_consulted = ", ".join(other_members(plan, briefing.dated))
    briefing.plan = plan
    for name, value in facts.items():
        setattr(briefing, name, value)
    try:
        # An unsaved briefing has no author and time of creation.
        briefing.full_clean(exclude=["created_at"], validate_unique=False)
    except ValidationError as error:
        field, faults = next(iter(error.message_dict.items()))
        where = "" if field == NON_FIELD_ERRORS else f"{field.replace('_', ' ').capitalize()}: "
        raise CommandError(where + faults[0]) from error
    return briefing


def check_place(path: Path) -> None:
    """Raise `CommandError` if no file can be written to `path`, before doing the work."""
    folder = path.parent
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Give the name of a file.")
    if not folder.is_dir():
        raise CommandError(f"The folder {folder} does not exist. Make it first.")
    if not os.access(folder, os.W_OK):
        raise CommandError(f"The folder {folder} cannot be written to.")


def write(path: Path, data: bytes) -> None:
    """Write the file atomically: readers see the old or the new file, never a part."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror}.") from error
