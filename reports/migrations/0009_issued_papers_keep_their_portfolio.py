"""Keep beside each issued paper the portfolio that its cover names."""

import json

from django.db import migrations, models


def fill(apps, schema_editor):
    # Issued papers are frozen. On SQLite the triggers are away during migrations; here the one that
    # refuses this is dropped, and installed again with the others after them.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "DROP TRIGGER IF EXISTS issuedpaper_frozen_update ON reports_issuedpaper"
        )
    papers = apps.get_model("reports", "IssuedPaper").objects.defer("pdf")
    for paper in papers.iterator():
        document = json.loads(bytes(paper.document))["document"]
        papers.filter(pk=paper.pk).update(portfolio=document["cover"]["portfolio"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_keep_when_an_agency_was_reminded")]

    operations = [
        migrations.AddField(
            model_name="issuedpaper",
            name="portfolio",
            field=models.CharField(default="", max_length=150),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
