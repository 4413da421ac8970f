"""Random documents: every part, every kind of annex, text in any printable script."""

from datetime import date

from hypothesis import strategies as st

from reports.document import (
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
    TimelineRow,
    Verb,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
)
from tests.reports import sample
from workitems.terms.known_dates import KnownTo

ANYTHING = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"))
# Characters in the paper's fonts.
PRINTABLE = st.sampled_from("abcdefg ABC 0123456789 .,;:()-–—’“”/&<>\"'āēīōūĀŌ §%•→✓")


def documents(characters=ANYTHING):
    """Return a strategy for whole documents made of these characters."""
    words = st.text(characters, min_size=1, max_size=30).filter(str.strip)
    blank = words | st.just("")
    days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
    runs = st.builds(Run, words, bold=st.booleans(), lang=st.sampled_from(["", "mi"]))
    texts = st.lists(runs, min_size=1, max_size=3).map(tuple)
    inner = st.builds(Bullet, texts)
    bullets = st.builds(Bullet, texts, st.lists(inner, max_size=2).map(tuple))
    passages = st.lists(
        st.builds(Passage, texts, st.lists(bullets, max_size=2).map(tuple)), max_size=2
    ).map(tuple)
    sources = st.builds(
        Source,
        model=st.sampled_from(["item", "delay"]),
        pk=st.integers(1, 10**6),
        history_id=st.none() | st.integers(1, 10**6),
        label=blank,
    )
    contacts = st.builds(Contact, words, blank, blank, blank)
    maori = st.builds(HeadingInMaori, words, words)
    designs = st.builds(
        CoverDesign,
        ministry=blank,
        ministry_mi=blank,
        mark=st.none() | st.just(sample.mark()),
        ink=st.sampled_from(["#0b5158", "#000000"]),
        rule=st.sampled_from(["#0b5158", "#7a1f2b"]),
        labels=st.permutations([(part, f"{part} of it") for part in CoverPart]).map(
            lambda parts: tuple(CoverLabel(part, label) for part, label in parts)
        ),
        headings=st.lists(maori, max_size=2).map(tuple),
        is_maori_first=st.booleans(),
        has_empty_rows=st.booleans(),
        has_comments=st.booleans(),
        has_feedback=st.booleans(),
    )
    covers = st.builds(
        Cover,
        minister=words,
        portfolio=words,
        title=words,
        dated=days,
        tracker_number=words,
        action_sought=words,
        authorising_manager=contacts,
        contacts=st.lists(contacts, min_size=1, max_size=3).map(tuple),
        marking=st.sampled_from(Marking),
        deadline=st.none() | days,
        copied_to=st.lists(words, max_size=2).map(tuple),
        for_referral_to=st.lists(words, max_size=2).map(tuple),
        agencies_consulted=st.lists(words, max_size=3).map(tuple),
        not_concurring=st.lists(words, max_size=1).map(tuple),
        on_behalf_of=blank,
        design=st.none() | designs,
        says_once=st.booleans(),
    )
    known_to = st.sampled_from(KnownTo)
    milestones = st.builds(
        MilestoneRow,
        label=words,
        original_on=days,
        agreed_on=st.none() | days,
        forecast_on=st.none() | days,
        completed_on=st.none() | days,
        standing=blank,
        original_known_to=known_to,
        agreed_known_to=known_to,
        forecast_known_to=known_to,
    )

    no_text = st.just(())
    mitigations = st.builds(
        MitigationLine, texts, words, due_on=st.none() | days, done_on=st.none() | days
    )

    @st.composite
    def whole(draw):
        keys = (f"k-{number}" for number in range(10**6))

        def paragraph():
            return Paragraph(
                key=next(keys),
                text=draw(texts),
                bullets=draw(st.lists(bullets, max_size=2).map(tuple)),
                sources=draw(st.lists(sources, max_size=1).map(tuple)),
            )

        def item():
            return WorkItemRow(
                key=next(keys),
                number=draw(words),
                title=draw(words),
                lead=draw(words),
                stage=draw(st.sampled_from(Stage)),
                confidence=draw(st.none() | st.sampled_from(Confidence)),
                milestones=draw(st.lists(milestones, max_size=2).map(tuple)),
                standing=draw(blank),
            )

        def upto(most, make, least=0):
            return tuple(make() for _ in range(draw(st.integers(least, most))))

        def picture():
            counts = st.builds(StageCount, st.sampled_from(Stage), st.integers(0, 50))
            pillars = st.builds(PillarProgress, words, st.lists(counts, max_size=3).map(tuple))
            return ProgressPicture(
                key=next(keys),
                heading=draw(words),
                as_at=draw(days),
                pillars=draw(st.lists(pillars, max_size=3).map(tuple)),
                timeline=upto(3, lambda: TimelineRow(draw(words), draw(milestones))),
                note=draw(blank),
            )

        def table():
            pillars = upto(2, lambda: PillarRows(draw(words), upto(2, item)))
            return WorkItemTable(next(keys), draw(words), draw(days), pillars)

        def report():
            reported = {name: draw(passages) for name in ("achieved", "planned_next", "challenges")}
            no_change = None if any(reported.values()) else draw(st.none() | days)
            return ItemReport(
                agency=draw(words), period=draw(words), **reported, no_change_on=no_change
            )

        def item_with_texts():
            return WorkItemText(
                key=next(keys),
                number=draw(words),
                title=draw(texts),
                lead=draw(words),
                stage=draw(st.sampled_from(Stage)),
                supporting=draw(st.lists(words, max_size=2).map(tuple)),
                is_key=draw(st.booleans()),
                confidence=draw(st.none() | st.sampled_from(Confidence)),
                standing=draw(blank),
                objective=draw(passages),
                action=draw(passages),
                reports=upto(2, report),
                milestones=draw(st.lists(milestones, max_size=2).map(tuple)),
            )

        def with_texts():
            pillars = upto(2, lambda: PillarTexts(draw(words), upto(2, item_with_texts)))
            return WorkItemTexts(
                key=next(keys),
                heading=draw(words),
                as_at=draw(days),
                period=draw(words),
                pillars=pillars,
            )

        def delay():
            found = draw(days)
            return DelayRow(
                key=next(keys),
                number=draw(words),
                title=draw(texts),
                milestone=draw(milestones),
                cause=draw(words),
                explanation=draw(texts),
                found_on=found,
                days=draw(st.integers(-500, 5000)),
                effect=draw(no_text | texts),
                meanwhile=draw(no_text | texts),
                needs=draw(no_text | texts),
                waits_for=draw(no_text | texts),
                ended_on=draw(st.none() | st.just(found)),
                times_moved=draw(st.integers(1, 9)),
                mitigations=draw(st.lists(mitigations, max_size=2).map(tuple)),
                settled=draw(blank),
            )

        def delays():
            return DelayRegister(
                key=next(keys),
                heading=draw(words),
                as_at=draw(days),
                period=draw(words),
                rows=upto(2, delay),
            )

        def risk():
            escalated_to = draw(blank)
            return RiskRow(
                key=next(keys),
                number=draw(words),
                text=draw(texts),
                likelihood=draw(st.sampled_from(Level)),
                impact=draw(st.sampled_from(Level)),
                severity=draw(st.sampled_from(Level)),
                owner=draw(words),
                item=draw(blank),
                response=draw(no_text | texts),
                escalated_to=escalated_to,
                escalated_on=draw(days) if escalated_to else None,
                closed_on=draw(st.none() | days),
            )

        def risks():
            return RiskRegister(
                key=next(keys),
                heading=draw(words),
                as_at=draw(days),
                period=draw(words),
                rows=upto(2, risk),
            )

        def answer():
            return ConsultedRow(
                key=next(keys),
                name=draw(words),
                answer=draw(words),
                short_name=draw(blank),
                answered_on=draw(st.none() | days),
                text=draw(no_text | texts),
            )

        def consulted():
            return ConsultedTable(next(keys), draw(words), upto(2, answer))

        marks = st.builds(
            ChartMark, kind=st.sampled_from(MarkKind), day=days, number=st.sampled_from(("0", "83", "4.5")),
            starts_on=st.none(), is_break=st.booleans(),
        )  # fmt: skip
        some = st.lists(marks, max_size=3).map(
            lambda found: (
                ChartMark(kind=MarkKind.NUMBER, day=date(2010, 6, 30), number="1"),
                *found,
            )
        )
        charts = st.builds(
            MeasureChart, kind=st.just("level"), better=st.just("higher"), marks=some
        )

        def measure():
            return MeasureRow(
                key=next(keys),
                number=draw(blank),
                title=draw(no_text | texts),
                agency=draw(words),
                text=draw(texts),
                target=draw(blank),
                last=draw(blank),
                state=draw(words),
                chart=draw(st.none() | charts),
            )

        def measures():
            return MeasureTable(
                key=next(keys),
                heading=draw(words),
                as_at=draw(days),
                rows=upto(2, measure),
                note=draw(blank),
            )

        def finding():
            return FindingRow(
                key=next(keys),
                number=draw(blank),
                title=draw(no_text | texts),
                verdict=draw(words),
                text=draw(texts),
                auditor=draw(words),
                as_at=draw(days),
                agency=draw(words),
                reply=draw(no_text | texts),
            )

        def findings():
            return FindingTable(
                key=next(keys), heading=draw(words), as_at=draw(days), rows=upto(2, finding)
            )

        annexes = [picture, table, with_texts, delays, risks, consulted, measures, findings]
        kinds = draw(st.sets(st.sampled_from(SectionKind)))
        return Document.assemble(
            plan_title=draw(words),
            cover=draw(covers),
            sections=[
                Section(kind, draw(words), upto(3, paragraph, least=1))
                for kind in SectionKind
                if kind in kinds
            ],
            recommendation=Recommendations(
                paragraph(),
                upto(
                    3,
                    lambda: Recommendation(
                        key=next(keys),
                        verb=draw(st.sampled_from(Verb)),
                        text=draw(texts),
                        options=draw(st.lists(words, max_size=2).map(tuple)),
                    ),
                    least=1,
                ),
                draw(words),
            ),
            annexes=tuple(
                make() for make in draw(st.lists(st.sampled_from(annexes), max_size=2, unique=True))
            ),
        )

    return whole()
