"""Email on a debugging machine: each message becomes a file that a mail program can open."""

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify

NUMBERS = count(1)


class MailFiles(BaseEmailBackend):
    """Write .eml files instead of sending."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            moment = timezone.localtime().strftime("%Y%m%d-%H%M%S")
            to = slugify(message.to[0].partition("@")[0].replace(".", " "))
            # Process id and counter make names unique within a second.
            name = f"{moment}-{os.getpid()}-{next(NUMBERS):03}-{to}.eml"
            (folder / name).write_bytes(message.message().as_bytes())
        return len(email_messages)
