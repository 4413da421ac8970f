"""What audits found, in words, for papers."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.wording.translation import list_in_words
from workitems.models import Finding

Verdict = Finding.Verdict


def sentence(
    findings: Iterable[Finding],
    number: Callable[[int, str], str] = lambda count, _of: f"{count:,}",
) -> str:
    """Return how many items' reports the evidence supports: "The audit looked at 3 items: the evidence supports what was
    reported for 1, supports it in part for 1 and does not support it for 1." Findings on the whole plan are left out; ""
    if there are no others. `number` writes a count of a verdict, or of all for ""."""
    counts = Counter(row.verdict for row in findings if row.item_id is not None)
    if not (total := counts.total()):
        return ""
    parts: list[str] = []
    for verdict, first, further in (
        (Verdict.SUPPORTED, _("supports what was reported for {count}"), ""),
        (
            Verdict.IN_PART,
            _("supports in part what was reported for {count}"),
            _("supports it in part for {count}"),
        ),
        (
            Verdict.NOT_SUPPORTED,
            _("does not support what was reported for {count}"),
            _("does not support it for {count}"),
        ),
    ):
        if count := counts[verdict]:
            # What is supported is named once.
            part = further if parts else first
            parts.append(part.format(count=number(count, verdict)))
    says = ngettext(
        "The audit looked at {count} item: the evidence {parts}.",
        "The audit looked at {count} items: the evidence {parts}.",
        total,
    )
    return says.format(count=number(total, ""), parts=list_in_words(parts))
