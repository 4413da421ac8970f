"""Let a return answer whether the cause of a delay is settled."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workitems', '0011_tell_within_sentences_and_settle_causes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='milestoneanswer',
            name='milestone_answer_of_one_thing',
        ),
        migrations.AlterField(
            model_name='historicalmilestoneanswer',
            name='outcome',
            field=models.CharField(choices=[('done', 'Done'), ('not_yet', 'New forecast'), ('reopened', 'Reopened'), ('delay_over', 'Delay ended'), ('step_done', 'Mitigation done'), ('settlement', 'Cause of a delay')], max_length=10),
        ),
        migrations.AlterField(
            model_name='milestoneanswer',
            name='outcome',
            field=models.CharField(choices=[('done', 'Done'), ('not_yet', 'New forecast'), ('reopened', 'Reopened'), ('delay_over', 'Delay ended'), ('step_done', 'Mitigation done'), ('settlement', 'Cause of a delay')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delay', None), ('mitigation', None), ('outcome__in', ['done', 'not_yet']), ('day__isnull', False)), models.Q(('day', None), ('delay', None), ('mitigation', None), ('outcome', 'reopened')), models.Q(('day__isnull', False), ('delay__isnull', False), ('mitigation', None), ('outcome', 'delay_over')), models.Q(('day__isnull', False), ('delay', None), ('mitigation__isnull', False), ('outcome', 'step_done')), models.Q(('day', None), ('delay__isnull', False), ('mitigation', None), ('outcome', 'settlement')), _connector='OR'), name='milestone_answer_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settlement', 'being_settled'), ('settling_agency__isnull', False)), models.Q(('settlement__in', ['', 'settled', 'needs_decision']), ('settling_agency', None), ('settling_by', None)), _connector='OR'), name='milestone_answer_settled_by_an_agency'),
        ),
    ]
