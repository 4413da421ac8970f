"""Keep packs and minutes of meetings as they were frozen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_find_the_last_version_of_a_record"),
        ("workitems", "0008_make_addresses_of_calendars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MeetingPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pack", "Pack"), ("minutes", "Minutes")], max_length=10
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("as_at", models.DateTimeField()),
                ("content", models.JSONField()),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_papers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="workitems.meeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "kind", "number"), name="meetingpaper_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pack", "minutes"])),
                        name="meetingpaper_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="meetingpaper_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("as_at__lte", models.F("made_at"))),
                        name="meetingpaper_not_ahead",
                        violation_error_message="A paper cannot show what had not happened yet.",
                    ),
                ],
            },
        ),
    ]
