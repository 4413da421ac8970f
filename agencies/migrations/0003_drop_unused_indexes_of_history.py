"""Drop indexes of history tables that repeat the beginning of another, and those by date alone:
history is read by record or by plan."""

from django.db import migrations

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "agency", "appointment", "invitation", "seat", "user",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_cache_table")]

    operations = [
        DropColumnIndexes({f"historical{name}": ["id", "history_date"] for name in TRACKED})
    ]
