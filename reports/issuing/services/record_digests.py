"""Adding to the chain of digests, and checking it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from reports.document import plain_json
from reports.models import IssuedPaper, RecordDigest
from reports.models.issue import sha256


def add_paper(issued: IssuedPaper, *, at: datetime) -> RecordDigest:
    """Add an issued paper to the chain."""
    return _add(_paper(issued), at=at, issued=issued)


def add_records(records: dict[str, Any], *, at: datetime) -> RecordDigest:
    """Add what was written to the tables that are kept for good since they were last added."""
    return _add({"records": records}, at=at)


@transaction.atomic
def _add(
    content: dict[str, Any], *, at: datetime, issued: IssuedPaper | None = None
) -> RecordDigest:
    if connection.vendor == "postgresql":
        # One link at a time; SQLite has one writer.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE reports_recorddigest IN SHARE ROW EXCLUSIVE MODE")
    last = RecordDigest.objects.newest()
    place = last.place + 1 if last else 1
    entry = plain_json.dump(
        {
            "place": place,
            "before": last.digest if last else "",
            "at": at.astimezone(UTC).isoformat(timespec="seconds"),
            **content,
        }
    )
    row = RecordDigest(
        place=place, before=last, issued=issued, entry=entry.decode(), digest=sha256(entry)
    )
    row.save(force_insert=True)
    return row


def _paper(issued: IssuedPaper) -> dict[str, Any]:
    """Return what the chain says of a paper. It has only the digest of the facts, because they name people."""
    facts = {
        "briefing": issued.briefing_id,
        "version": issued.number,
        "marking": issued.marking,
        "portfolio": issued.portfolio,
        "authorised_as": issued.authorised_as,
        "authorised_at": issued.authorised_at.astimezone(UTC).isoformat(),
        "note": issued.note,
    }
    return {
        "paper": {
            "pdf": issued.pdf_sha256,
            "json": issued.document_sha256,
            "facts": sha256(plain_json.dump(facts)),
        }
    }


def faults() -> Iterator[str]:
    """Yield what is wrong with the chain, as sentences. Nothing is rendered, and no file is read."""
    before = ""
    place = 0
    rows = RecordDigest.objects.in_order().select_related("issued__briefing")
    for row in rows.defer("issued__document", "issued__pdf").iterator(chunk_size=200):
        place += 1
        content = row.content
        if row.place != place or content.get("place") != place:
            yield f"Digest {row.place} stands where digest {place} should be"
            place = row.place
        if sha256(row.entry.encode()) != row.digest:
            yield f"Digest {row.place} is not that of what it covers"
        if content.get("before") != before or (row.before_id or "") != before:
            yield f"Digest {row.place} does not follow from the one before it"
        if row.issued and content.get("paper") != _paper(row.issued)["paper"]:
            yield (
                f"{row.issued} is not as it was signed: its marking, its note, who signed it and when, "
                "or one of its digests differs"
            )
        before = row.digest
    for issued in IssuedPaper.objects.without_contents().filter(link=None):
        yield f"{issued} is not in the chain of digests"


def line(row: RecordDigest) -> str:
    """Return a link of the chain as a line of the list that is published: its entry and its digest."""
    return plain_json.dump({**row.content, "digest": row.digest}).decode()
