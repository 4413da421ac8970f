"""URLs of agencies, people, seats and invitations."""

from typing import Any

from django.urls import path, register_converter

from agencies.models import OFFICE_PATH, Agency, Office, path_of
from agencies.people.views import agencies, appointments, invitations, people, seats, tokens, units


class PlaceConverter:
    """Where the seats are: the id of an agency, or "office-of-" and a portfolio."""

    regex = r"[0-9]+|office-of-.+"

    def to_python(self, value: str) -> int | Office:
        if value.startswith(OFFICE_PATH):
            return Office(value.removeprefix(OFFICE_PATH))
        return int(value)

    def to_url(self, value: Any) -> str:
        return path_of(value) if isinstance(value, Agency | Office) else str(value)


register_converter(PlaceConverter, "place")

app_name = "agencies"
urlpatterns = [
    path("agencies/", agencies.index, name="list"),
    path("agencies/add/", agencies.add, name="add"),
    path("agencies/<int:agency>/change/", agencies.change, name="change"),
    path("agencies/<int:agency>/hand-over/", agencies.hand_over, name="hand-over"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.choose_place, name="choose-place"),
    path("people/invite-several/", invitations.invite_many, name="invite-many"),
    path("people/<int:person>/", people.detail, name="person"),
    path("people/<int:person>/change/", people.change, name="change-account"),
    path("people/<int:person>/close/", people.close, name="close-account"),
    path("people/<int:person>/reopen/", people.reopen, name="reopen-account"),
    path("people/<int:person>/second-step/", people.reset_second_step, name="reset-second-step"),
    path("ministers/", appointments.index, name="ministers"),
    path("ministers/appoint/", appointments.appoint, name="appoint"),
    path("ministers/<place:office>/", appointments.detail, name="portfolio"),
    path("ministers/<int:appointment>/end/", appointments.end, name="end-appointment"),
    path("ministers/<int:appointment>/correct/", appointments.correct, name="correct-appointment"),
    path("agencies/<place:place>/seats/", seats.index, name="seats"),
    path("agencies/<place:place>/seats/invite/", invitations.invite, name="invite"),
    path("agencies/<int:agency>/seats/cover/", seats.cover, name="cover"),
    path("agencies/<place:place>/seats/<int:seat>/end/", seats.end, name="end"),
    path("agencies/<place:place>/seats/<int:seat>/confirm/", seats.confirm, name="confirm-seat"),
    path("agencies/<int:agency>/seats/<int:seat>/unit/", units.of_seat, name="seat-unit"),
    path("agencies/<int:agency>/units/add/", units.add, name="add-unit"),
    path("agencies/<int:agency>/units/<int:unit>/change/", units.change, name="change-unit"),
    path(
        "agencies/<place:place>/invitations/<int:invitation>/send-again/",
        invitations.send_again,
        name="send-again",
    ),
    path(
        "agencies/<place:place>/invitations/<int:invitation>/withdraw/",
        invitations.withdraw,
        name="withdraw",
    ),
    path("account/api-keys/", tokens.index, name="tokens"),
    path("account/api-keys/<int:token>/revoke/", tokens.revoke, name="revoke-token"),
    path("invitations/<int:invitation>/accept/", invitations.accept_own, name="accept-own"),
    path("invitation/<str:token>/", invitations.accept, name="accept-invitation"),
]
