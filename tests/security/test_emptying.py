"""Test that records kept for good cannot be emptied: TRUNCATE, INSERT OR REPLACE and `flush`."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from agencies.models import Agency
from agencies.records import guards
from agencies.records.guards import Guard
from reports.models import guards as paper_guards
from tests.factories import AgencyFactory
from workitems.models import guards as plan_guards

EVERY = (*guards.GUARDS, *plan_guards.GUARDS, *paper_guards.GUARDS)
KEPT = sorted({each.table for each in EVERY if isinstance(each, Guard) and each.keeps_rows})


def test_issued_papers_and_history_are_among_the_kept():
    assert {"reports_issuedpaper", "agencies_historicaluser", "workitems_historicalplan"} <= {*KEPT}


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("table", KEPT)
def test_no_table_of_kept_rows_can_be_truncated(table):
    for sql in (f"TRUNCATE {table} CASCADE", f"TRUNCATE {table}, django_session CASCADE"):
        with (
            pytest.raises(IntegrityError, match="."),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_emptying_is_refused_with_the_reason():
    with (
        pytest.raises(IntegrityError, match="History rows are never changed or deleted"),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE agencies_historicalagency")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_history_row_cannot_be_replaced():
    AgencyFactory()
    row = Agency.history.get()
    with (
        pytest.raises(IntegrityError, match="History rows are never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO agencies_historicalagency SELECT * FROM agencies_historicalagency"
        )
    assert Agency.history.get() == row


@pytest.mark.django_db
def test_flush_is_refused():
    AgencyFactory()
    with pytest.raises(CommandError, match="the database is not emptied"):
        call_command("flush", interactive=False)
    assert Agency.objects.count() == 1
