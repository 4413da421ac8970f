"""Test the services of kinds of briefing, and that existing drafts do not change."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from agencies.records import history
from reports.document import to_json, words
from reports.drafting.page import page_of
from reports.drafting.paper import composed, document_of
from reports.kinds.kind_history import history_of
from reports.kinds.pattern import preview, preview_briefing
from reports.kinds.services import kinds
from reports.models import BriefingKind, KindSection
from reports.render.docx import render_docx
from reports.render.html import document_html
from reports.workshop.services import drafts
from tests.factories import BriefingKindFactory, KindSectionFactory, MilestoneFactory
from tests.reports.drafted import BEFORE, drafted
from tests.reports.word_reading import opened
from workitems.plan.services import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2010, 7, 30)


@pytest.fixture
def plan(plan):
    plan.title = "Plan of Action to Prevent People Trafficking"
    plan.save()
    return plan


@pytest.fixture
def kind(plan, by):
    """The plan's annual report, as it comes with the product."""
    with time_machine.travel(BEFORE):
        kinds.take_patterns(plan=plan, by=by)
    return BriefingKind.objects.select_related("plan").get(plan=plan, slug="annual")


@pytest.mark.both_databases
def test_a_kind_comes_with_its_sections_and_their_history_in_two_statements(
    plan, by, django_assert_num_queries
):
    kinds.take_patterns(plan=plan, by=by)
    pattern = kinds.patterns()[0]
    with django_assert_num_queries(10):
        kind = kinds.take_pattern(
            plan=plan, pattern={**pattern, "name": "Another", "slug": "another"}, by=by
        )
    assert [row.key for row in kind.sections.in_order()] == [
        section["key"] for section in pattern["sections"]
    ]
    for row in kind.sections.all():
        [begun] = row.history.all()
        assert (begun.history_type, begun.history_user, begun.history_actor) == (
            "+", by, by.signature
        )  # fmt: skip
        assert (begun.history_change_reason, begun.heading) == (kinds.CAME_ALONG, row.heading)


def section(kind, key):
    return kind.sections.get(key=key)


def headings(kind):
    return [row.heading for row in kind.sections.live().in_order()]


def change(row, by, **words):
    typed = {
        "heading": row.heading,
        "content": row.content,
        "standing_text": row.standing_text,
        "version": row.version,
    }
    return kinds.change_section(section=row, by=by, **(typed | words))


def add(kind, by, **words):
    typed = {
        "heading": "Money",
        "content": "",
        "standing_text": "The Plan is paid for from baselines.",
        "after": "delay",
    }
    return kinds.add_section(kind=kind, by=by, **(typed | words))


def change_kind(kind, by, **words):
    typed = {
        "name": kind.name,
        "title": kind.title,
        "annexes": kind.annexes,
        "most_words": kind.most_words,
        "asks": kind.asks,
        "version": kind.version,
    }
    return kinds.change_kind(kind=kind, by=by, **(typed | words))


# --- the text of a section ----------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_section_can_be_reworded_and_records_the_reason(kind, by):
    row = change(
        section(kind, "delay"), by, heading="  What is   late ", standing_text="In short:\r\n\r\n- one"
    , reason="The Minister asked.")  # fmt: skip
    row.refresh_from_db()
    assert (row.heading, row.standing_text, row.version) == (
        "What is late",
        "In short:\n\n- one",
        2,
    )
    newest = row.history.latest()
    assert (newest.history_user, newest.history_change_reason) == (by, "The Minister asked.")


@pytest.mark.both_databases
def test_saving_an_unchanged_section_writes_nothing(kind, by):
    row = change(section(kind, "delay"), by)
    assert (row.version, row.history.count()) == (1, 1)


def test_saving_from_an_outdated_page_is_a_conflict_with_the_current_text(kind, by):
    row = section(kind, "delay")
    change(row, by, standing_text="Theirs.")
    with pytest.raises(Conflict) as caught:
        change(row, by, standing_text="Ours.")
    assert caught.value.current.standing_text == "Theirs."


def test_moving_a_section_meanwhile_is_not_a_conflict(kind, by):
    row = section(kind, "delay")
    kinds.move_section(section=row, places=-1, by=by)
    assert change(row, by, standing_text="Ours.").position == 3


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"heading": " \n "}, "heading", "Give the section a heading."),
        ({"heading": "x" * 201}, "heading", "That is 201 characters long; the limit is 200."),
        (
            {"heading": "a\u202eb"},
            "heading",
            "The text holds a character that cannot be printed (U+202E).",
        ),
        ({"heading": "PURPOSE"}, "heading", "There is already a section “Purpose”."),
        ({"content": "gossip"}, "content", "Choose what is generated into the section."),
        (
            {"content": "purpose"},
            "content",
            "“Purpose” already has that text. A briefing says each thing once.",
        ),
        (
            {"content": "recommendation"},
            "content",
            "“Recommendation” already has that text. A briefing says each thing once.",
        ),
        (
            {"standing_text": "Late\x07"},
            "standing_text",
            "The text holds a character that cannot be printed (U+0007).",
        ),
        (
            {"standing_text": "In short:\n- one\n  - two\n    - three"},
            "standing_text",
            "Sub-bullets go two levels deep at most.",
        ),
        (
            {"standing_text": "x" * 10_001},
            "standing_text",
            "The text is 10,001 characters long; the limit is 10,000.",
        ),
        (
            {"standing_text": "See {12}."},
            "standing_text",
            "“{12}” is nothing that a briefing fills in; that is {plan}, {released}, {period} and "
            "{date}.",
        ),
    ],
)
def test_invalid_text_is_refused_at_its_field_and_nothing_is_saved(kind, by, typed, field, says):
    row = section(kind, "delay")
    with pytest.raises(Refused) as caught:
        change(row, by, **typed)
    assert (str(caught.value), caught.value.field) == (says, field)
    assert KindSection.objects.get(pk=row.pk).version == 1


def test_a_preview_refuses_what_saving_refuses(kind):
    row = section(kind, "delay")
    with pytest.raises(Refused, match="Give the section a heading"):
        kinds.as_written(section=row, heading="", content="delay", standing_text="")
    with pytest.raises(Refused, match="already has that text"):
        kinds.as_added(kind=kind, heading="A", content="delay", standing_text="", after="delay")


def test_the_closing_section_keeps_its_content_and_accepts_one_sentence(kind, by):
    row = section(kind, "recommendation")
    with pytest.raises(Refused, match="Every briefing ends with its recommendations"):
        change(row, by, content="")
    for text in ("One.\n\nTwo.", "One:\n- two"):
        with pytest.raises(Refused, match="only one sentence before"):
            change(row, by, standing_text=text)
    assert change(row, by, standing_text="We ask you to:").version == 2


# --- sections and their order ------------------------------------------------------------------


@pytest.mark.parametrize(("after", "place"), [("first", 0), ("purpose", 1), ("next-steps", 6)])
@pytest.mark.both_databases
def test_a_section_is_added_at_the_chosen_place(kind, by, after, place):
    before = headings(kind)
    added = add(kind, by, after=after)
    assert headings(kind) == [*before[:place], "Money", *before[place:]]
    assert added.key not in before
    positions = list(kind.sections.live().in_order().values_list("position", flat=True))
    assert positions == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("after", ["recommendation", "nowhere", ""])
def test_no_section_can_follow_the_recommendation(kind, by, after):
    with pytest.raises(Refused, match="The recommendations stay last") as caught:
        add(kind, by, after=after)
    assert caught.value.field == "after"


def test_a_kind_has_a_limited_number_of_sections(kind, by):
    for number in range(kinds.MOST_SECTIONS - 7):
        KindSectionFactory(kind=kind, position=number + 10)
    with pytest.raises(Refused, match="at most 30 sections"):
        add(kind, by)


def test_a_section_moves_up_and_down(kind, by):
    kinds.move_section(section=section(kind, "delay"), places=-1, by=by)
    assert headings(kind)[2:4] == ["Delay", "Achievements"]
    kinds.move_section(section=section(kind, "delay"), places=1, by=by)
    assert headings(kind)[2:4] == ["Achievements", "Delay"]


@pytest.mark.parametrize(
    ("key", "places", "says"),
    [
        ("purpose", -1, "“Purpose” is first already."),
        ("next-steps", 1, "“Next steps” is last before the recommendation already."),
        ("recommendation", -1, "“Recommendation” ends the briefing, so it stays last."),
    ],
)
def test_a_section_cannot_move_past_the_edge(kind, by, key, places, says):
    with pytest.raises(Refused) as caught:
        kinds.move_section(section=section(kind, key), places=places, by=by)
    assert str(caught.value) == says


def test_a_withdrawn_section_is_restored_in_its_old_place(kind, by):
    before = headings(kind)
    row = section(kind, "delay")
    kinds.withdraw_section(section=row, on=TODAY, by=by, reason="Nothing is late.")
    assert headings(kind) == [heading for heading in before if heading != "Delay"]
    assert row.history.latest().history_change_reason == "Nothing is late."
    for act in (
        lambda: change(section(kind, "delay"), by, standing_text="More."),
        lambda: kinds.move_section(section=row, places=1, by=by),
        lambda: kinds.withdraw_section(section=row, on=TODAY, by=by, reason="Again."),
    ):
        with pytest.raises(Refused, match="“Delay” is (already )?withdrawn"):
            act()
    kinds.restore_section(section=row, by=by)
    assert headings(kind) == before


def test_a_section_cannot_be_restored_if_another_has_its_content(kind, by):
    row = section(kind, "delay")
    kinds.withdraw_section(section=row, on=TODAY, by=by, reason="Nothing is late.")
    other = add(kind, by, heading="What is late", content="delay", after="first")
    with pytest.raises(Refused, match="“What is late” already has that text"):
        kinds.restore_section(section=row, by=by)
    change(other, by, content="", heading="delay")
    with pytest.raises(Refused, match="There is already a section “delay”."):
        kinds.restore_section(section=row, by=by)


def test_the_recommendation_and_the_last_other_section_cannot_be_withdrawn(kind, by):
    with pytest.raises(Refused, match="so this section cannot be withdrawn"):
        kinds.withdraw_section(
            section=section(kind, "recommendation"), on=TODAY, by=by, reason="No."
        )
    *most, _, _ = kind.sections.live().in_order()
    for row in most:
        kinds.withdraw_section(section=row, on=TODAY, by=by, reason="Not needed.")
    with pytest.raises(Refused, match="at least one section before its recommendation"):
        kinds.withdraw_section(
            section=section(kind, "next-steps"), on=TODAY, by=by, reason="Nor this."
        )


# --- the kind itself ----------------------------------------------------------------------------


def test_the_name_annexes_and_recommendations_of_a_kind_can_be_changed(kind, by):
    asks = [
        {"verb": "note", "text": ""},
        {"verb": "agree", "text": "to the  new dates"},
        {"verb": "forward", "text": "this paper"},
    ]
    change_kind(
        kind,
        by,
        name="Yearly report",
        title="The year  of {plan}",
        annexes=["items", "progress"],
        most_words=800,
        asks=asks,
    )
    kind.refresh_from_db()
    assert (kind.name, kind.slug, kind.version) == ("Yearly report", "annual", 2)
    assert kind.title == "The year of {plan}"
    assert (kind.annexes, kind.most_words) == (["items", "progress"], 800)
    assert kind.asks == [
        {"verb": "agree", "text": "to the new dates"},
        {"verb": "forward", "text": "this paper"},
    ]


@pytest.mark.both_databases
def test_saving_an_unchanged_kind_writes_nothing(kind, by):
    assert change_kind(kind, by).version == 1
    assert kind.history.count() == 1


def test_saving_a_kind_from_an_outdated_page_is_a_conflict(kind, by):
    change_kind(kind, by, name="Yearly report")
    with pytest.raises(Conflict) as caught:
        change_kind(kind, by, name="Report of the year")
    assert caught.value.current.name == "Yearly report"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": " "}, "name", "Give the kind of briefing a name."),
        ({"title": "\n"}, "title", "Give the briefings of this kind a title."),
        ({"title": "x" * 151}, "title", "That is 151 characters long; the limit is 150."),
        (
            {"title": "Report of {year}"},
            "title",
            "“{year}” is nothing that a briefing fills in; that is {plan}, {released}, {period} and "
            "{date}.",
        ),
        ({"name": "x" * 101}, "name", "That is 101 characters long; the limit is 100."),
        (
            {"name": "RISK ALERT"},
            "name",
            "The plan already has a kind of briefing “Risk alert”.",
        ),
        ({"annexes": ["items", "items"]}, None, "Choose each annex once, from those in the list."),
        ({"annexes": ["secrets"]}, None, "Choose each annex once, from those in the list."),
        (
            {"asks": [{"verb": "note", "text": " "}]},
            "text-1",
            "A briefing must have at least one recommendation.",
        ),
        (
            {"asks": [{"verb": "note", "text": ""}, {"verb": "note", "text": "a\n\nb"}]},
            "text-2",
            "Write a recommendation as one sentence, without sub-bullets.",
        ),
        (
            {"asks": [{"verb": "note", "text": "see {12}"}]},
            "text-1",
            "Write the recommendation without braces. Nothing is filled in here.",
        ),
        (
            {"asks": [{"verb": "note", "text": "a\x07"}]},
            "text-1",
            "The text holds a character that cannot be printed (U+0007).",
        ),
        (
            {"asks": [{"verb": "note", "text": "this"}] * 11},
            None,
            "A kind of briefing can make at most 10 recommendations.",
        ),
        ({"most_words": 199}, "most_words", "Enter a number of words from 200 to 5,000."),
        ({"most_words": 5_001}, "most_words", "Enter a number of words from 200 to 5,000."),
    ],
)
def test_an_invalid_kind_is_refused_at_its_field(kind, by, typed, field, says):
    with pytest.raises(Refused) as caught:
        change_kind(kind, by, **typed)
    assert (str(caught.value), caught.value.field) == (says, field)
    assert BriefingKind.objects.get(pk=kind.pk).version == 1


def test_a_copy_has_the_current_sections_and_is_independent(kind, by):
    kinds.withdraw_section(section=section(kind, "delay"), on=TODAY, by=by, reason="Not here.")
    made = kinds.copy_kind(kind=kind, name="Half-year report", by=by)
    assert (made.slug, made.annexes, made.asks) == ("half-year-report", kind.annexes, kind.asks)
    assert made.title == kind.title
    assert headings(made) == headings(kind)
    change(section(made, "purpose"), by, heading="Why this paper")
    assert headings(kind)[0] == "Purpose"
    assert kinds.copy_kind(kind=made, name="Half-year report!", by=by).slug == "half-year-report-2"
    assert kinds.copy_kind(kind=made, name="報告", by=by).slug == "kind"
    with pytest.raises(Refused, match="already has a kind of briefing “Annual report”"):
        kinds.copy_kind(kind=made, name="annual report", by=by)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kind: BriefingKindFactory(plan=kind.plan, name="ANNUAL REPORT"),
        lambda kind: BriefingKindFactory(plan=kind.plan, name=""),
        lambda kind: BriefingKindFactory(plan=kind.plan, name="Other", asks=[]),
        lambda kind: KindSectionFactory(kind=kind, heading=""),
        lambda kind: KindSectionFactory(
            kind=BriefingKindFactory(plan=kind.plan, name="Other"),
            content="recommendation",
            withdrawn_on=TODAY,
        ),
    ],
    ids=["name twice", "no name", "asks nothing", "no heading", "recommendation withdrawn"],
)
@pytest.mark.both_databases
def test_the_database_refuses_an_invalid_kind(kind, spoil):
    with pytest.raises(IntegrityError), transaction.atomic():
        spoil(kind)


# --- the paper of a kind ------------------------------------------------------------------------


def paper(briefing):
    document = document_of(briefing)
    return [
        (each.heading, [words(paragraph.text) for paragraph in each.paragraphs])
        for each in document.sections
    ]


def test_changing_a_kind_never_changes_a_briefing_already_begun(kind, plan, item, by):
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by)
    before = to_json(document_of(briefing))
    change(section(kind, "delay"), by, heading="Late", standing_text="In short.")
    add(kind, by)
    kinds.move_section(section=section(kind, "purpose"), places=1, by=by)
    kinds.withdraw_section(section=section(kind, "background"), on=TODAY, by=by, reason="Known.")
    change_kind(kind, by, annexes=[], asks=[{"verb": "agree", "text": "to it"}])
    assert to_json(document_of(briefing)) == before
    assert drafts.refresh(briefing=briefing, composed=composed(briefing), by=by) == 0
    assert to_json(document_of(briefing)) == before


def reordered(kind, by):
    """Put a new section first, delay before achievements, purpose third."""
    kinds.move_section(section=section(kind, "delay"), places=-1, by=by)
    kinds.move_section(section=section(kind, "purpose"), places=1, by=by)
    add(kind, by, heading="Money", standing_text="Paid from baselines.", after="first")
    return ["Money", "Background", "Purpose", "Delay", "Achievements", "Mitigation", "Next steps"]


def test_every_output_format_has_the_section_order_of_the_kind(kind, plan, item, by):
    wanted = [*reordered(kind, by), "Recommendation"]
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by)
    document = document_of(briefing)
    html = document_html(document)
    places = [html.index(f"<h2>{heading}</h2>") for heading in wanted]
    assert places == sorted(places)
    in_word = [each.text for each in opened(render_docx(document)).paragraphs]
    assert [text for text in in_word if text in wanted] == wanted
    assert [chapter.portion.heading for chapter in page_of(briefing).chapters] == wanted
    data = to_json(document).decode()
    in_json = [data.index(f'"heading":"{heading}"') for heading in wanted[:-1]]
    assert in_json == sorted(in_json)


def test_the_preview_matches_the_paper_of_a_new_draft(kind, plan, item, by):
    reordered(kind, by)
    change(
        section(kind, "recommendation"), by, heading="What we ask", standing_text="We ask that you:"
    )
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by)
    tried = preview(
        preview_briefing(plan, TODAY, kind.title),
        kind.sections.live().in_order(),
        asks=kind.asks,
        annexes=kind.annexes,
        in_full=True,
    ).document
    begun = document_of(briefing)
    assert tried.sections == begun.sections
    assert tried.annexes == begun.annexes
    assert tried.recommendation.heading == "What we ask"
    assert words(begun.recommendation.lead.text) == "We ask that you:"
    assert words(tried.recommendation.lead.text) == "We ask that you:"


def test_placeholders_in_standing_text_are_filled_in_by_each_briefing(kind, plan, item, by):
    change(
        section(kind, "background"),
        by,
        standing_text="{plan} was released on {released}.\n\nAs at {date}, of {plan}:\n- {plan}",
    )
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by)
    one, two = document_of(briefing).sections[1].paragraphs[:2]
    assert words(one.text) == (
        "The Plan of Action to Prevent People Trafficking was released on 31 July 2009."
    )
    assert words(two.text) == (
        "As at 30 July 2010, of the Plan of Action to Prevent People Trafficking:"
    )
    assert words(two.bullets[0].text) == "The Plan of Action to Prevent People Trafficking"


def test_standing_text_under_a_known_key_is_not_taken_for_generated_content(kind, plan, item, by):
    """A section's key says nothing of its content: "delay" may hold standing text, "s-…" the delays."""
    change(section(kind, "delay"), by, heading="On delays", content="", standing_text="In short.")
    add(kind, by, heading="What is late", content="delay", standing_text="", after="purpose")
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by)
    texts = dict(paper(briefing))
    assert texts["On delays"] == ["In short."]
    assert [text for text in texts["What is late"] if text.startswith("No delay was recorded")] == (
        texts["What is late"]
    )


@pytest.mark.parametrize(
    ("annexes", "says"),
    [
        (["progress", "items"], "Annex B has every milestone; one is due in the next year."),
        (["items"], "Annex A has every milestone; one is due in the next year."),
        (["risks"], "One milestone follows in the next 12 months."),
        ([], "One milestone follows in the next 12 months."),
    ],
)
def test_the_text_mentions_only_annexes_that_are_included(kind, plan, item, by, annexes, says):
    change_kind(kind, by, annexes=annexes)
    with time_machine.travel(BEFORE):
        MilestoneFactory(item=item, original_due=date(2011, 6, 30))
        briefing = drafted(plan, item, by)
    closing = dict(paper(briefing))["Next steps"][-1]
    assert closing.partition(" You will be told")[0] == says


@pytest.mark.parametrize(
    ("slug", "headings", "opens"),
    [
        (
            "interim",
            ["Purpose", "Progress since the last report", "Delay", "Mitigation", "Next steps"],
            "This paper tells you how the Plan of Action to Prevent People Trafficking (the Plan), "
            "which was released on 31 July 2009, has gone since the last report. It covers the 12 "
            "months to 30 July 2010.",
        ),
        (
            "risk-alert",
            ["Purpose", "The risks", "What is late", "What is being done"],
            "This paper tells you of risks to the Plan of Action to Prevent People Trafficking (the "
            "Plan), which was released on 31 July 2009, that its working group cannot settle by "
            "itself. It says what is late and what is being done, as at 30 July 2010.",
        ),
    ],
)
def test_the_other_kinds_have_their_own_headings_and_opening(
    kind, plan, item, by, slug, headings, opens
):
    with time_machine.travel(BEFORE):
        briefing = drafted(plan, item, by, kind=slug)
    texts = paper(briefing)
    assert [heading for heading, _ in texts] == headings
    assert texts[0][1][0] == opens


# --- its history --------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_history_of_a_kind_reads_as_sentences_newest_first(kind, by):
    row = section(kind, "delay")
    change(row, by, heading="What is late", standing_text="In short.", reason="Plainer.")
    kinds.move_section(section=row, places=-1, by=by)
    added = add(kind, by, reason="Treasury asked.")
    change(added, by, content="risks")
    kinds.withdraw_section(section=added, on=TODAY, by=by, reason="Too long.")
    kinds.restore_section(section=added, by=by)
    change_kind(
        kind,
        by,
        name="Yearly report",
        title="Report on {period}",
        annexes=[],
        most_words=1_500,
        asks=[{"verb": "agree", "text": "to it"}],
    )
    entries = [(entry.what, entry.why) for entry in history_of(kind)]
    assert entries == [
        ("changed what it asks of the Minister:", ""),
        ("changed the most words from 950 to 1,500.", ""),
        ("changed the annexes to: none.", ""),
        (
            "changed its briefings’ title from “Progress on {plan}” to “Report on {period}”.",
            "",
        ),
        ("renamed it from “Annual report” to “Yearly report”.", ""),
        ("brought back the section “Money”.", ""),
        ("withdrew the section “Money”.", "Too long."),
        (
            "changed what is written into “Money” from “Standing text alone” to “The risks that are "
            "with the Minister”.",
            "",
        ),
        ("added the section “Money”.", "Treasury asked."),
        ("moved the section “What is late” up.", ""),
        ("changed the standing text of “What is late”:", "Plainer."),
        ("renamed the section “Delay” to “What is late”.", "Plainer."),
        ("made “Annual report” a kind of briefing of this plan.", ""),
    ]
    assert {entry.who for entry in history_of(kind)} == {by.signature}


def test_a_change_without_an_author_is_attributed_to_the_register(by):
    row = BriefingKindFactory(slug="interim", title="Progress on {plan}")
    history.save(row, by=by)
    row.title = "Interim report on {plan}"
    history.save(row, by=None)
    change_kind(row, by, annexes=["delays"])
    assert [(entry.who, entry.what) for entry in history_of(row)][:2] == [
        (by.signature, "changed the annexes to: Register of delays."),
        (
            "Plan Register",
            "changed its briefings’ title from “Progress on {plan}” to “Interim report on {plan}”.",
        ),
    ]
