"""Test how papers write out the acronyms of the plan's glossary."""

from dataclasses import replace

import pytest

from reports.compose.facts import Term
from reports.compose.writing_out import in_full_at_first, introduce, introduce_left, write_out
from reports.document import (
    MAX_TEXT,
    Bullet,
    Paragraph,
    Run,
    Section,
    SectionKind,
    Source,
    markup,
    plain,
)
from tests.reports.in_memory import HEALTH, POLICE, facts, paper, text_of
from tests.reports.random_papers import random_facts

pytestmark = pytest.mark.one_database(reason="reads no database")

CNS = Source("workitems.glossaryentry", 1, 7, "Glossary, CNS")
NGO = Source("workitems.glossaryentry", 2, 8, "Glossary, NGO")
TERMS = {
    "cns": Term("customs notification system", CNS),
    "ngo": Term("non-governmental organisation", NGO),
    "jk": Term("", Source("workitems.glossaryentry", 3, 9, "Glossary, JK")),
}
OF = facts(terms=TERMS)
OWN = Source("workitems.update", 5, 1, "Update")


def section(*texts):
    paragraphs = [
        Paragraph(
            key=f"p-{number}",
            text=text if isinstance(text, tuple) else markup.inline(text),
            sources=(OWN,),
        )
        for number, text in enumerate(texts)
    ]
    return Section(SectionKind.DELAY, "Delay", tuple(paragraphs))


def texts(of):
    return [text_of(each) for each in of.paragraphs]


def test_an_acronym_is_written_out_where_its_section_first_uses_it():
    found = write_out(section("The CNS is late.", "The CNS waits for NGOs and JK.", "NGOs."), OF)
    assert texts(found) == [
        "The customs notification system (CNS) is late.",
        "The CNS waits for non-governmental organisations (NGOs) and JK.",
        "NGOs.",
    ]
    assert [each.sources for each in found.paragraphs] == [(OWN, CNS), (OWN, NGO), (OWN,)]
    assert write_out(found, OF) == found


def test_bold_words_bullets_and_te_reo_keep_their_form():
    bullets = (Bullet(plain("CNS tested"), (Bullet(plain("by two NGOs")),)),)
    text = (Run("Done by the "), Run("CNS", lang="mi"), Run(" and an "), Run("NGO", bold=True))
    was = Paragraph(key="p-1", text=text, bullets=bullets)
    (found,) = write_out(replace(section("CNS"), paragraphs=(was,)), OF).paragraphs
    assert found.text == (*text[:3], Run("non-governmental organisation (NGO)", bold=True))
    assert text_of(found).splitlines()[1:] == [
        "- Customs notification system (CNS) tested",
        "  - by two NGOs",
    ]


def test_a_text_that_would_become_too_long_stays_and_the_next_one_explains():
    long = "The CNS " + "waits and " * ((MAX_TEXT - 20) // 10)
    found = write_out(section(long.strip(), "The CNS is late."), OF)
    assert texts(found) == [long.strip(), "The customs notification system (CNS) is late."]


def test_a_paragraph_that_would_outgrow_its_box_stays_and_the_next_one_explains():
    bullets = tuple(Bullet(plain(f"{'a' * (MAX_TEXT - 10)} CNS")) for _ in range(2))
    (was,) = section("Late:").paragraphs
    full = replace(was, bullets=bullets)
    of = replace(section("The CNS is late."), paragraphs=(full, *section("The CNS.").paragraphs))
    first, second = write_out(of, OF).paragraphs
    assert first == full
    assert text_of(second) == "The customs notification system (CNS)."


@pytest.mark.parametrize("seed", range(0, 40, 5))
def test_a_paper_of_a_plan_with_a_glossary_keeps_to_its_words(seed):
    of = random_facts(seed)
    of = replace(of, most_words=400, terms=TERMS)
    shouted = [item._replace(title=f"{item.title} of the CNS and NGOs") for item in of.items]
    with_acronyms = replace(of, items=tuple(shouted))
    bare = paper(replace(with_acronyms, terms={}))
    full = paper(with_acronyms)
    count = sum(len(text_of(each).split()) for each in full.paragraphs())
    least = sum(len(text_of(each).split()) for each in bare.paragraphs())
    assert count <= max(400, least + 60)


def introduced(*texts):
    """Return the texts of a section in which short names of agencies stand alone."""
    paragraphs = tuple(
        Paragraph(key=f"p{n}", text=plain(text), sources=(CNS,)) for n, text in enumerate(texts)
    )
    section, _ = introduce(Section(SectionKind.DELAY, "Delay", paragraphs), [HEALTH, POLICE])
    return [text_of(paragraph) for paragraph in section.paragraphs]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["MOH pays."], ["The Ministry of Health (MOH) pays."]),
        (["For now, MOH pays."], ["For now, the Ministry of Health (MOH) pays."]),
        (["MOH’s staff pay."], ["The Ministry of Health’s (MOH) staff pay."]),
        # The place that has both comes later.
        (
            ["For now, MOH pays. The Ministry of Health (MOH) will stop."],
            ["For now, the Ministry of Health (MOH) pays. MOH will stop."],
        ),
        (["The Ministry of Health (MOH) pays. MOH stops."], None),
        (["Somebody pays (MOH)."], None),
        (["In its words: “MOH pays.”"], None),
        (["Police pay."], None),
    ],
)
def test_an_agency_is_written_out_where_its_short_name_first_stands_alone(typed, told):
    assert introduced(*typed) == (told or typed)


def test_an_agency_is_not_written_out_where_the_text_would_become_too_long():
    long = "MOH " + "pays and " * ((MAX_TEXT - 20) // 9) + "waits."
    assert introduced(long, "MOH pays.") == [long, "The Ministry of Health (MOH) pays."]


def test_a_short_name_before_a_bracket_shares_it():
    assert introduced("MOH’s (hospitals) upgrade has slipped.") == [
        "The Ministry of Health’s (MOH, hospitals) upgrade has slipped."
    ]


def test_a_short_name_within_another_name_stays():
    assert introduced("MOH/FCG met.", "A joint Police and MOH unit met.", "MOH pays.") == [
        "MOH/FCG met.",
        "A joint Police and MOH unit met.",
        "The Ministry of Health (MOH) pays.",
    ]
    assert introduced("It was agreed with the MOH.") == [
        "It was agreed with the Ministry of Health (MOH)."
    ]


def test_a_short_name_stands_beside_the_name_where_the_paper_first_has_it():
    health = f"the {HEALTH.name}"
    found = in_full_at_first(
        {
            "purpose": section(f"It waits for {health}’s advice."),
            "background": section(f"Then {health} ({HEALTH.short_name}) acts."),
        },
        [HEALTH],
    )
    assert texts(found["purpose"]) == [f"It waits for {health}’s ({HEALTH.short_name}) advice."]
    assert texts(found["background"]) == [f"Then {HEALTH.short_name} acts."]
    # Not of one whose short name the paper does not use.
    alone = {"purpose": section(f"It waits for {health}.")}
    assert in_full_at_first(alone, [HEALTH]) == alone


def test_an_agency_whose_full_name_was_left_out_is_written_out_where_it_stands_now():
    sections = {
        kind: Section(SectionKind(kind), kind, (Paragraph(key="p", text=plain(text), sources=()),))
        for kind, text in (("delay", "MOH has asked."), ("mitigation", "MOH pays."))
    }
    made = introduce_left(sections, [HEALTH, POLICE])
    assert [text_of(each.paragraphs[0]) for each in made.values()] == [
        "The Ministry of Health (MOH) has asked.",
        "MOH pays.",
    ]
