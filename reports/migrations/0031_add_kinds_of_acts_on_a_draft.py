from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0030_let_go_of_requests'),
    ]

    operations = [
        migrations.AlterField(
            model_name='draftact',
            name='kind',
            field=models.CharField(choices=[('edit', 'edit {}'), ('add', 'add {}'), ('move', 'move {}'), ('story', 'move {} and others about its item'), ('split', 'split {}'), ('join', 'join {} with the next'), ('merge', 'merge others into {}'), ('hide', 'leave out {}'), ('restore', 'put back {}'), ('back', 'go back to earlier words of {}'), ('accept', 'use the records’ text in {}'), ('dismiss', 'keep the edited text of {}'), ('heading', 'change the heading {}'), ('refresh', 'update from the records')], max_length=10),
        ),
    ]
