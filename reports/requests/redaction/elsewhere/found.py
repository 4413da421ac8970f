"""What the check of a copy finds: a kind, a page, and the first words, as a sentence for an official."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from agencies.wording.translation import StrOrPromise, _, gettext_lazy
from reports.requests.redaction.withheld_words import quoted

DELETE = gettext_lazy("Print the pages to pictures, or delete the text itself.")
WITHOUT = gettext_lazy("Save the file without it, or print the pages to pictures.")

EMPTY = gettext_lazy(
    "In the program that made the file, open Properties and empty “{name}”, or print the pages to pictures."
)
# What to do about what a file of another kind has, which only a PDF of it is released from.
DECIDE = gettext_lazy("Decide on it too.")
PRINT = gettext_lazy("Print it to a PDF in the program that made it, and upload that.")

# What is wrong, and what to do.
KINDS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    # of a page's text
    "covered": (
        gettext_lazy("text under a box or a picture can still be copied: “{words}”"),
        DELETE,
    ),
    "pale": (
        gettext_lazy("text in the colour of its background can still be copied: “{words}”"),
        DELETE,
    ),
    "unpainted": (gettext_lazy("invisible text can still be copied: “{words}”"), DELETE),
    "outside": (
        gettext_lazy("text outside the visible page can still be copied: “{words}”"),
        DELETE,
    ),
    "small": (gettext_lazy("text too small to read can still be copied: “{words}”"), DELETE),
    "cut": (
        gettext_lazy("text that is cut off or transparent can still be copied: “{words}”"),
        DELETE,
    ),
    "overprinted": (
        gettext_lazy("letters printed on top of other letters can still be copied: “{words}”"),
        DELETE,
    ),
    "recognised": (
        gettext_lazy(
            "the text behind the scan has words that the picture does not show: “{words}”"
        ),
        gettext_lazy("Recognise the text again after redacting, or print the pages to pictures."),
    ),
    "unread": (
        gettext_lazy("letters that no page shows can still be copied: “{words}”"),
        DELETE,
    ),
    "replaced": (
        gettext_lazy("other words are stored behind the visible text: “{words}”"),
        WITHOUT,
    ),
    # of a page's pictures and drawings
    "picture": (
        gettext_lazy("a box lies over a picture, and what it covers is still in the file"),
        gettext_lazy("Print the pages to pictures."),
    ),
    "cropped": (
        gettext_lazy("a picture is cropped, and what was cut off is still in the file"),
        gettext_lazy("Print the pages to pictures."),
    ),
    "outlines": (
        gettext_lazy("a box lies over shapes that may be letters, and they are still in the file"),
        gettext_lazy("Print the pages to pictures."),
    ),
    "hidden_picture": (
        gettext_lazy(
            "a picture has parts that the page does not show, and they are still in the file"
        ),
        gettext_lazy("Print the pages to pictures."),
    ),
    # that can be taken off a page
    "redact": (
        gettext_lazy("a redaction is marked but not applied, so the text is still there"),
        gettext_lazy("Apply the redactions and save a new file."),
    ),
    "note": (gettext_lazy("there is a comment: “{words}”"), gettext_lazy("Delete it.")),
    "shape": (
        gettext_lazy("there is a drawing that can be moved or deleted"),
        gettext_lazy(
            "If it hides something, delete what is under it. Otherwise print the pages to pictures."
        ),
    ),
    "field": (
        gettext_lazy("there is a form field: “{words}”"),
        gettext_lazy("Print the form to a new PDF, or print the pages to pictures."),
    ),
    "link": (gettext_lazy("a link has an address that the page does not show: “{words}”"), WITHOUT),
    "thumbnail": (
        gettext_lazy("a small picture of the page is stored, perhaps from before it was redacted"),
        WITHOUT,
    ),
    # of the file
    "withheld": (
        gettext_lazy(
            "words that this schedule withholds from the briefing are in the file: “{words}”"
        ),
        gettext_lazy("Withhold them here too."),
    ),
    "whole": (
        gettext_lazy(
            "every word of the paper is still in this copy, but it is to be released in part"
        ),
        gettext_lazy("Delete the words that are withheld, or change the decision."),
    ),
    "whole_under": (
        gettext_lazy(
            "every word of the paper is still in this copy, but it is to be released in part"
        ),
        gettext_lazy(
            "Print the pages to pictures: what they do not show is then gone, and the words are compared again."
        ),
    ),
    "alike": (
        gettext_lazy(
            "every page of the paper is in this copy and looks the same, but it is to be released in part"
        ),
        gettext_lazy("Delete the words that are withheld, or change the decision."),
    ),
    "attachment": (gettext_lazy("a file is attached: “{words}”"), WITHOUT),
    "script": (gettext_lazy("there is a script"), WITHOUT),
    "action": (
        gettext_lazy("there is an action that runs when the file is opened or used"),
        WITHOUT,
    ),
    "form": (
        gettext_lazy("there is a form that can be filled in"),
        gettext_lazy("Print it to a new PDF, or print the pages to pictures."),
    ),
    "layers": (
        gettext_lazy("there are layers that can be switched on and off"),
        gettext_lazy("Flatten the file, or print the pages to pictures."),
    ),
    "information": (
        gettext_lazy("the document information says what no page shows: “{words}”"),
        gettext_lazy(
            "Remove it under Properties in the program that made the file, or print the pages to pictures."
        ),
    ),
    "author": (
        gettext_lazy("the document information names an author: “{words}”"),
        gettext_lazy(
            "Remove it under Properties in the program that made the file, or print the pages to pictures."
        ),
    ),
    "alternative": (
        gettext_lazy(
            "the description of a picture or a passage has words that no page shows: “{words}”"
        ),
        WITHOUT,
    ),
    "bookmark": (gettext_lazy("a bookmark has words that no page shows: “{words}”"), WITHOUT),
    "hidden": (gettext_lazy("the file has words that no page shows: “{words}”"), WITHOUT),
    "undrawn": (
        gettext_lazy("the file has a picture that no page shows"),
        WITHOUT,
    ),
    "camera": (
        gettext_lazy("a photograph says where or by whom it was taken, or has a copy of itself"),
        gettext_lazy("Remove its properties, or print the pages to pictures."),
    ),
    "private": (
        gettext_lazy("the program that made the file stored data of its own in it"),
        WITHOUT,
    ),
    "revision": (
        gettext_lazy("an earlier version of the pages may still be in the file"),
        gettext_lazy(
            "Save it as a new file, not for fast viewing on the web, or print the pages to pictures."
        ),
    ),
    "unlisted": (
        gettext_lazy("the file has parts that do not belong to its pages: “{words}”"),
        gettext_lazy("Save it as a new file, or print the pages to pictures."),
    ),
    "more": (
        gettext_lazy("the file has {words} more problems"),
        gettext_lazy("Correct those listed, then it is checked again."),
    ),
    # of a file of another kind, which is not released itself
    "office": (
        gettext_lazy(
            "this is a file of Word, Excel or PowerPoint, which can have more than its pages show"
        ),
        PRINT,
    ),
    "unexamined": (gettext_lazy("what a file of this kind has unseen cannot be examined"), PRINT),
    "picture_file": (
        gettext_lazy("this is a picture, and a picture can have more than it shows"),
        gettext_lazy("A PDF of what it shows is released instead."),
    ),
    "office_hidden": (gettext_lazy("there is hidden text: “{words}”"), DECIDE),
    "office_pale": (gettext_lazy("text has the colour of its background: “{words}”"), DECIDE),
    "office_small": (gettext_lazy("text is too small to read: “{words}”"), DECIDE),
    "office_away": (gettext_lazy("text was moved off the page: “{words}”"), DECIDE),
    "office_change": (gettext_lazy("there is a tracked change: “{words}”"), DECIDE),
    "office_comment": (gettext_lazy("there is a comment: “{words}”"), DECIDE),
    "office_notes": (gettext_lazy("there are speaker’s notes: “{words}”"), DECIDE),
    "office_description": (gettext_lazy("a picture has a description: “{words}”"), DECIDE),
    "office_field": (gettext_lazy("a field has a code that is not shown: “{words}”"), DECIDE),
    "office_variable": (gettext_lazy("a variable keeps words: “{words}”"), DECIDE),
    "office_name": (gettext_lazy("a defined name keeps words: “{words}”"), DECIDE),
    "office_unused": (gettext_lazy("words are kept that nothing shows: “{words}”"), DECIDE),
    "office_data": (gettext_lazy("there are stored data: “{words}”"), DECIDE),
    "office_embedded": (gettext_lazy("there is a file within the file: “{words}”"), DECIDE),
    "office_outside": (gettext_lazy("it refers to a file elsewhere: “{words}”"), DECIDE),
    "office_external": (
        gettext_lazy("values of another workbook are kept in it: “{words}”"),
        DECIDE,
    ),
    "office_pivot": (
        gettext_lazy("a pivot table keeps the rows that it was made from: “{words}”"),
        DECIDE,
    ),
    "office_revision": (gettext_lazy("earlier values of cells are kept: “{words}”"), DECIDE),
    "office_macro": (gettext_lazy("there is a program (a macro)"), DECIDE),
    "office_part": (gettext_lazy("it has a part that no page shows: “{words}”"), DECIDE),
    "office_properties": (gettext_lazy("its properties say: “{words}”"), DECIDE),
    "office_cropped": (
        gettext_lazy("a picture is cropped, and what was cut off is still there"),
        DECIDE,
    ),
    "office_picture": (gettext_lazy("a picture has what it does not show: “{words}”"), DECIDE),
    "office_sheet": (gettext_lazy("the sheet is hidden: “{words}”"), DECIDE),
    "office_slide": (gettext_lazy("the slide is hidden: “{words}”"), DECIDE),
    "office_rows": (gettext_lazy("rows are hidden: “{words}”"), DECIDE),
    "office_columns": (gettext_lazy("columns are hidden: “{words}”"), DECIDE),
    "office_format": (gettext_lazy("its number format shows nothing: “{words}”"), DECIDE),
    "office_more": (
        gettext_lazy("there are {words} more places like this"),
        gettext_lazy("Look for them in the program that made the file."),
    ),
    "picture_words": (
        gettext_lazy("the picture has words that it does not show: “{words}”"),
        gettext_lazy("They are not in the PDF."),
    ),
    "picture_camera": (
        gettext_lazy("the picture says where or by whom it was taken: “{words}”"),
        gettext_lazy("This is not in the PDF."),
    ),
    "picture_small": (
        gettext_lazy("the picture has a small copy of itself, perhaps from before it was redacted"),
        gettext_lazy("It is not in the PDF."),
    ),
    "picture_clear": (
        gettext_lazy("clear parts of the picture have another picture in them"),
        gettext_lazy("It is not in the PDF, in which these parts are white."),
    ),
    "picture_more": (
        gettext_lazy("there are more pictures in the file than the first"),
        gettext_lazy("They are not in the PDF: list them as papers of their own."),
    ),
    # why it was not examined to its end
    "not_pdf": (
        gettext_lazy("this file is no PDF that can be read"),
        gettext_lazy("Save it as a PDF again."),
    ),
    "password": (
        gettext_lazy("the file is protected by a password"),
        gettext_lazy("Save it without a password."),
    ),
    "damaged": (
        gettext_lazy("the file is damaged, so it cannot be checked to its end"),
        gettext_lazy("Save it as a new file."),
    ),
    "no_pages": (gettext_lazy("the file has no pages"), gettext_lazy("Upload another file.")),
    "pages": (
        gettext_lazy("the file has more than {words} pages, too many to check"),
        gettext_lazy("Save it with fewer pages."),
    ),
    "large": (
        gettext_lazy("the file is too large to check: unpacked, it has more than {words}"),
        gettext_lazy("Save it as a new file with smaller pictures."),
    ),
    "crowded": (
        gettext_lazy("a page has too many letters or drawings to be checked"),
        gettext_lazy("Print the pages to pictures, or save it with fewer on a page."),
    ),
    "slow": (
        gettext_lazy(
            "the check stopped after {words} seconds, because the file has too many pages or too much is drawn on them"
        ),
        gettext_lazy("Print it on paper and scan it, or list the paper in parts with fewer pages."),
    ),
}
# What belongs to a paper that is released in full, though its pages do not show it.
PART_OF_THE_WHOLE = frozenset({"alternative", "bookmark", "replaced"})
# What a reader sees over the text, though it can be taken off.
DRAWN_OVER = frozenset({"shape", "redact", "note"})
# Words or pictures that are in the file and not seen, so that pictures of its pages are without them.
COVERED = frozenset(
    {
        *("covered", "pale", "unpainted", "outside", "small", "cut", "overprinted", "recognised"),
        *("unread", "picture", "hidden_picture", "outlines", "cropped"),
    }
)
# What a file can lose without losing a page.
INFORMATION = frozenset({"information", "author"})
# Pictures of its pages cannot be made either.
UNREADABLE = frozenset(
    {"not_pdf", "password", "no_pages", "pages", "large", "slow", "office", "unexamined"}
)
# How a sentence quotes the file.
QUOTATION = ": “{words}”"
# Where something is in a file that has no pages yet.
PLACES: dict[str, StrOrPromise] = {
    "paragraph": gettext_lazy("Paragraph {at}"),
    "part": gettext_lazy("Part {at}"),
    "sheet": gettext_lazy("Sheet “{at}”"),
    "cell": gettext_lazy("Sheet “{of}”, cell {at}"),
    "rows": gettext_lazy("Sheet “{of}”, {at}"),
    "slide": gettext_lazy("Slide {at}"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Why a copy is refused. `page` is 0 for what belongs to the whole file.

    `place` says where it is in a file without pages: one of `PLACES`, where that is, and the place itself, between colons.
    """

    kind: str
    page: int = 0
    words: str = ""
    name: str = ""  # of a property
    place: str = ""

    @property
    def wordless(self) -> Found:
        """The same without the words that the file still has, for those who may not read them."""
        return replace(self, words="") if QUOTATION in str(KINDS[self.kind][0]) else self

    @property
    def sentence(self) -> str:
        wrong, remedy = KINDS[self.kind]
        if self.name:
            remedy = EMPTY.format(name=self.name)
        said = str(wrong)
        if not self.words:
            said = said.replace(QUOTATION, "")
        said = said.format(words=quoted(self.words))
        if self.place:
            kind, of, at = self.place.split(":", 2)
            return _("{place}: {wrong}. {remedy}").format(
                place=str(PLACES[kind]).format(of=of, at=at), wrong=said, remedy=remedy
            )
        if self.page:
            return _("Page {page}: {wrong}. {remedy}").format(
                page=self.page, wrong=said, remedy=remedy
            )
        return f"{said[:1].upper()}{said[1:]}. {remedy}"


def too_slow(seconds: float) -> dict[str, Any]:
    """Return the report of a check that was stopped from outside."""
    found = asdict(Found("slow", words=f"{seconds:.0f}"))
    return {
        "pages": 0,
        "found": [found],
        "recognised": 0,
        "has_text": True,
        "comparison": None,
        "looks": None,
        "is_cleaned": False,
        "unread": [],
        "readers": [],
    }
