"""Test what leads a paper: what hurts people before what an agency calls key, and the nearest dates before later ones."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED, write
from reports.compose.facts import Asked
from reports.document import Source
from reports.drafting.changed_records import records_of
from tests.reports.in_memory import (
    HEALTH,
    POLICE,
    action,
    delay,
    facts,
    item,
    risk,
    section_texts,
    step,
    text_of,
    update_of,
)
from workitems.terms.known_dates import KnownDate

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)
LONG = "Ships wait at the port for days because nobody can read the forms in the four languages of their crews. "


def late(number, name, *, effect="", forecast=LATER, is_key=False, **held):
    held_up = delay(held.pop("cause", "staffing"), effect=effect, **held)
    steps = [step(PAST, held_up, forecast_due=forecast, as_told=f"{name} in use")]
    return item(number, *steps, as_told=name, is_key=is_key)


def key(effect="Staff wait for it."):
    return late("1.4", "the form", effect=effect, is_key=True)


def places(effect, forecast=date(2010, 8, 31)):
    return late("2.3", "the homes", effect=effect, forecast=forecast)


def names_in_order(texts):
    found = {name: "\n".join(texts).find(name) for name in ("the form", "the homes")}
    return sorted((name for name, place in found.items() if place >= 0), key=found.__getitem__)


@pytest.mark.parametrize(
    "effect",
    [
        "Victims in four regions travel to a place to stay.",
        "Some of the children wait.",
        "For people this means that migrant workers wait.",
        "This means that women wait for months.",
        "People in two towns cannot be warned.",
        "Boats are not checked, and two skippers drowned.",
    ],
)
def test_a_delay_that_hurts_people_leads_though_it_is_not_of_a_key_item(effect):
    of = facts(key(), places(effect))
    brief = section_texts(of, "purpose")[1].splitlines()
    # Which item matters most is not for a paper to say of one that is not key.
    assert brief[2].startswith("- The delay of the homes affects people directly: ")
    assert names_in_order([brief[1].replace("The homes", "the homes")]) == ["the homes", "the form"]
    assert section_texts(of, "delay")[
        0
    ] == "Two items were held up, mainly by a shortage of staff:\n" + (
        "- The homes in use (2.3) will be two months late, on 31 August 2010.\n"
        "- The form in use (1.4) will be a year late, in June 2011. Staff wait for it."
    )


def test_of_delays_that_hurt_people_that_of_a_key_item_leads():
    of = facts(places("Children wait."), key("Victims wait."))
    brief = section_texts(of, "purpose")[1].splitlines()
    assert brief[2] == "- The delay of the form matters most: victims wait."


@pytest.mark.parametrize(
    "effect",
    [
        "Boards that meet a victim must ring the Ministry.",
        "Staff wait for it.",
        # What people in general do is no harm to them.
        "People check three websites.",
        "",
    ],
)
def test_a_delay_that_does_not_hurt_people_stands_after_those_of_key_items(effect):
    brief = section_texts(facts(key(), places(effect)), "purpose")[1].splitlines()
    assert brief[2] == "- The delay of the form matters most: staff wait for it."


def test_a_delay_that_has_ended_hurts_nobody_now():
    over = places("Victims travelled.")
    (slip,) = over.milestones
    ended = slip._replace(delays=tuple(row._replace(ended_on=PAST) for row in slip.delays))
    (entry,) = facts(over._replace(milestones=(ended,))).late
    assert not entry.hurts_people


def test_what_hurts_people_has_its_dates_action_and_bridge_when_there_is_no_room():
    homes = late(
        "2.3", "the homes", effect="Victims wait.", explanation=LONG, meanwhile="Motels near the port",
        actions=[action("sign two more", HEALTH, date(2010, 8, 20))],
    )  # fmt: skip
    of = facts(key(LONG), homes, item("1.2", *(step(LATER) for _ in range(4))), most_words=100)
    assert "The homes in use (2.3) will be a year late" in section_texts(of, "delay")[0]
    assert section_texts(of, "mitigation")[0] == (
        "For the homes, in the meantime, in DoL’s words: “Motels near the port.” The Ministry of Health (MOH) will sign "
        "two more by 20 August 2010."
    )
    assert section_texts(of, "next_steps")[0].splitlines()[:2] == [
        "The main dates ahead:",
        # Section Mitigation has the date of the action.
        "- 30 June 2011: the homes in use (DoL)",
    ]


def test_key_items_at_risk_are_in_the_order_of_those_whom_they_touch():
    ships, children = (
        item(number, is_key=True, as_told=name, confidence="at_risk")
        for number, name in (("1.1", "checks of ships"), ("2.5", "protection of children"))
    )
    lines = section_texts(facts(ships, children), "purpose")[1].splitlines()
    assert [line.split(" (")[0] for line in lines if "may become late" in line] == [
        "- Protection of children",
        "- Checks of ships",
    ]


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (
            "No update in the last round, and the training is due in four months.",
            ": no update in the last round, and the training is due in four months.",
        ),
        (
            "Nobody has been trained yet.",
            ", because nobody has been trained yet.",
        ),
        (
            "We do not know the trainers.",
            ", because the Department of Labour (DoL) does not know the trainers.",
        ),
        ("", "."),
    ],
)
def test_the_reviewers_reason_is_told_with_the_rating(reason, line):
    one = item("2.5", is_key=True, as_told="protection of children", reviewer_confidence="at_risk")
    brief = section_texts(facts(one, reviewers_reasons={one.pk: reason}), "purpose")[1]
    assert brief.splitlines()[2] == (
        f"- Protection of children (2.5), a key item, may become late{line}"
    )


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (
            "name a deputy for each member.",
            "The New Zealand Police plan to name a deputy for each member.",
        ),
        (
            "Each member has a deputy. They have read the open cases of all of the members.",
            "Police’s response: each member has a deputy.",
        ),
        # The owner is not repeated where the text names it.
        ("The deputies of Police are named.", "The deputies of Police are named."),
        ("The bid is with our CE.", "The bid is with Police’s CE."),
        ("The bid is ours.", "In Police’s words: “The bid is ours.”"),
        (
            "Advice to be published in full.",
            "Advice will be published in full (owner: Police).",
        ),
    ],
)
def test_the_response_to_a_grave_risk_is_told_when_there_is_no_room(response, told):
    grave = risk(
        1, "Investigators leave.", response, owner=POLICE.pk, escalated_to="group",
        likelihood="high", impact="high",
    )  # fmt: skip
    of = facts(key(LONG), all_risks=(grave,), most_words=80)
    # What may happen comes first, and is told once.
    assert (
        f"- Investigators may leave (a risk new to you). {told}\n"
        in section_texts(of, "purpose")[1]
    )
    assert "nvestigators" not in " ".join(section_texts(of, "next_steps"))


def test_a_challenge_that_is_too_long_is_left_out_of_an_item_that_slipped():
    doubtful = item(
        "1.1", step(LATER, delay(explanation="They left.")), is_key=True, confidence="at_risk"
    )
    updates = [update_of(doubtful, challenges="The trainers left " * 40)]
    of = facts(doubtful, updates=updates)
    assert section_texts(of, "delay") == [
        "“Brochure printed” (1.1) will be in time again, in June 2011. They left."
    ]


# --- what waits for the working group -----------------------------------------------------------


def asked(kind, due=None, milestone=None):
    due = due and KnownDate(due)
    return Asked(
        kind, HEALTH.pk, milestone, due, Source("workitems.variation", 7, 1, "Variation V7")
    )


def told_with(request_of, **given):
    one = late("1.4", "the form", is_key=True, **given)
    of = facts(one, requests={one.pk: [request_of(one)]})
    (paragraph,) = write(of, UNDRAFTED, in_full=False).sections["delay"].paragraphs
    return text_of(paragraph), paragraph.sources


@pytest.mark.parametrize(
    ("kind", "due", "sentence"),
    [
        (
            "date",
            LATER,
            " The Ministry of Health (MOH) has asked the working group to agree to June 2011.",
        ),
        (
            "date",
            date(2011, 8, 31),
            " The Ministry of Health (MOH) has asked the working group to move the date to August 2011.",
        ),
        (
            "withdrawal",
            None,
            " The Ministry of Health (MOH) has asked the working group to withdraw the item.",
        ),
        (
            "wording",
            None,
            " The Ministry of Health (MOH) has asked the working group to reword a milestone.",
        ),
    ],
)
def test_what_an_agency_has_asked_of_the_group_is_told_with_the_delay(kind, due, sentence):
    text, sources = told_with(lambda one: asked(kind, due, one.milestones[0].pk))
    assert text.partition("staff.")[2] == sentence
    assert sources[-1].model == "workitems.variation"


def test_of_several_late_milestones_it_is_said_which_date_is_to_move():
    steps = [step(PAST, delay(), forecast_due=LATER, as_told=name) for name in ("a map", "a card")]
    one = item("1.1", *steps, is_key=True)
    request = asked("date", date(2011, 8, 31), one.milestones[1].pk)
    text = section_texts(facts(one, requests={one.pk: [request]}), "delay")[0]
    assert text.endswith(
        "The Ministry of Health (MOH) has asked the working group to move the date for a card to August 2011."
    )


def test_without_room_only_what_a_date_depends_on_is_told():
    one = late("1.4", "the form", is_key=True)
    requests = {one.pk: [asked("wording"), asked("withdrawal")]}
    text = section_texts(facts(one, requests=requests, most_words=60), "delay")[0]
    assert (text.count("has asked"), "withdraw the item" in text) == (1, True)


def test_a_request_is_among_the_records_of_its_item_whose_change_is_told():
    one = late("1.4", "the form", is_key=True)
    of = facts(one, requests={one.pk: [asked("withdrawal")]})
    home = ("workitems.workitem", one.pk)
    assert (("workitems.variation", 7), 1, home) in records_of(of)
