"""A plan in memory: the facts of a paper without a database, for tests of what its sentences say.

Defaults are the plainest: an item under way, a milestone due in a year, the year to 30 July 2010.
"""

from datetime import date, timedelta
from itertools import count

from agencies.models import Agency
from reports.compose import UNDRAFTED, USUAL_ANNEXES, assembled, write
from reports.compose.facts import Facts, GroupDecision, UpdateFacts
from reports.compose.slips import late_items
from reports.document import Source, words
from reports.models import Briefing
from workitems.models import Pillar, Plan, Return, Round
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt, RiskAt
from workitems.terms import lateness

START, ON = date(2009, 7, 31), date(2010, 7, 30)
LABOUR = Agency(pk=1, short_name="DoL", name="Department of Labour", name_mi="Te Tari Mahi")
POLICE = Agency(pk=2, short_name="Police", name="New Zealand Police")
HEALTH = Agency(pk=3, short_name="MOH", name="Ministry of Health")
AGENCIES = {agency.pk: agency for agency in (LABOUR, POLICE, HEALTH)}
for _agency in AGENCIES.values():
    # As if its cover had been read, and it had none.
    Agency._meta.get_field("cover").set_cached_value(_agency, None)
PILLARS = (
    Pillar(pk=1, number=1, title="Prevention"),
    Pillar(pk=2, number=2, title="Protection"),
)
_keys = count(1)


def no_texts(row):
    """The texts of a row of `plan_at`, each empty: a new one need not be named in every test."""
    return {name: "" for name, kind in row.__annotations__.items() if kind is str}


def action(description="Print it.", owner=POLICE, due_on=None, done_on=None, number=1):
    """A mitigation."""
    return MitigationAt(
        next(_keys), 0, number, description, owner.pk, due_on, done_on, next(_keys), ON
    )


def delay(cause="funding", explanation="", effect="", *, actions=(), number=1, **given):
    """An open delay."""
    dates = {"found_on": date(2010, 5, 1), "ended_on": None}
    dates |= {"due_before": date(2010, 6, 30), "before_known_to": "day"}
    dates |= {"due_after": date(2010, 8, 31), "after_known_to": "day"}
    section_texts = {
        "settlement": "",
        "settling_agency": None,
        "settling_other": "",
        "settling_by": None,
        "times_moved": 1,
    }
    section_texts |= {"meanwhile": "", "needs": "", "money_from": "", "if_declined": ""}
    return DelayAt(
        pk=next(_keys), milestone=0, item=0, of="", number=number, cause=cause, version=next(_keys),
        explanation=explanation, effect=effect, on=ON, mitigations=tuple(actions),
        **dates | section_texts | given,
    )  # fmt: skip


def step(due=date(2011, 6, 30), *delays, description="Brochure printed", number=1, **given):
    """An open milestone; its agreed date and forecast are `due` unless given."""
    agreed = given.pop("agreed_due", due)
    dates = {"original_due": due, "agreed_due": agreed, "forecast_due": agreed}
    exact = {f"{name}_known_to": "day" for name in ("original", "agreed", "forecast")}
    own = {"pk": next(_keys), "item": 0, "number": number, "description": description}
    own |= {"responsible": LABOUR.pk, "completed_on": None, "withdrawn_on": None}
    own |= {"version": next(_keys), "on": ON, "delays": tuple(delays)}
    return MilestoneAt(**no_texts(MilestoneAt) | dates | exact | own | given)


def item(number="1.1", *steps, title="Train staff", stage="under_way", on=ON, **given):
    """An item led by the coordinator; its milestones become its own."""
    pk = next(_keys)
    own = tuple(each._replace(item=pk, number=n) for n, each in enumerate(steps, start=1))
    late, due = lateness.dates_ahead(own, on)
    values = no_texts(ItemAt) | {"pk": pk, "number": number, "title": title, "stage": stage}
    values |= {"pillar": int(number[0]), "lead": LABOUR.pk, "is_key": False, "months": None}
    values |= {"starts_on": None, "completed_on": None, "heard_on": date(2010, 7, 1)} | given
    status = lateness.status_of(stage, late, values["confidence"])
    return ItemAt(
        **values, version=next(_keys), on=on, milestones=own, late=late, due=due, status=status
    )


def update_of(of, agency=LABOUR, *, written_on=date(2010, 7, 10), key_achievement="no", **given):
    """An accepted update of the item."""
    pk = next(_keys)
    of_return = Return(pk=agency.pk, agency=agency, round=Round(pk=1, name="January to June 2010"))
    texts = {"achieved": "", "planned_next": "", "challenges": "", "no_change_on": None}
    return UpdateFacts(
        pk=pk, item=of.pk, of_return=of_return, key_achievement=key_achievement,
        written_on=written_on, source=Source("workitems.update", pk, 1, f"Update of {of.number}"),
        **texts | given,
    )  # fmt: skip


def risk(number=1, description="Trained staff leave.", response="Train more of them.", **given):
    """A risk with the Minister."""
    raised = {"escalated_to": "minister", "escalated_on": date(2010, 5, 1), "closed_on": None}
    levels = {"likelihood": "possible", "impact": "moderate", "owner": LABOUR.pk, "item": None}
    return RiskAt(
        pk=next(_keys), number=number, description=description, response=response,
        version=next(_keys), on=ON, **raised | levels | given,
    )  # fmt: skip


def withdrawn(reason="Its options were compared", decided_on=date(2010, 2, 12)):
    return GroupDecision(reason, decided_on, Source("workitems.variation", 1, None, "Variation V1"))


def facts(*items, updates=(), most_words=1000, title="", background="", on=ON, **given):
    """The facts of a paper on the year to 30 July 2010 about these items."""
    plan = Plan(
        pk=1,
        title=title or "Plan of Action to Prevent People Trafficking",
        slug="plan",
        released_on=date(2009, 7, 31),
        portfolio="Minister of Immigration",
        coordinating_agency_id=LABOUR.pk,
        background=background,
    )
    briefing = Briefing(
        plan=plan, title="Progress", tracker_number="10/1", period_start=START,
        period_end=min(on, START + timedelta(days=364)), dated=on, contact_name="Coordinator",
        manager_name="Manager",
    )  # fmt: skip
    own = {each.pk: [row for row in updates if row.item == each.pk] for each in items}
    rest = {"members": tuple(AGENCIES.values()), "all_risks": (), "last_paper": None}
    rest |= {
        "additions": {},
        "withdrawals": {},
        "answered_since": {},
        "supports": {},
        "answer": None,
    }
    return Facts(
        briefing=briefing, most_words=most_words, plan=plan, plan_source=Source("workitems.plan", 1, 1, "The plan"),
        minister="Hon Minister", minister_since=START, agencies=AGENCIES, pillars=PILLARS, items=items, late=late_items(items, START),
        updates={pk: rows for pk, rows in own.items() if rows}, clearances=(),
        **rest | given,
    )  # fmt: skip


def text_of(paragraph):
    """Return the paragraph's text with its bullets, one line each."""
    lines = [words(paragraph.text)]
    for bullet in paragraph.bullets:
        lines.append("- " + words(bullet.text))
        lines += ["  - " + words(inner.text) for inner in bullet.bullets]
    return "\n".join(lines)


def section_texts(of, content, annexes=USUAL_ANNEXES):
    """Return the paragraphs of a section, as text."""
    section = write(of, UNDRAFTED, annexes, in_full=False).sections[content]
    return [text_of(paragraph) for paragraph in section.paragraphs]


def paper(of, annexes=USUAL_ANNEXES):
    return assembled(write(of, UNDRAFTED, annexes))
