"""The letters of this app. What they say is in templates/agencies/letters."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from agencies.models import Invitation, User


def send_invitation(invitation: Invitation, *, by: User, token: str) -> None:
    """Plain text to the one address. Raises `OSError` where the mail server does not take it."""
    link = settings.SITE_URL + reverse("agencies:accept-invitation", args=[token])
    # The name that the inviter typed is left out: whoever invites writes no text of ours.
    body = render_to_string(
        "agencies/letters/invitation.txt", {"invitation": invitation, "by": by, "link": link}
    )
    EmailMessage(
        subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}A seat for you at {invitation.agency}",
        body=body,
        to=[invitation.email],
    ).send()
