"""Test the two ways by which emails come in: the command that a mail server pipes into, and the signed POST."""

import io
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from agencies.models import Maintenance
from tests.workitems.by_email.conftest import became
from tests.workitems.by_email.mail_forms import AUTOMATIC
from workitems.by_email import services
from workitems.by_email.mime_reading import MOST_BYTES
from workitems.by_email.views import signature_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="what is taken is asked of both by other tests"),
]

SECRET = "0123456789-0123456789-0123456789"
TRY_AGAIN = 75


@pytest.fixture
def piped(monkeypatch):
    """Return a function that pipes an email into the command and returns what it prints."""

    def piped(raw):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        said = io.StringIO()
        call_command("receive_mail", stdout=said)
        return said.getvalue().strip()

    return piped


def posted(client, raw, *, at=None, key=SECRET, **headers):
    signed_at = str(int(time.time()) if at is None else at)
    headers = {"X-Mail-Timestamp": signed_at, "X-Mail-Signature": signature_of(raw, signed_at, key)} | headers  # fmt: skip
    return client.post("/mail/", raw, content_type="message/rfc822", headers=headers).status_code


@pytest.fixture
def posts(settings, post):
    settings.MAIL_POST_KEY = SECRET


def test_an_email_can_be_piped_in(post, key, contributor, piped):
    assert piped(post.written(key, contributor)) == "note"
    assert became() == (1, 0, ["note"])


def test_what_is_not_taken_succeeds_so_that_no_mail_goes_back(post, key, contributor, piped):
    assert piped(AUTOMATIC["a bounce"]) == "automatic"
    assert piped(post.written(key, contributor, verified="no")) == "unverified"
    assert piped(b"") == "nobody"
    assert piped(b"x" * (MOST_BYTES + 1)) == "Not taken: the email has more than 5 MB."


def test_the_server_tries_again_while_it_is_off(piped, settings):
    with pytest.raises(CommandError) as refused:
        piped(b"")
    assert refused.value.returncode == TRY_AGAIN


def test_the_server_tries_again_during_maintenance_and_without_a_database(
    post, key, contributor, piped, monkeypatch
):
    now = timezone.now()
    hour = timedelta(hours=1)
    row = Maintenance.objects.create(begins_at=now - hour, ends_at=now + hour, is_read_only=True, announced_at=now - hour)  # fmt: skip
    from trafficking_plan.maintenance import announced

    announced.forget()
    with pytest.raises(CommandError, match="saved") as refused:
        piped(post.written(key, contributor))
    assert (refused.value.returncode, became()) == (TRY_AGAIN, (0, 0, []))
    row.delete()
    announced.forget()

    def away(raw, at):
        raise OperationalError

    monkeypatch.setattr(services, "take_email", away)
    with pytest.raises(CommandError) as refused:
        piped(post.written(key, contributor))
    assert refused.value.returncode == TRY_AGAIN


def test_a_signed_email_can_be_posted_once(posts, post, key, contributor, client):
    raw = post.written(key, contributor)
    assert [posted(client, raw), posted(client, raw)] == [204, 409]
    assert became() == (1, 0, ["note"])
    # Signed anew, as a mail server does that got no answer: the email itself is known.
    assert posted(client, raw, at=int(time.time()) + 1) == 204
    assert became() == (1, 0, ["note"])


def test_the_answer_says_nothing_of_what_came_of_it(posts, post, key, contributor, client):
    forged = post.written("f" * 32, contributor, verified="no")
    assert [posted(client, forged), posted(client, b"\xff\x00"), posted(client, b"")] == [204] * 3
    assert became() == (0, 0, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Mail-Signature": ""},
        {"X-Mail-Signature": "0" * 64},
        {"X-Mail-Signature": "ü"},
        {"X-Mail-Timestamp": ""},
        {"X-Mail-Timestamp": "1e9"},
        {"X-Mail-Timestamp": "-5"},
        {"X-Mail-Timestamp": "٤٢"},
        {"X-Mail-Timestamp": "9" * 400},
    ],
)
def test_what_is_not_signed_by_our_key_is_refused(posts, post, key, contributor, client, headers):
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert posted(client, post.written(key, contributor), **headers) == 401
    assert became() == (0, 0, [])


def test_another_key_an_old_time_and_another_body_are_refused(
    posts, post, key, contributor, client
):
    raw, now = post.written(key, contributor), int(time.time())
    assert posted(client, raw, key="x" * 32) == 401
    assert [posted(client, raw, at=now - 301), posted(client, raw, at=now + 301)] == [401, 401]
    of_other = {"X-Mail-Signature": signature_of(raw + b"x", str(now), SECRET)}
    assert posted(client, raw, **of_other) == 401
    assert became() == (0, 0, [])


def test_a_large_email_is_refused_before_it_is_read(posts, client):
    assert posted(client, b"x" * (MOST_BYTES + 1)) == 413


@pytest.mark.parametrize("missing", ["MAIL_POST_KEY", "MAIL_ANSWERS_TO", "MAIL_VERIFIED"])
def test_nothing_is_posted_while_it_is_off(posts, settings, client, missing):
    setattr(settings, missing, "")
    assert posted(client, b"") == 404


def test_a_browser_cannot_post_a_page_there(posts, client):
    assert client.get("/mail/").status_code == 405
    assert client.post("/mail/", {"a": "b"}).status_code == 401
