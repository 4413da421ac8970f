"""URLs of seats and invitations."""

from typing import Any

from django.urls import path, register_converter

from agencies.models import Agency, Office
from agencies.views import invitations, seats


class PlaceConverter:
    """Where the seats are: the id of an agency, or "office-of-" and a portfolio."""

    regex = r"[0-9]+|office-of-.+"
    office = "office-of-"

    def to_python(self, value: str) -> int | Office:
        if value.startswith(self.office):
            return Office(value.removeprefix(self.office))
        return int(value)

    def to_url(self, value: Any) -> str:
        if isinstance(value, Office):
            return self.office + value.portfolio
        return str(value.pk if isinstance(value, Agency) else value)


register_converter(PlaceConverter, "place")

app_name = "agencies"
urlpatterns = [
    path("agencies/<place:place>/seats/", seats.index, name="seats"),
    path("agencies/<place:place>/seats/invite/", invitations.invite, name="invite"),
    path("agencies/<int:agency>/seats/cover/", seats.cover, name="cover"),
    path("agencies/<place:place>/seats/<int:seat>/end/", seats.end, name="end"),
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
    path("invitation/<str:token>/", invitations.accept, name="accept-invitation"),
]
