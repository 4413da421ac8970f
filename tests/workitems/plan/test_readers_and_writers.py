"""Test that on SQLite a page that is read and a change that is saved do not wait for each other."""

import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from tests.workitems.record import TODAY
from workitems.items.views import items as item_views
from workitems.models import WorkItem
from workitems.plan.services import items

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

PATIENCE = 15  # seconds; a request waits 20 for the lock


def signed_in_as(user):
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")
    return client


def in_thread(act):
    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def save(item, by, confidence="at_risk"):
    return items.change_status(
        item=item,
        version=item.version,
        stage="under_way",
        confidence=confidence,
        by=by,
        on=TODAY,
        reason="While another user reads",
    )


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_change_is_saved_while_another_user_reads(method, item, contributor, monkeypatch):
    is_reading, is_saved = threading.Event(), threading.Event()
    plain = item_views._parts
    answers = []

    def parts(*arguments):
        is_reading.set()
        assert is_saved.wait(PATIENCE), "the change waited for the reader"
        return plain(*arguments)

    reader = signed_in_as(contributor)
    monkeypatch.setattr(item_views, "_parts", parts)
    address = item.get_absolute_url()
    thread = in_thread(lambda: answers.append(getattr(reader, method)(address)))
    assert is_reading.wait(PATIENCE)
    save(item, contributor)
    is_saved.set()
    thread.join()
    assert [answer.status_code for answer in answers] == [200]


@pytest.fixture
def writer(item, contributor):
    """Another user's transaction that has written and is not finished."""
    has_written, is_released = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            WorkItem.objects.get(pk=item.pk)
            save(item, contributor)
            has_written.set()
            is_released.wait(PATIENCE)

    thread = in_thread(write)
    assert has_written.wait(PATIENCE)
    yield
    is_released.set()
    thread.join()


@pytest.fixture
def impatient():
    """Give up waiting for the lock at once, instead of after 20 seconds."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    yield
    connection.close()


def test_a_page_is_shown_while_another_user_saves(impatient, item, contributor, request):
    reader = signed_in_as(contributor)
    request.getfixturevalue("writer")
    assert reader.get(item.get_absolute_url()).status_code == 200
    with pytest.raises(OperationalError, match="is locked"), transaction.atomic():
        pass  # transactions outside of a page that is read take the lock, after it too


def test_a_change_that_cannot_be_saved_now_is_answered_with_503(
    impatient, item, contributor, request
):
    client = signed_in_as(contributor)
    request.getfixturevalue("writer")
    response = client.post(f"{item.get_absolute_url()}status/", {"stage": "complete"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "<h1>Back in a few minutes</h1>" in response.text
