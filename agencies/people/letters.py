"""Send this app's emails. Their text is in templates/agencies/letters."""

from collections.abc import Callable, Sequence
from datetime import date

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Agency, Invitation, Place, Seat, User, columns_of
from agencies.people import confirming, seating
from agencies.people.succession import agency_on
from agencies.rules import has_seat_in

Role = Seat.Role
# What an agency's people are invited for, as sentences: functions of other apps, which register in `AppConfig.ready`.
INVITED_FOR: list[Callable[[Agency, date, User], list[str]]] = []
log = structlog.get_logger(__name__)


def send_invitations(sent: Sequence[tuple[Invitation, str]], *, by: User) -> None:
    """Email the link of each invitation, which has its token, as plain text. Raise `OSError` if the mail server refuses."""
    invited_for: dict[Place, list[str]] = {}
    mails = []
    for invitation, token in sent:
        # Leave out the name that the inviter typed, so that they cannot put text into our emails.
        place = invitation.place
        if place not in invited_for:
            on = localdate(invitation.sent_at)
            invited_for[place] = [
                says
                for asks in INVITED_FOR
                if isinstance(place, Agency)
                for says in asks(place, on, by)
            ]
        about = {
            "invitation": invitation,
            "inviter": inviter_in_words(by, invitation),
            "invited_for": invited_for[place],
            "link": settings.SITE_URL + reverse("agencies:accept-invitation", args=[token]),
        }
        mail = EmailMessage(
            subject=_subject(_("You are invited to {place}").format(place=place)),
            body=render_to_string("agencies/people/letters/invitation.txt", about),
            to=[invitation.email],
        )
        mail.invitation = invitation  # type: ignore[attr-defined]  # For outbox.py, if it is refused later.
        mails.append(mail)
    get_connection().send_messages(mails)


def inviter_in_words(by: User | None, invitation: Invitation) -> str:
    """Return who invites, by the role in which they may: "Ana Bell, a coordinator at New Zealand Police".

    A role at an agency that has ended is named only without another one, at the successor.
    """
    if by is None:
        return invitation.place.name
    inviting = [seat for seat in by.current_seats if seat.role in (Role.APPROVER, Role.COORDINATOR)]
    on = localdate(invitation.sent_at)
    inviting.sort(
        key=lambda seat: (
            seat.place != invitation.place,
            seat.agency is not None and not seat.agency.exists_on(on),
            seat.role != Role.COORDINATOR,
        )
    )
    if not inviting:
        says = _("{person}, an administrator of the {product}")
        return says.format(person=by.name, product=settings.PRODUCT_NAME)
    says = _("{person}, {a_role} at {agency}")
    place = inviting[0].place
    place = agency_on(place, on) if isinstance(place, Agency) else place
    return says.format(person=by.name, a_role=inviting[0].as_what, agency=place.name)


def email_about_seat(seat: Seat, *, by: User, on: date) -> None:
    """Email those who look after the seat's place that `by` gave the seat.

    They are its approvers and the coordinators of its plans, and all administrators if a second
    person has to confirm it; neither `by` nor its holder. If the mail server refuses, log it: the history shows the
    seat in any case.
    """
    place = seat.place
    users = confirming.overseers_of(place, on)
    waits = seat.is_waiting(on)
    if seat.is_unconfirmed:
        users += confirming.administrators()
    recipients = {user.pk: user for user in users if user not in (by, seat.user)}
    own = seat.user_id == by.pk
    what = _("gave themselves a role") if own else _("gave {person} a role")
    what = what.format(person=seat.user)
    link = settings.SITE_URL + reverse("agencies:seats", args=[place])
    body = render_to_string(
        "agencies/people/letters/seat.txt", {"seat": seat, "by": by, "what": what, "link": link}
    )
    says = _("Confirm that {person} is {position}") if waits else _("{person} is {position}")
    subject = _subject(says.format(person=seat.user, position=seat.position))
    _send(
        [EmailMessage(subject=subject, body=body, to=[user.email]) for user in recipients.values()],
        seat_id=seat.pk,
    )


def email_that_seat_counts(seat: Seat, *, by: User) -> None:
    """Email the holder of a seat that a second person has confirmed it. Log it if that fails."""
    about = {"seat": seat, "by": by, "link": settings.SITE_URL + reverse("home")}
    body = render_to_string("agencies/people/letters/seat_confirmed.txt", about)
    subject = _subject(_("You are {position}").format(position=seat.position))
    _send([EmailMessage(subject=subject, body=body, to=[seat.user.email])], seat_id=seat.pk)


def email_about_end(seat: Seat, *, by: User, on: date, lost: str) -> None:
    """Email those who look after the seat's place that `by` ended the seat, what waited for its holder, and in `lost` what
    nobody there can do now. To-dos are named to the place's own people only. Log it if that fails."""
    place = seat.place
    last_day = _last_day(seat, on) or on
    waits = seating.waiting_for(seat, on).to_do
    subject = _subject(
        _("{person} is no longer {position}")
        if last_day <= on
        else _("{person} ends as {position}")
    ).format(person=seat.user, position=seat.position)
    about = {
        "seat": seat,
        "by": by,
        "last_day": last_day,
        "lost": lost,
        "count": len(waits),
        "link": settings.SITE_URL + reverse("agencies:seats", args=[place]),
    }
    mails = []
    for user in confirming.overseers_of(place, on):
        if user in (by, seat.user):
            continue
        shown = about | {"waits": waits if has_seat_in.test(user, place) else []}
        body = render_to_string("agencies/people/letters/seat_over.txt", shown)
        mails.append(EmailMessage(subject=subject, body=body, to=[user.email]))
    _send(mails, seat_id=seat.pk)


def _last_day(seat: Seat, on: date) -> date | None:
    """Return the last day of a seat that was ended, or None if it ended at once."""
    return seat.to_on if seat.withdrawn_at is None and seat.to_on and seat.to_on >= on else None


def email_that_seat_ends(seat: Seat, *, by: User, on: date) -> None:
    """Email who held a seat that somebody else ended it. Log it if that fails."""
    others = Seat.objects.on(on).filter(role=Role.APPROVER, **columns_of(seat.place))
    has_approver = others.filter(user__is_active=True).exclude(pk=seat.pk).exists()
    about = {"seat": seat, "by": by, "until": _last_day(seat, on), "has_approver": has_approver}
    body = render_to_string("agencies/people/letters/seat_ended.txt", about)
    subject = _subject(_("Your role at {place} ends").format(place=seat.place))
    _send([EmailMessage(subject=subject, body=body, to=[seat.user.email])], seat_id=seat.pk)


def email_that_seats_moved(seats: Sequence[Seat], *, agency: Agency, by: User) -> None:
    """Email a person that an agency ended and where they have their roles now. Log it if that fails."""
    holder, successor = seats[0].user, seats[0].place
    link = settings.SITE_URL + reverse("home")
    about = {"seats": seats, "agency": agency, "successor": successor.name, "by": by, "link": link}
    body = render_to_string("agencies/people/letters/seat_moved.txt", about)
    says = _("{agency} ended: your role is now at {successor}")
    subject = _subject(says.format(agency=agency, successor=successor))
    _send([EmailMessage(subject=subject, body=body, to=[holder.email])], seat_id=seats[0].pk)


def email_about_new_address(user: User, *, old: str) -> None:
    """Email a person's old address that an administrator changed it. Log it if that fails."""
    body = render_to_string("agencies/people/letters/new_address.txt", {"user": user})
    subject = _subject(_("Your email address was changed"))
    _send([EmailMessage(subject=subject, body=body, to=[old])], user_id=user.pk)


def email_about_reset(user: User, *, by: User) -> None:
    """Email a person that an administrator reset their second step. Log it if that fails."""
    about = {"user": user, "by": by, "link": settings.SITE_URL + reverse("account_login")}
    body = render_to_string("agencies/people/letters/second_step_reset.txt", about)
    subject = _subject(_("Your second step was reset"))
    _send([EmailMessage(subject=subject, body=body, to=[user.email])], user_id=user.pk)


def _subject(words: str) -> str:
    return f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{words}"


def _send(mails: list[EmailMessage], **about: int) -> None:
    try:
        get_connection().send_messages(mails)
    except OSError as fault:
        log.warning("mail_not_sent", fault=type(fault).__name__, **about)
