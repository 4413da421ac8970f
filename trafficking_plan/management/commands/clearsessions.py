"""`clearsessions`, which also forgets from where the ended sessions came."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.management.commands import clearsessions
from django.contrib.sessions.models import Session


class Command(clearsessions.Command):
    def handle(self, **options: Any) -> None:
        super().handle(**options)
        open_ones = Session.objects.values("session_key")
        UserSession.objects.exclude(session_key__in=open_ones).delete()
