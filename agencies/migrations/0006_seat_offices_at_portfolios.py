"""Move the seats of Ministers' offices from agencies to portfolios."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

ACTOR = "Upgrade of the service"
REASON = "A Minister’s office has its seats at a portfolio."
UNSEATED = "The seat is part of another at the portfolio, or its agency has no plan."


def move(apps, schema_editor):
    """Give each office's seat the portfolios of the plans whose papers it could read.

    The rows of history stay. A seat that no plan, or an earlier seat of the same person, leaves
    without a portfolio is withdrawn where it is.
    """
    Seat = apps.get_model("agencies", "Seat")
    Invitation = apps.get_model("agencies", "Invitation")
    if not Seat.objects.exists() and not Invitation.objects.exists():
        return
    # Plans say which portfolio an office's seat belongs to.
    plans = apps.get_model("workitems", "Plan").objects.order_by("-released_on", "pk")
    portfolios = {}
    for agency, portfolio in plans.values_list("coordinating_agency", "portfolio"):
        portfolios.setdefault(agency, {})[portfolio] = True
    at = timezone.now()
    invitations = Invitation.objects.filter(
        role="ministers_office", accepted_at=None, withdrawn_at=None
    )
    waiting = set()
    for row in invitations.order_by("pk"):
        # The coordinator may send another for a second portfolio.
        portfolio = next(iter(portfolios.get(row.agency_id, {})), None)
        if portfolio is None or (portfolio, row.email.lower()) in waiting:
            row.withdrawn_at = at
            _keep(apps, row, at, UNSEATED)
            continue
        waiting.add((portfolio, row.email.lower()))
        row.agency, row.portfolio = None, portfolio
        _keep(apps, row, at, REASON)
    _move_seats(apps, portfolios, at)


def _move_seats(apps, portfolios, at):
    Seat = apps.get_model("agencies", "Seat")
    last = {}  # By person and portfolio: the seat that a later one may continue.
    seats = Seat.objects.filter(role="ministers_office", withdrawn_at=None)
    for row in seats.order_by("from_on", "pk"):
        moved = False
        for portfolio in portfolios.get(row.agency_id, {}):
            key = row.user_id, portfolio
            before = last.get(key)
            if before is not None and _continues(before, row.from_on):
                if before.to_on is not None and (row.to_on is None or row.to_on > before.to_on):
                    before.to_on = row.to_on
                    _keep(apps, before, at, REASON)
                continue
            seat = row
            if moved:
                period = {"from_on": row.from_on, "to_on": row.to_on}
                seat = Seat(user_id=row.user_id, role=row.role, **period)
            moved = True
            seat.agency, seat.portfolio = None, portfolio
            _keep(apps, seat, at, REASON)
            last[key] = seat
        if not moved:
            row.withdrawn_at = at
            _keep(apps, row, at, UNSEATED)


def _continues(before, from_on):
    return before.to_on is None or from_on <= before.to_on + timedelta(days=1)


def _keep(apps, row, at, reason):
    """Save the row with a row of history."""
    history_type = "~" if row.pk else "+"
    row.save()
    past = apps.get_model("agencies", f"Historical{row._meta.object_name}")
    kept = {field.name for field in past._meta.fields}
    past.objects.create(
        history_date=at,
        history_type=history_type,
        history_actor=ACTOR,
        history_change_reason=reason,
        **{
            field.attname: getattr(row, field.attname)
            for field in row._meta.fields
            if field.name in kept
        },
    )


class Migration(migrations.Migration):
    # Not on those of workitems, which depend on those of agencies: the squashed ones would wait for
    # each other. A database with seats has the table of plans.
    dependencies = [("agencies", "0005_drop_indexes_of_who_wrote_history")]

    operations = [
        migrations.RemoveConstraint(model_name="invitation", name="invitation_waits_once"),
        *(
            migrations.AddField(
                model_name=name,
                name="portfolio",
                field=models.CharField(
                    blank=True,
                    help_text="Only for a Minister’s office. As printed: Minister of Immigration",
                    max_length=150,
                ),
            )
            for name in ("historicalinvitation", "historicalseat", "invitation", "seat")
        ),
        *(
            migrations.AlterField(
                model_name=name,
                name="agency",
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="%(class)ss",
                    to="agencies.agency",
                ),
            )
            for name in ("invitation", "seat")
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
