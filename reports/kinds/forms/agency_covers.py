"""Forms of an agency's cover design and its mark."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import (
    LinesField,
    ReasonField,
    TextField,
    UploadField,
    VersionedForm,
    hide_te_reo,
)
from reports.document.cover_design import MARK_FILE_MEGABYTES, ROWS, USUAL_LABELS, CoverPart
from reports.models import AgencyCover
from reports.models.agency_cover import ALT_LENGTH, LABEL_LENGTH, MINISTRY_LENGTH

BETWEEN = "="
# Longer than a colour is, so that a mistyped one is refused with a sentence.
COLOUR_LENGTH = 40
LAST = len(ROWS)
EXAMPLE = gettext_lazy(
    "Enter each line as the heading, an equals sign, and the te reo Māori, such as Purpose = Te take."
)


class AgencyCoverForm(VersionedForm):
    """The letterhead, its colours, the labels of the cover and the order of its rows."""

    BEGINS_WITH = (
        "ministry",
        "ministry_mi",
        "ink",
        "rule",
        "is_maori_first",
        "has_comments",
        "has_feedback",
    )

    ministry = TextField(
        label=gettext_lazy("Name of the ministry in English"),
        required=False,
        max_length=MINISTRY_LENGTH,
        help_text=gettext_lazy(
            "Printed at the top of the cover. If this is blank and there is no mark, no letterhead is printed."
        ),
    )
    ministry_mi = TextField(
        label=gettext_lazy("Name of the ministry in te reo Māori"),
        required=False,
        max_length=MINISTRY_LENGTH,
        widget=forms.TextInput(attrs={"lang": "mi"}),
    )
    is_maori_first = forms.BooleanField(
        label=gettext_lazy("Print te reo Māori before English"), required=False
    )
    ink = TextField(
        label=gettext_lazy("Colour of the letterhead and headings"),
        max_length=COLOUR_LENGTH,
        help_text=gettext_lazy(
            "As # and six digits or letters, such as #0b5158. It must be dark enough to read on white."
        ),
        error_messages={"required": gettext_lazy("Enter a colour, such as #0b5158.")},
    )
    rule = TextField(
        label=gettext_lazy("Colour of the rules below them"),
        max_length=COLOUR_LENGTH,
        help_text=gettext_lazy("In the same form. Both can be printed in black and white."),
        error_messages={"required": gettext_lazy("Enter a colour, such as #0b5158.")},
    )
    leaves_out_empty = forms.BooleanField(
        label=gettext_lazy("Leave out what is blank"),
        required=False,
        help_text=gettext_lazy(
            "If not ticked, N/A is printed for a blank row, deadline or number."
        ),
    )
    has_comments = forms.BooleanField(
        label=gettext_lazy("Print the box for the Minister’s comments"), required=False
    )
    has_feedback = forms.BooleanField(
        label=gettext_lazy("Print the Minister’s feedback table"), required=False
    )
    headings = LinesField(
        label=gettext_lazy("Headings of sections and annexes in te reo Māori"),
        rows=6,
        help_text=(
            gettext_lazy(
                "Printed beside the headings. Enter one on each line, such as Purpose = Te take. For the word "
                "before an annex’s letter: Annex = Āpitihanga"
            )
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history of the cover."),
    )

    def __init__(self, *args: Any, row: AgencyCover, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        for part, usual in USUAL_LABELS.items():
            self.fields[f"label_{part}"] = TextField(
                label=_("{label}: English").format(label=usual),
                max_length=LABEL_LENGTH,
                error_messages={"required": _("Enter a label for “{label}”.").format(label=usual)},
            )
            self.fields[f"mi_{part}"] = TextField(
                label=_("{label}: te reo Māori").format(label=usual),
                required=False,
                max_length=LABEL_LENGTH,
                widget=forms.TextInput(attrs={"lang": "mi"}),
            )
            if part in ROWS:
                self.fields[f"place_{part}"] = forms.TypedChoiceField(
                    label=_("{label}: place").format(label=usual),
                    choices=[(place, str(place)) for place in range(1, LAST + 1)],
                    coerce=int,
                    error_messages={
                        "required": _("Choose a place."),
                        "invalid_choice": _("Choose a place from the list."),
                    },
                )

        maori = [f"mi_{part}" for part in USUAL_LABELS]
        hide_te_reo(self.fields, "ministry_mi", "is_maori_first", "headings", *maori)

    def start(self, row: AgencyCover) -> dict[str, Any]:
        found = {
            **super().start(row),
            "leaves_out_empty": not row.has_empty_rows,
            "headings": "\n".join(
                f"{each['heading']} {BETWEEN} {each['heading_mi']}" for each in row.headings
            ),
        }
        rows = [each for each in row.labels if each["part"] in ROWS]
        for each in row.labels:
            found |= {
                f"label_{each['part']}": each["label"],
                f"mi_{each['part']}": each["label_mi"],
            }
        return found | {f"place_{each['part']}": n for n, each in enumerate(rows, start=1)}

    def clean_headings(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        for number, line in enumerate(self.cleaned_data["headings"].split("\n"), start=1):
            heading, between, maori = (part.strip() for part in line.partition(BETWEEN))
            if not line.strip():
                continue
            if not (heading and between and maori):
                raise forms.ValidationError(
                    _("Line {number} is not complete. {example}").format(
                        number=number, example=EXAMPLE
                    )
                )
            if heading.casefold() in {each["heading"].casefold() for each in found}:
                raise forms.ValidationError(
                    _("Line {number} repeats the heading “{heading}”. Delete one of them.").format(
                        number=number, heading=heading
                    )
                )
            found.append({"heading": heading, "heading_mi": maori})
        return found

    def clean_ink(self) -> str:
        return str(self.cleaned_data["ink"]).lower()

    def clean_rule(self) -> str:
        return str(self.cleaned_data["rule"]).lower()

    @property
    def design(self) -> dict[str, Any]:
        """The cleaned values for the service, with the rows in the order of their places."""
        cleaned = self.cleaned_data
        parts = list(USUAL_LABELS)
        first = parts.index(ROWS[0])
        parts[first : first + len(ROWS)] = sorted(ROWS, key=self._rank)
        return {
            **{name: cleaned[name] for name in (*self.BEGINS_WITH, "headings")},
            "has_empty_rows": not cleaned["leaves_out_empty"],
            "labels": [
                {
                    "part": part.value,
                    "label": cleaned[f"label_{part}"],
                    "label_mi": cleaned[f"mi_{part}"],
                }
                for part in parts
            ],
        }

    def _rank(self, part: CoverPart) -> tuple[int, int, int]:
        """Sort by place. Of two with the same place, one moved up goes first, one moved down last."""
        place = self.cleaned_data[f"place_{part}"]
        before = self.initial.get(f"place_{part}", LAST)
        return place, (place > before) - (place < before), before

    def single_parts(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield the fields of the parts whose place is fixed: label and te reo Māori."""
        for part in USUAL_LABELS:
            if part not in ROWS:
                yield self[f"label_{part}"], self[f"mi_{part}"]

    def rows(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Yield the fields of the cover's rows in the order saved: place, label, te reo Māori."""
        for part in sorted(ROWS, key=lambda part: self.initial.get(f"place_{part}", LAST)):
            yield self[f"place_{part}"], self[f"label_{part}"], self[f"mi_{part}"]


class MarkForm(VersionedForm):
    """The picture of a mark and its description."""

    SOMETIMES = ("picture",)

    picture = UploadField(
        label=gettext_lazy("Picture"),
        required=False,
        max_length=255,
        help_text=format_lazy(
            gettext_lazy(
                "PNG or JPEG, at most {most} MB. It is printed on white, up to 18 mm high and 70 mm "
                "wide. Its margin is cut off."
            ),
            most=MARK_FILE_MEGABYTES,
        ),
        accept=".png,.jpg,.jpeg",
    )
    alt = TextField(
        label=gettext_lazy("Description for people who cannot see it"),
        max_length=ALT_LENGTH,
        help_text=gettext_lazy(
            "Read out instead of the picture, such as Crest of the Ministry of Justice"
        ),
        error_messages={
            "required": gettext_lazy("Describe the picture for people who cannot see it.")
        },
    )

    def start(self, row: AgencyCover) -> dict[str, Any]:
        return {"alt": row.mark_alt}

    def clean_picture(self) -> bytes | None:
        """Return the file's bytes, if one was chosen. The service makes the picture of them."""
        file = self.cleaned_data["picture"]
        if file is None:
            if self.row.mark is None:
                raise forms.ValidationError(_("Choose a PNG or JPEG picture."))
            return None
        if file.size > MARK_FILE_MEGABYTES * 1_000_000:
            raise forms.ValidationError(
                _("The file is larger than {most} MB. Choose a smaller picture.").format(
                    most=MARK_FILE_MEGABYTES
                )
            )
        data: bytes = file.read()
        return data
