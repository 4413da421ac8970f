"""Make the tables of agencies, people and seats, as the migrations that this replaces left
them (decision 131)."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models

from agencies.migrations._operations import CreateModels


def create_cache_table(apps, schema_editor):
    """Make the cache's own table, so that counts of failed sign-ins are shared and `migrate` is enough."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('agencies', '0001_agencies_people_and_seats'),
        ('agencies', '0002_cache_table'),
        ('agencies', '0003_drop_unused_indexes_of_history'),
        ('agencies', '0004_add_sent_forms'),
        ('agencies', '0005_drop_indexes_of_who_wrote_history'),
        ('agencies', '0006_seat_offices_at_portfolios'),
        ('agencies', '0007_every_seat_has_its_place'),
        ('agencies', '0008_add_seats_for_official_information'),
        ('agencies', '0009_version_agencies_people_and_appointments'),
        ('agencies', '0010_keep_units_of_agencies'),
        ('agencies', '0011_drop_is_staff'),
        ('agencies', '0012_plainer_messages'),
        ('agencies', '0013_add_tokens'),
        ('agencies', '0014_record_resets_of_the_second_step'),
        ('agencies', '0015_drop_the_log_of_administration_pages'),
        ('agencies', '0016_confirm_seats'),
        ('agencies', '0017_mark_where_files_are'),
        ('agencies', '0018_queue_mail'),
        ('agencies', '0019_add_auditors'),
        ('agencies', '0020_announce_maintenance'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='HistoricalAgency',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('short_name', models.CharField(max_length=30)),
                    ('name', models.CharField(max_length=200)),
                    ('name_mi', models.CharField(blank=True, max_length=200, verbose_name='te reo name')),
                    ('valid_from', models.DateField(blank=True, null=True)),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to (last day)')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('successor', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical agency',
                    'verbose_name_plural': 'historical agencies',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='agency_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Agency',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('short_name', models.CharField(max_length=30)),
                    ('name', models.CharField(max_length=200)),
                    ('name_mi', models.CharField(blank=True, max_length=200, verbose_name='te reo name')),
                    ('valid_from', models.DateField(blank=True, null=True)),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to (last day)')),
                    ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='agencies.agency')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                ],
                options={
                    'verbose_name_plural': 'agencies',
                    'constraints': [
                        models.UniqueConstraint(django.db.models.functions.text.Lower('short_name'), name='agency_short_name_unique', violation_error_message='Another agency has this short name.'),
                        models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from')), ('valid_to', None), ('valid_from', None), _connector='OR'), name='agency_valid_period', violation_error_message='An agency cannot end before it began.'),
                        models.CheckConstraint(condition=models.Q(('successor', None), ('valid_to__isnull', False), _connector='OR'), name='agency_successor_has_end', violation_error_message='An agency with a successor has a last day.'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalUser',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('name', models.CharField(max_length=150)),
                    ('is_active', models.BooleanField(default=True)),
                    ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('second_step_reset_at', models.DateTimeField(editable=False, null=True)),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical user',
                    'verbose_name_plural': 'historical users',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='user_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('name', models.CharField(max_length=150)),
                    ('is_active', models.BooleanField(default=True)),
                    ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('second_step_reset_at', models.DateTimeField(editable=False, null=True)),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique', violation_error_message='Another person already signs in with this address.'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalUnit',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('name', models.CharField(max_length=150)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical unit',
                    'verbose_name_plural': 'historical units',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='unit_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Unit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='agencies.agency')),
                    ('name', models.CharField(max_length=150)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('name'), name='unit_name_once_in_agency'),
                        models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='unit_period'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='unit_has_name'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalSeat',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('portfolio', models.CharField(blank=True, help_text='Only for a Minister’s office. As printed: Minister of Immigration', max_length=150)),
                    ('role', models.CharField(choices=[('contributor', 'Contributor'), ('approver', 'Approver'), ('coordinator', 'Coordinator'), ('authorising_manager', 'Authorising manager'), ('ministers_office', "Minister's office"), ('observer', 'Observer'), ('oia_adviser', 'OIA adviser'), ('oia_reviewer', 'OIA reviewer'), ('oia_decision_maker', 'OIA decision-maker'), ('auditor', 'Auditor')], max_length=20)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('counts_from', models.DateField(blank=True, editable=False, null=True)),
                    ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.unit')),
                    ('given_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('confirmed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical seat',
                    'verbose_name_plural': 'historical seats',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='seat_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Seat',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='agencies.agency')),
                    ('portfolio', models.CharField(blank=True, help_text='Only for a Minister’s office. As printed: Minister of Immigration', max_length=150)),
                    ('role', models.CharField(choices=[('contributor', 'Contributor'), ('approver', 'Approver'), ('coordinator', 'Coordinator'), ('authorising_manager', 'Authorising manager'), ('ministers_office', "Minister's office"), ('observer', 'Observer'), ('oia_adviser', 'OIA adviser'), ('oia_reviewer', 'OIA reviewer'), ('oia_decision_maker', 'OIA decision-maker'), ('auditor', 'Auditor')], max_length=20)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='agencies.unit')),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('given_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='given_seats', to=settings.AUTH_USER_MODEL)),
                    ('counts_from', models.DateField(blank=True, editable=False, null=True)),
                    ('confirmed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmed_seats', to=settings.AUTH_USER_MODEL)),
                    ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='seat_period', violation_error_message='A role cannot end before it begins.'),
                        models.CheckConstraint(condition=models.Q(('role__in', ['contributor', 'approver', 'coordinator', 'authorising_manager', 'ministers_office', 'observer', 'oia_adviser', 'oia_reviewer', 'oia_decision_maker', 'auditor'])), name='seat_role_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('role', 'ministers_office'), ('agency', None), models.Q(('portfolio', ''), _negated=True)), models.Q(models.Q(('role', 'ministers_office'), _negated=True), ('agency__isnull', False), ('portfolio', '')), models.Q(('role', 'ministers_office'), ('agency__isnull', False), ('portfolio', ''), ('withdrawn_at__isnull', False)), _connector='OR'), name='seat_has_its_place', violation_error_message='A Minister’s office has a portfolio and no agency. Every other role has an agency.'),
                        models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('given_by__isnull', False), models.Q(('confirmed_by', models.F('given_by')), _negated=True), models.Q(('confirmed_by', models.F('user')), _negated=True)), _connector='OR'), name='seat_confirmed_by_a_second_person'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalToken',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('name', models.CharField(max_length=100)),
                    ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read, and write drafts of returns'), ('audit', 'Read the audit stream')], max_length=10)),
                    ('created_at', models.DateTimeField()),
                    ('expires_on', models.DateField()),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('seat', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.seat')),
                    ('revoked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical token',
                    'verbose_name_plural': 'historical tokens',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='token_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Token',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                    ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='agencies.seat')),
                    ('name', models.CharField(max_length=100)),
                    ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read, and write drafts of returns'), ('audit', 'Read the audit stream')], max_length=10)),
                    ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField()),
                    ('expires_on', models.DateField()),
                    ('last_used_on', models.DateField(blank=True, editable=False, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revoked_tokens', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='token_has_name'),
                        models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'write', 'audit'])), name='token_scope_known'),
                        models.CheckConstraint(condition=models.Q(('seat__isnull', False), ('scope', 'audit'), _connector='OR'), name='token_without_seat_only_audits'),
                        models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='token_revoked_by_and_at'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalInvitation',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('portfolio', models.CharField(blank=True, help_text='Only for a Minister’s office. As printed: Minister of Immigration', max_length=150)),
                    ('role', models.CharField(choices=[('contributor', 'Contributor'), ('approver', 'Approver'), ('coordinator', 'Coordinator'), ('authorising_manager', 'Authorising manager'), ('ministers_office', "Minister's office"), ('observer', 'Observer'), ('oia_adviser', 'OIA adviser'), ('oia_reviewer', 'OIA reviewer'), ('oia_decision_maker', 'OIA decision-maker'), ('auditor', 'Auditor')], max_length=20)),
                    ('name', models.CharField(max_length=150)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('sent_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('failed_at', models.DateTimeField(blank=True, null=True)),
                    ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                    ('seat', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.seat')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical invitation',
                    'verbose_name_plural': 'historical invitations',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='invitation_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='agencies.agency')),
                    ('portfolio', models.CharField(blank=True, help_text='Only for a Minister’s office. As printed: Minister of Immigration', max_length=150)),
                    ('role', models.CharField(choices=[('contributor', 'Contributor'), ('approver', 'Approver'), ('coordinator', 'Coordinator'), ('authorising_manager', 'Authorising manager'), ('ministers_office', "Minister's office"), ('observer', 'Observer'), ('oia_adviser', 'OIA adviser'), ('oia_reviewer', 'OIA reviewer'), ('oia_decision_maker', 'OIA decision-maker'), ('auditor', 'Auditor')], max_length=20)),
                    ('name', models.CharField(max_length=150)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('sent_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('failed_at', models.DateTimeField(blank=True, null=True)),
                    ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ('seat', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitation', to='agencies.seat')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('agency', 0), models.F('portfolio'), models.F('role'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), name='invitation_waits_once', violation_error_message='This address already has an invitation to that role.'),
                        models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='invitation_period', violation_error_message='A role cannot end before it begins.'),
                        models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('sent_at'))), name='invitation_expires_after_sending'),
                        models.CheckConstraint(condition=models.Q(('role__in', ['contributor', 'approver', 'coordinator', 'authorising_manager', 'ministers_office', 'observer', 'oia_adviser', 'oia_reviewer', 'oia_decision_maker', 'auditor'])), name='invitation_role_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('role', 'ministers_office'), ('agency', None), models.Q(('portfolio', ''), _negated=True)), models.Q(models.Q(('role', 'ministers_office'), _negated=True), ('agency__isnull', False), ('portfolio', '')), models.Q(('role', 'ministers_office'), ('agency__isnull', False), ('portfolio', ''), models.Q(('accepted_at__isnull', False), ('withdrawn_at__isnull', False), _connector='OR')), _connector='OR'), name='invitation_has_its_place', violation_error_message='A Minister’s office has a portfolio and no agency. Every other role has an agency.'),
                        models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('seat', None)), models.Q(('accepted_at__isnull', False), ('seat__isnull', False)), _connector='OR'), name='invitation_accepted_gives_seat'),
                        models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='invitation_ends_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HistoricalAppointment',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('history_actor', models.CharField(default='', editable=False, max_length=300)),
                    ('minister', models.CharField(help_text='As printed: Hon Dr Jonathan Coleman', max_length=150)),
                    ('portfolio', models.CharField(help_text='As printed: Minister of Immigration', max_length=150)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical ministerial appointment',
                    'verbose_name_plural': 'historical ministerial appointments',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'indexes': [
                        models.Index(fields=['id', 'history_date', 'history_id'], name='appointment_versions'),
                    ],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Appointment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('minister', models.CharField(help_text='As printed: Hon Dr Jonathan Coleman', max_length=150)),
                    ('portfolio', models.CharField(help_text='As printed: Minister of Immigration', max_length=150)),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('to_on', models.DateField(blank=True, null=True, verbose_name='to (last day)')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                ],
                options={
                    'verbose_name': 'ministerial appointment',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='appointment_period', violation_error_message='An appointment cannot end before it begins.'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SentForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.CharField(max_length=64, unique=True)),
                    ('content', models.CharField(max_length=64)),
                    ('led_to', models.CharField(blank=True, max_length=2000)),
                    ('sent_at', models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name='FilesMarker',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.CharField(max_length=64)),
                    ('written_at', models.DateTimeField()),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='files_marker_is_one'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='WaitingMail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sealed', models.TextField()),
                    ('invitation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waiting_mails', to='agencies.invitation')),
                    ('queued_at', models.DateTimeField()),
                    ('tries', models.PositiveIntegerField(default=0)),
                    ('next_try_at', models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name='Maintenance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('begins_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('is_read_only', models.BooleanField()),
                    ('message', models.CharField(blank=True, max_length=300)),
                    ('announced_at', models.DateTimeField()),
                    ('announced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='announced_maintenances', to=settings.AUTH_USER_MODEL)),
                    ('over_at', models.DateTimeField(blank=True, null=True)),
                    ('over_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ended_maintenances', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('begins_at'))), name='maintenance_period', violation_error_message='Maintenance ends after it begins.'),
                    ],
                },
            ),
        ]),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
