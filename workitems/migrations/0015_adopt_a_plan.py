"""Keep the day on which a plan was adopted. Plans there are were adopted when they were released."""

from django.db import migrations, models
from django.utils import timezone


def adopt_on_the_release(apps, schema_editor):
    """Set the day of existing plans, with a row in the history of each."""
    Plan = apps.get_model("workitems", "Plan")
    Past = apps.get_model("workitems", "HistoricalPlan")
    now = timezone.now()
    for plan in Plan.objects.all():
        plan.adopted_on = plan.released_on
        plan.save(update_fields=["adopted_on"])
        columns = {each.attname: getattr(plan, each.attname) for each in Plan._meta.concrete_fields}
        Past.objects.create(
            history_date=now,
            history_type="~",
            history_actor="Upgrade of the program",
            history_change_reason="Plans from before adoption was recorded were adopted when released",
            **columns,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('workitems', '0014_tell_of_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmeasure',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='historicalpillar',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='adopted_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='measure',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='pillar',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='plan',
            name='adopted_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(adopt_on_the_release, migrations.RunPython.noop),
    ]
