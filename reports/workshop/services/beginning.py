"""Beginning a briefing's draft from one of the plan's kinds and the current records."""

from copy import copy
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from reports.document import DocumentError
from reports.drafting import asks
from reports.drafting.paper import composed_from, generated_for
from reports.kinds.services import kinds
from reports.models import Briefing
from reports.workshop.services import drafts
from workitems.plan.services.refusals import Refused


@transaction.atomic
def begin_as(*, briefing: Briefing, slug: str, by: User, today: date | None = None) -> Briefing:
    """Begin the draft as the plan's kind with this slug.

    Raise `Refused` without such a kind, if the draft has begun, or if it cannot be composed.
    """
    found = {kind.slug: kind for kind in kinds.take_patterns(plan=briefing.plan, by=by)}
    if slug not in found:
        raise Refused(_("Choose one of the plan’s kinds of briefing."), "kind")
    kind = found[slug]
    # Its kind decides which paper was the last one.
    of_kind = copy(briefing)
    of_kind.kind = kind
    rows = kind.sections.live().in_order().values_list("key", "content", "standing_text")
    sections = list(rows)
    try:
        made = generated_for(
            of_kind, sections, kind.annexes, most_words=kind.most_words, today=today
        )
    except DocumentError as error:
        raise Refused(str(error)) from error
    return drafts.begin_draft(
        briefing=briefing,
        kind=kind,
        composed=composed_from(made, sections),
        asks=asks.begun(made.asks),
        share=made.share,
        by=by,
    )
