"""The audit stream: what happened in the register, a line an act, for a program that watches."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from ninja import Field, Query, Router

from agencies.models import Seat, Token
from trafficking_plan.api import stream
from trafficking_plan.api.admission import may
from trafficking_plan.api.problems import Problem
from trafficking_plan.api.schemas import Asked
from workitems.models import Plan
from workitems.plan.views.lookups import signed_in

router = Router(tags=["Audit"])
MIME_TYPE = "application/x-ndjson"
OF_AGENCIES = frozenset(
    table.label for table in stream.tables() if table.model._meta.app_label == "agencies"
)


class After(Asked):
    after: str = Field(
        "", max_length=stream.LONGEST_CURSOR, description="The cursor of the last answer."
    )
    limit: int = Field(500, ge=1, le=1000, description="Entries at most.")


@router.get(
    "/audit/",
    summary="The audit stream",
    openapi_extra={
        "responses": {
            200: {
                "description": "A line of JSON an entry, and at last one with the cursor (next).",
                "content": {MIME_TYPE: {"schema": {"type": "string"}}},
            }
        }
    },
)
def audit(request: HttpRequest, asked: Query[After]) -> HttpResponse:
    """What was written since the cursor, oldest first; without a cursor, from the beginning. Ask again with the
    cursor of the last line, which is also in the header Next-Cursor.

    An administrator gets all records, with the values of agencies and people. A coordinator gets the records of
    the plans that they coordinate, with the values of those that every reader of the plan reads. All others
    (drafts of returns and papers, requests for information) have only the names of changed fields.
    """
    token = may(request, Token.Scope.AUDIT)
    try:
        cursor = stream.read_cursor(asked.after)
    except stream.BadCursor:
        detail = "Give the cursor as the last answer gave it, or none."
        raise Problem(400, detail, wrong=[("after", detail)]) from None
    entries, now = stream.read_entries(
        cursor, reader_of(request, token), asked.limit, timezone.now()
    )
    following = stream.write_cursor(now)
    lines = [*entries, {"next": following}]
    text = "".join(
        f"{json.dumps(line, ensure_ascii=False, cls=DjangoJSONEncoder)}\n" for line in lines
    )
    address = request.build_absolute_uri(reverse("api:audit"))
    query = urlencode({"after": following, "limit": str(asked.limit)})
    return HttpResponse(
        text,
        content_type=MIME_TYPE,
        headers={
            "Next-Cursor": following,
            "Link": f'<{address}?{query}>; rel="next"',
            "Cache-Control": "private, no-store",
        },
    )


def reader_of(request: HttpRequest, token: Token) -> stream.Reader:
    if token.seat is None:
        return stream.Reader(plans=None, with_values=OF_AGENCIES)
    own = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    plans = Plan.objects.filter(coordinating_agency__in=own).values_list("pk", flat=True)
    return stream.Reader(plans=list(plans), with_values=stream.READ_BY_THE_PLAN)
