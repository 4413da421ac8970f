"""Forms of kinds of briefing: sections, names, titles, annexes and recommendations."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from agencies.typed.fields import Form, ReasonField, TextField, VersionedForm
from reports.compose.standing_text import WORDS
from reports.document import Verb
from reports.document.markup import MAX_SOURCE
from reports.drafting.draft import CLOSING
from reports.kinds.forms.annex_choices import AnnexesForm
from reports.kinds.services.kinds import FIRST, MOST_ASKS, AskWords
from reports.models import BriefingKind, Content, KindSection
from reports.models.draft import HEADING_LENGTH, NAME_LENGTH, TITLE_LENGTH


def _filled_in() -> str:
    words = (
        gettext("{word} for {meaning}").format(word=f"{{{name}}}", meaning=meaning)
        for name, (meaning, _) in WORDS.items()
    )
    return gettext("Filled in by each briefing: {words}.").format(words=", ".join(words))


FILLED_IN = lazy(_filled_in, str)()
# Empty rows shown below the recommendations.
SPARE_ASKS = 2


def why() -> ReasonField:
    return ReasonField(
        label=gettext_lazy("Why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history of this kind of briefing."),
    )


class SectionFields(Form):
    """The text of a section. The service validates it."""

    heading = TextField(
        label=gettext_lazy("Heading"),
        max_length=HEADING_LENGTH,
        error_messages={"required": gettext_lazy("Give the section a heading.")},
    )
    content = forms.ChoiceField(
        label=gettext_lazy("Text from the records"),
        choices=Content.choices,
        required=False,
        help_text=gettext_lazy("Written for each briefing, after the standing text."),
    )
    standing_text = TextField(
        label=gettext_lazy("Standing text"),
        required=False,
        max_length=MAX_SOURCE,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true", "data-marks": "text"}),
        help_text=format_lazy(
            gettext_lazy(
                "Printed in every briefing of this kind. A blank line starts a paragraph, “- ” starts a "
                "sub-bullet and **two stars** make bold. {filled_in}"
            ),
            filled_in=FILLED_IN,
        ),
    )

    @property
    def words(self) -> dict[str, str]:
        """The cleaned values of the section itself."""
        return {name: self.cleaned_data[name] for name in ("heading", "content", "standing_text")}


class SectionForm(SectionFields, VersionedForm):
    """Changes a section."""

    reason = why()

    def __init__(self, *args: Any, row: KindSection, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.content == CLOSING:
            # Ignore a posted content: this section holds the recommendation.
            self.fields["content"].disabled = True
            self.fields["standing_text"].help_text = gettext(
                "The sentence before the recommendations. If blank, “It is recommended that you:” is printed."
            )
        else:
            self.fields["content"].choices = [  # type: ignore[attr-defined]
                choice for choice in Content.choices if choice[0] != CLOSING
            ]

    def start(self, row: KindSection) -> dict[str, Any]:
        return {
            "heading": row.heading,
            "content": row.content,
            "standing_text": row.standing_text,
        }


class AddSectionForm(SectionFields):
    after = forms.ChoiceField(label=gettext_lazy("Place"))
    reason = why()

    field_order = ("heading", "after", "content", "standing_text", "reason")

    def __init__(self, *args: Any, rows: list[KindSection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = [row for row in rows if row.content != CLOSING]
        taken = {row.content for row in rows if row.content}
        fields: dict[str, Any] = self.fields
        fields["after"].choices = [
            (FIRST, gettext("First")),
            *(
                (row.key, gettext("After “{heading}”").format(heading=row.heading))
                for row in before
            ),
        ]
        fields["after"].initial = before[-1].key if before else FIRST
        # Contents of other sections are not offered. A page rendered before such a section was
        # added may still post one; the service's error then names that section.
        taken.discard(self.data.get(self.add_prefix("content")))
        fields["content"].choices = [each for each in Content.choices if each[0] not in taken]


class WithdrawForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the section is withdrawn"))


class CopyForm(Form):
    name = TextField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("As people choose it for a new briefing, such as Half-year report"),
        error_messages={"required": gettext_lazy("Give the kind of briefing a name.")},
    )


class ChangeKindForm(AnnexesForm):
    """A kind's name, title, length and annexes, and a row for each recommendation."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Give the kind of briefing a name.")},
    )
    title = TextField(
        label=gettext_lazy("Title of its briefings"),
        max_length=TITLE_LENGTH,
        help_text=format_lazy(
            gettext_lazy(
                "Printed on the cover, unless the briefing has its own title. {filled_in}"
            ),
            filled_in=FILLED_IN,
        ),
        error_messages={"required": gettext_lazy("Give the briefings of this kind a title.")},
    )
    most_words = forms.IntegerField(
        label=gettext_lazy("Most words before the annexes"),
        help_text=gettext_lazy(
            "Text from the records keeps to this limit. It tells what matters most, and the rest is in the "
            "annexes. About 1,000 words is short enough to be read to the end."
        ),
        min_value=BriefingKind.FEWEST_WORDS,
        max_value=BriefingKind.MOST_WORDS,
        error_messages={
            "required": gettext_lazy("Enter a number of words, such as 1000."),
            "invalid": gettext_lazy("Enter a number of words, such as 1000."),
        }
        | dict.fromkeys(
            ("min_value", "max_value"),
            format_lazy(
                gettext_lazy("Enter a number of words from {fewest:,} to {most:,}."),
                fewest=BriefingKind.FEWEST_WORDS,
                most=BriefingKind.MOST_WORDS,
            ),
        ),
    )
    reason = why()

    def __init__(self, *args: Any, row: BriefingKind, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        for place in range(1, MOST_ASKS + 1):
            self.fields[f"verb-{place}"] = forms.ChoiceField(
                label=gettext("{place}. Verb").format(place=place),
                choices=[(verb.value, verb.value) for verb in Verb],
                required=False,
            )
            self.fields[f"text-{place}"] = TextField(
                label=gettext("{place}. What follows it").format(place=place),
                required=False,
                max_length=MAX_SOURCE,
                widget=forms.Textarea(
                    attrs={"rows": 2, "spellcheck": "true", "data-marks": "line"}
                ),
            )

    def start(self, row: Any) -> dict[str, Any]:
        found = {
            **super().start(row),
            "name": row.name,
            "title": row.title,
            "most_words": row.most_words,
        }
        for place, ask in enumerate(row.asks, start=1):
            found |= {f"verb-{place}": ask["verb"], f"text-{place}": ask["text"]}
        return found

    @property
    def asks(self) -> list[AskWords]:
        """All rows, including empty ones, so that errors appear at the right row."""
        return [
            {
                "verb": self.cleaned_data[f"verb-{place}"] or Verb.NOTE.value,
                "text": self.cleaned_data[f"text-{place}"],
            }
            for place in range(1, MOST_ASKS + 1)
        ]

    def ask_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield verb and text of each recommendation and of spare rows."""
        filled = [
            n for n in range(1, MOST_ASKS + 1) if str(self[f"text-{n}"].value() or "").strip()
        ]
        shown = min(MOST_ASKS, max(filled, default=0) + SPARE_ASKS)
        for place in range(1, shown + 1):
            yield self[f"verb-{place}"], self[f"text-{place}"]
