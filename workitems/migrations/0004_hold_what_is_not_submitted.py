"""Keep what an agency enters apart until its approver submits or releases it."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def compare_with_items(apps, schema_editor):
    """Note with each answer that is not accepted yet the version of its item when it was written."""
    history = apps.get_model("workitems", "historicalworkitem")
    then = history.objects.filter(
        id=OuterRef("item_id"), history_date__lte=OuterRef("written_at")
    ).order_by("-history_date", "-history_id")
    apps.get_model("workitems", "update").objects.filter(
        of_return__round__closed_at=None
    ).exclude(of_return__state="accepted").update(item_version=Subquery(then.values("version")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_drop_unused_indexes_of_history'),
        ('workitems', '0003_drop_unused_indexes_of_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('date', 'Move an agreed date'), ('wording', 'Change the wording'), ('withdrawal', 'Withdraw the item'), ('risk', 'Risk')], max_length=10)),
                ('made_from', models.PositiveIntegerField(blank=True, null=True)),
                ('due_after', models.DateField(blank=True, null=True)),
                ('wording', models.CharField(blank=True, choices=[('title', 'Title'), ('objective', 'Objective'), ('action', 'Action')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True)),
                ('likelihood', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('impact', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for release'), ('released', 'Released'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('written_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'held entries',
            },
        ),
        migrations.CreateModel(
            name='HistoricalHeldEntry',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                ('kind', models.CharField(choices=[('date', 'Move an agreed date'), ('wording', 'Change the wording'), ('withdrawal', 'Withdraw the item'), ('risk', 'Risk')], max_length=10)),
                ('made_from', models.PositiveIntegerField(blank=True, null=True)),
                ('due_after', models.DateField(blank=True, null=True)),
                ('wording', models.CharField(blank=True, choices=[('title', 'Title'), ('objective', 'Objective'), ('action', 'Action')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True)),
                ('likelihood', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('impact', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for release'), ('released', 'Released'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('written_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical held entry',
                'verbose_name_plural': 'historical held entries',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMilestoneAnswer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('not_yet', 'New forecast'), ('reopened', 'Reopened'), ('delay_over', 'Delay ended'), ('step_done', 'Mitigation done')], max_length=10)),
                ('day', models.DateField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('cause', models.CharField(blank=True, choices=[('funding', 'Funding'), ('prior_commitments', 'Prior commitments'), ('staffing', 'Staffing'), ('another_agency', 'Another agency'), ('legislation', 'Legislation'), ('procurement', 'Procurement'), ('consultation', 'Consultation'), ('outside_event', 'Outside event'), ('other', 'Other')], max_length=20)),
                ('effect', models.TextField(blank=True)),
                ('new_mitigation', models.TextField(blank=True)),
                ('mitigation_due_on', models.DateField(blank=True, null=True)),
                ('milestone_version', models.PositiveIntegerField()),
                ('written_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_plan_id', models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'historical milestone answer',
                'verbose_name_plural': 'historical milestone answers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalStatusProposal',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                ('stage', models.CharField(choices=[('not_started', 'Not started'), ('under_way', 'Under way'), ('complete', 'Complete'), ('ongoing', 'Ongoing'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('confidence', models.CharField(blank=True, choices=[('on_track', 'On track'), ('at_risk', 'At risk'), ('off_track', 'Off track')], max_length=10)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('open', 'With the lead agency'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_plan_id', models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'historical status proposal',
                'verbose_name_plural': 'historical status proposals',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MilestoneAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('not_yet', 'New forecast'), ('reopened', 'Reopened'), ('delay_over', 'Delay ended'), ('step_done', 'Mitigation done')], max_length=10)),
                ('day', models.DateField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('cause', models.CharField(blank=True, choices=[('funding', 'Funding'), ('prior_commitments', 'Prior commitments'), ('staffing', 'Staffing'), ('another_agency', 'Another agency'), ('legislation', 'Legislation'), ('procurement', 'Procurement'), ('consultation', 'Consultation'), ('outside_event', 'Outside event'), ('other', 'Other')], max_length=20)),
                ('effect', models.TextField(blank=True)),
                ('new_mitigation', models.TextField(blank=True)),
                ('mitigation_due_on', models.DateField(blank=True, null=True)),
                ('milestone_version', models.PositiveIntegerField()),
                ('written_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='StatusProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('not_started', 'Not started'), ('under_way', 'Under way'), ('complete', 'Complete'), ('ongoing', 'Ongoing'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('confidence', models.CharField(blank=True, choices=[('on_track', 'On track'), ('at_risk', 'At risk'), ('off_track', 'Off track')], max_length=10)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('open', 'With the lead agency'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_values_known',
        ),
        migrations.RemoveConstraint(
            model_name='update',
            name='update_values_known',
        ),
        migrations.AddField(
            model_name='historicalupdate',
            name='item_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='update',
            name='item_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='historicalupdate',
            name='stage',
            field=models.CharField(blank=True, choices=[('not_started', 'Not started'), ('under_way', 'Under way'), ('complete', 'Complete'), ('ongoing', 'Ongoing'), ('withdrawn', 'Withdrawn')], max_length=20),
        ),
        migrations.AlterField(
            model_name='notice',
            name='reason',
            field=models.CharField(choices=[('opened', 'Round opened'), ('due_week', 'Due in 7 days'), ('due_day', 'Due in 1 day'), ('overdue', 'Overdue'), ('sent_back', 'Sent back'), ('ready', 'Waits for submission'), ('accepted', 'Accepted'), ('asked', 'Asked for clearance'), ('again', 'Asked again for clearance'), ('answered', 'Every agency answered'), ('proposed', 'Status proposed'), ('replied', 'Proposal answered'), ('to_release', 'Waits for release')], max_length=10),
        ),
        migrations.AlterField(
            model_name='update',
            name='stage',
            field=models.CharField(blank=True, choices=[('not_started', 'Not started'), ('under_way', 'Under way'), ('complete', 'Complete'), ('ongoing', 'Ongoing'), ('withdrawn', 'Withdrawn')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['opened', 'due_week', 'due_day', 'overdue', 'sent_back', 'ready', 'accepted', 'asked', 'again', 'answered', 'proposed', 'replied', 'to_release']), ('told_as__in', ['contributor', 'approver', 'coordinator'])), name='notice_values_known'),
        ),
        migrations.AddConstraint(
            model_name='update',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', ['', 'on_track', 'at_risk', 'off_track']), ('key_achievement__in', ['no', 'yes', 'headline']), ('stage__in', ['', 'not_started', 'under_way', 'complete', 'ongoing', 'withdrawn'])), name='update_values_known'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_entries', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.workitem'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='milestone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.milestone'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='owner_agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_entries', to='workitems.plan'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='risk',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.risk'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='variation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.variation'),
        ),
        migrations.AddField(
            model_name='heldentry',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='agency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='item',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.workitem'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='milestone',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.milestone'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='owner_agency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='plan',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.plan'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='risk',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.risk'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='settled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='variation',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.variation'),
        ),
        migrations.AddField(
            model_name='historicalheldentry',
            name='written_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='delay',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.delay'),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='milestone',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.milestone'),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='mitigation',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.mitigation'),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='of_return',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.return'),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='owner_agency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='historicalmilestoneanswer',
            name='written_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalstatusproposal',
            name='agency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='historicalstatusproposal',
            name='answered_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalstatusproposal',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalstatusproposal',
            name='item',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workitems.workitem'),
        ),
        migrations.AddField(
            model_name='historicalstatusproposal',
            name='proposed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='delay',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.delay'),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='workitems.milestone'),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='mitigation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workitems.mitigation'),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='of_return',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestone_answers', to='workitems.return'),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='owner_agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='milestoneanswer',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statusproposal',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_proposals', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='statusproposal',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statusproposal',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_proposals', to='workitems.workitem'),
        ),
        migrations.AddField(
            model_name='statusproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='heldentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_after__isnull', False), ('kind', 'date'), ('milestone__isnull', False)), models.Q(('item__isnull', False), ('kind', 'wording'), ('wording__in', ['title', 'objective', 'action'])), models.Q(('item__isnull', False), ('kind', 'withdrawal')), models.Q(('kind', 'risk'), ('owner_agency__isnull', False), models.Q(('text', ''), _negated=True)), _connector='OR'), name='held_entry_says_what_is_asked'),
        ),
        migrations.AddConstraint(
            model_name='heldentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None), ('state', 'waiting')), models.Q(('state__in', ['released', 'withdrawn']), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='held_entry_settled_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='heldentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'risk'), ('risk__isnull', False), ('state', 'released'), ('variation', None)), models.Q(('risk', None), ('state', 'released'), ('variation__isnull', False), models.Q(('kind', 'risk'), _negated=True)), models.Q(models.Q(('state', 'released'), _negated=True), ('risk', None), ('variation', None)), _connector='OR'), name='held_entry_released_as_one_record'),
        ),
        migrations.AddIndex(
            model_name='historicalheldentry',
            index=models.Index(fields=['id', 'history_date', 'history_id'], name='heldentry_versions'),
        ),
        migrations.AddIndex(
            model_name='historicalheldentry',
            index=models.Index(fields=['plan', 'history_date', 'history_id'], name='heldentry_of_plan'),
        ),
        migrations.AddIndex(
            model_name='historicalmilestoneanswer',
            index=models.Index(fields=['id', 'history_date', 'history_id'], name='milestoneanswer_versions'),
        ),
        migrations.AddIndex(
            model_name='historicalmilestoneanswer',
            index=models.Index(fields=['history_plan_id', 'history_date', 'history_id'], name='milestoneanswer_of_plan'),
        ),
        migrations.AddIndex(
            model_name='historicalstatusproposal',
            index=models.Index(fields=['id', 'history_date', 'history_id'], name='statusproposal_versions'),
        ),
        migrations.AddIndex(
            model_name='historicalstatusproposal',
            index=models.Index(fields=['history_plan_id', 'history_date', 'history_id'], name='statusproposal_of_plan'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('applied_at', None), ('delay', None), ('mitigation', None), ('removed_at', None)), fields=('of_return', 'milestone'), name='milestone_answer_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('applied_at', None), ('removed_at', None)), fields=('of_return', 'delay'), name='milestone_answer_one_pending_per_delay'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('applied_at', None), ('removed_at', None)), fields=('of_return', 'mitigation'), name='milestone_answer_one_pending_per_step'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delay', None), ('mitigation', None), ('outcome__in', ['done', 'not_yet']), ('day__isnull', False)), models.Q(('day', None), ('delay', None), ('mitigation', None), ('outcome', 'reopened')), models.Q(('day__isnull', False), ('delay__isnull', False), ('mitigation', None), ('outcome', 'delay_over')), models.Q(('day__isnull', False), ('delay', None), ('mitigation__isnull', False), ('outcome', 'step_done')), _connector='OR'), name='milestone_answer_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='milestoneanswer',
            constraint=models.CheckConstraint(condition=models.Q(('applied_at', None), ('removed_at', None), _connector='OR'), name='milestone_answer_applied_or_removed'),
        ),
        migrations.AddConstraint(
            model_name='statusproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('item', 'agency'), name='status_proposal_one_open_per_agency'),
        ),
        migrations.AddConstraint(
            model_name='statusproposal',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', ['', 'on_track', 'at_risk', 'off_track']), ('stage__in', ['not_started', 'under_way', 'complete', 'ongoing']), ('state__in', ['open', 'accepted', 'declined', 'withdrawn']), models.Q(('reason', ''), _negated=True)), name='status_proposal_values_known'),
        ),
        migrations.AddConstraint(
            model_name='statusproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='status_proposal_answered_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='statusproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='status_proposal_declined_with_words'),
        ),
        migrations.RunPython(compare_with_items, migrations.RunPython.noop),
    ]
