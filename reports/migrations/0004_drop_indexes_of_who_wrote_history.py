"""Drop the indexes of who wrote a history row: nobody looks for rows by them."""

from django.db import migrations

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "briefing", "briefingkind", "checkoverride", "clearance", "clearancecomment", "draftask",
    "draftparagraph", "draftsection", "followup", "kindsection",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_drop_unused_indexes_of_history")]

    operations = [
        DropColumnIndexes({f"historical{name}": ["history_user"] for name in TRACKED}),
    ]
