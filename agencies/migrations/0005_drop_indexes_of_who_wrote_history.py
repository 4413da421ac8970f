"""Drop the indexes of who wrote a history row: only invitations, which are few, are found by them."""

from django.db import migrations

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "agency", "appointment", "invitation", "seat", "user",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_add_sent_forms")]

    operations = [
        DropColumnIndexes({f"historical{name}": ["history_user"] for name in TRACKED}),
    ]
