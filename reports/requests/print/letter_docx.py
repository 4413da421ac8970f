"""Letters about requests for official information, as Word files."""

from agencies.wording.translation import in_english
from reports.document import USUAL_DESIGN, CoverDesign
from reports.render.docx import word_file
from reports.requests.letters import Letter
from reports.requests.print.letter_html import DRAFT, letter_fragment


@in_english
def render_letter_docx(
    letter: Letter, looks: CoverDesign = USUAL_DESIGN, *, is_draft: bool = False
) -> bytes:
    """Return a letter as a Word file on the agency's letterhead, dated with its own date.

    Raise `RenderRefused` if it cannot be printed.
    """
    return word_file(
        letter_fragment(letter, looks, is_draft=is_draft),
        looks,
        marking=DRAFT if is_draft else "",
        title=letter.title,
        subject=letter.subject,
        author=letter.agency,
        reference=letter.reference,
        language=letter.language,
        dated=letter.dated,
    )
