"""Where emails become files, on a computer on which the service is tried out."""

from django.conf import settings


def mail_folder() -> str:
    """Return the folder in which each email becomes a file and none is sent; "" where emails are sent."""
    return str(settings.EMAIL_FILE_PATH) if settings.EMAIL_BACKEND == settings.MAIL_FILES else ""
