"""Add the papers that were issued before there was a chain of digests, in the order of their signing."""

import hashlib
import json
from datetime import UTC

from django.db import migrations


def canonical(entry):
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def add(apps, schema_editor):
    papers = apps.get_model("reports", "IssuedPaper").objects.defer("pdf", "document")
    model = apps.get_model("reports", "RecordDigest")
    before = None
    for place, paper in enumerate(papers.order_by("authorised_at", "pk").iterator(), start=1):
        signed_at = paper.authorised_at.astimezone(UTC)
        facts = {
            "briefing": paper.briefing_id,
            "version": paper.number,
            "marking": paper.marking,
            "portfolio": paper.portfolio,
            "authorised_as": paper.authorised_as,
            "authorised_at": signed_at.isoformat(),
            "note": paper.note,
        }
        entry = canonical(
            {
                "place": place,
                "before": before.digest if before else "",
                "at": signed_at.isoformat(timespec="seconds"),
                "paper": {
                    "pdf": paper.pdf_sha256,
                    "json": paper.document_sha256,
                    "facts": digest_of(canonical(facts)),
                },
            }
        )
        row = model(place=place, before=before, issued=paper, entry=entry, digest=digest_of(entry))
        row.save(force_insert=True)
        before = row


class Migration(migrations.Migration):
    dependencies = [("reports", "0028_chain_issued_papers_by_their_digests")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
