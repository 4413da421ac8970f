"""A paper as plain data, with its text and its JSON. No Django, no database, no clock.

`document` is the whole; `annexes` and `text` are its parts. `markup` parses typed text, `wording`
has the grammar of generated sentences. `plain_json` converts to and from JSON, `schema` describes
it. Import from this package.
"""

from reports.document.annexes import (
    MAX_TIMELINE_ROWS,
    Annex,
    ChartMark,
    Confidence,
    ConsultedRow,
    ConsultedTable,
    DelayRegister,
    DelayRow,
    FindingRow,
    FindingTable,
    ItemReport,
    Level,
    MarkKind,
    MeasureChart,
    MeasureRow,
    MeasureTable,
    MilestoneRow,
    MitigationLine,
    Passage,
    PillarProgress,
    PillarRows,
    PillarTexts,
    ProgressPicture,
    RiskRegister,
    RiskRow,
    Stage,
    StageCount,
    TimelineRow,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    timeline_room,
)
from reports.document.cover_design import (
    USUAL_DESIGN,
    CoverDesign,
    CoverLabel,
    CoverPart,
    HeadingInMaori,
    Mark,
)
from reports.document.document import (
    LANGUAGE,
    SCHEMA,
    Contact,
    Cover,
    Document,
    Marking,
    Paragraph,
    Recommendation,
    Recommendations,
    Section,
    SectionKind,
    Source,
    Verb,
    from_json,
    number_through,
    printed_words,
    to_json,
)
from reports.document.text import MAX_TEXT, Bullet, DocumentError, Run, Text, plain, words
