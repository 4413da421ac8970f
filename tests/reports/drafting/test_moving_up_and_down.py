"""Moving a paragraph up and down: past the next one that is shown, and into the sections beside."""

import pytest

from reports.drafting.draft import Draft, DraftError, Part, Portion, step


def draft_of(*sections):
    """A draft of sections, each with its paragraphs by letter; a small one is left out."""
    return Draft(
        tuple(
            Portion(
                key=f"s{n}",
                heading="A",
                content="",
                parts=tuple(
                    Part(key=each, text=each, is_hidden=each.islower()) for each in letters
                ),
            )
            for n, letters in enumerate(sections)
        )
    )


def letters(draft):
    return ["".join(part.key for part in portion.parts) for portion in draft.portions]


@pytest.mark.parametrize(
    ("sections", "key", "by", "moved"),
    [
        (["ABC"], "C", -1, ["ACB"]),
        (["ABC"], "A", 1, ["BAC"]),
        # What is left out is no step.
        (["AbcD"], "D", -1, ["DAbc"]),
        (["AbcD"], "A", 1, ["bcDA"]),
        (["A", "bC"], "C", -1, ["AC", "b"]),
        (["Ab", "C"], "A", 1, ["b", "AC"]),
    ],
)
def test_a_paragraph_moves_past_one_that_is_shown(sections, key, by, moved):
    assert letters(step(draft_of(*sections), key, by)) == moved


@pytest.mark.parametrize(("key", "by"), [("B", -1), ("B", 1)])
def test_a_paragraph_with_none_that_is_shown_beside_it_stays(key, by):
    with pytest.raises(DraftError):
        step(draft_of("aBc"), key, by)
