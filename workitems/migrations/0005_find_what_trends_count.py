"""Find the stages, pillars and lead agencies of a plan's items over time in one index, in place of
three of single columns; drop the indexes of who wrote a history row."""

from django.db import migrations, models

from agencies.migrations._operations import DropColumnIndexes

TRACKED = (
    "attendance", "calendarfeed", "decision", "delay", "evidence", "heldentry", "matter", "measure",
    "meeting", "member", "milestone", "milestoneanswer", "mitigation", "pillar", "plan", "return", "returnnote",
    "risk", "round", "statusproposal", "support", "update", "variation", "workitem",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("workitems", "0004_hold_what_is_not_submitted")]

    operations = [
        DropColumnIndexes(
            {f"historical{name}": ["history_user"] for name in TRACKED}
            | {"historicalworkitem": ["history_user", "pillar", "lead_agency"]}
        ),
        migrations.AddIndex(
            "historicalworkitem",
            models.Index(
                fields=["plan", "id", "stage", "pillar", "lead_agency", "history_date"],
                name="workitem_counted",
            ),
        ),
    ]
