"""What is kept about one person, for whoever asks for their own data. Reads only.

Of records it says which they are and where the person is named, without their words: these belong to the agency or plan,
which administrators do not read.
"""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db.models import ForeignKey

from agencies.models import Invitation, Seat, Token, User

SHOWN_APART = {Authenticator, UserSession, Seat, Token}


def personal_data(user: User) -> dict[str, Any]:
    return {
        "account": {
            "name": user.name,
            "email": user.email,
            "is_open": user.is_active,
            "is_administrator": user.is_superuser,
            "joined_at": user.joined_at,
        },
        "earlier_names_and_addresses": list(
            user.history.order_by("history_id").values("history_date", "name", "email")
        ),
        "roles": list(
            user.seats.order_by("pk").values(
                "role", "agency__name", "portfolio", "from_on", "to_on", "withdrawn_at"
            )
        ),
        "invitations": list(
            Invitation.objects.filter(email__iexact=user.email)
            .order_by("pk")
            .values("name", "email", "role", "agency__name", "portfolio", "sent_at", "accepted_at")
        ),
        "sessions": list(
            UserSession.objects.filter(user_id=user.pk)
            .order_by("pk")
            .values("created_at", "last_seen_at", "ip", "user_agent")
        ),
        "second_step": list(
            Authenticator.objects.filter(user_id=user.pk)
            .order_by("pk")
            .values("type", "created_at", "last_used_at")
        ),
        "api_keys": list(
            Token.objects.filter(user=user)
            .order_by("pk")
            .values("name", "created_at", "last_used_on")
        ),
        "named_in": list(_named_in(user)),
        "history": list(_history(user)),
    }


def _named_in(user: User) -> Iterator[dict[str, Any]]:
    """Yield each record that refers to the person, and as what. A query for each kind of reference."""
    for model in apps.get_models():
        if model in SHOWN_APART or hasattr(model, "history_user"):
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, ForeignKey) or field.related_model is not User:
                continue
            rows = model._base_manager.filter(**{field.name: user}).order_by("pk")
            for number in rows.values_list("pk", flat=True):
                yield {
                    "kind": str(model._meta.verbose_name),
                    "number": number,
                    "as": field.name.replace("_", " "),
                }


def _history(user: User) -> Iterator[dict[str, Any]]:
    """Yield each history row that the person wrote, as it is signed."""
    for model in apps.get_models():
        if (past := getattr(model, "history", None)) is None:
            continue
        rows = past.model._base_manager.filter(history_user=user).order_by("history_id")
        for number, at, signed in rows.values_list("id", "history_date", "history_actor"):
            yield {
                "kind": str(model._meta.verbose_name),
                "number": number,
                "at": at,
                "signed": signed,
            }
