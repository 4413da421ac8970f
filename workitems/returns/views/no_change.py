"""The page to which "No change to the rest" in an email leads: what would be answered so, and the button that does it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import refusals_in_messages
from workitems.plan.views.lookups import require, signed_in
from workitems.returns.page_sections import Section
from workitems.returns.return_page import return_page, takes_answers
from workitems.returns.services import rounds as round_services
from workitems.returns.services.answers import AFTER_NO_CHANGES, OVERDUE_NEEDS_WORDS
from workitems.returns.views.answer_saving import say_rest
from workitems.returns.views.return_access import visible_return, writing_for


@dataclass(frozen=True)
class Unanswered:
    """An item without an answer, and why "no change" cannot be said of it, if so."""

    section: Section

    @property
    def why_not(self) -> str:
        if self.section.is_overdue:
            return str(OVERDUE_NEEDS_WORDS)
        return str(AFTER_NO_CHANGES) if self.section.is_after_no_changes else ""


@require_http_methods(["GET", "HEAD", "POST"])
def no_change(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show which items would be answered with "no change"; a POST answers them, as a draft in the return."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    if request.method == "POST":
        with refusals_in_messages(request), writing_for(request, of_return):
            rest = round_services.say_no_change_to_the_rest(
                of_return=of_return,
                from_email=True,
                by=signed_in(request),
                on=localdate(),
                at=timezone.now(),
            )
            say_rest(request, of_return, rest)
        return redirect(of_return)
    if not takes_answers(of_return):
        return redirect(of_return)
    page = return_page(of_return, localdate())
    unanswered = [
        Unanswered(each) for each in page.led if not each.is_answered and each.earlier is None
    ]
    return render(
        request,
        "workitems/returns/no_change.html",
        {
            "plan": of_return.round.plan,
            "of_return": of_return,
            "would": [each for each in unanswered if not each.why_not],
            "others": [each for each in unanswered if each.why_not],
            "title": _("No change to the rest"),
        },
    )
