"""A return's workbook for tests: download it, write in its cells as a person does, upload it."""

import io
import zipfile
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.workitems.record import NOW
from workitems.models import Update
from workitems.returns.services import rounds
from workitems.returns.sheet.row_keys import Key

KEPT = Path(__file__).parent / "kept_workbooks"


def address(of_return, name="workbook", *more):
    return reverse(
        f"returns:{name}",
        args=[of_return.round.plan.slug, of_return.round_id, of_return.agency_id, *more],
    )


def downloaded(client, of_return):
    """Return the bytes that the page gives."""
    answer = client.get(address(of_return, "download-workbook"))
    assert answer.status_code == 200
    return answer.content


class Sheets:
    """A workbook, with cells by heading and row. Rows count from 0 below the headings."""

    def __init__(self, content):
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    def column(self, sheet, heading):
        (found,) = (c.column for c in self.book[sheet][1] if c.value == heading)
        return found

    def cell(self, heading, row=0, sheet="Answers"):
        return self.book[sheet].cell(row + 2, self.column(sheet, heading))

    def write(self, heading, value, row=0, sheet="Answers"):
        self.cell(heading, row, sheet).value = value
        return self

    def milestone(self, heading, value, row=0):
        return self.write(heading, value, row, "Milestones")

    @property
    def content(self):
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


def upload(client, of_return, content, name="police.xlsx"):
    content = content.content if isinstance(content, Sheets) else content
    file = SimpleUploadedFile(name, content)
    return client.post(address(of_return), {"workbook": file})


def take(client, page_url, **choices):
    """Confirm a comparison as its page shows it."""
    form = client.get(page_url).context["form"]
    return client.post(page_url, {"fingerprint": form["fingerprint"].value(), **choices})


def kept_workbook(name, of_return, item, milestone):
    """Return a workbook that is kept as a file, with the keys of these rows in place of "KEY-i" and "KEY-m"."""
    keys = {
        b"KEY-i": Key(of_return.pk, "i", item.pk, 0, item.version, item.stage, item.confidence),
        b"KEY-m": Key(of_return.pk, "m", milestone.pk, 0, milestone.version),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(KEPT / name) as kept, zipfile.ZipFile(file, "w") as made:
        for member in kept.namelist():
            content = kept.read(member)
            for mark, key in keys.items():
                content = content.replace(mark, str(key).encode())
            made.writestr(member, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def write_in_the_browser(of_return, item, by, **words):
    update = Update.objects.filter(of_return=of_return, item=item).first()
    stored = {"stage": "under_way", "confidence": "on_track"}
    if update:
        names = ("stage", "confidence", "achieved", "planned_next", "challenges")
        stored = {name: getattr(update, name) for name in names}
    return rounds.write_update(
        of_return=of_return, item=item, version=update.version if update else 0, by=by, at=NOW,
        **{**stored, **words},
    )  # fmt: skip
