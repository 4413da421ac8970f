from django.db import migrations, models
from django.db.models import Q

# As they come with the product; a plan's own kinds were called like the annual one.
ANNUAL = "Progress on {plan}"
OTHERS = {"interim": "Interim report on {plan}", "risk-alert": "Risks to {plan}"}


def name_others(apps, schema_editor):
    kinds = apps.get_model("reports", "BriefingKind").objects
    for slug, title in OTHERS.items():
        kinds.filter(slug=slug).update(title=title)


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
