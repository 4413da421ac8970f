"""A draft as plain data: whatever is done to it, numbers have no gaps, references hold, and what a
person wrote stays as written."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.document import Verb, from_json, plain, to_json
from reports.document.markup import Block as Words
from reports.drafting import draft as acts
from reports.drafting.draft import (
    Ask,
    Composed,
    Draft,
    DraftError,
    Drift,
    Origin,
    Part,
    Portion,
    Taken,
)
from reports.drafting.page import HIDE, Block, Mark, Offer
from reports.drafting.paper import assembled
from reports.templatetags.briefings import foot as foot_of
from tests.reports import sample


def generated(key, text):
    return Part(key=key, text=text, origin=Origin.GENERATED, taken=(Taken(key, text),))


def composed(**texts):
    """Return composed paragraphs by content: a list of (key, text)."""
    return [Composed(content, key, text) for content, rows in texts.items() for key, text in rows]


PURPOSE = [("p-1", "One."), ("p-2", "Two.")]
DELAY = [("p-3", "Three.")]
NOW = composed(purpose=PURPOSE, delay=DELAY, recommendation=[("p-9", "You:")])


@pytest.fixture
def draft():
    empty = Draft(
        portions=(
            Portion("purpose", "Purpose", "purpose"),
            Portion("delay", "Delay", "delay"),
            Portion("recommendation", "Recommendation", "recommendation"),
        ),
        asks=(Ask(key="r-1", verb=Verb.NOTE, text="this paper"),),
    )
    return acts.refresh(empty, NOW)


def texts(draft):
    return [[part.text for part in portion.shown] for portion in draft.portions]


def test_a_new_draft_has_the_composed_text_in_the_order_of_its_sections(draft):
    assert texts(draft) == [["One.", "Two."], ["Three."], ["You:"]]
    assert draft.numbers == {"p-1": 1, "p-2": 2, "p-3": 3, "p-9": 4}
    assert {part.origin for part in draft.parts()} == {Origin.GENERATED}


def test_edited_text_is_marked_until_it_matches_the_records_again(draft):
    edited = acts.edit(draft, "p-1", "Our own.")
    assert edited.part("p-1").origin == Origin.EDITED
    assert acts.edit(edited, "p-1", "One.").part("p-1").origin == Origin.GENERATED


def test_a_blank_line_starts_another_paragraph(draft):
    edited = acts.edit(draft, "p-1", "First.\n\nSecond.", new_keys=["p-a"])
    assert texts(edited)[0] == ["First.", "Second.", "Two."]
    assert edited.part("p-a").origin == Origin.WRITTEN


def test_refreshing_updates_generated_paragraphs_and_never_edited_ones(draft):
    edited = acts.edit(draft, "p-1", "Our own.")
    later = composed(
        purpose=[("p-1", "One, later."), ("p-2", "Two, later.")],
        delay=DELAY,
        recommendation=[("p-9", "You:")],
    )
    fresh = acts.refresh(edited, later)
    assert texts(fresh)[0] == ["Our own.", "Two, later."]
    assert acts.drifts(fresh, later) == [Drift("p-1", "One.", "One, later.")]
    assert texts(acts.accept(fresh, "p-1", later))[0][0] == "One, later."
    kept = acts.dismiss(fresh, "p-1", later)
    assert (texts(kept)[0][0], acts.drifts(kept, later)) == ("Our own.", [])


def test_refreshing_removes_outdated_paragraphs_and_places_new_ones(draft):
    later = composed(
        purpose=[("p-2", "Two."), ("p-5", "Five.")],
        delay=[("p-4", "Four."), ("p-3", "Three.")],
        recommendation=[("p-9", "You:")],
    )
    assert texts(acts.refresh(draft, later)) == [
        ["Two.", "Five."],
        ["Four.", "Three."],
        ["You:"],
    ]


def test_joined_paragraphs_do_not_return_on_refresh(draft):
    joined = acts.merge(draft, "p-1")
    assert texts(acts.refresh(joined, NOW))[0] == ["One. Two."]
    gone = composed(purpose=[("p-2", "Two.")], delay=DELAY)
    assert acts.drifts(joined, gone) == [Drift("p-1", "One.\n\nTwo.", "Two.")]


def test_a_hidden_paragraph_is_not_numbered_and_returns_to_its_place(draft):
    hidden = acts.hide(draft, "p-1")
    assert texts(hidden)[0] == ["Two."]
    assert hidden.numbers == {"p-2": 1, "p-3": 2, "p-9": 3}
    assert acts.restore(hidden, "p-1") == draft


def test_a_reference_follows_its_paragraph(draft):
    referring = acts.edit(draft, "p-3", "See paragraph {2}.")
    assert referring.part("p-3").text == "See paragraph {p-2}."
    moved = acts.move(referring, "p-2", "purpose", 0)
    assert acts.printed(moved, moved.part("p-3").text) == "See paragraph 1."
    assert acts.to_numbers(moved, moved.part("p-3").text) == "See paragraph {1}."
    joined = acts.merge(referring, "p-1")
    assert acts.printed(joined, joined.part("p-3").text) == "See paragraph 1."
    assert acts.broken_references(acts.hide(referring, "p-2")) == ["p-3"]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda d: acts.edit(d, "p-1", "  "), "Write the paragraph, or leave it out."),
        (lambda d: acts.edit(d, "p-1", "See {12}."), "There is no paragraph 12 to refer to."),
        (lambda d: acts.edit(d, "p-8", "x"), "That paragraph is not in this draft."),
        (lambda d: acts.add(d, "nowhere", 0, "p-a", "x"), "That section is not in this draft."),
        (lambda d: acts.merge(d, "p-3"), "There is no paragraph after this one in its section."),
        (
            lambda d: acts.split(d, "p-1", 0, "p-a"),
            "Put the mark between two sentences of the paragraph.",
        ),
        (
            lambda d: acts.add(d, "recommendation", 0, "p-a", "x"),
            "Write only one sentence before the recommendations.",
        ),
        (
            lambda d: acts.hide(d, "p-9"),
            "Write only one sentence before the recommendations.",
        ),
    ],
)
def test_an_impossible_edit_is_refused_with_a_message(draft, act, sentence):
    with pytest.raises(DraftError, match=f"^{sentence.replace('{', '.').replace('}', '.')}$"):
        act(draft)


def test_a_paragraph_that_ends_in_bullets_cannot_be_joined(draft):
    listed = acts.edit(draft, "p-1", "These:\n- a\n- b")
    with pytest.raises(DraftError, match="ends in sub-bullets"):
        acts.merge(listed, "p-1")


def test_a_paragraph_is_split_between_its_sentences(draft):
    long = acts.edit(draft, "p-1", "First. Second.")
    halves = acts.split(long, "p-1", 6, "p-a")
    assert texts(halves)[0] == ["First.", "Second.", "Two."]
    assert texts(acts.merge(halves, "p-1"))[0] == ["First. Second.", "Two."]


# --- any sequence of edits ----------------------------------------------------------------------

WORDS = st.sampled_from(["Alpha.", "Beta. Gamma.", "See {1}.", "**Bold** words.", "List:\n- x"])
KEYS = st.sampled_from(["p-1", "p-2", "p-3", "p-9", "p-x0", "p-x1", "p-x2"])
HOMES = st.sampled_from(["purpose", "delay", "recommendation"])
RECORDS = st.lists(
    st.tuples(st.sampled_from(["p-1", "p-2", "p-3", "p-4", "p-5"]), st.sampled_from("UVW")),
    unique_by=lambda pair: pair[0],
)
ACTS = st.one_of(
    st.tuples(st.just("edit"), KEYS, WORDS),
    st.tuples(st.just("add"), HOMES, st.integers(0, 4), WORDS),
    st.tuples(st.just("move"), KEYS, HOMES, st.integers(0, 4)),
    st.tuples(st.just("split"), KEYS, st.integers(0, 15)),
    st.tuples(st.just("merge"), KEYS),
    st.tuples(st.just("hide"), KEYS),
    st.tuples(st.just("restore"), KEYS),
    st.tuples(st.just("refresh"), RECORDS),
)


def done(draft, act, step):
    """Return the draft after an edit, or unchanged if the edit is refused."""
    name, *rest = act
    try:
        match name:
            case "add":
                return acts.add(draft, rest[0], rest[1], f"p-x{step}", rest[2])
            case "split":
                return acts.split(draft, rest[0], rest[1], f"p-x{step}")
            case "edit":
                return acts.edit(draft, rest[0], rest[1], new_keys=[f"p-x{step}"])
            case "refresh":
                rows = [(f"{key}", f"{text} now.") for key, text in rest[0]]
                return acts.refresh(draft, composed(purpose=rows, recommendation=[("p-9", "You:")]))
            case _:
                return getattr(acts, name)(draft, *rest)
    except DraftError:
        return draft


def paper_of(draft):
    """Return the draft as a document, with the sample's cover and annexes."""
    records = SimpleNamespace(
        facts=SimpleNamespace(maori=(), plan=SimpleNamespace(title="Plan of Action")),
        cover=sample.cover(),
        annexes=(sample.progress_picture(),),
    )
    return assembled(draft, records)


def test_recommendations_close_the_paper_wherever_their_section_is(draft):
    first = Draft(draft.portions[::-1], draft.asks)
    assert first.numbers == {"p-3": 1, "p-1": 2, "p-2": 3, "p-9": 4}
    assert [(each.key, each.number) for each in paper_of(first).paragraphs()] == list(
        first.numbers.items()
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_any_edits_keep_numbers_without_gaps_and_edited_text(sequence):
    draft = acts.refresh(
        Draft((
            Portion("purpose", "Purpose", "purpose"),
            Portion("delay", "Delay", "delay"),
            Portion("recommendation", "Recommendation", "recommendation"),
        ), (Ask(key="r-1", verb=Verb.NOTE, text="this paper, and paragraph {p-1}"),)),
        NOW,
    )  # fmt: skip
    for step, act in enumerate(sequence):
        before = draft
        draft = done(draft, act, step)
        shown = [part.key for portion in draft.portions for part in portion.shown]
        assert [draft.numbers[key] for key in shown] == list(range(1, len(shown) + 1))
        for part in draft.parts():
            number = acts.to_numbers(draft, part.text)
            for key in acts.REFERENCE.findall(part.text):
                if key in draft.numbers:
                    assert f"{{{draft.numbers[key]}}}" in number
        if act[0] == "refresh":
            kept = {part.key: part for part in draft.parts()}
            for part in before.parts():
                if part.origin != Origin.GENERATED:
                    assert kept[part.key] == part
        if act[0] in ("move", "hide", "restore"):
            words = sorted(part.text for part in before.parts())
            assert sorted(part.text for part in draft.parts()) == words
        document = paper_of(draft)
        assert {each.key: each.number for each in document.paragraphs()} == draft.numbers
        assert from_json(to_json(document)) == document


def block_of(number=3, origin=Origin.GENERATED):
    return Block(
        part=replace(generated("p-3", "Three."), origin=origin),
        version=1,
        number=number,
        words=Words(plain("Three <3>.")),
        is_broken=False,
        marks=(Mark("Too long.", "Split it.", (Offer("Leave it out", HIDE),)),),
    )


@pytest.mark.parametrize("number", [3, 0])
@pytest.mark.parametrize("may_change", [True, False])
def test_a_plain_paragraph_is_the_same_where_the_template_writes_it(number, may_change):
    context = {
        "blocks": [block_of(number)],
        "plan": SimpleNamespace(slug="plan"),
        "briefing": SimpleNamespace(pk=1),
        "page": SimpleNamespace(seen=""),
        "here": "/draft/",
        "paragraphs": "/draft/paragraphs/",
        "suggested": {},
        "may_change": may_change,
        "csrf_token": "token",
    }
    # It writes the one that a new paragraph follows.
    plain_one, other = (
        render_to_string("reports/workshop/blocks.html", context | {"new": new}).split("</li>")[0]
        for new in ({}, {"after": "p-3", "key": "p-4"})
    )
    assert plain_one.split() == other.split() != []


def foot(*, may_change, origin=Origin.GENERATED):
    """Return the links below paragraph 3."""
    block = block_of(origin=origin)
    return foot_of(block, "/draft/", "/draft/paragraphs/", may_change=may_change, suggested={})


def test_a_reader_of_a_paragraph_has_its_sources_and_versions():
    assert foot(may_change=False, origin=Origin.EDITED) == (
        '<div class="workshop-foot screen-only"><span class="workshop-origin" data-origin>Edited</span>\n'
        '<a href="/draft/?at=p-3#sources">Sources<span class="visually-hidden"> of paragraph 3</span></a>'
        '<a href="/draft/paragraphs/p-3/versions/">Versions'
        '<span class="visually-hidden"> of paragraph 3</span></a>\n</div>'
    )


def test_a_coordinator_edits_a_paragraph_and_opens_its_menu():
    html = foot(may_change=True)
    assert html == (
        '<div class="workshop-foot screen-only"><span class="workshop-origin" data-origin></span>\n'
        '<a href="/draft/?edit=p-3#p-3" data-open data-edit>Edit'
        '<span class="visually-hidden"> paragraph 3</span></a>'
        '<details id="more-p-3" data-more><summary>More'
        '<span class="visually-hidden"> for paragraph 3</span></summary><p data-menu>'
        '<a href="/draft/paragraphs/p-3/acts/">All actions</a></p></details>\n</div>'
    )
