"""Keep the text of the marker by which the storage of uploaded files is known again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0016_confirm_seats'),
    ]

    operations = [
        migrations.CreateModel(
            name='FilesMarker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='files_marker_is_one')],
            },
        ),
    ]
