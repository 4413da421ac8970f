"""Test what a return shows of the sentences that its answers will print in the briefing."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from reports.compose.as_printed import Answer, of_answer
from tests.factories import (
    DelayFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    MitigationFactory,
    UpdateFactory,
)
from tests.workitems.record import DUE, TODAY
from tests.workitems.returns.test_return_saves import LATE, asked, typed
from workitems.plan.plan_at.of_records import item_row

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="sentences on a page; answers are saved on both"),
]


def told(html):
    """Return the lines of each sentence's box."""
    boxes = re.findall(r'<div class="in-briefing">(.*?)</div>', html, re.DOTALL)
    return [
        [" ".join(strip_tags(line).split()) for line in re.findall("<p.*?</p>", box, re.DOTALL)]
        for box in boxes
    ]


def may_be_printed(place):
    return f"May be printed under {place}, in full or in part; the coordinator chooses"


def saved(writer, of_return, item, **said):
    """Save a section as the script does, and return what it brings back."""
    plan, round_ = of_return.round.plan, of_return.round
    url = reverse("returns:save", args=[plan.slug, round_.pk, of_return.agency_id, item.number])
    return writer.post(url, typed(item, **said)).json()["in_briefing"]


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        (
            {"achieved": "Printed in Suva.", "key_achievement": "no"},
            ["Not marked as a key achievement; the briefing may still use it."],
        ),
        (
            {"achieved": "Printed in Suva.", "key_achievement": "yes"},
            [
                may_be_printed("Achievements"),
                "Police printed in Suva (1.2, printing a brochure).",
                "4 of 60 words",
            ],
        ),
        (
            {"achieved": "Police printed it. It is out. It is read.", "key_achievement": "yes"},
            [
                may_be_printed("Achievements"),
                "Police printed it (1.2, printing a brochure). It is out.",
                "6 of 60 words",
                "The paper takes at most two sentences of 60 words in all and leaves out one sentence of this text. "
                "Put what matters most first.",
            ],
        ),
        (
            {
                "achieved": "Police printed it. It is out in Suva.",
                "key_achievement": "headline",
            },
            [
                may_be_printed("Achievements, as a headline"),
                "Police printed it (1.2, printing a brochure).",
                "3 of 30 words",
                "A headline takes one sentence, and a second one if it has a number and both have at most 30 words. "
                "The paper leaves out one sentence of this text. Put what matters most first.",
            ],
        ),
        *(
            (
                {"achieved": text, "key_achievement": "headline"},
                ["Not in the text of the briefing."],
            )
            for text in ("n/a", "see above", "COMPLETED")
        ),
        (
            {"achieved": "We are hiring.", "key_achievement": "yes"},
            [
                may_be_printed("Achievements"),
                "Police are hiring (1.2, printing a brochure).",
                "3 of 60 words",
            ],
        ),
        (
            {"achieved": "Publish the chapters.", "key_achievement": "yes"},
            [
                may_be_printed("Achievements"),
                "For the brochure (1.2): Publish the chapters.",
                "3 of 60 words",
            ],
        ),
        (
            {"achieved": "cases are " * 200, "key_achievement": "yes"},
            [
                "Not in the text of the briefing yet.",
                "400 of 60 words",
                "The paper prints no sentence this long. Say first, in at most 60 words, what was achieved.",
            ],
        ),
        (
            {"achieved": "cases are " * 20, "key_achievement": "headline"},
            [
                may_be_printed("Achievements, as a headline"),
                " ".join(["For the brochure (1.2), cases are", *["cases are"] * 18, "cases are."]),
                "40 of 30 words",
                "This is printed whole if it is chosen. One of at most 30 words is easier to choose.",
            ],
        ),
        (
            {"achieved": "cases are " * 30 + "few", "key_achievement": "headline"},
            [
                "Not in the text of the briefing yet.",
                "61 of 30 words",
                "The paper prints no sentence this long. Say first, in at most 30 words, what was achieved.",
            ],
        ),
    ],
)
def test_a_saved_answer_comes_back_as_it_will_print(writer, of_return, item, said, lines):
    assert told(saved(writer, of_return, item, **said)) == [lines]


def test_an_answer_that_is_refused_brings_no_sentence(writer, of_return, item):
    assert saved(writer, of_return, item, stage="lost", achieved="Printed.") is None


def test_a_key_item_at_risk_shows_why_it_will_say_so(writer, of_return, item):
    item.is_key = True
    item.save()
    boxes = told(
        saved(writer, of_return, item, confidence="at_risk", challenges="No printer bids.")
    )
    assert boxes == [
        [
            may_be_printed("In brief"),
            "Printing a brochure (1.2), a key item, may become late, because there are no printer bids.",
            "Challenges: 3 of 20 words",
        ]
    ]
    boxes = told(saved(writer, of_return, item, version=1, confidence="at_risk"))
    assert boxes[0][-1] == "Say under Challenges, in one sentence, why it is at risk."


def test_a_headline_that_is_only_a_quotation_asks_what_was_done(item, of_return):
    row = item_row(item, TODAY, [])
    advice = "A quotation is no headline by itself. Say what was done, and for whom."
    said = Answer("“This has changed our lives.”", "headline", "")
    assert advice in of_answer(row, of_return.agency, said)[0].advice
    said = Answer("“Stop” was printed and “Go” too.", "headline", "")
    assert advice not in of_answer(row, of_return.agency, said)[0].advice


def test_a_milestone_that_is_reported_late_shows_its_sentence(writer, of_return, item):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=of_return.agency, as_told="the leaflet"
    )
    writer.post(of_return.get_absolute_url(), asked(step, **LATE) | {"act": "save"})
    boxes = told(writer.get(of_return.get_absolute_url()).text)
    assert boxes == [
        [
            may_be_printed("Delay"),
            "The leaflet (1.2) will be three months late, in September 2010, because the printer is late.",
            "Cause: 4 of 45 words",
        ]
    ]


def test_sentences_of_a_cause_that_the_paper_leaves_out_are_counted(writer, of_return, item):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=of_return.agency, as_told="the leaflet"
    )
    late = LATE | {"reason": "The printer is late. It moved. It had a flood."}
    writer.post(of_return.get_absolute_url(), asked(step, **late) | {"act": "save"})
    assert told(writer.get(of_return.get_absolute_url()).text)[0][-2:] == [
        "Cause: 6 of 45 words",
        "The paper takes at most two sentences of the cause and leaves out one sentence.",
    ]


def test_of_several_causes_the_preview_says_which_one_the_paper_tells(writer, of_return, item):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=of_return.agency, as_told="the leaflet"
    )
    MitigationFactory(
        delay=DelayFactory(milestone=step, explanation="the plate broke", settlement="settled")
    )
    writer.post(of_return.get_absolute_url(), asked(step, **LATE) | {"act": "save"})
    (box,) = told(writer.get(of_return.get_absolute_url()).text)
    assert "because the printer is late." in box[1]
    assert box[-1] == (
        "Of several causes the paper tells one: a cause that needs a decision, else the first that is not settled. "
        "The others do not count for it."
    )


def test_the_preview_says_that_the_paper_tells_an_older_open_cause_and_not_the_new_one(
    writer, of_return, item
):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=of_return.agency, as_told="the leaflet"
    )
    MitigationFactory(delay=DelayFactory(milestone=step, explanation="the plate broke"))
    writer.post(of_return.get_absolute_url(), asked(step, **LATE) | {"act": "save"})
    (box,) = told(writer.get(of_return.get_absolute_url()).text)
    assert "because the plate broke." in box[1]
    assert (
        "This tells the cause that was recorded before and is still open, and not the new one. The paper tells the new "
        "cause once the other is settled or over."
    ) in box


def test_a_reason_without_a_new_cause_is_said_not_to_be_in_the_sentence(writer, of_return, item):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=of_return.agency, as_told="the leaflet"
    )
    MitigationFactory(delay=DelayFactory(milestone=step, explanation="the plate broke"))
    late = LATE | {"cause": "", "mitigation": "", "mitigation_due_on": ""}
    writer.post(of_return.get_absolute_url(), asked(step, **late) | {"act": "save"})
    page = writer.get(of_return.get_absolute_url()).text
    (box,) = told(page)
    assert "because the plate broke." in box[1]
    assert "The sentence gives the cause that is recorded, and the history gets your new" in page


def test_a_milestone_without_a_name_in_sentences_leads_to_where_it_is_written(
    writer, of_return, item
):
    step = MilestoneFactory(item=item, original_due=DUE, responsible_agency=of_return.agency)
    writer.post(of_return.get_absolute_url(), asked(step, **LATE) | {"act": "save"})
    page = writer.get(of_return.get_absolute_url()).text
    assert told(page)[0][-1] == (
        "The paper quotes the official words of this milestone. Write how sentences name it, for example "
        "“the public guide”."
    )
    url = reverse(
        "workitems:set-milestone-text", args=[item.plan.slug, item.number, step.number, "as_told"]
    )
    assert f'<a href="{url}">Write how sentences name it</a>' in page
    assert writer.get(url).status_code == 200


def test_the_page_shows_the_sentences_without_a_script(writer, of_return, item):
    UpdateFactory(
        of_return=of_return, item=item, achieved="Printed in Suva.", key_achievement="yes"
    )
    boxes = told(writer.get(of_return.get_absolute_url()).text)
    assert boxes[0][1] == "Police printed in Suva (1.2, printing a brochure)."


# --- on the milestone's page -------------------------------------------------------------------


def test_a_forecast_can_be_tried_and_is_not_saved(writer, item):
    step = MilestoneFactory(
        item=item, original_due=DUE, responsible_agency=item.lead_agency, as_told="the leaflet"
    )
    url = reverse("workitems:milestone", args=[item.plan.slug, item.number, step.number])
    typed_so_far = {
        "act": "move",
        "try": "yes",
        "move-forecast_due": "September 2010",
        "move-reason": "The printer is late.",
        "move-cause": "procurement",
    }
    page = writer.post(url, typed_so_far)
    assert told(page.text) == [
        [
            may_be_printed("Delay"),
            "The leaflet (1.2) will be three months late, in September 2010, because the printer is late.",
            "Cause: 4 of 45 words",
        ]
    ]
    step.refresh_from_db()
    assert (step.forecast_due, step.version, step.answers.count(), step.delays.count()) == (
        DUE,
        1,
        0,
        0,
    )


def test_a_forecast_without_a_date_shows_no_sentence(writer, item):
    step = MilestoneFactory(item=item, original_due=DUE, responsible_agency=item.lead_agency)
    url = reverse("workitems:milestone", args=[item.plan.slug, item.number, step.number])
    page = writer.post(url, {"act": "move", "try": "yes", "move-reason": "Late."})
    assert (page.status_code, told(page.text)) == (422, [])


def test_an_acronym_that_the_plan_does_not_know_is_to_be_written_out(
    client_of, contributor, of_return, item
):
    GlossaryEntryFactory(plan=item.plan)
    writer = client_of(contributor)
    said = {"achieved": "Tested the CNS with the INZ.", "challenges": "The RSE is late."}
    words = "{} is not in the plan’s glossary, which the coordinator keeps: write it out."
    assert "glossary" not in saved(writer, of_return, item, **said)  # it is below the boxes
    page = writer.get(of_return.get_absolute_url()).text
    assert (page.count(words.format("INZ")), page.count(words.format("RSE"))) == (1, 1)
    said = {"achieved": "Tested it with Immigration New Zealand (INZ).", "version": 1}
    saved(writer, of_return, item, **said)
    assert "glossary" not in writer.get(of_return.get_absolute_url()).text


def test_the_days_and_the_action_of_a_late_milestone_are_asked_about_once_it_is_saved(
    writer, of_return, item
):
    MilestoneFactory(item=item, number=8, agreed_due=TODAY, forecast_due=date(2010, 10, 31))
    step = MilestoneFactory(
        item=item, number=9, original_due=DUE, responsible_agency=of_return.agency
    )
    said = asked(step, **LATE | {"mitigation": "Monitor the CNS", "mitigation_due_on": ""})
    plan, round_ = of_return.round.plan, of_return.round
    url = reverse("returns:save", args=[plan.slug, round_.pk, of_return.agency_id, item.number])
    html = writer.post(url, said | {"milestone": step.pk}).json()["milestone"]
    lines = [
        " ".join(strip_tags(line).split()) for line in re.findall("<p.*?</p>", html, re.DOTALL)
    ]
    order = (
        "Milestone 9 of item 1.2 is expected on 30 September 2010, but milestone 8, which was to come before it, only on "
        "31 October 2010. Is that so? If not, change the date of milestone 8."
    )
    assert lines[-5:-1] == [
        order,
        "What is being done about it: Watching changes nothing: write what will be done. For example: publish the parts "
        "that are agreed.",
        "What is being done about it: If there is a day, enter it under “By when”: the paper tells dated steps.",
        "CNS is not in the plan’s glossary, which the coordinator keeps: write it out.",
    ]
