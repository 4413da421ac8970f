"""Test comparing two papers: paragraphs added, removed, changed, moved or the same."""

from collections import Counter
from dataclasses import replace
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.comparison.documents import Kind, compare, text_of
from reports.comparison.matching import Passage, in_order, pairs
from reports.document import (
    Marking,
    Recommendation,
    Recommendations,
    Run,
    Section,
    SectionKind,
    Verb,
    plain,
)
from tests.reports import sample
from tests.reports.documents_at_random import documents
from tests.reports.sample import bullet, document, paragraph, sections

WORDS = ["visa", "police", "training", "brochure", "report", "the", "of", "and", "work", "victims"]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@st.composite
def papers(draw):
    """Short papers of few words and few keys, so that two of them have much in common."""
    kinds = draw(st.permutations([SectionKind.DELAY, SectionKind.MITIGATION, SectionKind.OTHER]))
    keys = iter(draw(st.permutations([f"p-{number}" for number in range(12)])))
    asks = iter(draw(st.permutations([f"r-{number}" for number in range(4)])))
    return document(
        sections=[
            Section(
                kind,
                draw(st.sampled_from(["One", "Two"])),
                tuple(
                    paragraph(next(keys), draw(SENTENCES)) for _ in range(draw(st.integers(1, 3)))
                ),
            )
            for kind in kinds[: draw(st.integers(1, 3))]
        ],
        recommendation=Recommendations(
            paragraph("p-lead", draw(SENTENCES)),
            tuple(
                Recommendation(
                    key=next(asks), verb=draw(st.sampled_from(Verb)), text=plain(draw(SENTENCES))
                )
                for _ in range(draw(st.integers(1, 3)))
            ),
        ),
        annexes=draw(
            st.lists(
                st.sampled_from([sample.progress_picture(), sample.work_item_table()]),
                unique_by=lambda annex: annex.key,
            )
        ),
    )


ANY_TWO = st.tuples(papers(), papers())


def lines(found):
    return [line for part in (*found.parts, found.closing, found.asked) for line in part.lines]


def keys(entries):
    return sorted(each.key for each in entries if each)


# --- properties of any papers ---------------------------------------------------------------


@settings(max_examples=30)
@given(papers() | documents())
def test_a_paper_compared_with_itself_has_no_differences(paper):
    found = compare(paper, paper)
    assert not found.differs
    assert {line.kind for line in lines(found)} == {Kind.SAME}
    assert [fact.strands for fact in found.facts] == [()] * len(found.facts)


@settings(max_examples=60)
@given(ANY_TWO | st.tuples(documents(), papers()))
def test_every_paragraph_of_both_papers_is_listed_once(both):
    found = lines(compare(*both))
    for paper, side in zip(both, ("was", "now"), strict=True):
        entries = [*paper.paragraphs(), *paper.recommendation.items]
        assert keys(getattr(line, side) for line in found) == keys(entries)


@settings(max_examples=60)
@given(ANY_TWO)
def test_paragraphs_of_the_later_paper_keep_their_order(both):
    found = compare(*both)
    differences = [
        line.now.number for part in (*found.parts, found.closing) for line in part.lines if line.now
    ]
    assert differences == [each.number for each in both[1].paragraphs()]


def mirrored(found, *, swapped=False):
    """Return the comparison without its order."""
    turn = {Kind.NEW: Kind.GONE, Kind.GONE: Kind.NEW}
    return (
        Counter(
            (
                turn.get(line.kind, line.kind) if swapped else line.kind,
                *(
                    each.key if each else ""
                    for each in ((line.now, line.was) if swapped else (line.was, line.now))
                ),
                line.is_moved,
            )
            for line in lines(found)
        ),
        Counter(
            (
                *(
                    (part.heading_now, part.heading_was)
                    if swapped
                    else (part.heading_was, part.heading_now)
                ),
                part.is_moved,
            )
            for part in found.parts
        ),
        Counter(
            (annex.now, annex.was, annex.is_same)
            if swapped
            else (annex.was, annex.now, annex.is_same)
            for annex in found.annexes
        ),
        [bool(fact.strands) for fact in found.facts],
    )


@settings(max_examples=60)
@given(ANY_TWO)
def test_swapping_the_papers_mirrors_the_comparison(both):
    assert mirrored(compare(*both)) == mirrored(compare(*both[::-1]), swapped=True)


@settings(max_examples=60)
@given(ANY_TWO)
def test_kept_words_with_removed_or_added_ones_give_the_two_texts(both):
    for line in lines(compare(*both)):
        if line.strands:
            was = "".join(strand.text for strand in line.strands if not strand.is_added)
            now = "".join(strand.text for strand in line.strands if not strand.is_removed)
            # A kept word has the white space that follows it in the later text.
            assert (was.split(), now) == (text_of(line.was).split(), text_of(line.now))


@settings(max_examples=60)
@given(ANY_TWO)
def test_lines_marked_as_the_same_have_the_same_text(both):
    for line in lines(compare(*both)):
        if line.kind in (Kind.SAME, Kind.MOVED):
            assert text_of(line.was) == text_of(line.now)


# --- paragraphs -------------------------------------------------------------------------------


def differences(found):
    """Return each paragraph that is not the same: (kind, number before, number now)."""
    return [
        (line.label, line.was and line.was.number, line.now and line.now.number)
        for part in (*found.parts, found.closing)
        for line in part.lines
        if line.kind != Kind.SAME
    ]


def with_section(kind, *paragraphs):
    """Return the sample with other paragraphs in a section."""
    return document(
        sections=[
            replace(each, paragraphs=paragraphs) if each.kind == kind else each
            for each in sections()
        ]
    )


DELAY = sections()[3].paragraphs[0]
MITIGATIONS = sections()[4].paragraphs


def test_an_added_paragraph_changes_only_the_numbers_of_others():
    after = with_section(SectionKind.DELAY, paragraph("p-new", "All of it is late."), DELAY)
    found = compare(document(), after)
    assert differences(found) == [("New", None, 9)]
    mitigation = found.parts[4]
    assert [stretch.summary for stretch in mitigation.stretches] == [
        "2 paragraphs are the same: 11 and 12, were 10 and 11"
    ]
    assert found.summary == (
        "1 paragraph is new and 14 are the same; 2 recommendations are the same."
    )


def test_a_removed_paragraph_is_listed_in_its_old_place():
    before = with_section(
        SectionKind.MITIGATION, MITIGATIONS[0], paragraph("p-old", "Nothing else."), MITIGATIONS[1]
    )
    found = compare(before, document())
    assert differences(found) == [("Gone", 11, None)]
    assert [line.place for line in found.parts[4].lines] == [
        "Paragraph 10",
        "Was paragraph 11",
        "Paragraph 11, was 12",
    ]


def test_two_swapped_paragraphs_are_reported_as_one_move():
    found = compare(document(), with_section(SectionKind.MITIGATION, *MITIGATIONS[::-1]))
    assert differences(found) == [("Moved", 10, 11)], "the shorter one"


def test_a_paragraph_is_matched_in_another_section_by_its_key():
    parts = [
        replace(each, paragraphs=(DELAY, MITIGATIONS[1]))
        if each.kind == SectionKind.DELAY
        else replace(each, paragraphs=MITIGATIONS[:1])
        if each.kind == SectionKind.MITIGATION
        else each
        for each in sections()
    ]
    found = compare(document(), document(sections=parts))
    assert differences(found) == [("Moved", 11, 10)]
    moved = next(line for line in lines(found) if line.is_moved)
    assert moved.place == "Paragraph 10, was 11 under “Mitigation”"


def other_keys(paper):
    """Return the same paper with the keys of another year."""
    return document(
        sections=[
            replace(
                each,
                paragraphs=tuple(replace(one, key=f"{one.key}-again") for one in each.paragraphs),
            )
            for each in paper.sections
        ]
    )


def test_paragraphs_without_a_common_key_are_matched_by_equal_text():
    assert not compare(document(), other_keys(document())).differs


def test_a_rewritten_paragraph_is_matched_by_its_words():
    rewritten = paragraph(
        "p-of-next-year",
        "Three key work items were due within 12 months and are late: formal training of staff (1.1, "
        "395 days late), public awareness (1.2, 425 days late) and research (2.2). None had funding of "
        "its own.",
    )
    found = compare(document(), other_keys(with_section(SectionKind.DELAY, rewritten)))
    assert differences(found) == [("Changed", 9, 9)]


def test_paragraphs_that_share_only_small_words_are_not_matched():
    other = paragraph(
        "p-other", "The Customs Service has no part in the work of the Plan and of this paper."
    )
    found = compare(document(), other_keys(with_section(SectionKind.DELAY, other)))
    assert differences(found) == [("Gone", 9, None), ("New", None, 9)]


def test_changed_words_are_marked_one_by_one():
    after = with_section(SectionKind.DELAY, paragraph("p-09", "Nothing is late."))
    before = with_section(SectionKind.DELAY, paragraph("p-09", "Nothing was ever late."))
    line = compare(before, after).parts[3].lines[0]
    assert [(s.text, s.is_removed, s.is_added) for s in line.strands] == [
        ("Nothing ", False, False),
        ("was ever ", True, False),
        ("is ", False, True),
        ("late.", False, False),
    ]


def test_sub_bullets_are_lines_of_their_paragraph():
    before = with_section(SectionKind.DELAY, paragraph("p-09", "Late:", bullet("a brochure")))
    after = with_section(
        SectionKind.DELAY,
        paragraph("p-09", "Late:", bullet("a brochure", bullet("in Māori")), bullet("a poster")),
    )
    line = compare(before, after).parts[3].lines[0]
    assert text_of(line.now) == "Late:\n• a brochure\n– in Māori\n• a poster"
    assert "".join(s.text for s in line.strands if s.is_added) == "– in Māori\n• a poster"


def test_bold_counts_as_a_change_and_a_language_mark_does_not():
    before = with_section(SectionKind.DELAY, paragraph("p-09", "Nothing is late."))
    bold = (Run("Nothing "), Run("is late", bold=True), Run("."))
    marked = (Run("Nothing "), Run("is late", lang="mi"), Run("."))
    line = (
        compare(before, with_section(SectionKind.DELAY, paragraph("p-09", bold))).parts[3].lines[0]
    )
    assert (line.kind, line.strands, line.looks_differ) == (Kind.CHANGED, (), True)
    assert not compare(before, with_section(SectionKind.DELAY, paragraph("p-09", marked))).differs


def test_a_removed_section_keeps_its_place_and_a_renamed_one_is_matched():
    without = [each for each in sections() if each.kind != SectionKind.DELAY]
    renamed = [
        replace(each, heading="What is done about it")
        if each.kind == SectionKind.MITIGATION
        else each
        for each in without
    ]
    found = compare(document(), document(sections=renamed))
    assert [(part.heading_was, part.heading_now) for part in found.parts] == [
        ("Purpose", "Purpose"),
        ("Background", "Background"),
        ("Achievements", "Achievements"),
        ("Delay", ""),
        ("Mitigation", "What is done about it"),
        ("Next steps", "Next steps"),
    ]
    assert [part.differing for part in found.parts] == [0, 0, 0, 2, 1, 0]


def test_sections_with_the_same_heading_are_matched_whatever_their_text():
    """As in papers of two kinds."""
    parts = sections()
    other = [replace(parts[0], kind=SectionKind.OTHER), *parts[1:]]
    assert not compare(document(), document(sections=other)).parts[0].differing


def test_a_section_in_another_place_is_reported_as_moved():
    parts = sections()
    found = compare(document(), document(sections=[*parts[:3], parts[4], parts[3], parts[5]]))
    assert [part.heading for part in found.parts if part.is_moved] == ["Mitigation"]
    assert differences(found) == []
    assert found.differs


# --- recommendations, cover, annexes ----------------------------------------------------------


def test_recommendations_are_compared_with_their_verbs_and_options():
    asked = sample.recommendations()
    agreed = replace(asked.items[1], verb=Verb.DIRECT)
    after = replace(
        asked,
        items=(
            asked.items[0],
            agreed,
            Recommendation(key="r-03", verb=Verb.NOTE, text=plain("it")),
        ),
    )
    found = compare(document(), document(recommendation=after))
    assert [(line.label, line.place) for line in found.asked.lines] == [
        ("Same", "Recommendation 1"),
        ("Changed", "Recommendation 2"),
        ("New", "Recommendation 3"),
    ]
    changed = found.asked.lines[1].strands
    assert [s.text.strip() for s in changed if s.is_removed] == ["agree", "agreed", "agreed"]
    assert [s.text.strip() for s in changed if s.is_added] == ["direct", "directed", "directed"]


def test_differing_cover_fields_are_listed_by_their_printed_names():
    cover = replace(
        sample.cover(),
        marking=Marking.SENSITIVE,
        copied_to=(),
        agencies_consulted=("Police",),
        not_concurring=("Police",),
    )
    found = compare(document(), document(cover=cover))
    assert [(fact.label, fact.value) for fact in found.changed_facts] == [
        ("Security", "SENSITIVE"),
        ("Copied to", "N/A"),
        ("Agencies consulted", "Police"),
        ("Not concurring", "Police"),
    ]
    assert [fact.label for fact in found.same_facts][:3] == ["Plan", "Minister", "Portfolio"]


def test_annexes_are_reported_as_same_changed_added_or_removed():
    picture, table = sample.progress_picture(), sample.work_item_table()
    before = document(annexes=(picture, table))
    other = replace(picture, note="Without the small ones.")
    assert [
        (annex.heading, annex.is_in_both, annex.is_same)
        for annex in compare(before, document(annexes=(other,))).annexes
    ] == [("The Plan at a glance", True, False), ("Work items", False, False)]
    again = document(annexes=(replace(picture, key="a-09"), table))
    assert not compare(before, again).differs


# --- matching ---------------------------------------------------------------------------------


def passages(*texts, home=0, key="k"):
    return [Passage(f"{key}-{place}", home, text) for place, text in enumerate(texts)]


def test_the_most_similar_of_two_possible_pairs_is_chosen():
    was = passages("Police wrote a policy on trafficking for investigators.", key="a")
    now = passages(
        "Police wrote a policy on brochures for schools.",
        "Police wrote the policy on trafficking for investigators.",
        key="b",
    )
    assert pairs(was, now) == [(0, 1)]


def test_a_match_in_another_section_needs_more_similarity():
    was = passages("Police wrote a policy on trafficking for investigators.", key="a")
    text = "Police wrote a guide on brochures for schools."
    assert pairs(was, passages(text, key="b")) == [(0, 0)]
    assert pairs(was, passages(text, key="b", home=1)) == []


@pytest.mark.parametrize(
    ("found", "moved"),
    [
        ([(0, 0), (1, 1), (2, 2)], []),
        ([(0, 1), (1, 2), (2, 0)], [(2, 0)]),
        ([(0, 2), (1, 0), (2, 1)], [(0, 2)]),
        # Of two swapped paragraphs, the shorter one counts as moved.
        ([(0, 1), (1, 0), (2, 2)], [(1, 0)]),
    ],
)
def test_the_fewest_possible_passages_are_reported_as_moved(found, moved):
    some = passages("a long passage of words", "short", "middling words")
    assert sorted(set(found) - in_order(found, some, some)) == moved


@pytest.mark.parametrize("kept", [0.95, 0.0])
def test_two_papers_of_two_hundred_pages_are_compared_in_about_a_second(kept):
    """2,000 paragraphs with other keys, in a paper's own mix of frequent and rare words."""
    random = Random(2010)
    vocabulary = [f"word{number}" for number in range(4000)]
    weights = [1 / (place + 3) for place in range(4000)]

    def spoken(count):
        return random.choices(vocabulary, weights, k=count)

    texts = [spoken(70) for _ in range(2000)]
    later = [
        [old if random.random() < kept else new for old, new in zip(text, spoken(70), strict=True)]
        for text in texts
    ]
    was, now = (
        with_section(
            SectionKind.DELAY,
            *(paragraph(f"{key}-{place}", " ".join(text)) for place, text in enumerate(side)),
        )
        for key, side in (("a", texts), ("b", later))
    )
    began = process_time()
    found = compare(was, now)
    # Five times the duration on an idle machine.
    assert process_time() - began < 8
    matched = sum(line.was is not None and line.now is not None for line in found.parts[3].lines)
    assert matched > 1950 if kept else matched < 50
