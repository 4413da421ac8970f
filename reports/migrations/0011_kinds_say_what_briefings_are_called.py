from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

# As they come with the product; a plan's own kinds were called like the annual one.
ANNUAL = "Progress on {plan}"
OTHERS = {"interim": "Interim report on {plan}", "risk-alert": "Risks to {plan}"}


def name_others(apps, schema_editor):
    """With a history row each, by nobody: else the next person to change a kind seems to have named it."""
    kinds = apps.get_model("reports", "BriefingKind").objects
    versions = apps.get_model("reports", "HistoricalBriefingKind").objects
    for slug, title in OTHERS.items():
        kinds.filter(slug=slug).update(title=title)
        for pk in kinds.filter(slug=slug).values_list("pk", flat=True):
            row = versions.filter(id=pk).order_by("history_id").last()
            if row is None:
                continue
            row.pk, row.title, row.history_type = None, title, "~"
            row.history_user_id, row.history_actor = None, ""
            row.history_date, row.history_change_reason = timezone.now(), None
            row.save()


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_kinds_are_changed_by_coordinators")]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="title",
                field=models.CharField(default=ANNUAL, max_length=150),
                preserve_default=False,
            )
            for model in ("briefingkind", "historicalbriefingkind")
        ),
        migrations.RunPython(name_others, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="briefingkind",
            constraint=models.CheckConstraint(
                condition=~Q(title=""), name="briefingkind_has_title"
            ),
        ),
    ]
