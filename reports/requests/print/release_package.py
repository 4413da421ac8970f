"""The package of a release: its letters, the schedule, the released PDFs and their digests, as a ZIP."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.text import slugify

from reports.render import csv
from reports.render.tables import Column, Kind, Sheet
from reports.requests.law.act import cited

SUMS = "SHA256SUMS"
# What a requester reads of a decision.
DECISIONS = {
    "full": "Released in full",
    "part": "Released in part",
    "withheld": "Withheld",
    "refused": "Refused",
    "transferred": "Transferred",
    "out_of_scope": "Out of scope",
    "": "Not decided",
}
# The same release gives the same bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def package(release: Any, papers: Sequence[Any], letters: Sequence[Any]) -> bytes:
    """Return a release's files as one ZIP. `SHA256SUMS` is in the form that `sha256sum -c` reads."""
    files = {
        f"{each.kind.replace('_', '-')}-letter-{_reference(release)}.pdf": bytes(each.pdf)
        for each in letters
        if each.pdf  # Empty once who asked is removed.
    }
    files["schedule.csv"] = csv.write(_schedule(release.schedule))
    files |= {each.file_name: bytes(each.pdf) for each in papers}
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as zipped:
        for name, data in (*files.items(), (SUMS, sums.encode())):
            zipped.writestr(ZipInfo(name, LONG_AGO), data)
    return target.getvalue()


def _reference(release: Any) -> str:
    """Return the reference as a part of a file's name: "13-02025"."""
    return slugify(release.request.reference.replace("/", "-")) or str(release.request_id)


def _schedule(rows: Any) -> Sheet:
    return Sheet(
        name="Schedule",
        title="Schedule",
        about=(),
        columns=[
            Column("Number", kind=Kind.NUMBER),
            *(Column(title) for title in ("Document", "Dated", "Decision", "Grounds")),
        ],
        rows=[
            [
                row["number"],
                row["title"],
                row["dated"] or "",
                DECISIONS.get(row["decision"], row["decision"]),
                ", ".join(cited(code) for code in row["grounds"]),
            ]
            for row in rows
        ],
    )
