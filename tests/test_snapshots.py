"""Test what is restored after a test that commits."""

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Agency
from agencies.records import history
from tests.factories import AgencyFactory, SeatFactory
from tests.snapshots import take_snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def rows_of_each_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def test_restoring_removes_committed_rows_and_keeps_the_guards():
    before = rows_of_each_table()
    snapshot = take_snapshot()
    SeatFactory()
    history.save(AgencyFactory(), by=None)
    written = rows_of_each_table()
    assert {table for table in before if written[table] > before[table]} >= {
        "agencies_agency",
        "agencies_historicalagency",
        "agencies_seat",
        "reports_recordchange",
    }

    snapshot.restore()
    assert rows_of_each_table() == before
    assert before["auth_permission"] > 0
    history.save(AgencyFactory(), by=None)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Agency.history.update(name="Another")
