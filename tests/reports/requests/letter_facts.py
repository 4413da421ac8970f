"""Facts of letters: those of the real request of 2013, one set for each kind, and random ones."""

import random
from dataclasses import replace
from datetime import date, timedelta

from reports.requests.law.act import act_named
from reports.requests.law.working_days import WorkingDays
from reports.requests.letters import (
    Decision,
    Event,
    Extension,
    Facts,
    Happened,
    Kind,
    Line,
    Ombudsman,
    Person,
    Requester,
    Transfer,
    clock_of,
)

DAYS = WorkingDays(act_named())
DATED, RECEIVED = date(2013, 4, 21), date(2013, 4, 22)
TEXT = (
    "Dear Ministry,\r\n\r\nPlease send me the 2010 briefing on the Plan of Action to Prevent People "
    "Trafficking,\tand all annual reports since 2009.\r\n\r\nRegards,\r\nA Requester\r\n"
)


def facts(on=date(2013, 5, 22), **changes):
    """Return the facts of a letter of the day `on` about the request of April 2013."""
    known = {
        "agency": "Ministry of Business, Innovation and Employment",
        "reference": "13/02025",
        "requester": Requester(name="A Requester", address=("a.requester@example.org",)),
        "dated": DATED,
        "received": RECEIVED,
        "text": TEXT,
        "on": on,
        "contact": Person(role="OIA adviser", phone="04 901 0000", email="oia@example.govt.nz"),
        "signatory": Person(role="Manager, Immigration Policy"),
        "ombudsman": Ombudsman(website="ombudsman.example", phone="0800 000 000"),
    }
    if "clock" not in changes:
        known["clock"] = clock_of(DAYS, counted_from=RECEIVED, on=on)
    return Facts(**known | changes)


BRIEFING = Line(
    number=1,
    title="Briefing on the Plan of Action to Prevent People Trafficking (10/96252)",
    decision=Decision.PART,
    dated=date(2010, 7, 30),
    grounds=("9(2)(a)",),
    weighed=("9(2)(a)",),
)
NOT_HELD = Line(number=2, title="Annual report 2009", decision=Decision.REFUSED, grounds=("18(g)",))
OUTSIDE = Line(
    number=3,
    title="Minutes of another group",
    decision=Decision.OUT_OF_SCOPE,
    dated=date(2010, 3, 3),
    reason="They are about another plan",
)
LINES = (BRIEFING, NOT_HELD, OUTSIDE)
ACKNOWLEDGED = Event(kind=Happened.ACKNOWLEDGED, on=date(2013, 4, 23))
DECIDED = Event(kind=Happened.DECISION_NOTIFIED, on=date(2013, 5, 22))

OF_KIND = {
    Kind.ACKNOWLEDGE: facts(on=date(2013, 4, 23)),
    Kind.CLARIFY: facts(on=date(2013, 4, 26), question="Do you want drafts too?"),
    Kind.TRANSFER: facts(
        on=date(2013, 5, 3),
        transfer=Transfer(whom="New Zealand Customs Service", reason="14(b)(i)"),
    ),
    Kind.HAND_OVER: facts(
        on=date(2013, 5, 3),
        transfer=Transfer(
            whom="New Zealand Customs Service",
            reason="14(b)(i)",
            address="Private Bag 1\nWellington 6140",
            enclosures="The request of 21 April 2013",
        ),
    ),
    Kind.EXTEND: facts(
        on=date(2013, 5, 14),
        extension=Extension(reason="15A(1)(b)", until=date(2013, 6, 19)),
        events=(ACKNOWLEDGED,),
    ),
    Kind.DECIDE: facts(lines=LINES, events=(ACKNOWLEDGED,)),
    Kind.RELEASE: facts(on=date(2013, 5, 29), lines=LINES, events=(ACKNOWLEDGED, DECIDED)),
    Kind.DECIDE_AND_RELEASE: facts(lines=LINES[:1], events=(ACKNOWLEDGED,)),
}

NAMES = ("Tāne Example", "A. B. Example-Sample", "", "Example Trust (Inc.)", "Mx O’Example")
ADDRESSES = (
    ("someone+foi@example.org",),
    ("12 Example Street", "Level 3", "Exampleton 9999"),
    (),
)
TEXTS = (
    "All briefings.\n\nThanks\n{name}\n{address}",
    "Kia ora\tI am {name} of {address} (yes, {name}).",
    "{{braces}} [square] \x00 control \u200b joiner 🙂 %s",
)
LONG = "word " * 3000  # more than one paragraph may have
AGENCIES = ("New Zealand Police", "Ministry of Justice", "Te Puni Kōkiri")


def random_facts(seed):
    """Return a kind and facts that nothing is missing from."""
    chance = random.Random(seed)
    act = act_named()
    kind = chance.choice(list(Kind))
    received = date(2013, 1, 1) + timedelta(chance.randrange(5000))
    limit = DAYS.due(received)
    on = received + timedelta(chance.randrange(1, 60))
    if kind == Kind.EXTEND:
        on = min(on, limit)
    requester = Requester(name=chance.choice(NAMES), address=chance.choice(ADDRESSES))
    text = LONG if seed % 100 == 0 else chance.choice(TEXTS)
    if "%s" not in text:
        text = text.format(name=requester.name, address=", ".join(requester.address))
    events = [
        Event(kind=happened, on=received + timedelta(chance.randrange(10)), whom="NZ Police")
        for happened in (Happened.ACKNOWLEDGED, Happened.TRANSFERRED_IN_PART)
        if chance.random() < 0.5
    ]
    if kind == Kind.RELEASE:
        events.append(DECIDED)
    codes = [ground.code for ground in act.grounds]
    lines = [_random_line(chance, codes, number) for number in range(1, chance.randrange(2, 8))]
    lines[0] = replace(lines[0], decision=Decision.PART, grounds=("9(2)(a)",), reason="")
    return kind, facts(
        on,
        agency=chance.choice(AGENCIES),
        reference=chance.choice(("13/02025", "DOIA 2324-1559", "R & D <7>")),
        requester=requester,
        dated=received - timedelta(chance.randrange(3)),
        received=received,
        text=text,
        clock=clock_of(DAYS, counted_from=received, on=on),
        contact=Person(
            name=chance.choice(("", "A. Contact")),
            role="Adviser",
            phone=chance.choice(("", "04 901 0000")),
            email="oia@example.govt.nz",
        ),
        signatory=Person(name=chance.choice(("", "A. Signatory")), role="Manager"),
        ombudsman=chance.choice((Ombudsman(website="o.example"), Ombudsman(address="PO Box 1"))),
        scope=chance.choice(("", "Briefings of 2010")),
        is_urgent=chance.random() < 0.3,
        events=tuple(events),
        lines=tuple(
            replace(line, weighed=tuple(c for c in line.grounds if act.ground(c).is_balanced))
            for line in lines
        ),
        question=chance.choice(("Which year?", "Which year?\nWhich {agency}?")),
        transfer=Transfer(
            whom=chance.choice(AGENCIES),
            reason=chance.choice(("14(b)(i)", "14(b)(ii)")),
            part=chance.choice(("", "the second question")),
            contact=chance.choice(("", "oia@other.example")),
        ),
        extension=Extension(
            reason=chance.choice(("15A(1)(a)", "15A(1)(b)")),
            until=limit + timedelta(chance.randrange(1, 40)),
            explanation=chance.choice(("", "There are 4,000 documents.")),
        ),
        release_by=chance.choice((None, on + timedelta(9))),
        public_interest=chance.choice(("", "The names add nothing to public debate.")),
        own_words=chance.choice(("", "A word of our own:\n- one\n- two")),
        will_be_published=chance.random() < 0.5,
        apologises=chance.random() < 0.5,
        no_apology_reason="The requester agreed to a later date.",
    )


def _random_line(chance, codes, number):
    decision = chance.choice(list(Decision))
    return Line(
        number=number,
        title=chance.choice(("Minutes", "Ngā meneti", "A {strange} title ()"))[: 7 + number],
        decision=decision,
        dated=chance.choice((None, date(2010, 1, number))),
        grounds=tuple(chance.sample(codes, chance.randrange(1, 4))) if decision.keeps else (),
        reason="" if decision.keeps or decision.gives else "Another plan",
    )
