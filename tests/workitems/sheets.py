"""A return's workbook for tests: download it, write in its cells as a person does, upload it."""

import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse


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
