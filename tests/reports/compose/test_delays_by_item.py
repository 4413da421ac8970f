"""Test the section Delay of a paper without a section Mitigation, and which delay of an item is reported."""

from datetime import date
from functools import partial

import pytest

from reports.compose import UNDRAFTED
from reports.compose.facts import GroupDecision
from reports.compose.paper_parts import write
from reports.document import Source
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
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

pytestmark = pytest.mark.one_database(reason="reads no database")

AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)
BY = date(2010, 12, 31)
BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")


def by_item(*items, **given):
    """Return the paragraphs of the section Delay of a paper without a section Mitigation."""
    section = write(facts(*items, **given), BY_ITEM, in_full=False).sections["delay"]
    return [text_of(paragraph) for paragraph in section.paragraphs]


def late_step(*delays, agreed=AGREED, **given):
    return step(agreed, *delays, forecast_due=EXPECTED, **given)


def late(number, *delays, **given):
    return item(number, late_step(*delays), **{"is_key": True} | given)


def test_a_late_item_runs_in_with_its_dates_cause_bridge_and_action():
    held_up = delay(
        explanation="the trainers left",
        meanwhile="volunteers teach at two airports",
        actions=[action("hire two trainers", HEALTH, BY)],
    )
    assert by_item(late("1.1", held_up, as_told="the training")) == [
        "Training (1.1): This was due on 31 May 2010 and is now expected in May 2011. The trainers left. In the meantime, volunteers teach "
        "at two airports. The Ministry of Health (MOH) will hire two trainers by December 2010."
    ]


def test_the_name_is_bold_and_the_milestone_follows_the_dates_unless_the_name_says_it():
    held_up = delay(explanation="the trainers left")
    one = item(
        "1.1",
        late_step(held_up, as_told="the signing of the rule"),
        is_key=True,
        as_told="the rule",
    )
    (paragraph,) = write(facts(one), BY_ITEM, in_full=False).sections["delay"].paragraphs[:1]
    assert [(run.text, run.bold) for run in paragraph.text] == [
        ("Rule (1.1):", True),
        (" The signing, due on 31 May 2010, will now come in May 2011. The trainers left.", False),
    ]


@pytest.mark.parametrize(
    ("given", "dates"),
    [
        ({}, "was due on 31 May 2010 and is now expected in May 2011"),
        (
            {"original_due": date(2010, 3, 31)},
            "was due in March 2010 (moved to 31 May by the working group in April) and is now expected in May 2011",
        ),
        ({"forecast_due": AGREED}, "was due on 31 May 2010; no new date is set"),
        (
            {"forecast_due": date(2010, 6, 30)},
            "was due on 31 May 2010, and then on 30 June 2010; no new date is set",
        ),
        (
            {"settlement": "being_settled"},
            "was due on 31 May 2010 and is now expected in May 2011 at the earliest",
        ),
    ],
)
def test_both_dates_are_one_sentence(given, dates):
    settlement = given.pop("settlement", "") if "settlement" in given else ""
    held_up = delay(explanation="the trainers left", settlement=settlement)
    late_one = step(AGREED, held_up, **({"forecast_due": EXPECTED} | given))
    moves = {
        late_one.pk: GroupDecision("", date(2010, 4, 12), Source("workitems.variation", 1, 1, "V1"))
    }
    assert by_item(item("1.1", late_one, is_key=True), moves=moves)[0].startswith(
        f"Train staff (1.1): This {dates}. "
    )


# What an agency was to do, what was to be, a thing; each with a new date, one that waits and none.
@pytest.mark.parametrize(
    ("given", "new", "waits", "hopes", "none"),
    [
        (
            {"description": "Introduce the Bill"},
            "DoL was to introduce the Bill by 31 May 2010 and now expects to do so in May 2011",
            "DoL was to introduce the Bill by 31 May 2010 and will not do so before May 2011, because the trainers left",
            "DoL was to introduce the Bill by 31 May 2010 and now aims for May 2011",
            "DoL was to introduce the Bill by 31 May 2010, and has set no new date",
        ),
        (
            {"description": "Rules in force"},
            "The rules were to be in force by 31 May 2010; that is now expected in May 2011",
            "The rules were to be in force by 31 May 2010 and will not be before May 2011, because the trainers left",
            "The rules were to be in force by 31 May 2010 and are now expected in May 2011 at the earliest",
            "The rules were to be in force by 31 May 2010; no new date is set",
        ),
        (
            {"as_told": "the repair fund"},
            "The repair fund, due on 31 May 2010, will now come in May 2011",
            "The repair fund, due on 31 May 2010, will not come before May 2011, because the trainers left",
            "The repair fund, due on 31 May 2010, will come in May 2011 at the earliest",
            "The repair fund was due on 31 May 2010; no new date is set",
        ),
    ],
)
def test_the_form_of_a_milestone_and_how_firm_its_date_is_decide_the_sentence(
    given, new, waits, hopes, none
):
    def told(settlement="", **more):
        held_up = delay(explanation="the trainers left", settlement=settlement)
        one = step(AGREED, held_up, **({"forecast_due": EXPECTED} | more | given))
        text = by_item(item("1.1", one, is_key=True, title="Teach"))[0]
        text = text.replace("The Department of Labour (DoL)", "DoL")
        return text.removeprefix("Teach (1.1): ").partition(".")[0]

    assert told() == new
    assert told("needs_decision") == waits
    assert told("being_settled") == hopes
    assert told(forecast_due=AGREED) == none


def test_a_cause_that_is_over_comes_before_the_dates():
    held_up = delay(explanation="the supplier delivered late", settlement="settled")
    one = item("1.1", late_step(held_up, as_told="the repair fund"), is_key=True)
    assert by_item(one)[0].startswith(
        "Train staff (1.1): The supplier delivered late. The repair fund, due on 31 May 2010, will now come in May 2011."
    )


def test_a_second_late_milestone_follows_in_its_own_form():
    first = late_step(delay(explanation="the price rose"), as_told="the signing")
    second = late_step(agreed=date(2010, 6, 30), description="Rule in force")
    told = by_item(item("1.1", first, second, is_key=True))[0]
    assert told.endswith(" The rule will be in force in May 2011 instead of 30 June 2010.")


def test_how_much_is_done_is_told_with_what_is_late_and_not_as_a_result():
    one = item(
        "1.1", late_step(delay(explanation="the trainers left"), description="Complete all twenty plans"),
        is_key=True,
    )  # fmt: skip
    update = update_of(one, achieved="14 of 20 plans are complete.", key_achievement="yes")
    fine = [item(f"2.{n}", as_told=f"card {n}") for n in range(1, 4)]
    results = [
        update_of(each, achieved=f"{each.number[-1]}00 cards were printed, up from 20.", key_achievement="yes")
        for each in fine
    ]  # fmt: skip
    found = write(facts(one, *fine, updates=[update, *results]), BY_ITEM, in_full=False).sections
    assert "Fourteen of 20" not in text_of(found["achievements"].paragraphs[0])
    assert text_of(found["delay"].paragraphs[0]).endswith(" So far, 14 of 20 plans are complete.")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("no money was set aside", ". No money was set aside."),
        ("because no money was set aside", ". No money was set aside."),
        ("Not enough trainers", ". It is late because there are not enough trainers."),
        ("waiting for the tender", ". It is late because of waiting for the tender."),
        ("", ", because of a lack of funding."),
    ],
)
def test_the_cause_is_a_sentence_of_its_own_where_it_can_stand_alone(typed, told):
    (text, *_) = by_item(late("1.1", delay(explanation=typed)))
    assert text == (
        f"Train staff (1.1): This was due on 31 May 2010 and is now expected in May 2011{told}"
    )


def test_several_late_items_are_bullets_of_one_shape_below_how_many_and_in_which_order():
    items = [
        late(f"1.{n}", delay(effect="Victims wait" if n == 7 else ""), title=f"Print {n}")
        for n in range(1, 8)
    ]
    lines = by_item(*items)[0].splitlines()
    assert lines[0] == "Seven key items are late, the gravest first."
    assert [line.partition(":")[0] for line in lines[1:]] == [
        f"- Print {n} (1.{n})" for n in (7, 1, 2, 3, 4, 5, 6)
    ]
    others = [late(f"2.{n}", delay(), title=f"Fold {n}", is_key=False) for n in range(1, 3)]
    texts = by_item(*items, *others)
    assert texts[0].startswith("Seven key items are late, ")
    assert texts[1].startswith("Two other items are late")


@pytest.mark.parametrize("words", [60, 950])
def test_a_bullet_has_at_most_sixty_words_and_leaves_what_matters_least_to_the_annex(words):
    held_up = delay(
        explanation="the trainers left for better pay in the two months before the course began",
        effect="Staff at nine airports wait for the course that they were promised a year ago",
        meanwhile="volunteers teach at two airports on the first day of each month of the year",
        actions=[action("hire two trainers", LABOUR, BY)],
    )
    items = [late(f"1.{n}", held_up, title=f"Print {n}") for n in range(1, 9)]
    of = facts(*items, most_words=words)
    section = write(of, BY_ITEM, ("items", "delays"), in_full=False).sections["delay"]
    first, *bullets = text_of(section.paragraphs[0]).splitlines()
    assert first.endswith(" the gravest first (details in Annex B).")
    assert max(len(each.split()) for each in bullets) <= 1 + 60 + 3


def test_the_dates_list_does_not_repeat_a_date_that_a_bullet_has():
    held_up = delay(explanation="the trainers left")
    fine = item("1.2", step(date(2010, 9, 30), description="Cards printed"), is_key=True)
    found = write(facts(late("1.1", held_up), fine), BY_ITEM, in_full=False).sections
    texts = [text_of(each) for each in found["next_steps"].paragraphs]
    assert texts[0].splitlines()[1:] == ["- 30 September 2010: “Cards printed” (1.2, DoL)"]
    assert "Annex B" not in texts[1]


def test_a_result_of_a_late_item_is_said_to_be_of_one():
    done = late("1.1", delay(), title="Train staff")
    updates = [update_of(done, achieved="40 staff were trained.", key_achievement="headline")]
    section = write(facts(done, updates=updates), BY_ITEM, in_full=False).sections["achievements"]
    assert text_of(section.paragraphs[0]).splitlines()[1:] == ["- Forty staff were trained."]
    assert text_of(section.paragraphs[1]) == "Of these, work on “Train staff” (1.1) is late."


def test_what_an_item_needs_does_not_name_it_twice():
    held_up = delay(settlement="needs_decision", needs="to run a second tender", settling_by=BY)
    text = by_item(late("1.1", held_up, as_told="the training"))[0]
    assert text.endswith("DoL must run a second tender by December 2010.")


def test_the_delay_of_the_first_of_two_late_milestones_is_told():
    first = late_step(delay(explanation="the price rose"), description="Service opens")
    second = late_step(
        delay(explanation="the service has to open first"),
        agreed=date(2010, 6, 30),
        description="Old service ends",
    )._replace(forecast_due=date(2012, 6, 30))
    text = by_item(item("1.1", first, second, is_key=True))[0]
    assert "the price rose" in text.casefold()
    assert "has to open first" not in text


def test_the_action_against_the_delay_that_is_told_comes_first_then_the_earliest():
    told = delay(
        explanation="the price rose",
        actions=[
            action("Print maps.", LABOUR, date(2011, 4, 30)),
            action("Print cards.", LABOUR, BY),
        ],
    )
    other = delay(actions=[action("Print leaflets.", LABOUR, date(2010, 9, 30))])
    steps = [
        late_step(told, description="Service opens"),
        late_step(other, agreed=date(2010, 6, 30), description="Old service ends"),
    ]
    (text,) = section_texts(facts(item("1.1", *steps, is_key=True)), "mitigation")
    assert text.index("print cards") < text.index("print maps")
    assert "leaflets" not in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"confidence": "off_track"}, " One of them is off track: the cards (1.2)."),
        ({"confidence": "at_risk"}, ""),
    ],
)
def test_a_late_item_that_is_off_track_is_named_where_others_are_counted(given, told):
    cards = late("1.2", delay(), is_key=False, as_told="the cards", **given)
    others = [late(f"1.{n}", delay(), is_key=False, title=f"Item {n}") for n in range(3, 9)]
    texts = section_texts(facts(cards, *others, most_words=60), "delay")
    assert texts == [f"Seven items are late because of a lack of funding (dates in Annex B).{told}"]


def test_every_late_key_item_has_its_own_cause_and_action_before_anything_else_has_room():
    held_up = partial(
        delay,
        effect="Staff at nine airports wait for the course that they were promised a year ago",
        meanwhile="volunteers teach at two airports",
    )
    items = [
        late(
            f"1.{n}",
            held_up(
                explanation=f"course {n} has no trainers",
                actions=[action(f"hire {n}0 trainers", LABOUR, BY)],
            ),
            title=f"Print {n}",
        )
        for n in range(1, 9)
    ]
    others = [late(f"2.{n}", held_up(), title=f"Fold {n}", is_key=False) for n in range(1, 3)]
    texts = by_item(*items, *others, most_words=400)
    _, *bullets = texts[0].splitlines()
    assert len(bullets) == 8
    assert [
        n for n, each in enumerate(bullets, start=1) if f" Course {n} has no trainers." not in each
    ] == []
    assert texts[1].startswith("Two other items are late")
    acts = [
        each.endswith(f" will hire {n}0 trainers by December 2010.")
        for n, each in enumerate(bullets, 1)
    ]
    assert acts[:3] == [True] * 3


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("hire two trainers", "DoL will hire two trainers by December 2010."),
        # It is kept until the new date, though the act has an earlier day.
        ("keep the post filled", "DoL will keep the post filled."),
        (
            "meet the trainers every month",
            "Until December 2010, DoL will meet the trainers every month.",
        ),
        (
            "Talks with MOH about joint funding",
            "DoL plans talks with MOH about joint funding by December 2010.",
        ),
        (
            "The draft is with the board",
            "The draft is with the board. DoL is to finish this by December 2010.",
        ),
        (
            "Leaflets keep staff aware until then",
            "Leaflets keep staff aware until then. DoL is to finish this by December 2010.",
        ),
    ],
)
def test_the_day_of_an_action_stands_where_it_is_read_with_the_act(typed, told):
    held_up = delay(explanation="the trainers left", actions=[action(typed, LABOUR, BY)])
    text = by_item(late("1.1", held_up))[0]
    text = text.replace("the Department of Labour (DoL)", "DoL").replace(
        "The Department of Labour (DoL)", "DoL"
    )
    assert text.replace("the Ministry of Health (MOH)", "MOH").endswith(told)


def test_the_summary_measures_the_milestone_that_the_bullet_dates():
    held_up = delay(explanation="the trainers left")
    later = step(date(2010, 6, 30), forecast_due=date(2012, 6, 30))
    items = [
        item(f"1.{n}", late_step(held_up), later, is_key=True, as_told=f"the card {n}")
        for n in range(1, 5)
    ]
    brief = _brief(*items)
    assert (
        "among them the card 1 (a year late), the card 2 (a year late) and the card 3 (a year late)"
        in brief
    )


def _brief(*items):
    section = write(facts(*items), BY_ITEM, in_full=False).sections["purpose"]
    return "\n".join(map(text_of, section.paragraphs))


def test_what_bridges_a_delay_without_a_verb_is_a_sentence():
    held_up = delay(
        explanation="the trainers left", meanwhile="Temporary life rings at the 7 busiest"
    )
    assert by_item(late("1.1", held_up))[0].endswith(
        " The gap is filled by temporary life rings at the 7 busiest."
    )


def test_the_day_of_an_action_that_the_cause_has_too_is_left_out():
    held_up = delay(
        explanation="nothing can be connected before the old one is replaced in December 2010",
        actions=[action("connect the rest in stages as it is ready", HEALTH, BY)],
    )
    assert by_item(late("1.1", held_up))[0].endswith(
        "will connect the rest in stages as it is ready."
    )


def test_a_risk_of_a_told_item_names_it_and_does_not_repeat_its_action():
    held_up = delay(
        explanation="the trainers left", actions=[action("submit a bid for money", LABOUR, BY)]
    )
    one = late("1.1", held_up)
    grave = risk(
        description="Trained staff leave.", likelihood="high", impact="high", escalated_to="",
        escalated_on=None, item=one.pk, response="submit a bid for money",
    )  # fmt: skip
    section = write(facts(one, all_risks=(grave,)), BY_ITEM, in_full=False).sections["next_steps"]
    assert text_of(section.paragraphs[0]) == (
        "One risk of high likelihood and impact has not been raised with you. Trained staff leave (1.1)."
    )
