"""Send this app's e-mails. Their text is in templates/agencies/letters."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from agencies.models import Invitation, User


def send_invitation(invitation: Invitation, *, by: User, token: str) -> None:
    """E-mail the invitation's link as plain text. Raise `OSError` if the mail server refuses."""
    link = settings.SITE_URL + reverse("agencies:accept-invitation", args=[token])
    # Leave out the name that the inviter typed, so that they cannot put text into our e-mails.
    body = render_to_string(
        "agencies/letters/invitation.txt", {"invitation": invitation, "by": by, "link": link}
    )
    EmailMessage(
        subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}A seat for you at {invitation.agency}",
        body=body,
        to=[invitation.email],
    ).send()
