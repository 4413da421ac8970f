"""Requests for official information among what a search finds."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from agencies.records.text_index import Words
from reports.requests.letters import Requester, without_requester
from reports.requests.models import InformationRequest
from reports.requests.models.request import OIA_ROLES
from workitems.plan.record_search import Hit, Kind, Reader

WHO_ASKED = gettext_noop("[who asked]")


def visible_requests(reader: Reader) -> "QuerySet[InformationRequest]":
    return InformationRequest.objects.visible_to(reader.user).select_related("agency", "plan")


def narrow_requests(rows: Any, words: Words, reader: Reader) -> "QuerySet[Any]":
    """Filter by words. Who asked is looked in only for those who may read it."""
    if not rows.exists():
        return rows.none()  # type: ignore[no-any-return]
    found = rows.matching(" ".join(words), naming=reader.user.agencies_as(*OIA_ROLES))
    return found  # type: ignore[no-any-return]


def request_hit(row: InformationRequest, reader: Reader) -> Hit:
    texts = [("", row.text), (_("How it is read"), row.scope_note)]
    if row.agency_id not in reader.user.agencies_as(*OIA_ROLES):
        lines = tuple(line.strip() for line in row.requester_address.splitlines())
        who = Requester(name=row.requester_name, address=lines)
        texts = [(label, without_requester(text, who, _(WHO_ASKED))) for label, text in texts]
    return Hit(
        title=row.reference,
        url=row.get_absolute_url(),
        of=f"{row.agency}, {row.get_state_display().lower()}",
        plan=row.plan if row.plan_id in reader.plans else None,
        texts=texts,
    )


REQUESTS = Kind(
    key="requests",
    label=gettext_lazy("Requests for official information"),
    visible=visible_requests,
    narrow=narrow_requests,
    order=("-received_on", "-pk"),
    hit=request_hit,
    alone=gettext_lazy(
        "Your roles open no plan, so this searches requests for official information alone. To find papers, open a "
        "request, and choose “Find and add papers”."
    ),
)


def with_reference(spelt: set[str], reader: Reader) -> Iterator[Hit]:
    """Yield the requests with exactly one of these references that the person may read."""
    for request in visible_requests(reader).filter(reference__in=spelt).order_by("pk"):
        yield request_hit(request, reader)
