"""Keep noun phrases of items and milestones for sentences, and whether causes of delays are settled."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from agencies.migrations._operations import AddColumns


def as_told() -> models.Field:
    return models.CharField(blank=True, db_default="", default="", max_length=120)


def settlement(name: str) -> models.Field:
    names = {"verbose_name": "is the cause settled?"} if name.endswith("delay") else {}
    return models.CharField(
        blank=True,
        choices=[
            ("settled", "Settled"),
            ("being_settled", "Being settled"),
            ("needs_decision", "Needs a decision"),
        ],
        db_default="",
        max_length=14,
        **names,
    )


def settling_agency(name: str) -> models.Field:
    is_history = name.startswith("historical")
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING
        if is_history
        else django.db.models.deletion.PROTECT,
        related_name="+",
        to="agencies.agency",
        **({"db_constraint": False} if is_history else {}),
    )


SETTLED = ("delay", "historicaldelay", "milestoneanswer", "historicalmilestoneanswer")
TOLD = ("workitem", "historicalworkitem", "milestone", "historicalmilestone")


def told_within_sentences(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=~Q(as_told__endswith=".") & ~Q(as_told__startswith="“"),
        violation_error_message="A phrase stands within a sentence: no full stop, no quotation marks.",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_every_seat_has_its_place"),
        ("workitems", "0010_keep_how_dates_are_known"),
    ]

    operations = [
        AddColumns(
            {name: {"as_told": as_told()} for name in TOLD}
            | {name: {"settlement": settlement(name)} for name in SETTLED}
        ),
        *(
            migrations.AddField(model_name=name, name=column, field=field)
            for name in SETTLED
            for column, field in (
                ("settling_agency", settling_agency(name)),
                ("settling_by", models.DateField(blank=True, null=True)),
            )
        ),
        migrations.AddConstraint(
            model_name="delay",
            constraint=models.CheckConstraint(
                name="delay_settled_by_an_agency",
                condition=Q(settlement="being_settled", settling_agency__isnull=False)
                | Q(
                    settlement__in=["", "settled", "needs_decision"],
                    settling_agency=None,
                    settling_by=None,
                ),
                violation_error_message=(
                    "An agency and a date go with a cause that is being settled."
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=told_within_sentences("milestone_told_within_sentences"),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=told_within_sentences("workitem_told_within_sentences"),
        ),
    ]
