"""The demo's briefings.

The 2010 briefing is issued and answered. The current plan's first briefing is answered with a
follow-up; its second is in consultation.
"""

from datetime import date, timedelta

from agencies.records import history
from reports.demo.issued_briefing import Paper
from reports.document import Verb
from reports.kinds.services import kinds
from workitems.models import Plan

TRACKER_NUMBER = "10/96252"
# Roles instead of names, as the officials are real people.
COVER_OF_2010 = {
    "contact_name": "Desk Officer",
    "contact_role": "Business Advisor",
    "contact_phone": "(04) 555 0110",
    "manager_name": "Group Manager",
    "manager_role": "Border Security",
    "manager_phone": "(04) 555 0100",
    "manager_mobile": "(021) 555 0101",
    "on_behalf_of": "Secretary of Labour",
    "action_sought": "Note and agree",
}
CURRENT_COVER = {
    "contact_role": "Plan coordinator",
    "contact_phone": "(04) 555 0210",
    "manager_name": "General Manager",
    "manager_role": "Immigration Policy",
    "manager_phone": "(04) 555 0200",
    "on_behalf_of": "Secretary for Business, Innovation and Employment",
    "copied_to": "N/A",
    "marking": "IN CONFIDENCE",
}
COVER_OF_FIJI = {
    "contact_role": "Plan coordinator",
    "contact_phone": "(679) 555 0110",
    "manager_name": "Director",
    "manager_role": "National Security and Policing",
    "manager_phone": "(679) 555 0100",
    "on_behalf_of": "Permanent Secretary for Home Affairs",
    "copied_to": "N/A",
    "marking": "IN CONFIDENCE",
}
# A kind of the plan's own.
TALKING_POINTS = {
    "slug": "talking-points",
    "name": "Talking points for the Minister",
    "title": "Talking points on {plan}",
    "annexes": [],
    "sections": [
        {
            "key": "purpose",
            "heading": "Purpose",
            "content": "",
            "standing_text": "This paper gives you points on {plan} (the Plan) that you can say aloud, "
            "and answers to what you may be asked. It says what the records say on {date}.",
        },
        {"key": "points", "heading": "Talking points", "content": "talking_points"},
        {"key": "questions", "heading": "Questions and answers", "content": "questions"},
        {"key": "recommendation", "heading": "Recommendation", "content": "recommendation"},
    ],
    "asks": [{"verb": "note", "text": "the contents of this paper"}],
}
ASKED = ("Police", "Customs", "MFAT", "MSD", "MoJ")
ALSO_ASKED_IN_2010 = ("MOH", "MWA", "DPMC", "ACC")


def briefing_of_2010(plan: Plan) -> None:
    paper = Paper(plan, date(2010, 7, 5)).begin(
        "annual",
        COVER_OF_2010,
        period_start=date(2009, 7, 31),
        period_end=date(2010, 7, 30),
        dated=date(2010, 7, 30),
        tracker_number=TRACKER_NUMBER,
    )
    paper.recommend(
        Verb.NOTE,
        "that you will receive DoL’s request for $240,000 for training frontline staff in September",
    )
    paper.recommend(Verb.AGREE, "that the working group reports to you again by 29 July 2011")
    paper.later(2).ask((*ASKED, *ALSO_ASKED_IN_2010), due_on=date(2010, 7, 20))
    paper.later(5)
    comment = paper.comment(
        "Police", "achievements", "policy on people", "Say that the policy is written already."
    )
    paper.later(1).resolve(comment, "It does: “have written”.")
    for agency in ("Customs", "MFAT", "MSD", "MoJ", *ALSO_ASKED_IN_2010):
        paper.answer(agency, "concurs")
    paper.later(3).answer(
        "Police", "comment", "Induction courses will teach the policy from December 2010."
    )
    paper.later(14).issue()
    paper.later(4).return_from_minister(
        {1: "noted", 2: "noted", 3: "agreed"},
        {"advice": 4, "writing": 4, "analysis": 3, "completeness": 4},
        "Good to see Police and Immigration working so closely.",
    )
    paper.later(2).follow_up(
        3, "DoL", "Report to the Minister on the Plan’s second year.", due_on=date(2011, 7, 29)
    ).follow_up(
        0, "Police", "Give Immigration a desk in the intelligence unit.", due_on=date(2010, 12, 15)
    )
    paper.later(1).close()
    paper.finish(
        "Give Immigration a desk in the intelligence unit.",
        "The desk is there, and a first analyst sits at it.",
        date(2010, 12, 10),
    ).finish(
        "Report to the Minister on the Plan’s second year.",
        "The report went to the Minister.",
        date(2011, 7, 29),
    )


def briefing_of_fiji(plan: Plan) -> None:
    """Load the first yearly briefing on the plan of Fiji: cleared, signed, and with the Minister."""
    first = plan.rounds.order_by("period_start")[0]
    paper = Paper(plan, first.period_end + timedelta(days=26)).begin(
        "annual",
        COVER_OF_FIJI,
        period_start=plan.released_on,
        period_end=first.period_end,
        dated=first.period_end + timedelta(days=40),
        tracker_number=f"MHA {first.period_end:%Y}/031",
    )
    asked = ("Police", "Immigration", "Employment")
    paper.later(1).ask(asked, due_on=paper.today + timedelta(days=8))
    paper.later(4)
    for agency in asked:
        paper.answer(agency, "concurs")
    paper.later(9).issue()


def current_briefings(plan: Plan, today: date) -> None:
    """Load two briefings on the current plan; the second is in consultation today."""
    rounds = list(plan.rounds.order_by("period_start")[:2])
    first_end, second_end = (each.period_end for each in rounds)
    first = Paper(plan, first_end + timedelta(days=24)).begin(
        "annual",
        CURRENT_COVER,
        period_start=plan.released_on,
        period_end=first_end,
        dated=first_end + timedelta(days=40),
        tracker_number=f"{first_end:%y}/01873",
    )
    first.recommend(Verb.AGREE, "that agencies ask for money for safe places to stay together")
    first.later(1).ask(ASKED, due_on=first.today + timedelta(days=10))
    first.later(4)
    for agency in ASKED:
        first.answer(agency, "concurs")
    first.later(11).issue()
    first.later(12).return_from_minister(
        {1: "noted", 2: "agreed"},
        {"advice": 4, "writing": 3, "analysis": 4, "completeness": 4},
    )
    first.later(3).follow_up(
        2, "MSD", "Bring one bid for safe places to stay.", due_on=today + timedelta(days=20)
    )
    first.close().later(5).design_cover()
    with history.written_at(first.at):
        kinds.take_pattern(plan=plan, pattern=TALKING_POINTS, by=first.coordinator)

    # Begun when its records passed the checks; a milestone has slipped since.
    second = Paper(plan, today - timedelta(days=5)).begin(
        "annual",
        CURRENT_COVER,
        period_start=first_end + timedelta(days=1),
        period_end=second_end,
        dated=today - timedelta(days=60),
        tracker_number=f"{today:%y}/02944",
    )
    second.edit(
        "achievements", "helped within a week", add="This was among the group’s first aims."
    )
    second.recommend(Verb.DIRECT, "agencies to report on the delayed items by the end of March")
    second.ask((*ASKED, "IR", "DIA"), due_on=today + timedelta(days=6))
    second.later(2)
    settled = second.comment(
        "MSD", "achievements", "helped within a week", "“Within a week” is important; keep it."
    )
    second.comment(
        "Police", "mitigation", "analyst", "The second analyst began in October. Say so."
    )
    second.comment("MoJ", "", "", "The paper is long. Could the annex carry the next steps?")
    second.answer("Customs", "concurs")
    second.answer("MSD", "concurs")
    second.later(1).resolve(settled, "Kept.")
    second.answer(
        "MFAT",
        "dissents",
        "Two more trainings in the Pacific are not funded, and the paper does not say so.",
    )
    # This changes a paragraph that MSD cleared, so MSD is asked again.
    second.later(1).edit(
        "achievements",
        "helped within a week",
        add="The way to refer victims is used in both trial regions.",
    )
    second.redate(today + timedelta(days=8), deadline=today + timedelta(days=22))
