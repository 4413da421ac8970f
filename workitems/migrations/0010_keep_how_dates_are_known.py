"""Keep of each due date whether it is known to the day, the month or the quarter."""

from django.db import migrations, models

from agencies.migrations._operations import AddColumns

COLUMNS = {
    "milestone": ("original_known_to", "agreed_known_to", "forecast_known_to"),
    "delay": ("before_known_to", "after_known_to"),
    "variation": ("before_known_to", "after_known_to"),
    "heldentry": ("after_known_to",),
    "milestoneanswer": ("day_known_to",),
}


def known_to() -> models.Field:
    return models.CharField(
        choices=[("day", "Day"), ("month", "Month"), ("quarter", "Quarter")],
        db_default="day",
        default="day",
        max_length=7,
    )


class Migration(migrations.Migration):
    dependencies = [("workitems", "0009_pauses_of_replies_are_one_entry")]

    operations = [
        AddColumns(
            {
                name: {column: known_to() for column in columns}
                for model, columns in COLUMNS.items()
                for name in (model, f"historical{model}")
            }
        )
    ]
