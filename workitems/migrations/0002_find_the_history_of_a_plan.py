"""Keep the plan's id on history rows of records that have none of their own, with an index of each
plan's rows by date. Nothing else in the rows that are there changes."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

# Lookups from a record to its plan.
WAYS = {
    "attendance": ["meeting__plan"],
    "decision": ["meeting__plan"],
    "delay": ["milestone__item__plan"],
    "evidence": ["update__of_return__round__plan", "milestone__item__plan"],
    "matter": ["meeting__plan"],
    "measure": ["item__plan"],
    "milestone": ["item__plan"],
    "mitigation": ["delay__milestone__item__plan"],
    "return": ["round__plan"],
    "returnnote": ["of_return__round__plan"],
    "support": ["item__plan"],
    "update": ["of_return__round__plan"],
}
WITH_PLAN = (
    "calendarfeed", "meeting", "member", "pillar", "risk", "round", "variation", "workitem",
)  # fmt: skip


def fill(apps, schema_editor):
    """Write the plan's id into the new column of all rows.

    PostgreSQL's guards of history are off meanwhile; those of SQLite are lifted before each migrate.
    """
    is_guarded = schema_editor.connection.vendor == "postgresql"
    for name, ways in WAYS.items():
        history = apps.get_model("workitems", f"historical{name}")
        table = schema_editor.quote_name(history._meta.db_table)
        if is_guarded:
            schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        plans = [plan_of(history, *way.split("__", 1)) for way in ways]
        history.objects.update(history_plan_id=Coalesce(*plans) if len(plans) > 1 else plans[0])
        if is_guarded:
            schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def plan_of(history, parent, rest):
    rows = history._meta.get_field(parent).related_model.objects
    return Subquery(rows.filter(pk=OuterRef(f"{parent}_id")).values(rest))


def by_date(name, plan):
    fields = [plan, "history_date", "history_id"]
    return migrations.AddIndex(
        f"historical{name}", models.Index(fields=fields, name=f"{name}_of_plan")
    )


class Migration(migrations.Migration):
    dependencies = [("workitems", "0001_plans_items_returns_and_meetings")]

    operations = [
        *(
            migrations.AddField(
                f"historical{name}",
                "history_plan_id",
                models.BigIntegerField(editable=False, null=True),
            )
            for name in WAYS
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(by_date(name, "history_plan_id") for name in WAYS),
        *(by_date(name, "plan") for name in WITH_PLAN),
    ]
