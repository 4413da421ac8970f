"""Test that withheld words are gone from the redacted document, and that the rest stays."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from reports.document import (
    Contact,
    Document,
    DocumentError,
    MeasureTable,
    ProgressPicture,
    Run,
    WorkItemTable,
    from_json,
    plain,
    to_json,
    words,
)
from reports.requests.redaction.redact import (
    NO_DATE,
    ROWS,
    BadSpan,
    Span,
    is_name_of_official,
    label,
    leaves,
    needles,
    occurrences,
    redact,
    visible_elsewhere,
    wholes,
)
from reports.requests.redaction.withheld_words import APART, Searched, sought
from tests.reports import sample
from tests.reports.documents_at_random import documents

MUSEUM = Path(__file__).parents[2] / "museum"
A, G = ("9(2)(a)",), ("9(2)(g)(i)",)


@pytest.fixture(scope="module")
def paper():
    return sample.document(annexes=sample.annexes())


def whole(document, place, grounds=A):
    found = {leaf.place: leaf for leaf in (*leaves(document), *wholes(document))}
    return Span(place, 0, len(found[place].text), grounds)


def of(document, place, text, grounds=A):
    """The span of these words at a place."""
    (leaf,) = (leaf for leaf in leaves(document) if leaf.place == place)
    start = leaf.text.index(text)
    return Span(place, start, start + len(text), grounds)


def texts(document):
    return {leaf.place: leaf.text for leaf in leaves(document)}


# --- labels ---------------------------------------------------------------------------------


def test_words_become_a_label_with_their_ground(paper):
    before = texts(paper)["sections.0.paragraphs.0.text"]
    span = of(paper, "sections.0.paragraphs.0.text", before.split()[2])
    after = texts(redact(paper, [span]))["sections.0.paragraphs.0.text"]
    assert after == before.replace(before.split()[2], "[s 9(2)(a)]", 1)


def test_several_grounds_are_in_one_label_in_the_order_of_the_act():
    assert label(["18(g)", "9(2)(g)(i)", "9(2)(ba)(i)", "9(2)(a)", "6(c)", "9(2)(a)"]) == (
        "[s 6(c), s 9(2)(a), s 9(2)(ba)(i), s 9(2)(g)(i), s 18(g)]"
    )


@pytest.mark.parametrize(
    ("first", "second"), [((0, 8), (4, 12)), ((0, 8), (8, 12)), ((0, 12), (3, 5))]
)
def test_spans_that_overlap_or_touch_are_one(paper, first, second):
    spans = [Span("cover.title", *first, A), Span("cover.title", *second, G)]
    expected = f"[s 9(2)(a), s 9(2)(g)(i)]{paper.title[12:]}"
    assert redact(paper, spans).title == redact(paper, spans[::-1]).title == expected
    assert needles(paper, spans) == (paper.title[:12].strip(),)


def test_a_label_is_neither_bold_nor_of_another_language(paper):
    text = (Run("Kia ora "), Run("Te Puni", bold=True, lang="mi"), Run(" Kōkiri", lang="mi"))
    closing = paper.recommendation
    paper = replace(paper, recommendation=replace(closing, lead=replace(closing.lead, text=text)))
    after = redact(paper, [of(paper, "recommendation.lead.text", "ora Te Puni Kō")])
    assert after.recommendation.lead.text == (
        Run("Kia "),
        Run("[s 9(2)(a)]"),
        Run("kiri", lang="mi"),
    )


def test_a_contacts_name_and_role_are_apart(paper):
    contact = Contact("A Name", "Policy Adviser", "04 915 4444", "021 555 123")
    paper = replace(paper, cover=replace(paper.cover, contacts=(contact,)))
    spans = [whole(paper, f"cover.contacts.0.{name}") for name in ("name", "direct_dial")]
    (after,) = redact(paper, spans).cover.contacts
    assert after == Contact("[s 9(2)(a)]", "Policy Adviser", "[s 9(2)(a)]", "021 555 123")
    assert is_name_of_official("cover.contacts.0.name")
    assert not is_name_of_official("cover.contacts.0.role")


def test_a_withheld_title_is_gone_from_the_document(paper):
    after = redact(paper, [whole(paper, "cover.title", G)])
    assert after.title == "[s 9(2)(g)(i)]"
    assert paper.title.encode() not in to_json(after)


@pytest.mark.parametrize(
    "span",
    [
        Span("cover.title", 0, 8),
        Span("cover.title", 0, 8, ("",)),
        Span("cover.title", 5, 5, A),
        Span("cover.title", 5, 3, A),
        Span("cover.title", -1, 3, A),
        Span("cover.title", 0, 1000, A),
        Span("cover.subtitle", 0, 3, A),
        Span("sections.0.paragraphs.0", 0, 3, A),
        Span("", 0, 0, A),
    ],
)
def test_a_span_without_ground_or_outside_the_paper_is_refused(paper, span):
    with pytest.raises(BadSpan):
        redact(paper, [span])


def test_labels_that_make_a_text_too_long_are_refused_in_words(paper):
    closing = paper.recommendation
    long = replace(closing.lead, text=plain("a b " * 2500))
    paper = replace(paper, recommendation=replace(closing, lead=long))
    spans = [Span("recommendation.lead.text", at, at + 1, A) for at in range(0, 10_000, 4)]
    with pytest.raises(DocumentError, match="10,000"):
        redact(paper, spans)


# --- whole paragraphs, rows, annexes --------------------------------------------------------


def test_a_withheld_paragraph_is_a_numbered_placeholder(paper):
    number, place = next(
        (paragraph.number, f"sections.{at}.paragraphs.{index}")
        for at, section in enumerate(paper.sections)
        for index, paragraph in enumerate(section.paragraphs)
        if paragraph.bullets
    )
    after = redact(paper, [whole(paper, place, ("9(2)(f)(iv)",))])
    (gone,) = (paragraph for paragraph in after.paragraphs() if paragraph.number == number)
    assert (words(gone.text), gone.bullets) == ("[s 9(2)(f)(iv)]", ())
    assert [each.number for each in after.paragraphs()] == [
        each.number for each in paper.paragraphs()
    ]


def test_a_withheld_recommendation_says_neither_verb_nor_options(paper):
    after = redact(paper, [whole(paper, "recommendation.items.1")]).recommendation.items
    assert after[1].withheld == words(after[1].text) == "[s 9(2)(a)]"
    assert [item.number for item in after] == [item.number for item in paper.recommendation.items]


def test_dates_and_ratings_go_with_their_row(paper):
    for leaf in wholes(paper):
        before, after = (
            at(paper, leaf.place),
            at_or_none(redact(paper, [whole(paper, leaf.place)]), leaf.place),
        )
        if not isinstance(before, ROWS) or after is None or "timeline" in leaf.place:
            continue
        assert after.withheld == "[s 9(2)(a)]", leaf.place
        assert getattr(after, "number", None) == getattr(before, "number", None)
        assert typed(after) & typed(before) <= {NO_DATE, 0, 1}, leaf.place


def at(value, place):
    for part in place.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return value


def at_or_none(value, place):
    try:
        return at(value, place)
    except IndexError:
        return None


def typed(value):
    """The dates and counts within a value."""
    if isinstance(value, tuple):
        return set().union(*map(typed, value))
    if is_dataclass(value):
        return set().union(*(typed(getattr(value, each.name)) for each in fields(value)))
    return {value} if isinstance(value, date | int) and not isinstance(value, Enum) else set()


def test_a_row_is_withheld_when_all_its_words_are(paper):
    table = next(i for i, annex in enumerate(paper.annexes) if isinstance(annex, WorkItemTable))
    place = f"annexes.{table}.pillars.0.rows.0"
    spans = [
        Span(leaf.place, 0, len(leaf.text), A)
        for leaf in leaves(paper)
        if leaf.place.startswith(f"{place}.") and leaf.place != f"{place}.number"
    ]
    assert redact(paper, spans) == redact(paper, [whole(paper, place)])
    some = at(redact(paper, spans[1:]), place)
    assert (some.withheld, some.stage) == ("", at(paper, place).stage)


def test_a_withheld_annex_keeps_its_heading_alone(paper):
    for index, annex in enumerate(paper.annexes):
        after = redact(paper, [whole(paper, f"annexes.{index}")]).annexes[index]
        assert (after.key, after.heading, after.withheld) == (
            annex.key,
            annex.heading,
            "[s 9(2)(a)]",
        )
        assert [
            leaf.text
            for leaf in leaves(replace(paper, annexes=(after,)))
            if leaf.place.startswith("annexes") and leaf.text != "[s 9(2)(a)]"
        ] == [annex.heading]


def picture_of(document):
    return next(annex for annex in document.annexes if isinstance(annex, ProgressPicture))


def test_a_chart_that_would_draw_a_withheld_milestone_is_withheld(paper):
    row = picture_of(paper).timeline[0]
    place = next(
        leaf.place
        for leaf in wholes(paper)
        if ".rows." in leaf.place
        and getattr(at(paper, leaf.place), "label", "") == row.milestone.label
    )
    after = picture_of(redact(paper, [whole(paper, place, G)]))
    assert (after.timeline, after.timeline_withheld) == ((), "[s 9(2)(g)(i)]")
    assert (after.stages_withheld, after.pillars) == ("", picture_of(paper).pillars)


def test_charts_that_would_draw_a_withheld_item_are_withheld(paper):
    number = picture_of(paper).timeline[0].number
    place = next(
        leaf.place
        for leaf in wholes(paper)
        if re.fullmatch(r"annexes\.\d+\.pillars\.\d+\.rows\.\d+", leaf.place)
        and at(paper, leaf.place).number == number
    )
    after = picture_of(redact(paper, [whole(paper, place)]))
    assert (after.timeline_withheld, after.stages_withheld) == ("[s 9(2)(a)]", "[s 9(2)(a)]")
    assert (after.timeline, after.pillars) == ((), ())


def test_a_chart_is_withheld_for_a_row_of_its_own_and_drawn_anew_for_words(paper):
    (index,) = (i for i, annex in enumerate(paper.annexes) if annex == picture_of(paper))
    place = f"annexes.{index}.timeline.0.milestone"
    assert picture_of(redact(paper, [whole(paper, place)])).timeline_withheld == "[s 9(2)(a)]"
    drawn = picture_of(redact(paper, [whole(paper, f"{place}.label")]))
    assert (drawn.timeline[0].milestone.label, drawn.timeline_withheld) == ("[s 9(2)(a)]", "")


def test_a_withheld_heading_loses_its_te_reo_maori(paper):
    heading = paper.sections[0].heading
    paper = replace(paper, cover=replace(paper.cover, design=sample.design()))
    assert heading in [each.heading for each in paper.cover.design.headings]
    after = redact(paper, [whole(paper, "sections.0.heading")])
    assert [each for each in paper.cover.design.headings if each.heading != heading] == list(
        after.cover.design.headings
    )


def test_sources_are_dropped_and_nothing_else(paper):
    after = redact(paper, [])
    assert not any(each.sources for each in (*after.paragraphs(), *after.recommendation.items))
    assert leaves(after) == leaves(paper)


# --- finding words --------------------------------------------------------------------------


def found(document, text):
    by_place = texts(document)
    return [by_place[span.place][span.start : span.end] for span in occurrences(document, text)]


def with_lead(document, text):
    closing = document.recommendation
    lead = replace(closing.lead, text=plain(text))
    return replace(document, recommendation=replace(closing, lead=lead))


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Ask Hēmi Tāne or HEMI  TANE.", "hemi tāne", ["Hēmi Tāne", "HEMI  TANE"]),
        ("He\u0304mi Ta\u0304ne said", "Hēmi Tāne", ["He\u0304mi Ta\u0304ne"]),
        ("Ann wrote the annex for Anna; ann’s.", "Ann", ["Ann", "ann"]),
        ("Ring 04 915 4444 or 049154444.", "04 915 4444", ["04 915 4444", "049154444"]),
        ("Straße (Nord) +", "strasse (nord)", ["Straße (Nord)"]),
        ("Labour’s “best” case", 'labour\'s "best"', ["Labour’s “best”"]),
        ('Labour\'s "best" case', "Labour’s “best”", ['Labour\'s "best"']),
        (
            "Ask for money. To ask for money, write",
            "ask for money.",
            ["Ask for money", "ask for money"],
        ),
        ("nothing", "   ", []),
    ],
)
def test_occurrences_are_found_however_they_are_written(paper, text, asked, expected):
    assert found(with_lead(paper, text), asked) == expected


def test_every_occurrence_in_all_parts_is_found(paper):
    places = {span.place.split(".")[0] for span in occurrences(paper, "immigration")}
    assert {"cover", "sections"} <= places


def test_what_is_withheld_once_and_stands_elsewhere_is_reported(paper):
    paper = with_lead(paper, "Rāwiri Mātene agreed on 021 555 123. Then RAWIRI MATENE left.")
    one, two = occurrences(paper, "Rāwiri Mātene")
    number = occurrences(paper, "021 555 123")
    spans = [replace(span, grounds=A) for span in (one, *number)]
    assert visible_elsewhere(paper, spans) == ("Rāwiri Mātene",)
    assert visible_elsewhere(paper, [*spans, replace(two, grounds=A)]) == ()


def test_numbers_of_rows_are_no_needles(paper):
    index = next(i for i, annex in enumerate(paper.annexes) if isinstance(annex, WorkItemTable))
    row = paper.annexes[index].pillars[0].rows[0]
    found = needles(paper, [whole(paper, f"annexes.{index}")])
    assert row.title in found and row.number not in found


def test_each_leaf_says_where_it_is(paper):
    where = {leaf.place: leaf.where for leaf in leaves(paper)}
    assert where["cover.title"] == "Cover, title"
    assert where["cover.contacts.0.name"] == "Cover, first contact, name"
    assert (
        where["sections.1.paragraphs.0.text"]
        == f"Paragraph {paper.sections[1].paragraphs[0].number}"
    )
    assert where["recommendation.items.0.text"] == "Recommendation 1"
    assert where["annexes.0.heading"] == "Annex A, heading"
    assert all(where.values())


# --- random documents -----------------------------------------------------------------------


def tagged(document):
    """The document with each text followed by a word of its own, and the words by place."""
    own = {}

    def of(value, place, name):
        if place in printed:
            own[place] = word = f"Q{len(own):04}x"
            return (*value, Run(f" {word}")) if isinstance(value, tuple) else f"{value} {word}"
        if isinstance(value, tuple):
            return tuple(of(entry, f"{place}.{i}", name) for i, entry in enumerate(value))
        if is_dataclass(value):
            return replace(
                value,
                **{
                    each.name: of(
                        getattr(value, each.name), f"{place}.{each.name}".strip("."), each.name
                    )
                    for each in fields(value)
                    if each.init
                },
            )
        return value

    printed = {leaf.place for leaf in leaves(document)}
    return of(document, "", ""), own


def test_papers_of_earlier_versions_can_be_redacted():
    papers = [from_json(path.read_bytes()) for path in MUSEUM.glob("schema-*/papers/*.json")]
    assert len(papers) >= 5
    for paper in papers:
        parts = [leaf for leaf in wholes(paper) if leaf.text]
        spans = [Span(leaf.place, 0, len(leaf.text), A) for leaf in parts[:: len(parts) // 5]]
        redacted = Searched(APART.join(texts(redact(paper, spans)).values()))
        seen = visible_elsewhere(paper, spans)
        assert redacted.found(sought(needles(paper, spans), seen)) == []


def drawn_spans(chance, options, wholes_at):
    """Up to six random spans: of words, of all of a text, of a whole."""
    for _ in range(chance.randint(1, 6)):
        leaf = chance.choice(options)
        start, end = 0, len(leaf.text)
        if leaf.place not in wholes_at and chance.random() < 0.5:
            start = chance.randrange(end)
            end = chance.randint(start + 1, end)
        yield Span(leaf.place, start, end, chance.choice([A, G, A + G, ("6(c)",)]))


def parts_of(document, chance):
    """The document with fewer sections, paragraphs, recommendations and annexes, in another order."""
    closing = document.recommendation
    return Document.assemble(
        plan_title=document.plan_title,
        cover=document.cover,
        sections=[
            replace(section, paragraphs=some_of(section.paragraphs, chance, least=1))
            for section in some_of(document.sections, chance)
        ],
        recommendation=replace(closing, items=some_of(closing.items, chance, least=1)),
        annexes=some_of(document.annexes, chance),
    )


def some_of(parts, chance, least=0):
    return tuple(chance.sample(parts, chance.randint(least, len(parts))))


BATCHES, DRAWN, PARTS = 10, 25, 3


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_withheld_word_is_left_in_a_thousand_random_documents(batch):
    """Of each document that is drawn, three others are made, as drawing takes most of the time."""
    examined = 0

    @seed(batch)
    @settings(max_examples=DRAWN)
    @given(documents(), st.integers())
    def check(drawn, number):
        nonlocal examined
        chance = Random(number)
        for document in (drawn, *(parts_of(drawn, chance) for _ in range(PARTS))):
            check_withholding(document, chance)
            examined += 1

    check()
    assert examined >= 1000 / BATCHES


def check_withholding(document, chance):
    document, own = tagged(document)
    # A heading in te reo Māori prints only beside its heading.
    options = [
        leaf
        for leaf in (*leaves(document), *wholes(document))
        if leaf.text and not leaf.place.startswith("cover.design.headings")
    ]
    wholes_at = {leaf.place for leaf in wholes(document)}
    spans = list(drawn_spans(chance, options, wholes_at))
    after = redact(document, spans)
    check_redacted(document, spans, after, own, texts(document))
    # The document is valid. The order of spans does not matter, nor does putting one twice.
    assert from_json(to_json(after)) == after
    assert redact(document, [*spans[::-1], spans[0]]) == after


def check_redacted(document, spans, after, own, before):
    withheld = needles(document, spans)
    printed = texts(after)
    stored = to_json(after).decode()
    # No text's own word is left when it is withheld.
    all_withheld = "\n".join(withheld)
    assert [word for word in own.values() if word in all_withheld and word in stored] == []
    # Whatever else is still found, the adviser is told of.
    redacted = Searched(APART.join(printed.values()))
    seen = visible_elsewhere(document, spans)
    assert redacted.found(sought(withheld, visible=seen)) == []
    # Numbers stay.
    assert [each.number for each in after.paragraphs()] == [
        each.number for each in document.paragraphs()
    ]
    assert len(after.recommendation.items) == len(document.recommendation.items)
    # Every span has a label with its grounds, and there is no label without a span.
    labels = re.findall(r"\[s \d[^\[\]\"]*\]", stored)
    given = {code for span in spans for code in span.grounds}
    assert set().union(*map(codes, labels)) == given
    assert all(any(set(span.grounds) <= codes(each) for each in labels) for span in spans)
    # What has no label is unchanged.
    assert [
        place for place, text in printed.items() if text != before[place] and "[s " not in text
    ] == []


def codes(label):
    return set(re.findall(r"s ([^,\]]+)", label))


def test_a_document_is_still_one(paper):
    after = redact(paper, [whole(paper, leaf.place) for leaf in leaves(paper)])
    assert isinstance(after, Document)
    assert from_json(to_json(after)) == after


def measures_of(document):
    return next(each for each in document.annexes if isinstance(each, MeasureTable))


def test_a_chart_that_would_draw_withheld_words_of_its_row_is_a_placeholder(paper):
    at_row = f"annexes.{paper.annexes.index(measures_of(paper))}.rows.0"
    was = measures_of(paper).rows[0]
    assert was.chart is not None
    for span in (of(paper, f"{at_row}.last", "83", G), of(paper, f"{at_row}.text", "83", G)):
        row = measures_of(redact(paper, [span])).rows[0]
        assert (row.chart, row.chart_withheld) == (None, "[s 9(2)(g)(i)]")
    row = measures_of(redact(paper, [whole(paper, at_row, G)])).rows[0]
    assert (row.chart, row.withheld) == (None, "[s 9(2)(g)(i)]")
    other = of(paper, f"{at_row.removesuffix('0')}1.state", "No number given")
    assert measures_of(redact(paper, [other])).rows[0] == was


def test_each_text_of_a_measure_is_a_leaf_and_its_chart_is_none(paper):
    at_row = f"annexes.{paper.annexes.index(measures_of(paper))}.rows.0"
    found = [leaf.place.removeprefix(f"{at_row}.") for leaf in leaves(paper) if leaf.place.startswith(at_row)]  # fmt: skip
    assert sorted(found) == ["agency", "last", "number", "state", "target", "text", "title"]
