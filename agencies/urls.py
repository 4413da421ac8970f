"""URLs of seats and invitations."""

from django.urls import path

from agencies.views import invitations, seats

app_name = "agencies"
urlpatterns = [
    path("agencies/<int:agency>/seats/", seats.index, name="seats"),
    path("agencies/<int:agency>/seats/invite/", invitations.invite, name="invite"),
    path("agencies/<int:agency>/seats/cover/", seats.cover, name="cover"),
    path("agencies/<int:agency>/seats/<int:seat>/end/", seats.end, name="end"),
    path(
        "agencies/<int:agency>/invitations/<int:invitation>/send-again/",
        invitations.send_again,
        name="send-again",
    ),
    path(
        "agencies/<int:agency>/invitations/<int:invitation>/withdraw/",
        invitations.withdraw,
        name="withdraw",
    ),
    path("invitation/<str:token>/", invitations.accept, name="accept-invitation"),
]
