"""Emails wait in the database until the mail server has accepted them, so that no page waits for it or fails with it.

An email is a row from the moment on that what it is about is committed. A thread of the same process sends it at once; if the server
is away or hangs, the worker and `send_notices` try again, at longer and longer intervals. The text is sealed: it may have a link
that signs in.
"""

import json
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from agencies.models import WaitingMail
from agencies.people.services import invitations
from agencies.records import sealing

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP = timedelta(days=5)
# Of one email: the others can still be sent.
ABOUT_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)


class Outbox(BaseEmailBackend):
    """Puts emails into the queue instead of sending them. Never fails because of the mail server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()
        rows = [
            WaitingMail(
                sealed=sealing.seal(json.dumps(_kept(each))),
                invitation=getattr(each, "invitation", None),
                queued_at=now,
                next_try_at=now,
            )
            for each in email_messages
            if each.recipients()
        ]
        WaitingMail.objects.bulk_create(rows)
        transaction.on_commit(wake, robust=True)
        return len(rows)


def _kept(mail: EmailMessage) -> dict[str, Any]:
    """Return an email as it is kept. Its number is made now, so that one that arrives twice is known as one."""
    if "Message-ID" not in mail.extra_headers:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        mail.extra_headers["Message-ID"] = make_msgid(domain=host)
    message: Any = mail.message()  # Django's, which knows how lines of emails end.
    raw = message.as_bytes(linesep="\r\n")
    return {"from": mail.from_email, "to": mail.recipients(), "raw": raw.decode("latin-1")}


class _Raw:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def as_bytes(self, *, unixfrom: bool = False, linesep: str = "\r\n") -> bytes:
        return self.raw


class _Posted(EmailMessage):
    """An email as it was written, for a backend that sends."""

    def __init__(self, kept: dict[str, Any]) -> None:
        super().__init__(from_email=kept["from"], to=kept["to"])
        self.raw = kept["raw"].encode("latin-1")

    def message(self, **kwargs: Any) -> Any:
        return _Raw(self.raw)


def is_used() -> bool:
    return str(settings.EMAIL_BACKEND) == f"{Outbox.__module__}.{Outbox.__name__}"


def transport() -> Any:
    """Return the backend that sends to the mail server, past the queue."""
    return get_connection(settings.MAIL_TRANSPORT if is_used() else None)


def send_waiting(at: datetime | None = None) -> int:
    """Send what is due, oldest first, and return how many emails still wait.

    Safe in several processes at once: whoever moves an email's next try on has it. A process that is killed leaves it for that
    next try. If the server is away, the others stay due.
    """
    mails = transport()
    try:
        while (mail := _claim(at or timezone.now())) is not None:
            if not _send(mail, mails):
                break
    finally:
        mails.close()
    return WaitingMail.objects.count()


def _claim(at: datetime) -> WaitingMail | None:
    for mail in WaitingMail.objects.filter(next_try_at__lte=at).order_by("pk").iterator():
        pause = min(FIRST_PAUSE * 2**mail.tries, LONGEST_PAUSE)
        same = WaitingMail.objects.filter(pk=mail.pk, tries=mail.tries)
        if same.update(tries=mail.tries + 1, next_try_at=at + pause):
            return mail
    return None


def _send(mail: WaitingMail, mails: Any) -> bool:
    """Send an email, and forget it if it was accepted or never will be. Return whether the server is there."""
    try:
        mails.send_messages([_Posted(json.loads(sealing.unseal(mail.sealed)))])
    except sealing.Unreadable:
        log.error("mail_unreadable", mail_id=mail.pk)
        _drop(mail)
    except ABOUT_ONE_MAIL as fault:
        log.warning("mail_refused", mail_id=mail.pk, fault=type(fault).__name__)
        if _is_for_good(fault) or _is_old(mail):
            _drop(mail)
        mails.close()
    except OSError as fault:
        log.warning("mail_not_sent", mail_id=mail.pk, fault=type(fault).__name__)
        if _is_old(mail):
            _drop(mail)
        mails.close()
        return False
    else:
        mail.delete()
    return True


def _is_for_good(fault: Exception) -> bool:
    """Whether the server said that it will never take the email (its codes of 500 and above)."""
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in fault.recipients.values())
    return int(getattr(fault, "smtp_code", 0)) >= 500


def _is_old(mail: WaitingMail) -> bool:
    return timezone.now() - mail.queued_at > GIVE_UP


def _drop(mail: WaitingMail) -> None:
    """Forget an email that will not be sent. The page of people shows it of an invitation, and offers to send it again."""
    mail.delete()
    if mail.invitation is not None:
        invitations.note_failure(mail.invitation, sent_at=mail.queued_at)


_thread: threading.Thread | None = None
_lock = threading.Lock()


def wake() -> None:
    """Send what is due, in a thread of its own. Nothing waits for it; if it runs already, it finds this email too."""
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, daemon=True)
            _thread.start()


def _run() -> None:
    try:
        send_waiting()
    except (DatabaseError, InterfaceError):
        log.warning("mail_not_sent", fault="database")
    finally:
        connection.close()


def reseal() -> int:
    """Seal waiting emails with the newest key, and return how many were changed."""
    changed = 0
    for mail in WaitingMail.objects.all():
        try:
            if not sealing.is_sealed_with_newest(mail.sealed):
                text = sealing.seal(sealing.unseal(mail.sealed))
                changed += WaitingMail.objects.filter(pk=mail.pk).update(sealed=text)
        except sealing.Unreadable:
            continue
    return changed
