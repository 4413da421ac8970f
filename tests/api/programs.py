"""Programs with tokens, and every address of the API, for the tests of this folder."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from agencies.models import Seat, Token, User
from agencies.people.services.invitations import hash_of
from reports.requests.models import Release
from tests.cast import Scene
from tests.factories import TokenFactory

numbers = itertools.count(1)


def token_of(user: User, scope: str = "read", seat: Seat | None = None, **columns: Any) -> str:
    """Make a token of the person's first seat, or without one, and return its text."""
    text = f"planregister_test-{next(numbers)}"
    seat = seat or user.seats.order_by("pk").first()
    columns.setdefault("expires_on", timezone.localdate() + timedelta(days=90))
    TokenFactory(user=user, seat=seat, scope=scope, token_hash=hash_of(text), **columns)
    return text


def program(text: str) -> Client:
    """Return a program with this token: no cookies, no page before."""
    return Client(headers={"Authorization": f"Bearer {text}"})


def program_of(user: User, scope: str = "read", **how: Any) -> Client:
    return program(token_of(user, scope, **how))


def scope_of(user: User) -> str:
    """Return what a token of this person can do at least."""
    return Token.Scope.READ if user.seats.exists() else Token.Scope.AUDIT


Arguments = Callable[[Scene], list[Any]]


def _nothing(scene: Scene) -> list[Any]:
    return []


def _plan(scene: Scene) -> list[Any]:
    return [scene.plan.slug]


def _rows(scene: Scene) -> list[Any]:
    return [scene.plan.slug, "Items"]


def _export(scene: Scene) -> list[Any]:
    return [scene.plan.slug, "items"]


def _item(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.item.number]


def _paper(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.issued.pk, 1]


def _released(scene: Scene) -> list[Any]:
    release = Release.objects.published().get(request__plan=scene.plan)
    return [scene.plan.slug, release.pk, release.papers.get().number]


def _return(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.round.pk, scene.agencies["police"].pk]


def _answer(scene: Scene) -> list[Any]:
    return [*_return(scene), scene.item.number]


def _step(scene: Scene) -> list[Any]:
    return [*_answer(scene), scene.milestone.number]


# Every address that needs a token, and what is in it.
ADDRESSES: dict[str, Arguments] = {
    "api:plans": _nothing,
    "api:due": _nothing,
    "api:plan": _plan,
    "api:items": _plan,
    "api:item": _item,
    "api:milestones": _plan,
    "api:delays": _plan,
    "api:measures": _plan,
    "api:findings": _plan,
    "api:risks": _plan,
    "api:notes": _plan,
    "api:changes": _plan,
    "api:csv": _export,
    "api:odata": _plan,
    "api:odata-resource": _rows,
    "api:papers": _plan,
    "api:paper_pdf": _paper,
    "api:paper_json": _paper,
    "api:released": _plan,
    "api:released_pdf": _released,
    "api:audit": _nothing,
    "api:rounds": _plan,
    "api:return": _return,
    "api:answer": _answer,
    "api:measure_answers": _return,
    "api:save_milestone": _step,
    "api:save_number": lambda scene: [*_return(scene), scene.item.measures.get().pk],
}
# Those that need none.
OPEN = ("api:api-root", "api:openapi", "api:mcp-server")
