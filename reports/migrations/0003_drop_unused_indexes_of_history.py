"""Drop indexes of history tables that repeat the beginning of another, and those by date alone:
history is read by record or by plan."""

from django.db import migrations

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "briefing", "briefingkind", "checkoverride", "clearance", "clearancecomment", "draftask",
    "draftparagraph", "draftsection", "followup", "kindsection",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_stop_noting_changes_when_undone")]

    operations = [
        DropColumnIndexes({f"historical{name}": ["id", "history_date"] for name in TRACKED})
    ]
