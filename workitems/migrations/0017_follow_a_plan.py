"""Keep which plan a plan follows, and which item an item carries on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workitems', '0016_take_workbooks_of_returns'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalplan',
            name='successor_of',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.plan'),
        ),
        migrations.AddField(
            model_name='historicalworkitem',
            name='carried_from',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.workitem'),
        ),
        migrations.AddField(
            model_name='plan',
            name='successor_of',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='workitems.plan'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='carried_from',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_on', to='workitems.workitem'),
        ),
    ]
