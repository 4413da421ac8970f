"""Drop indexes of history tables that repeat the beginning of another, and those by date alone:
history is read by record or by plan."""

from django.db import migrations

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "attendance", "calendarfeed", "decision", "delay", "evidence", "matter", "measure",
    "meeting", "member", "milestone", "mitigation", "pillar", "plan", "return", "returnnote",
    "risk", "round", "support", "update", "variation", "workitem",
)  # fmt: skip
WITH_PLAN = (
    "calendarfeed", "meeting", "member", "pillar", "risk", "round", "variation", "workitem",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("workitems", "0002_find_the_history_of_a_plan")]

    operations = [
        DropColumnIndexes(
            {f"historical{name}": ["id", "history_date"] for name in TRACKED}
            | {f"historical{name}": ["id", "history_date", "plan"] for name in WITH_PLAN}
        )
    ]
