"""The page on which a briefing's annexes are chosen and ordered."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, form_page, saved
from reports.briefings.views.readers import readable_briefing
from reports.compose import ANNEXES, generate
from reports.compose.bad_characters import errors_with_places
from reports.document import (
    Annex,
    ConsultedTable,
    DelayRegister,
    DocumentError,
    FindingTable,
    MeasureTable,
    ProgressPicture,
    RiskRegister,
    WorkItemTable,
    WorkItemTexts,
)
from reports.kinds.forms.annex_choices import AnnexesForm
from reports.kinds.services.annex_choices import choose_annexes, words_of
from reports.models import Briefing
from workitems.plan.views.lookups import posted, require


@require_http_methods(["GET", "HEAD", "POST"])
def annexes(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    briefing = readable_briefing(request, slug, pk)
    require(request, "reports.change_briefing", briefing)
    form = AnnexesForm(posted(request), row=briefing)
    if kept := carry_out(request, form, choose_annexes, briefing=briefing):
        message = _("The annexes were saved: {annexes}.")
        return saved(request, form, kept, message, briefing, annexes=words_of(form.annexes))
    sizes, refused = _sizes(briefing)
    return form_page(
        request,
        "reports/workshop/briefings/annexes.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        rows=[(used, place, sizes.get(name, "")) for name, used, place in form.rows()],
        refused=refused,
        theirs=words_of(form.conflict.annexes) if form.conflict else "",
    )


def _sizes(briefing: Briefing) -> tuple[dict[str, str], str]:
    """Return the current size of each annex, or why they cannot be composed."""
    try:
        with errors_with_places(briefing.plan):
            found = generate(briefing, (), ANNEXES, today=localdate())
    except DocumentError as refusal:
        return {}, str(refusal)
    sizes = dict.fromkeys(ANNEXES, _("nothing to print yet"))
    return sizes | dict(zip(found.names, map(_size, found.annexes), strict=True)), ""


def _size(annex: Annex) -> str:
    match annex:
        case ProgressPicture():
            count = len(annex.timeline)
            words = ngettext("{count:,} milestone", "{count:,} milestones", count)
        case WorkItemTable():
            count = sum(len(pillar.rows) for pillar in annex.pillars)
            words = ngettext("{count:,} work item", "{count:,} work items", count)
        case WorkItemTexts():
            count = sum(len(pillar.items) for pillar in annex.pillars)
            words = ngettext("{count:,} work item", "{count:,} work items", count)
        case DelayRegister():
            count = len(annex.rows)
            words = ngettext("{count:,} delay", "{count:,} delays", count)
        case RiskRegister():
            count = len(annex.rows)
            words = ngettext("{count:,} risk", "{count:,} risks", count)
        case ConsultedTable():
            count = len(annex.rows)
            words = ngettext("{count:,} agency", "{count:,} agencies", count)
        case MeasureTable():
            count = len(annex.rows)
            words = ngettext("{count:,} measure", "{count:,} measures", count)
        case FindingTable():
            count = len(annex.rows)
            words = ngettext("{count:,} finding", "{count:,} findings", count)
    return words.format(count=count)
