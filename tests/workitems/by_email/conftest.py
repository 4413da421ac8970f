"""A conversation with a question, an email about it, and how its answer arrives."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail

from tests.factories import MentionFactory, NoteFactory
from tests.workitems.by_email.mail_forms import ANSWERS_TO, VERIFIED, message
from tests.workitems.record import NOW, TODAY
from workitems.by_email.services import take_email
from workitems.models import Note, ReceivedMail, ReturnSheet
from workitems.notes.news import asked_news
from workitems.notices.sending import _send_at_once


@dataclass
class Post:
    """The mail between a person and the register."""

    numbers: Any = field(default_factory=lambda: iter(range(1, 10_000)))

    def sent(self, source, **options):
        """Send what a source of news has now, in emails of their own, and return these."""
        before = len(mail.outbox)
        _send_at_once(source(TODAY, **options), on=TODAY, at=NOW)
        return mail.outbox[before:]

    def key(self, sent):
        return re.fullmatch(r"plan\+([0-9a-f]{32})@answers\.example\.govt\.nz", sent.reply_to[0])[1]

    def written(self, key, person, text="In the last week of May.", **more):
        return message(
            text, key=key, sender=f"{person.name} <{person.email}>", number=next(self.numbers), **more
        )  # fmt: skip

    def take(self, raw, at=NOW):
        return take_email(raw, at=at)


def became():
    """Return how many notes came by email, and workbooks; and what came of the emails, newest last."""
    outcomes = ReceivedMail.objects.order_by("pk").values_list("outcome", flat=True)
    return Note.objects.filter(by_email=True).count(), ReturnSheet.objects.count(), list(outcomes)


@pytest.fixture
def mail_is_on(settings):
    settings.MAIL_ANSWERS_TO, settings.MAIL_VERIFIED = ANSWERS_TO, VERIFIED
    settings.SITE_URL = "https://plan.example.govt.nz"


@pytest.fixture
def post(mail_is_on):
    return Post()


@pytest.fixture
def question(item, coordinator, contributor, labour):
    """Labour asks Police's contributor by name."""
    note = NoteFactory(item=item, written_by=coordinator, written_for=labour, written_at=NOW)
    MentionFactory(note=note, person=contributor)
    return note


@pytest.fixture
def key(post, question, contributor):
    """The key in the email about the question."""
    (sent,) = post.sent(asked_news, only=question.pk)
    return post.key(sent)
