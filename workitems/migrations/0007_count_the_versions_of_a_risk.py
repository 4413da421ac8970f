from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workitems", "0006_keep_meetings_agendas"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrisk",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="risk",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
