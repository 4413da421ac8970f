"""Test the marks of a draft: what needs work stands at its paragraph, with the sentence that one press takes."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from agencies.records import history
from reports import checks
from reports.compose.achievements import MAIN_RESULTS
from reports.document import Source
from reports.drafting.paper import read_drafted
from reports.models import BriefingKind
from reports.workshop.services import drafts, overrides
from tests.factories import (
    DelayFactory,
    GlossaryEntryFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneFactory,
    MitigationFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, drafted
from workitems.plan.services import Refused

LONG = "Police trained all staff. They liked it. More of them asked for it."

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database(reason="what a page is sent; drafts are saved on both"),
]


def page_of(client, briefing):
    return client.get(reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk]))


def blocks_of(page):
    return [block for chapter in page.context["page"].chapters for block in chapter.blocks]


def marks(page):
    """The words of each paragraph's marks, by key."""
    return {
        block.key: [mark.words for mark in block.marks] for block in blocks_of(page) if block.marks
    }


def offered(page, key):
    """What is offered at a paragraph: the button and, of a changed sentence, what goes in brackets and what comes in
    braces."""
    (block,) = [each for each in blocks_of(page) if each.key == key]
    return [(str(offer.label), said(offer)) for mark in block.marks for offer in mark.offers]


def said(offer):
    return "".join(
        f"[{each.text}]" if each.is_removed else f"{{{each.text}}}" if each.is_added else each.text
        for each in offer.strands
    )


def take(client, briefing, key, place=0, kind="paragraph"):
    """Press the button of an offer, as the page would. Return the text then, "" if it is left out."""
    page = page_of(client, briefing)
    form = re.findall(r'<form [^>]*class="workshop-offer">.*?</form>', page.text, re.DOTALL)
    of_key = [each for each in form if f"/{key}/" in each]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', of_key[place]))
    (act,) = re.findall(r'name="act" value="([\w-]+)"', of_key[place])
    typed = {name: unescape(value) for name, value in fields.items()} | {"act": act}
    where = reverse(f"workshop:{kind}", args=[briefing.plan.slug, briefing.pk, key])
    assert client.post(where, typed).status_code == 302
    rows = briefing.draft_asks if kind == "ask" else briefing.draft_paragraphs
    row = rows.get(key=key)
    return "" if row.is_hidden else row.text


def test_a_draft_without_faults_has_no_mark(client, briefing):
    page = page_of(client, briefing)
    assert marks(page) == {}
    assert "data-state" in page.text and "1 mark<" not in page.text


def test_a_shortened_text_offers_the_rest_where_it_belongs(
    client, plan, item, coordinator, accepted
):
    UpdateFactory(of_return=accepted, item=item, achieved=LONG, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    page = page_of(client, briefing)
    ((key, found),) = marks(page).items()
    assert found == ["An agency wrote more than this."]
    assert offered(page, key) == [
        ("Add it", "… brochure). They liked it. {More of them asked for it.}"),
        ("Not needed", ""),
    ]
    assert f'href="#{key}">1 mark<' in page.text
    before = briefing.draft_paragraphs.get(key=key).text
    assert take(client, briefing, key) == f"{before} More of them asked for it."
    assert marks(page_of(client, briefing)) == {}


def test_what_an_editor_has_said_in_other_words_is_not_offered(
    client, plan, item, coordinator, accepted
):
    wrote = (
        "Police trained all staff. They liked it. In May 41 of them asked CNS for more training."
    )
    UpdateFactory(of_return=accepted, item=item, achieved=wrote, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    ((key, _found),) = marks(page_of(client, briefing)).items()
    for version, (end, is_told) in enumerate(
        (
            ("Some were absent.", False),
            ("CNS gave more to 41 of the staff, who asked.", True),
            ("CNS gave more to 42 of the staff, who asked.", False),
            ("In May more training was what 41 of them asked customs for.", True),
        ),
        start=1,
    ):
        text = f"Police trained all staff. They liked it. {end}"
        drafts.edit(briefing=briefing, key=key, version=version, text=text, by=coordinator)
        found = marks(page_of(client, briefing)).get(key, [])
        assert ("An agency wrote more than this." in found) == (not is_told), end


@pytest.mark.parametrize(
    ("said", "is_told"), [("It follows the brochure (2.3).", True), ("More follows.", False)]
)
def test_a_sentence_that_only_points_to_an_item_is_said_where_the_item_is_named(
    client, plan, item, coordinator, accepted, said, is_told
):
    wrote = "Police trained all staff. They liked it. Refer to 2.3."
    UpdateFactory(of_return=accepted, item=item, achieved=wrote, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    ((key, _found),) = marks(page_of(client, briefing)).items()
    text = f"Police trained all staff. They liked it. {said}"
    drafts.edit(briefing=briefing, key=key, version=1, text=text, by=coordinator)
    found = marks(page_of(client, briefing)).get(key, [])
    assert ("An agency wrote more than this." in found) != is_told


def test_what_is_not_needed_is_not_offered_again_until_that_is_taken_back(
    client, plan, item, coordinator, accepted
):
    update = UpdateFactory(of_return=accepted, item=item, achieved=LONG, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    ((key, _found),) = marks(page_of(client, briefing)).items()
    before = briefing.draft_paragraphs.get(key=key).text
    assert take(client, briefing, key, 1) == before
    assert marks(page_of(client, briefing)) == {}
    (check,) = [each for each in checks.failed_checks(read_drafted(briefing)) if each.override]
    assert (check.key, check.override.reason) == (f"more-{key}", "Not needed in this paper")
    # A sentence that the agency adds is offered.
    update.achieved = f"{LONG} Nobody failed."
    history.save(update, by=None, at=BEFORE)
    assert offered(page_of(client, briefing), key) == [
        ("Add it", "… brochure). They liked it. {Nobody failed.}"),
        ("Not needed", ""),
    ]
    take(client, briefing, key, 1)
    assert marks(page_of(client, briefing)) == {}
    overrides.withdraw_override(briefing=briefing, key=check.key, by=coordinator)
    assert [label for label, _ in offered(page_of(client, briefing), key)] == [
        *("Add it", "Add it", "Not needed")
    ]


def test_what_is_not_needed_is_refused_if_the_report_has_changed(
    client, plan, item, coordinator, accepted
):
    UpdateFactory(of_return=accepted, item=item, achieved=LONG, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    ((key, _found),) = marks(page_of(client, briefing)).items()
    with pytest.raises(Refused, match="The reports have changed"):
        overrides.not_needed(briefing=briefing, key=key, read="old", by=coordinator, at=BEFORE)


def test_one_press_changes_only_the_words_that_are_marked(client, briefing, coordinator):
    """What the coordinator wrote beside them in the sentence stays."""
    row = next(
        each
        for each in briefing.draft_paragraphs.order_by("pk")
        if "2010" in each.text and "\n" not in each.text
    )
    date = re.search(r"[A-Z][a-z]+ 20\d\d", row.text).group()
    now = row.text.replace(date, "March 2031").replace(
        ".", ", as the working group said in its own words.", 1
    )
    drafts.edit(briefing=briefing, key=row.key, version=1, text=now, by=coordinator)
    assert take(client, briefing, row.key) == now.replace("March 2031", date)


def test_the_records_text_shows_what_it_takes_of_the_editors(
    client, plan, item, coordinator, accepted
):
    update = UpdateFactory(
        of_return=accepted, item=item, achieved="Police trained 40 staff.", key_achievement="yes"
    )
    briefing = drafted(plan, item, coordinator)
    row = next(each for each in briefing.draft_paragraphs.all() if "40 staff" in each.text)
    text = f"{row.text} The Commissioner thanked them."
    drafts.edit(briefing=briefing, key=row.key, version=1, text=text, by=coordinator)
    update.achieved = "Police trained 41 staff."
    history.save(update, by=None, at=BEFORE)
    page = page_of(client, briefing)
    (block,) = [each for each in blocks_of(page) if each.drift]
    taken = [each.text for each in block.taking if each.is_removed]
    assert taken == ["40 ", " The Commissioner thanked them."]
    assert "Their text instead of yours changes this:" in page.text


def test_a_paper_that_is_too_long_offers_words_to_cut_that_turn_nothing_and_no_whole_paragraph(
    client, plan, item, coordinator
):
    MitigationFactory(
        delay=DelayFactory(
            milestone=MilestoneFactory(item=item, agreed_due=date(2010, 6, 1)),
            explanation="The printer broke down in June and nobody could mend it for weeks.",
        )
    )
    briefing = drafted(plan, item, coordinator)
    said = f"In May the plan began{' anew' * 20}, so that people know their rights."
    texts = {
        "background": "It began in May. But then it broke again, as such things do. People were glad of it. It has 40 pages.",
        "achievements": said,
        "delay": f"delay {'word ' * 148}",
    }
    rows = {
        section: drafts.add(briefing=briefing, section=section, text=text, by=coordinator)
        for section, text in texts.items()
    }
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    page = page_of(client, briefing)
    assert {section: offered(page, row.key) for section, row in rows.items()} == {
        "background": [("Leave these words out", "[People were glad of it.]")],
        "achievements": [
            ("Leave these words out", "… anew anew anew anew[, so that people know their rights]")
        ],
        "delay": [],
    }
    assert {*marks(page)} == {rows[section].key for section in ("background", "achievements")}
    assert take(client, briefing, rows["background"].key) == (
        "It began in May. But then it broke again, as such things do. It has 40 pages."
    )
    assert (
        take(client, briefing, rows["achievements"].key) == f"In May the plan began{' anew' * 20}."
    )


def test_what_a_check_asked_for_is_not_marked_as_too_long(client, briefing, coordinator):
    source = Source("workitems.return", 1, None, "Return")
    text = f"A return {'which is still awaited ' * 30}was not accepted."
    drafts.add(briefing=briefing, section="delay", text=f"word {'word ' * 90}", by=coordinator)
    row = drafts.add(
        briefing=briefing, section="purpose", text=text, sources=(source,), by=coordinator
    )
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    assert row.key not in marks(page_of(client, briefing))


@pytest.fixture
def measured(before_the_paper, item):
    """Two measures: 67 per cent of staff now, and four languages before the plan."""
    share = MeasureFactory(
        item=item, number=7, kind="share", as_told="the share of staff who finished the course"
    )
    MeasureValueFactory(
        measure=share, number=640, of=960, day=date(2009, 11, 30), accepted_on=BEFORE_ON
    )
    MeasureFactory(
        item=item, number=8, kind="level", as_told="the number of languages", baseline=4,
        baseline_on=date(2009, 6, 30),
    )  # fmt: skip


@pytest.mark.usefixtures("measured")
def test_a_number_that_a_measure_has_overtaken_is_offered_as_the_measure_has_it(
    client, plan, item, coordinator, accepted
):
    wrote = "Over 50% of staff have now finished the course."
    UpdateFactory(of_return=accepted, item=item, achieved=wrote, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    # The paper has the measure; somebody puts the report back.
    drafts.edit(
        briefing=briefing, key=MAIN_RESULTS, version=1, text=f"The year’s main result:\n- {wrote}", by=coordinator
    )  # fmt: skip
    found = {
        key: words for key, words in marks(page_of(client, briefing)).items() if "50%" in str(words)
    }
    ((key, (words,)),) = found.items()
    assert words.startswith("Says “") and "67 per cent (640 of 960) in November 2009" in words
    share = (
        "The share of staff who finished the course was 67 per cent (640 of 960) in November 2009."
    )
    assert take(client, briefing, key) == f"The year’s main result:\n- {share}"
    assert key not in marks(page_of(client, briefing))


@pytest.mark.usefixtures("measured")
def test_a_sentence_that_a_measure_contradicts_is_not_offered_and_it_is_said_why(
    client, plan, item, coordinator, accepted
):
    wrote = "Police printed the card in ten languages. They hand it out. It used to be in one language only."
    UpdateFactory(of_return=accepted, item=item, achieved=wrote, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    (block,) = [
        each
        for each in blocks_of(page_of(client, briefing))
        if any("wrote more" in mark.words for mark in each.marks)
    ]
    ((remedy, labels),) = [
        (mark.remedy, [str(offer.label) for offer in mark.offers])
        for mark in block.marks
        if "wrote more" in mark.words
    ]
    assert remedy == (
        f"Not offered: “It used to be in one language only.” A measure of item {item.number} says that there were 4 before "
        "the plan."
    )
    assert labels == ["Not needed"]


def test_shorthand_is_offered_in_words(client, briefing, coordinator):
    text = "The T&Cs, i.e. the price, were new. Police chase a lot more work."
    row = drafts.add(briefing=briefing, section="delay", text=text, by=coordinator)
    page = page_of(client, briefing)
    assert marks(page) == {row.key: ["Write out “T&Cs” and “i.e.”."]}
    assert offered(page, row.key) == [
        (
            "Use this sentence",
            "The [T&Cs]{terms and conditions}, [i.e. ]{that is }the price, were new.",
        )
    ]
    assert take(client, briefing, row.key) == (
        "The terms and conditions, that is the price, were new. Police chase a lot more work."
    )
    assert marks(page_of(client, briefing)) == {}


def test_what_is_repeated_empty_or_without_a_subject_is_marked_with_what_to_do(
    client, briefing, coordinator
):
    keys = [""]
    for text in (
        "They were late for months on end.",
        "The printer broke down in June.",
        "Work is ongoing. The printer broke down in June.",
    ):
        row = drafts.add(
            briefing=briefing, section="delay", after=keys[-1], text=text, by=coordinator
        )
        keys.append(row.key)
    page = page_of(client, briefing)
    numbers = page.context["page"].drafted.draft.numbers
    assert marks(page) == {
        keys[1]: ["Begins with “They”. Name what it is about, as it may be read alone."],
        keys[3]: [
            "Has a sentence that says nothing: “Work is ongoing.”",
            f"Repeats a sentence of paragraph {numbers[keys[2]]}: “The printer broke down in June.”",
        ],
    }
    assert offered(page, keys[1]) == []
    assert offered(page, keys[3]) == [
        ("Leave the sentence out", "[Work is ongoing.]"),
        ("Leave the sentence out", "[The printer broke down in June.]"),
    ]
    assert take(client, briefing, keys[3]) == "The printer broke down in June."
    # The last sentence takes the paragraph with it.
    assert offered(page_of(client, briefing), keys[3]) == [("Leave it out", "")]
    assert take(client, briefing, keys[3]) == ""


def test_without_a_script_a_saved_paragraph_has_the_remarks_of_its_new_words(
    client, briefing, coordinator
):
    row = drafts.add(
        briefing=briefing, section="delay", text="They were late for months on end.", by=coordinator
    )
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, row.key])
    assert list(marks(page_of(client, briefing))) == [row.key]
    typed = {"act": "save", "version": 1, "text": "The printers were four months late."}
    page = client.post(where, typed, follow=True)
    assert marks(page) == {}
    typed = {"act": "save", "version": 2, "text": "They were late for months on end."}
    assert list(marks(client.post(where, typed, follow=True))) == [row.key]


def test_a_generated_list_is_not_marked_as_long_for_its_bullets_are_read_one_by_one(
    client, briefing, coordinator
):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    text = "It began:\n- in May\n- in June. People were glad of it."
    row = drafts.add(briefing=briefing, section="background", text=text, by=coordinator)
    drafts.add(briefing=briefing, section="delay", text="word " * 149, by=coordinator)
    for origin, is_marked in (("generated", False), ("edited", True)):
        row.origin = origin
        row.save()
        words = marks(page_of(client, briefing)).get(row.key, ())
        assert any("words too long" in each for each in words) == is_marked


def shortened(page):
    """What is proposed to go from a paper that is too long, by key."""
    return {
        block.key: said(mark.offers[0])
        for block in blocks_of(page)
        for mark in block.marks
        if "words too long" in mark.words
    }


def test_what_was_decided_or_asked_and_a_late_key_item_never_go_for_length(
    client, briefing, item, coordinator
):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    drafts.add(briefing=briefing, section="delay", text="word " * 190, by=coordinator)
    before = shortened(page_of(client, briefing))
    for says in (
        "You noted its contents, and agreed that agencies ask together for money.",
        "The working group recommends that the training goes on in all ports.",
        "Police asked the group for a different order of the work.",
    ):
        text = f"The last paper was of May. {says}"
        drafts.add(briefing=briefing, section="background", text=text, by=coordinator)
    item.is_key = True
    history.save(item, by=None, at=BEFORE)
    MilestoneFactory(item=item, original_due=date(2010, 3, 31))
    source = Source("workitems.workitem", item.pk, None, item.number)
    text = "It was of May. All of the officers at the borders found the training of good use."
    for sources in ((), (source,)):
        row = drafts.add(
            briefing=briefing, section="background", text=text, sources=sources, by=coordinator
        )
        found = shortened(page_of(client, briefing))
        assert (row.key in found) == (not sources)
        drafts.hide(briefing=briefing, key=row.key, by=coordinator)
    assert shortened(page_of(client, briefing)) == before


def test_what_is_said_twice_goes_first_for_length_and_then_the_last_result(
    client, briefing, coordinator
):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    drafts.add(briefing=briefing, section="delay", text="word " * 190, by=coordinator)
    for section, text in (
        ("background", "It was of May. Officers train with sailors."),
        ("achievements", "It was of June. Pilots learned of their new rights."),
        ("achievements", "It was of July. Cooks found their new kitchens pleasant."),
        (
            "background",
            "It was of April. Long words about all sorts of other interesting things were said there.",
        ),
        ("delay", "It was of March. Officers train with sailors."),
    ):
        drafts.add(briefing=briefing, section=section, text=text, by=coordinator)
    assert list(shortened(page_of(client, briefing)).values()) == [
        "[Officers train with sailors.]",
        "[Cooks found their new kitchens pleasant.]",
        "[Pilots learned of their new rights.]",
    ]


def test_a_warning_that_was_accepted_is_no_mark(client, briefing, coordinator):
    row = drafts.add(briefing=briefing, section="delay", text="They were late.", by=coordinator)
    page = page_of(client, briefing)
    assert list(marks(page)) == [row.key]
    (about,) = (
        check.about
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key == f"subject-{row.key}"
    )
    overrides.override(
        briefing=briefing, key=f"subject-{row.key}", about=about, reason="It is clear.",
        by=coordinator, at=BEFORE,
    )  # fmt: skip
    assert marks(page_of(client, briefing)) == {}


def test_a_marked_paragraph_leads_to_the_next_one_and_the_last_to_none(
    client, briefing, coordinator
):
    keys = [
        drafts.add(
            briefing=briefing, section="delay", position=place, text=text, by=coordinator
        ).key
        for place, text in enumerate(["They were late.", "It is well.", "These are late."])
    ]
    page = page_of(client, briefing)
    number = page.context["page"].drafted.draft.numbers[keys[2]]
    assert f'<a class="workshop-next" href="#{keys[2]}">Next mark: {number}</a>' in page.text
    assert page.text.count("Next mark") == len(marks(page)) - 1


def test_the_last_marked_paragraph_leads_to_the_recommendations(client, plan, item, coordinator):
    item.is_key = True
    step = MilestoneFactory(item=item, agreed_due=date(2010, 5, 31), forecast_due=date(2011, 6, 30))
    delay = DelayFactory(milestone=step, settlement="needs_decision", needs="a second tender")
    MitigationFactory(delay=delay)
    briefing = drafted(plan, item, coordinator, with_asks=True)
    row = drafts.add(briefing=briefing, section="delay", text="They were late.", by=coordinator)
    ask = briefing.draft_asks.order_by("position")[0]
    page = page_of(client, briefing)
    assert list(marks(page)) == [row.key]
    assert (
        f'<a class="workshop-next" href="#{ask.key}">Next mark: recommendation 1</a>' in page.text
    )
    assert page.text.count("Next mark") == 1


def test_a_text_is_no_mark_where_the_paragraph_cites_other_records(
    client, plan, item, coordinator, accepted
):
    text = "Police wait for the plan. More of them asked for it."
    UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="no")
    briefing = drafted(plan, item, coordinator)
    drafts.add(briefing=briefing, section="delay", text="This is for the plan.", by=coordinator)
    assert "An agency wrote more" not in str(marks(page_of(client, briefing)))


def test_what_was_to_be_done_before_the_papers_date_is_told_as_past(client, briefing, coordinator):
    text = "Police will train their staff by 30 June 2010. They will report in 2011."
    row = drafts.add(briefing=briefing, section="delay", text=text, by=coordinator)
    assert offered(page_of(client, briefing), row.key) == [
        ("Use this sentence", "Police [will ]{were to }train their staff by 30 June 2010.")
    ]
    assert take(client, briefing, row.key) == (
        "Police were to train their staff by 30 June 2010. They will report in 2011."
    )
    assert marks(page_of(client, briefing)) == {}


def test_an_agency_that_says_we_is_named(client, plan, item, coordinator, accepted):
    text = "We have trained all staff. It helped."
    row = UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="no")
    briefing = drafted(plan, item, coordinator)
    source = Source("workitems.update", row.pk, row.history.first().history_id, "Update")
    key = drafts.add(
        briefing=briefing, section="achievements", text=text, sources=(source,), by=coordinator
    ).key
    assert offered(page_of(client, briefing), key)[-1] == (
        "Use this sentence",
        "[We ]{Police }have trained all staff.",
    )
    assert take(client, briefing, key, -1) == "Police have trained all staff. It helped."


def test_the_authors_we_is_not_marked(client, plan, item, coordinator, accepted):
    row = UpdateFactory(of_return=accepted, item=item, achieved=LONG, key_achievement="no")
    briefing = drafted(plan, item, coordinator)
    source = Source("workitems.update", row.pk, row.history.first().history_id, "Update")
    key = drafts.add(
        briefing=briefing, section="achievements", text=f"{LONG} We expect more staff to ask.",
        sources=(source,), by=coordinator,
    ).key  # fmt: skip
    assert "“we”" not in str(marks(page_of(client, briefing)).get(key))


def test_it_is_named_where_a_paragraph_is_about_one_item(client, briefing, item, coordinator):
    source = Source("workitems.workitem", item.pk, None, "Item")
    text = "It will be late. It has no money."
    row = drafts.add(
        briefing=briefing, section="delay", text=text, sources=(source,), by=coordinator
    )
    name = f"Item {item.number}"
    assert offered(page_of(client, briefing), row.key) == [
        ("Use this sentence", f"[It ]{{{name} }}will be late.")
    ]
    item.as_told = "brochures for seasonal workers"
    history.save(item, by=None)
    assert take(client, briefing, row.key) == (
        f"Brochures for seasonal workers ({item.number}) will be late. It has no money."
    )


def test_an_acronym_is_written_out_where_the_paper_has_it_first(
    client, plan, briefing, item, coordinator
):
    GlossaryEntryFactory(plan=plan)
    source = Source("workitems.workitem", item.pk, None, "Item")
    text = "The CNS is old."
    row = drafts.add(
        briefing=briefing, section="delay", text=text, sources=(source,), by=coordinator
    )
    ((label, words),) = offered(page_of(client, briefing), row.key)
    assert (label, words) == (
        "Use this sentence",
        "The {customs notification system (}CNS{) }is old.",
    )
    assert take(client, briefing, row.key) == "The customs notification system (CNS) is old."
    assert marks(page_of(client, briefing)) == {}


def test_an_edited_date_is_offered_as_the_records_have_it(client, briefing, coordinator):
    row = next(
        each
        for each in briefing.draft_paragraphs.order_by("pk")
        if "2010" in each.text and "\n" not in each.text
    )
    date = re.search(r"[A-Z][a-z]+ 20\d\d", row.text).group()
    drafts.edit(
        briefing=briefing,
        key=row.key,
        version=1,
        text=row.text.replace(date, "March 2031"),
        by=coordinator,
    )
    ((label, words),) = offered(page_of(client, briefing), row.key)
    assert label == f"Change “March 2031” to “{date}”"
    assert f"[March 2031]{{{date}}}" in words
    assert take(client, briefing, row.key) == row.text


def test_a_long_paragraph_is_split_in_the_middle(client, briefing, coordinator):
    text = " ".join(["One two three four five six seven eight nine ten."] * 16)
    row = drafts.add(briefing=briefing, section="delay", text=text, by=coordinator)
    assert offered(page_of(client, briefing), row.key)[-1][0].startswith("Split it after “")
    assert len(take(client, briefing, row.key, -1)) < len(text)


def test_a_reader_sees_no_marks(client, plan, briefing, coordinator):
    drafts.add(briefing=briefing, section="delay", text="They were late.", by=coordinator)
    manager = SeatFactory(agency=plan.coordinating_agency, role="authorising_manager").user
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    assert marks(page_of(client, briefing)) == {}


def test_a_recommendation_that_the_records_no_longer_give_is_marked_with_theirs(
    client, plan, item, coordinator
):
    item.is_key = True
    step = MilestoneFactory(item=item, agreed_due=date(2010, 5, 31), forecast_due=date(2011, 6, 30))
    delay = DelayFactory(milestone=step, settlement="needs_decision", needs="a second tender")
    MitigationFactory(delay=delay)
    briefing = drafted(plan, item, coordinator, with_asks=True)
    row = briefing.draft_asks.order_by("position")[0]
    who = (
        "Is on a decision, and does not say who takes it.",
        "Ask the agency for what is missing, or write it here.",
        (),
    )
    asked = page_of(client, briefing).context["page"].asks[0]
    assert [(mark.words, mark.remedy, mark.offers) for mark in asked.marks] == [who]
    delay.needs = "a third tender"
    history.save(delay, by=None, at=BEFORE)
    page = page_of(client, briefing)
    asked = page.context["page"].asks[0]
    mark, other = asked.marks
    (offer,) = mark.offers
    assert (other.words, other.remedy, other.offers) == who
    assert (mark.words, offer.label, offer.verb) == (
        "No longer agrees with the records.",
        "Use this sentence",
        "note",
    )
    assert said(offer).endswith("[second ]{third }tender")
    assert take(client, briefing, row.key, kind="ask").endswith("a third tender")

    delay.settlement, delay.needs = "settled", ""
    history.save(delay, by=None, at=BEFORE)
    briefing.draft_asks.filter(pk=row.pk).update(version=1)
    assert take(client, briefing, row.key, kind="ask") == ""


def test_buttons_say_which_paragraph_or_recommendation_they_are_of(client, briefing):
    """Numbers change as soon as a paragraph is left out, but not how it begins."""
    row = briefing.draft_paragraphs.filter(section__content="delay").first()
    beginning = " ".join(row.text.split()[:3])
    menu = client.get(reverse("workshop:acts", args=[briefing.plan.slug, briefing.pk, row.key]))
    text = " ".join(menu.text.split())
    assert f'value="hide">Leave out<span class="visually-hidden"> “{beginning}' in text
    draft = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    ask = briefing.draft_asks.order_by("position").first()
    text = " ".join(client.get(f"{draft}?edit={ask.key}").text.split())
    assert 'data-done> Save<span class="visually-hidden"> recommendation 1</span>' in text


def test_the_page_says_that_a_typed_verb_was_moved(client, briefing):
    url = reverse("workshop:ask", args=[briefing.plan.slug, briefing.pk, "r-new"])
    post = {"verb": "note", "text": "agree to it", "options": "", "version": 0}
    saved = client.post(url, post, headers={"accept": "application/json"}).json()
    assert (saved["fields"]["verb"], saved["fields"]["text"], saved["moved"]) == (
        "agree", "to it", "The text began with “agree”. That is now its verb, and is printed once.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("We insulated 310 of 12,000 homes.", ["310"]),
        ("The 12,000 rental homes are cold.", []),
        ("It is cold in 12,000 schools.", ["12,000"]),
        ("It is cold in 9,600 homes.", ["9,600"]),
        ("Landlords follow the Tenancies Act 1986.", []),
        ("Landlords began in 1986.", ["1986"]),
    ],
)
def test_a_number_is_known_with_its_noun_from_a_title(client, plan, item, coordinator, text, wrong):
    WorkItemFactory(plan=plan, title="Insulate 12,000 rental homes")
    briefing = drafted(plan, item, coordinator)
    source = Source("workitems.workitem", item.pk, None, "Item")
    key = drafts.add(
        briefing=briefing, section="delay", text=text, sources=(source,), by=coordinator
    ).key
    said = str(marks(page_of(client, briefing)).get(key))
    assert [
        number for number in ("310", "12,000", "9,600", "1986") if f"says {number}" in said
    ] == wrong


def test_a_very_long_sentence_is_offered_by_the_clause_that_has_its_decision(
    client, plan, item, coordinator, accepted
):
    many = "many of them supportive and some of them worried about fairness, " * 6
    fact = "the Committee recommended that the penalty be $25,000 rather than $40,000"
    last = (
        f"They sent 214 letters, {many}following which {fact}; officials see no change of intent."
    )
    text = f"Police trained all staff. They liked it. {last}"
    UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="yes")
    briefing = drafted(plan, item, coordinator)
    ((key, _found),) = marks(page_of(client, briefing)).items()
    before = briefing.draft_paragraphs.get(key=key).text
    assert take(client, briefing, key) == f"{before} The{fact[3:]}."
    assert "An agency wrote more" not in str(marks(page_of(client, briefing)).get(key))
