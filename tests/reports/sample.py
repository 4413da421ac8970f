"""A sample briefing with every element that a paper can have."""

import io
from base64 import b64encode
from dataclasses import replace
from datetime import date

from PIL import Image, ImageDraw

from reports.document import (
    Annex,
    Bullet,
    ChartMark,
    Confidence,
    ConsultedRow,
    ConsultedTable,
    Contact,
    Cover,
    CoverDesign,
    CoverLabel,
    CoverPart,
    DelayRegister,
    DelayRow,
    Document,
    FindingRow,
    FindingTable,
    HeadingInMaori,
    ItemReport,
    Level,
    Mark,
    Marking,
    MarkKind,
    MeasureChart,
    MeasureRow,
    MeasureTable,
    MilestoneRow,
    MitigationLine,
    Paragraph,
    Passage,
    PillarProgress,
    PillarRows,
    PillarTexts,
    ProgressPicture,
    Recommendation,
    Recommendations,
    RiskRegister,
    RiskRow,
    Run,
    Section,
    SectionKind,
    Source,
    Stage,
    StageCount,
    Text,
    TimelineRow,
    Verb,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    plain,
)
from reports.document.cover_design import USUAL_LABELS

DATED = date(2010, 7, 30)

ITEMS: tuple[tuple[str, str, str, Stage, Confidence | None, tuple[MilestoneRow, ...], str], ...] = (
    (
        "1.1",
        "Train frontline staff to recognise the signs of trafficking",
        "DoL",
        Stage.UNDER_WAY,
        Confidence.OFF_TRACK,
        (
            MilestoneRow(
                label="Training pilot held",
                original_on=date(2010, 2, 26),
                completed_on=date(2010, 3, 12),
                standing="done 14 days late",
            ),
            MilestoneRow(
                label="All border staff trained",
                original_on=date(2010, 6, 30),
                forecast_on=date(2011, 6, 30),
                standing="30 days late",
            ),
        ),
        "30 days late",
    ),
    (
        "1.2",
        "Raise public awareness, in the languages that victims read",
        "DoL",
        Stage.UNDER_WAY,
        Confidence.AT_RISK,
        (
            MilestoneRow(
                label="Brochures printed in six languages",
                original_on=date(2010, 5, 31),
                forecast_on=date(2010, 8, 31),
                standing="60 days late",
            ),
        ),
        "60 days late",
    ),
    (
        "1.3",
        "Publish advice on children who travel alone",
        "DoL",
        Stage.COMPLETE,
        None,
        (
            MilestoneRow(
                label="Advice on the website",
                original_on=date(2010, 4, 30),
                completed_on=date(2010, 4, 20),
                standing="done 10 days early",
            ),
        ),
        "Complete",
    ),
    (
        "2.1",
        "Give victims access to emergency financial help",
        "MSD",
        Stage.COMPLETE,
        None,
        (
            MilestoneRow(
                label="Special needs programme amended",
                original_on=date(2010, 3, 31),
                completed_on=date(2010, 3, 29),
                standing="done on time",
            ),
        ),
        "Complete",
    ),
    (
        "2.2",
        "Learn from the best practice of other countries in protecting victims",
        "DoL",
        Stage.UNDER_WAY,
        Confidence.ON_TRACK,
        (
            MilestoneRow(
                label="Research report received",
                original_on=date(2010, 7, 31),
                standing="due in 1 day",
            ),
        ),
        "On time",
    ),
    (
        "2.3",
        "Work with communities and kaupapa Māori providers",
        "Te Puni Kōkiri",
        Stage.ONGOING,
        Confidence.ON_TRACK,
        (),
        "No date",
    ),
    (
        "3.1",
        "Give investigators a policy and specialist training",
        "Police",
        Stage.UNDER_WAY,
        Confidence.ON_TRACK,
        (
            MilestoneRow(
                label="Policy adopted",
                original_on=date(2010, 1, 29),
                completed_on=date(2010, 1, 29),
                standing="done on time",
            ),
            MilestoneRow(
                label="Module in detectives’ induction",
                original_on=date(2010, 9, 30),
                agreed_on=date(2010, 11, 30),
                forecast_on=date(2010, 11, 30),
                standing="due in 123 days",
            ),
        ),
        "On time",
    ),
    (
        "3.2",
        "Review penalties with the courts and the Ministry of Justice",
        "MoJ",
        Stage.NOT_STARTED,
        Confidence.ON_TRACK,
        (
            MilestoneRow(
                label="Terms of reference",
                original_on=date(2011, 2, 28),
                standing="due in 213 days",
            ),
        ),
        "On time",
    ),
    (
        "3.3",
        "Map what agencies hold about routes and recruiters",
        "Customs",
        Stage.WITHDRAWN,
        None,
        (),
        "Withdrawn",
    ),
)

PILLARS = {"1": "Prevention", "2": "Protection", "3": "Prosecution"}


def document(**changes: object) -> Document:
    """Return the sample. `changes` replaces parts by name, as `Document.assemble` takes them."""
    parts: dict[str, object] = {
        "plan_title": "Plan of Action to Prevent People Trafficking",
        "cover": cover(),
        "sections": sections(),
        "recommendation": recommendations(),
        "annexes": (progress_picture(), work_item_table()),
    }
    return Document.assemble(**{**parts, **changes})  # type: ignore[arg-type]


def written_everywhere(text: str) -> Document:
    """Return the sample with one text in every place that has text of a user."""
    person = Contact(text, text, text, text)
    picture, table, asked = progress_picture(), work_item_table(), recommendations()
    items = table.pillars[0]
    item = replace(
        items.rows[0],
        number=text,
        title=text,
        lead=text,
        standing=text,
        milestones=(MilestoneRow(label=text, original_on=DATED, standing=text),),
    )
    paragraphs = (
        paragraph("p-01", text, bullet(text)),
        paragraph("p-02", (Run(text, bold=True, lang="mi"),)),
    )
    return document(
        plan_title=text,
        cover=replace(
            cover(),
            minister=text,
            portfolio=text,
            title=text,
            tracker_number=text,
            action_sought=text,
            copied_to=(text,),
            for_referral_to=(text,),
            agencies_consulted=(text,),
            not_concurring=(text,),
            contacts=(person,),
            authorising_manager=person,
            on_behalf_of=text,
        ),
        sections=(Section(SectionKind.PURPOSE, text, paragraphs),),
        recommendation=replace(
            asked,
            heading=text,
            items=(replace(asked.items[0], text=plain(text), options=(text,)),),
        ),
        annexes=(
            replace(
                picture,
                heading=text,
                note=text,
                timeline=(replace(picture.timeline[0], number=text),),
                pillars=(replace(picture.pillars[0], title=text),),
            ),
            replace(table, heading=text, pillars=(replace(items, title=text, rows=(item,)),)),
        ),
    )


def cover() -> Cover:
    return Cover(
        minister="Hon Dr Jonathan Coleman",
        portfolio="Minister of Immigration",
        title="Progress on the Plan of Action to Prevent People Trafficking",
        dated=DATED,
        tracker_number="10/96252",
        action_sought="For your information",
        marking=Marking.IN_CONFIDENCE,
        copied_to=("Hon Kate Wilkinson, Associate Minister of Immigration",),
        agencies_consulted=("Police", "Customs", "MFAT", "MSD", "MOH", "MWA", "DPMC", "MoJ", "ACC"),
        not_concurring=("MWA",),
        contacts=(
            Contact("Business Advisor", "Border Security", "(04) 555 0101"),
            Contact("Policy Advisor", "", "(04) 555 0102", "021 555 010"),
        ),
        authorising_manager=Contact("Group Manager", "Border Security Group", "(04) 555 0100"),
        on_behalf_of="for Secretary of Labour",
    )


def mark() -> Mark:
    """A crest as `reports.kinds.services.marks` makes it: a red disc on white."""
    picture = Image.new("RGB", (213, 213), "white")
    ImageDraw.Draw(picture).ellipse((0, 0, 212, 212), fill="#7a1f2b")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return Mark(b64encode(file.getvalue()).decode(), 213, 213, "Crest of the Department of Labour")


def design(**changes: object) -> CoverDesign:
    """An agency's own cover with everything that one can have, its rows in another order."""
    maori = {CoverPart.HEADING: "Pānui Whakamārama", CoverPart.TITLE: "Taitara"}
    labels = [CoverLabel(part, USUAL_LABELS[part], maori.get(part, "")) for part in CoverPart]
    number = labels.pop(list(CoverPart).index(CoverPart.TRACKER_NUMBER))
    labels.insert(4, replace(number, label="Briefing number"))
    parts: dict[str, object] = {
        "ministry": "Department of Labour",
        "ministry_mi": "Te Tari Mahi",
        "mark": mark(),
        "ink": "#1f3a5f",
        "rule": "#7a1f2b",
        "labels": tuple(labels),
        "headings": (
            HeadingInMaori("Purpose", "Te take"),
            HeadingInMaori("Annex", "Āpitihanga"),
            HeadingInMaori("Register of delays", "Ngā whakaroa"),
        ),
        "has_empty_rows": False,
    }
    return CoverDesign(**{**parts, **changes})  # type: ignore[arg-type]


def own_cover(**changes: object) -> Cover:
    return replace(cover(), design=design(**changes))


def paragraph(key: str, text: str | Text, *bullets: Bullet) -> Paragraph:
    runs = plain(text) if isinstance(text, str) else text
    return Paragraph(key=key, text=runs, bullets=bullets, sources=(SOURCE,))


SOURCE = Source("workitems.update", 7, 19, "Update of 1.1 by the Department of Labour")


def bullet(text: str, *bullets: Bullet) -> Bullet:
    return Bullet(plain(text), bullets)


def sections() -> tuple[Section, ...]:
    return (
        Section(
            SectionKind.PURPOSE,
            "Purpose",
            (
                paragraph(
                    "p-01",
                    "This paper reports to you on the first year of the Plan of Action to Prevent People "
                    "Trafficking (the Plan), which was released in July 2009.",
                ),
            ),
        ),
        Section(
            SectionKind.BACKGROUND,
            "Background",
            (
                paragraph(
                    "p-02",
                    "New Zealand ratified the United Nations convention against organised crime and its "
                    "protocol on trafficking in persons in 2002. The Plan is one of the ways in which those "
                    "commitments are met.",
                ),
                paragraph(
                    "p-03",
                    (
                        Run("The Department of Labour ("),
                        Run("Te Tari Mahi", lang="mi"),
                        Run(") coordinates the Plan for a working group of nine agencies."),
                    ),
                ),
            ),
        ),
        Section(
            SectionKind.ACHIEVEMENTS,
            "Achievements",
            (
                paragraph(
                    "p-04",
                    "In the past 12 months the working group’s main achievements were:",
                    bullet(
                        "first training on indicators and on interviewing victims, given to frontline staff"
                    ),
                    bullet(
                        "profiles that help visa staff to see a suspicious application:",
                        bullet("for labour recruiters and agents"),
                        bullet("for education providers"),
                    ),
                    bullet("a presentation on trafficking, shown at onshore branches"),
                    bullet(
                        "material to raise awareness, in the languages that victims read, which will reach "
                        "communities by 31 August 2010."
                    ),
                ),
                paragraph(
                    "p-05",
                    "The Police wrote an internal policy on people trafficking. It becomes part of the training "
                    "of every new investigator, and one detective has been trained abroad to teach it.",
                ),
                paragraph(
                    "p-06",
                    "The Ministry of Social Development changed its special needs programme so that victims can "
                    "be given financial help while they are in New Zealand.",
                ),
                paragraph(
                    "p-07",
                    "An immigration policy for victims of trafficking was approved. It:",
                    bullet(
                        "lets a victim whom the Police have certified stay for 12 months on a temporary visa"
                    ),
                    bullet(
                        "opens a way to residence for victims who have not obstructed the investigation."
                    ),
                ),
                paragraph(
                    "p-08",
                    (
                        Run("Work with "),
                        Run("kaupapa Māori", lang="mi"),
                        Run(" providers and with "),
                        Run("whānau", lang="mi"),
                        Run(
                            " continues. In June 2010 a forum brought non-government organisations together, and "
                        ),
                        Run("28 of them", bold=True),
                        Run(" now share a contact list."),
                    ),
                ),
            ),
        ),
        Section(
            SectionKind.DELAY,
            "Delay",
            (
                paragraph(
                    "p-09",
                    "Two key work items were due within 12 months and are late: formal training of staff (1.1, "
                    "30 days late) and public awareness (1.2, 60 days late). Neither had funding of its own, and "
                    "the people who would have done the work were committed to bringing the Immigration Act 2009 "
                    "into force.",
                ),
            ),
        ),
        Section(
            SectionKind.MITIGATION,
            "Mitigation",
            (
                paragraph(
                    "p-10",
                    "The Department will train its own staff as soon as training on the Act is over, and will "
                    "then share the material with the working group.",
                ),
                paragraph(
                    "p-11",
                    "Until then staff are reached by presentations and by pages on the intranet; most of that "
                    "material goes into the formal training next year.",
                ),
            ),
        ),
        Section(
            SectionKind.NEXT_STEPS,
            "Next steps",
            (
                paragraph(
                    "p-12",
                    "The working group keeps meeting to carry out the Plan and to watch its progress. Over the "
                    "next 12 months it will put training and public awareness first.",
                ),
                paragraph(
                    "p-13",
                    "You will be told at once of any risk to the Plan, or of any case of trafficking.",
                ),
            ),
        ),
    )


def recommendations() -> Recommendations:
    return Recommendations(
        lead=paragraph("p-14", "It is recommended that you:"),
        items=(
            Recommendation(key="r-01", verb=Verb.NOTE, text=plain("the contents of this paper")),
            Recommendation(
                key="r-02",
                verb=Verb.AGREE,
                text=plain("that the training of border staff be finished by 30 June 2011"),
            ),
        ),
    )


def progress_picture() -> ProgressPicture:
    pillars = []
    for start, title in PILLARS.items():
        stages = [item[3] for item in ITEMS if item[0].startswith(start)]
        counts = tuple(StageCount(stage, stages.count(stage)) for stage in Stage if stage in stages)
        pillars.append(PillarProgress(title, counts))
    return ProgressPicture(
        key="a-01",
        heading="The Plan at a glance",
        as_at=DATED,
        pillars=tuple(pillars),
        timeline=tuple(TimelineRow(item[0], row) for item in ITEMS for row in item[5]),
    )


def work_item_table(copies: int = 1) -> WorkItemTable:
    """Return the items, or that many copies of each for a long annex."""
    return WorkItemTable(
        key="a-02",
        heading="Work items",
        as_at=DATED,
        pillars=tuple(
            PillarRows(
                f"{start} {title}",
                tuple(
                    WorkItemRow(
                        key=f"w-{copy}-{number.replace('.', '-')}",
                        number=number if copies == 1 else f"{number}.{copy + 1}",
                        title=item_title,
                        lead=lead,
                        stage=stage,
                        confidence=confidence,
                        milestones=milestones,
                        standing=standing,
                    )
                    for copy in range(copies)
                    for number, item_title, lead, stage, confidence, milestones, standing in ITEMS
                    if number.startswith(start)
                ),
            )
            for start, title in PILLARS.items()
        ),
    )


def work_item_texts(copies: int = 1) -> WorkItemTexts:
    """Return the same items with different texts, or that many copies of each."""
    return WorkItemTexts(
        key="a-03",
        heading="Work items with their texts",
        as_at=DATED,
        period="the 12 months to 30 July 2010",
        pillars=tuple(
            PillarTexts(
                f"{start} {title}",
                tuple(
                    WorkItemText(
                        key=f"w-3-{copy}-{number.replace('.', '-')}",
                        number=number if copies == 1 else f"{number}.{copy + 1}",
                        title=plain(item_title),
                        lead=lead,
                        stage=stage,
                        confidence=confidence,
                        standing=standing,
                        milestones=milestones,
                        **WORDS.get(number, {}),  # type: ignore[arg-type]
                    )
                    for copy in range(copies)
                    for number, item_title, lead, stage, confidence, milestones, standing in ITEMS
                    if number.startswith(start)
                ),
            )
            for start, title in PILLARS.items()
        ),
    )


def passage(text: str | Text, *bullets: Bullet) -> Passage:
    return Passage(plain(text) if isinstance(text, str) else text, bullets)


HALF_YEAR = "the six months to 30 June 2010"
WORDS: dict[str, dict[str, object]] = {
    "1.1": {
        "supporting": ("Customs (trains its own staff)", "Police"),
        "is_key": True,
        "objective": (
            passage("Staff who meet people at the border and at work notice the signs."),
        ),
        "action": (
            passage("Write and deliver training on the signs of trafficking."),
            passage(
                "The training covers:",
                bullet("what to look for", bullet("at the border"), bullet("at work")),
                bullet("whom to tell."),
            ),
        ),
        "reports": (
            ItemReport(
                agency="DoL",
                period=HALF_YEAR,
                achieved=(
                    passage(
                        (
                            Run("The pilot was held with "),
                            Run("kaupapa Māori", lang="mi"),
                            Run(" providers; "),
                            Run("28 people", bold=True),
                            Run(" came."),
                        )
                    ),
                ),
                planned_next=(passage("The other branches follow."),),
                challenges=(passage("Trainers are few."), passage("Rooms are small.")),
            ),
            ItemReport(agency="Customs", period=HALF_YEAR, no_change_on=date(2010, 7, 5)),
        ),
    },
    "1.2": {"reports": (ItemReport(agency="DoL", period=HALF_YEAR),)},
}


def delay_register(copies: int = 1) -> DelayRegister:
    """Return an open delay that moved twice and an ended one, or that many copies of both."""
    return DelayRegister(
        key="a-04",
        heading="Register of delays",
        as_at=DATED,
        period="the 12 months to 30 July 2010",
        rows=tuple(
            row
            for copy in range(copies)
            for row in (
                DelayRow(
                    key=f"d-{copy}-1",
                    number="1.1",
                    title=plain("Train frontline staff to recognise the signs of trafficking"),
                    milestone=ITEMS[0][5][1],
                    cause="Prior commitments",
                    explanation=plain("Staff were bringing the Immigration Act 2009 into force."),
                    effect=(Run("Staff and "), Run("whānau", lang="mi"), Run(" go without it.")),
                    meanwhile=plain("Those who came back train the others."),
                    needs=plain("Two trainers."),
                    waits_for=plain(
                        "It waits for 3.3.2 of Police, now expected on 29 January 2027."
                    ),
                    found_on=date(2010, 6, 1),
                    days=365,
                    times_moved=2,
                    mitigations=(
                        MitigationLine(
                            plain("Train the trainers first."), "DoL", due_on=date(2010, 12, 31)
                        ),
                        MitigationLine(
                            plain("Show the pilot’s slides."), "Police", done_on=date(2010, 7, 1)
                        ),
                        MitigationLine(plain("Ask for rooms."), "Customs"),
                    ),
                    settled="The cause (prior commitments) is being settled by DoL by 31 May 2011.",
                ),
                DelayRow(
                    key=f"d-{copy}-2",
                    number="1.1",
                    title=plain("Train frontline staff to recognise the signs of trafficking"),
                    milestone=ITEMS[0][5][0],
                    cause="Funding",
                    explanation=plain("No money was set aside."),
                    found_on=date(2010, 2, 1),
                    ended_on=date(2010, 3, 12),
                    days=14,
                ),
            )
        ),
    )


def risk_register(copies: int = 1) -> RiskRegister:
    """Return a risk escalated to the Minister, one of the whole Plan, and a closed one."""
    return RiskRegister(
        key="a-05",
        heading="Register of risks",
        as_at=DATED,
        period="the 12 months to 30 July 2010",
        rows=tuple(
            row
            for copy in range(copies)
            for row in (
                RiskRow(
                    key=f"k-{copy}-1",
                    number="R2",
                    text=(
                        Run("Victims who speak "),
                        Run("te reo Māori", lang="mi"),
                        Run(" stay silent."),
                    ),
                    likelihood=Level.HIGH,
                    impact=Level.MEDIUM,
                    severity=Level.HIGH,
                    owner="MWA",
                    item="1.2",
                    response=plain("Print the brochure in more languages."),
                    escalated_to="The Minister",
                    escalated_on=date(2010, 5, 3),
                ),
                RiskRow(
                    key=f"k-{copy}-2",
                    number="R1",
                    text=plain("Agencies’ money runs out."),
                    likelihood=Level.LOW,
                    impact=Level.HIGH,
                    severity=Level.MEDIUM,
                    owner="DoL",
                ),
                RiskRow(
                    key=f"k-{copy}-3",
                    number="R3",
                    text=plain("The law comes late."),
                    likelihood=Level.LOW,
                    impact=Level.LOW,
                    severity=Level.LOW,
                    owner="MoJ",
                    closed_on=date(2010, 4, 1),
                ),
            )
        ),
    )


def consulted_table() -> ConsultedTable:
    return ConsultedTable(
        key="a-06",
        heading="Who was consulted",
        rows=(
            ConsultedRow(
                key="c-1",
                name="New Zealand Customs Service",
                short_name="Customs",
                answer="Concurs with comment",
                answered_on=date(2010, 7, 20),
                text=plain("Say how many officers were trained."),
            ),
            ConsultedRow(
                key="c-2",
                name="Police",
                short_name="Police",
                answer="Concurs",
                answered_on=date(2010, 7, 21),
            ),
            ConsultedRow(
                key="c-3", name="Ministry of Health", answer="Had not answered by 30 July 2010"
            ),
        ),
    )


def finding_table() -> FindingTable:
    return FindingTable(
        key="a-08",
        heading="Findings of the audit",
        as_at=date(2010, 7, 30),
        rows=(
            FindingRow(
                key="f-1",
                number="",
                verdict="Supported in part",
                text=plain("Few milestones have evidence."),
                auditor="Office of the Auditor-General",
                as_at=date(2010, 6, 30),
                agency="DoL",
            ),
            FindingRow(
                key="f-2",
                number="1.1",
                title=plain("Train staff"),
                verdict="Not supported",
                text=plain("The list of those trained was not seen."),
                auditor="Office of the Auditor-General",
                as_at=date(2010, 6, 30),
                agency="DoL",
                reply=plain("It is kept on paper."),
            ),
        ),
    )


def measure_table() -> MeasureTable:
    return MeasureTable(
        key="a-07",
        heading="Measures",
        as_at=date(2010, 7, 30),
        rows=(
            MeasureRow(
                key="m-1",
                number="1.1",
                title=plain("Train staff"),
                agency="DoL",
                text=plain("The number of staff trained was 83 in June 2010; the target is 100."),
                target="100 by June 2011",
                last="83 in June 2010",
                state="Target not due yet",
                chart=MeasureChart(
                    kind="level",
                    better="higher",
                    marks=(
                        ChartMark(kind=MarkKind.BEFORE, day=date(2009, 6, 30), number="12"),
                        ChartMark(kind=MarkKind.NUMBER, day=date(2010, 6, 30), number="83"),
                        ChartMark(kind=MarkKind.TARGET, day=date(2011, 6, 30), number="100"),
                    ),
                ),
            ),
            MeasureRow(
                key="m-2",
                number="",
                agency="Police",
                text=plain("No number has been given for the number of people helped."),
                state="No number given",
            ),
        ),
        note="One measure has words only, without a number or a target: item 2.1.",
    )


def annexes() -> tuple[Annex, ...]:
    """One of each kind."""
    return (
        progress_picture(),
        work_item_table(),
        work_item_texts(),
        delay_register(),
        risk_register(),
        consulted_table(),
        measure_table(),
        finding_table(),
    )
