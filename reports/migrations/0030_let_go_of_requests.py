from django.db import migrations

# The app of official information has them now, in the same tables.
MODELS = (
    'HistoricalConsultation',
    'HistoricalRedaction',
    'HistoricalRequestLetter',
    'HistoricalScheduleLine',
    'HistoricalPublicPage',
    'HistoricalNonWorkingDay',
    'HistoricalInformationRequest',
    'HistoricalEarlierPaper',
    'Consultation',
    'LineCopy',
    'Redaction',
    'ReleasedPaper',
    'ScheduleLine',
    'RequestEvent',
    'RequestLetter',
    'Release',
    'PublicPage',
    'NonWorkingDay',
    'InformationRequest',
    'EarlierPaper',
)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0029_add_earlier_papers_to_the_chain'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name) for name in MODELS],
        ),
    ]
