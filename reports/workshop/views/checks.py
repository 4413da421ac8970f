"""The checks of a briefing: problems that block a step, warnings, and overrides."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, done, refusals_in_messages
from agencies.pages.once import once
from agencies.wording.translation import StrOrPromise
from reports import checks
from reports.briefings.views.next_steps import gate_of, home_of
from reports.briefings.views.readers import readable_briefing
from reports.checks import Check, Gate
from reports.document.wording import join_words
from reports.drafting import draft_rows
from reports.drafting.paper import read_drafted
from reports.models import Briefing
from reports.workshop.forms.overrides import OverrideForm
from reports.workshop.services import overrides as acts
from workitems.plan.views.lookups import require, signed_in
from workitems.terms.sentence_ends import sentences, with_capital

OVERRIDE = "override"
# The groups of the page, by the ids of their headings.
HEADINGS: dict[str, StrOrPromise] = {
    "stops": gettext_lazy("Must fix"),
    "due": gettext_lazy("When due"),
    "warnings": gettext_lazy("Warnings"),
    "overridden": gettext_lazy("Accepted"),
}


@dataclass(frozen=True, eq=False)
class Line:
    """A check with the link for this user, and with a form if the user may override it.

    The line has its first sentence without its reason, with the link where that names the place; `more` is folded.
    """

    check: Check
    url: str
    form: OverrideForm | None

    @cached_property
    def _sentences(self) -> list[str]:
        first, *others = sentences(self.check.words)
        says, because, reason = first.partition(_(", because "))
        if not because:
            return [first, *others]
        return [f"{says}.", with_capital(f"{because.lstrip(', ')}{reason}"), *others]

    @cached_property
    def _pieces(self) -> tuple[str, str, str]:
        """The first sentence before its place, the place, and the rest of the sentence."""
        first, whole = self._sentences[0], self.check.place
        # Of "Cover, the action sought" the cover is enough.
        for place in (whole, whole.partition(",")[0]):
            found = re.search(rf"\b{re.escape(place)}\b", first, re.IGNORECASE)
            if found:
                return first[: found.start()], found.group(), first[found.end() :]
        return first, whole, ""

    @property
    def before(self) -> str:
        return self._pieces[0]

    @property
    def place(self) -> str:
        return self._pieces[1]

    @property
    def after(self) -> str:
        return self._pieces[2]

    @property
    def more(self) -> str:
        return " ".join([*self._sentences[1:], *filter(None, [self.check.remedy])])


@dataclass(frozen=True)
class Group:
    """Checks under a heading, by the id of that. On one line each are `missing`, returns that were not accepted, and
    `waiting`, agencies that have not answered."""

    name: str
    heading: str
    lines: list[Line]
    missing: list[Line]
    waiting: list[Line]

    @property
    def count(self) -> int:
        return len(self.lines) + len(self.missing) + len(self.waiting)

    @property
    def who_is_missing(self) -> str:
        return join_words(dict.fromkeys(line.check.agency for line in self.missing))

    @property
    def who_waits(self) -> str:
        return join_words(line.check.agency for line in self.waiting)

    @property
    def first_due(self) -> date | None:
        return min((line.check.due for line in self.waiting if line.check.due), default=None)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def check_list(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the page, or do what `act` says: "override", "take-back" or "tell-missing"."""
    briefing = readable_briefing(request, slug, pk)
    if request.method == "POST":
        require(request, "reports.change_briefing", briefing)
        name = request.POST.get("act", OVERRIDE)
        if name == OVERRIDE:
            return override(request, briefing)
        if name not in ACTS:
            raise BadRequest
        with refusals_in_messages(request):
            messages.success(request, ACTS[name](request, briefing))
        return redirect(url_of(briefing, request.POST.get("key", "")))
    if briefing.is_issued:
        return redirect(home_of(briefing))
    return show(request, briefing)


def url_of(briefing: Briefing, key: str = "") -> str:
    """Return the URL of the page, at one of its checks if `key` is given."""
    address = reverse("briefings:checks", args=[briefing.plan.slug, briefing.pk])
    return f"{address}#check-{quote(key)}" if key else address


def show(
    request: HttpRequest, briefing: Briefing, typed: OverrideForm | None = None
) -> HttpResponse:
    """Render the list.

    A refused form is shown at its check or, if that check is gone, as `stray`.
    """
    found = checks.failed_checks(read_drafted(briefing, timezone.localdate()))
    may_change = briefing.is_open and request.user.has_perm("reports.change_briefing", briefing)
    lines = [line_of(check, typed, may_change) for check in found]
    is_stray = typed is not None and not any(line.form is typed for line in lines)
    return render(
        request,
        "reports/workshop/checks/list.html",
        {
            "briefing": briefing,
            "groups": grouped(lines, gate_of(briefing)),
            "has_checks": bool(lines),
            "typed": typed,
            "stray": typed if is_stray else None,
            "may_change": may_change,
        },
        status=422 if typed else 200,
    )


def grouped(lines: Iterable[Line], gate: Gate | None) -> list[Group]:
    """Return the lines by what is to be done and when.

    What must be fixed now blocks the next step and waits for nobody. When due comes what blocks a later step, and what
    waits for a day or for an agency.
    """
    groups: dict[str, list[Line]] = {name: [] for name in HEADINGS}
    for line in lines:
        check = line.check
        is_later = check.is_blocking and gate == Gate.CONSULTATION and check.is_late_stop
        if not check.is_open:
            name = "overridden"
        elif check.waits or is_later:
            name = "due"
        else:
            name = "stops" if check.is_blocking else "warnings"
        groups[name].append(line)
    headings = {name: str(words) for name, words in HEADINGS.items()}
    if gate:
        headings["stops"] = _("Must fix before {step}").format(step=gate.before)
    found = []
    for name, of_group in groups.items():
        waiting = [each for each in of_group if name == "due" and each.check.agency]
        waiting = waiting if len(waiting) > 1 else []
        missing = [each for each in of_group if each.check.is_listable]
        others = [each for each in of_group if each not in (*missing, *waiting)]
        found.append(Group(name, headings[name], others, missing, waiting))
    return [group for group in found if group.count]


def line_of(check: Check, typed: OverrideForm | None, may_change: bool) -> Line:
    url = str((may_change and check.mend_url) or check.url)
    if not may_change or check.is_blocking or not check.is_open:
        return Line(check, url, None)
    if typed is not None and typed.data.get("key") == check.key:
        typed.show_again(check)
        return Line(check, url, typed)
    return Line(check, url, OverrideForm.of(check))


# --- actions ---------------------------------------------------------------------------


def override(request: HttpRequest, briefing: Briefing) -> HttpResponse:
    form = OverrideForm(request.POST, key=request.POST.get("key", ""))
    if carry_out(request, form, acts.override, briefing=briefing, at=timezone.now()):
        message = _("The warning is accepted. Your reason is shown beside it.")
        return done(request, message, url_of(briefing, form.cleaned_data["key"]))
    briefing.refresh_from_db(fields=["state"])
    return show(request, briefing, form)


def take_back(request: HttpRequest, briefing: Briefing) -> str:
    key = request.POST.get("key", "")
    acts.withdraw_override(briefing=briefing, key=key, by=signed_in(request))
    return _("The warning is reopened.")


def add_missing_returns_paragraph(request: HttpRequest, briefing: Briefing) -> str:
    row = acts.add_missing_returns_paragraph(briefing=briefing, by=signed_in(request))
    return _("Paragraph {number} now says so.").format(
        number=draft_rows.read_draft(briefing).draft.numbers[row.key]
    )


ACTS: dict[str, Callable[[HttpRequest, Briefing], str]] = {
    "take-back": take_back,
    "tell-missing": add_missing_returns_paragraph,
}
