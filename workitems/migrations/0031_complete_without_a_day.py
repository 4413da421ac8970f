from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an item be complete of which nobody knows the day. Looser than before, so an earlier release can still write."""

    dependencies = [("workitems", "0030_cancel_meetings")]

    operations = [
        migrations.RemoveConstraint(model_name="workitem", name="workitem_complete_has_date"),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage", "complete"), ("completed_on", None), _connector="OR"),
                name="workitem_date_is_of_complete",
                violation_error_message="A completion date goes with a complete item.",
            ),
        ),
    ]
