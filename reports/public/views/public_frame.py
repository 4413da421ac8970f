"""The frame of every public page: the same bytes for everybody, whoever is signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from reports.document.wording import named


def public_page(
    template: str,
    context: dict[str, Any],
    *,
    request: HttpRequest | None = None,
    status: int = 200,
    is_indexed: bool = False,
) -> HttpResponse:
    """Render a page that says nothing of its reader. Search engines are asked to leave it out unless
    `is_indexed`.

    `agency` of the context is whom to ask for more. Without the request no context processor runs, so no user, session or message can get in. Only a
    page with a form passes it, for the token against forgery.
    """
    context = {
        **context,
        "is_indexed": is_indexed,
        "support_email": settings.SUPPORT_EMAIL,
        "ombudsman": settings.OMBUDSMAN,
        "act": settings.INFORMATION_ACT,
        "agency_named": named(context["agency"].name) if context.get("agency") else "",
    }
    response = HttpResponse(render_to_string(template, context, request), status=status)
    if not is_indexed:
        keep_out(response)
    return response


def keep_out(response: HttpResponse) -> HttpResponse:
    """Ask search engines to list nothing of the response."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
