"""The texts of a work item and of a milestone: their labels, and who writes them.

Forms, history, "what changed", search and papers take the names from here.
"""

from typing import NamedTuple

from agencies.wording.translation import StrOrPromise, gettext_lazy


class Text(NamedTuple):
    """`label` names the text at a form's box and as a heading, `name` within a sentence.

    Official wording is the plan's: once the plan is adopted, only a variation changes it. Any other text is written on a page of its own, by the agencies that write about the row.
    """

    label: StrOrPromise
    within: StrOrPromise = ""
    is_official: bool = False
    # Whether "what changed" reports it: as reworded, if it is official.
    is_news: bool = True
    # What the box of a text that is not official says below its label.
    help_text: StrOrPromise = ""

    @property
    def name(self) -> str:
        return str(self.within or self.label.lower())


AS_TOLD = Text(
    gettext_lazy("Wording in sentences"),
    is_news=False,
    help_text=gettext_lazy(
        "How briefings name it within a sentence, such as “formal training for frontline "
        "staff”. Begin with a small letter, unless the first word is a name, and leave out the full "
        "stop. If you leave it blank, briefings quote the title."
    ),
)
# By the name of the model's field, in the order in which they are shown.
ITEM_TEXTS = {
    "title": Text(gettext_lazy("Title"), is_official=True),
    "objective": Text(gettext_lazy("Objective"), is_official=True),
    "action": Text(gettext_lazy("Action"), is_official=True),
    "as_told": AS_TOLD,
}
MILESTONE_TEXTS = {
    "description": Text(gettext_lazy("Milestone"), gettext_lazy("description"), is_official=True),
    "done_means": Text(
        gettext_lazy("Done when"), gettext_lazy("words on when it is done"), is_official=True
    ),
    "as_told": AS_TOLD,
}
# By the name of the model.
TEXTS = {"WorkItem": ITEM_TEXTS, "Milestone": MILESTONE_TEXTS}


def official(texts: dict[str, Text]) -> tuple[str, ...]:
    """Return the fields of official wording."""
    return tuple(name for name, text in texts.items() if text.is_official)


def not_official(texts: dict[str, Text]) -> tuple[str, ...]:
    """Return the fields that have a page of their own."""
    return tuple(name for name, text in texts.items() if not text.is_official)
