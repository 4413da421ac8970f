"""Record which forms were sent, so that each takes effect once."""

from datetime import datetime, timedelta

from agencies.models import SentForm

# A page left open for longer than a session lasts is sent after signing in again.
KEPT_FOR = timedelta(days=7)


def take(*, token: str, content: str, at: datetime) -> SentForm:
    """Return the `SentForm` of this token: a new one, or that of the form sent before.

    Call it in the transaction of the act. Of simultaneous calls the first goes on, and the others
    wait until its transaction has ended: SQLite lets one write at a time, and PostgreSQL waits to
    know whether the token is unique.
    """
    row, _ = SentForm.objects.get_or_create(
        token=token, defaults={"content": content, "sent_at": at}
    )
    return row


def keep(sent: SentForm, *, led_to: str) -> None:
    """Spend the token: the form did what it says, and its answer led there."""
    sent.led_to = led_to
    sent.save(update_fields=["led_to"])


def give_back(sent: SentForm) -> None:
    """Leave the token usable: the form was refused."""
    sent.delete()


def forget_old(*, at: datetime) -> None:
    """Delete tokens of forms that are too old to be sent again."""
    SentForm.objects.filter(sent_at__lt=at - KEPT_FOR).delete()
