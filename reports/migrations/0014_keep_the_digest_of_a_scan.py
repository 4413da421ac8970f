from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0013_add_word_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="scan_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scan_sha256", ""), models.Q(("scan", ""), _negated=True), _connector="OR"
                ),
                name="response_digest_has_scan",
            ),
        ),
    ]
