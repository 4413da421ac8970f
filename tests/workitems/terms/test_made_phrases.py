"""Noun phrases made from titles and descriptions."""

import pytest

from workitems.terms.made_phrases import (
    are_in_orders,
    phrase_of_description,
    phrase_of_title,
    thing_of_title,
)


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("Publish the guide", "publishing the guide"),
        ("Agree on one way to refer a victim.", "agreeing on one way to refer a victim"),
        ("Set up a register", ""),
        ("Set the fees", "setting the fees"),
        ("Review and rationalise the fees", "reviewing and rationalising the fees"),
        ("Develop, pilot and evaluate a course", "developing, piloting and evaluating a course"),
        (
            "Prepare for drought and evaluate the trial",
            "preparing for drought and evaluating the trial",
        ),
        ("Help agencies to find and support the victims", ""),
        ("Co-design a service", "co-designing a service"),
        ("Re-run the pilot", "re-running the pilot"),
        ("Equip the staff", "equipping the staff"),
        # Two clauses, or two verbs.
        ("Publish the guide; train staff", ""),
        ("Develop and/or buy a tool", ""),
        # Nouns, or words that may be nouns.
        ("Support services for victims", ""),
        ("Review of the fees", ""),
        ("Support the families", "supporting the families"),
        ("National helpline for victims", ""),
        ("Guidance", ""),
        # Long ones end early; what is still too long is none.
        (
            "Strengthen the protection of the personal data of children through enforcement of the code",
            "strengthening the protection of the personal data of children",
        ),
        (
            "Develop a clinical guideline and a service response for eating disorders and body image concerns among "
            "young people",
            "developing a clinical guideline and a service response",
        ),
        (
            "Publish a guide to the law that all hirers must read",
            "publishing a guide to the law",
        ),
        (
            "Publish a guide to the law that hirers must read",
            "publishing a guide to the law that hirers must read",
        ),
        # No name ends in "how".
        (
            "Publish a plain guide on how to heat a rental home cheaply",
            "publishing a plain guide on how to heat a rental home cheaply",
        ),
        # Too little would be left.
        (
            "Publish the new safety guide for all hirers and every single worker or seafarer",
            "publishing the new safety guide for all hirers and every single worker or seafarer",
        ),
        (
            "Publish the guide for all hirers and every single worker and seafarer",
            "publishing the guide for all hirers and every single worker and seafarer",
        ),
        (
            "Implement a pathway for 12 to 18 year olds",
            "implementing a pathway for 12 to 18 year olds",
        ),
        (f"Publish the {'very ' * 20}long guide", ""),
        (
            "Publish all (of: the guides that every hirer and every worker has asked for) now and then, in order",
            "",
        ),
    ],
)
def test_a_title_that_begins_with_a_verb_makes_a_phrase(title, phrase):
    assert phrase_of_title(title) == phrase


def test_a_word_that_may_be_a_noun_is_a_verb_where_most_titles_begin_with_one():
    titles = ["Publish the guide", "Agree on fees", "Support schools in their policies"]
    assert are_in_orders(titles)
    assert not are_in_orders(["Fees", *titles])
    assert phrase_of_title(titles[2]) == ""
    assert phrase_of_title(titles[2], in_orders=True) == "supporting schools in their policies"


@pytest.mark.parametrize(
    ("description", "phrase"),
    [
        ("First quarterly release", "the first quarterly release"),
        ("First 5,000 cards given out", ""),
        ("Lessons at 40 pools", "the lessons at 40 pools"),
        ("Live in all districts", ""),
        ("60 pools repaired", "the repair of 60 pools"),
        # Orders.
        ("Retire the old platform", "retiring the old platform"),
        ("Ship a card", "shipping a card"),
        ("Sign agreements in eight regions", ""),
        ("Be done with the map", ""),
        ("Guidance published", "the publication of the guidance"),
        ("Terms of reference agreed with iwi.", "agreement on the terms of reference with iwi"),
        ("Twelve analysts assigned", "the assignment of twelve analysts"),
        ("35-day outlook operational for all regions", "the 35-day outlook for all regions"),
        ("Sharing agreements in place", "the sharing agreements"),
        (
            "First systems installed and commissioned",
            "the installation and commissioning of the first systems",
        ),
        ("Draft sent to Cabinet", ""),
        ("Cabinet decisions on the fees", "the Cabinet decisions on the fees"),
        ("National Plan signed", "the signing of the National Plan"),
        ("1,500 farms with a plan", "1,500 farms with a plan"),
        ("Decision on the fees", "the decision on the fees"),
        ("Publish the guide", "publishing the guide"),
        ("Guidance made available to schools", "the guidance to schools"),
        ("80% of staff trained", "the training of 80% of staff"),
        ("2027 report published", "the publication of the 2027 report"),
        ("One-stop shop opened", "the opening of the one-stop shop"),
        ("A&E guidance published", "the publication of the A&E guidance"),
        ("DIA’s register live", "DIA’s register"),
        ("Act in force", "the coming into force of the Act"),
        ("Rules in force", "the coming into force of the rules"),
        ("Treasury’s advice received", "the receipt of the Treasury’s advice"),
        ("Ōtautahi office opened", "the opening of the Ōtautahi office"),
        # Who did it, how it stands, and nothing.
        ("Cabinet agreed to the fees", ""),
        ("On track for delivery", ""),
        ("Number of staff trained", ""),
        (".", ""),
        # Clauses, and what is no thing.
        ("Rules consulted upon and adopted", ""),
        ("System procured and operational", "the procurement of the system"),
        ("Staff have been trained", ""),
        ("No child waiting more than a year", ""),
        ("Brochure printed", ""),
        ("Sites confirmed", "the confirmation of the sites"),
    ],
)
def test_a_description_makes_a_phrase(description, phrase):
    assert phrase_of_description(description) == phrase


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("Homes for rural health staff", "homes for rural health staff"),
        ("Kaiāwhina apprenticeships", "kaiāwhina apprenticeships"),
        ("Review of allowances", "the review of allowances"),
        ("A pathway into medical school", "a pathway into medical school"),
        # The first word may be a name.
        ("Porirua hubs", "Porirua hubs"),
        ("Fatigue and injury programme", "the Fatigue and injury programme"),
        # A thing that is not counted, an order and a sentence.
        ("Wider prescribing", ""),
        ("Tell councils", ""),
        ("Survey harbours", ""),
        ("Rules that bind councils", ""),
    ],
)
def test_a_title_that_is_a_thing_makes_a_phrase(title, phrase):
    assert thing_of_title(title, {"kaiāwhina"}) == phrase
