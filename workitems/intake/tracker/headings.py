"""The fields that a column of a tracker can become, and the words in headings that name them. No Django."""

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum

from agencies.typed.characters import searchable
from agencies.wording.translation import gettext_lazy


class Field(StrEnum):
    """What a column becomes. The values are stored in remembered mappings."""

    NUMBER = "number"
    PILLAR = "pillar"
    TITLE = "title"
    ACTION = "action"
    OBJECTIVE = "objective"
    LEAD = "lead"
    SUPPORTING = "supporting"
    KIND = "kind"
    KEY = "key"
    TIMEFRAME = "timeframe"
    STARTS = "starts"
    STATUS = "status"
    MILESTONE = "milestone"
    RESPONSIBLE = "responsible"
    DUE = "due"
    AGREED = "agreed"
    FORECAST = "forecast"
    COMPLETED = "completed"
    MEASURE = "measure"
    PROGRESS = "progress"
    NEXT = "next"
    CHALLENGES = "challenges"
    UPDATED = "updated"
    CAUSE = "cause"
    MITIGATION = "mitigation"
    NOTE = "note"
    IGNORE = "ignore"


LABELS = {
    Field.NUMBER: gettext_lazy("Item: number"),
    Field.TITLE: gettext_lazy("Item: title"),
    Field.ACTION: gettext_lazy("Item: action"),
    Field.OBJECTIVE: gettext_lazy("Item: objective"),
    Field.PILLAR: gettext_lazy("Item: pillar"),
    Field.LEAD: gettext_lazy("Item: lead agency"),
    Field.SUPPORTING: gettext_lazy("Item: supporting agencies"),
    Field.KIND: gettext_lazy("Item: action item or business as usual"),
    Field.KEY: gettext_lazy("Item: key item, yes or no"),
    Field.TIMEFRAME: gettext_lazy("Item: timeframe"),
    Field.STARTS: gettext_lazy("Item: start date"),
    Field.STATUS: gettext_lazy("Item: status or RAG"),
    Field.MEASURE: gettext_lazy("Item: measure of success"),
    Field.MILESTONE: gettext_lazy("Milestone: what"),
    Field.RESPONSIBLE: gettext_lazy("Milestone: responsible agency"),
    Field.DUE: gettext_lazy("Milestone: due date"),
    Field.AGREED: gettext_lazy("Milestone: agreed date, after a change"),
    Field.FORECAST: gettext_lazy("Milestone: forecast date"),
    Field.COMPLETED: gettext_lazy("Milestone: completed on"),
    Field.PROGRESS: gettext_lazy("Update: achieved"),
    Field.NEXT: gettext_lazy("Update: planned next"),
    Field.CHALLENGES: gettext_lazy("Update: challenges"),
    Field.UPDATED: gettext_lazy("Update: day it was made"),
    Field.CAUSE: gettext_lazy("Delay: why it is late"),
    Field.MITIGATION: gettext_lazy("Delay: what is being done"),
    Field.NOTE: gettext_lazy("Keep as a note"),
    Field.IGNORE: gettext_lazy("Leave out"),
}

DATES = (Field.DUE, Field.AGREED, Field.FORECAST, Field.COMPLETED)
# One column alone can have these; a second one is kept as a note.
ONCE = (
    Field.NUMBER,
    Field.TITLE,
    Field.PILLAR,
    Field.LEAD,
    Field.KIND,
    Field.KEY,
    Field.TIMEFRAME,
    Field.UPDATED,
)

PHRASES: dict[Field, str] = {
    Field.NUMBER: "number|no|nr|#|ref|ref no|reference|reference number|id|item no|item number|item id|"
    "action no|action number|action ref|action id|item ref|item|code|tau",
    Field.PILLAR: "pillar|theme|priority area|focus area|strategic priority|workstream|work stream|"
    "goal|strand|outcome area|priority|pou|outcome",
    Field.TITLE: "title|action title|item title|work item|initiative|initiative name|activity|"
    "activity title|action item|name|project|commitment|mahi|programme|action name",
    Field.ACTION: "action|action description|description|description of action|actions|detail|details|"
    "what we will do|official wording|full action|action text|description of activity",
    Field.OBJECTIVE: "objective|objectives|purpose|intended outcome|aim|why|desired outcome",
    Field.LEAD: "lead|lead agency|lead agencies|agency|responsible|responsible agency|owner|owner agency|"
    "lead organisation|accountable agency|agency lead|who|lead entity|agencies|lead department|"
    "action owner",
    Field.SUPPORTING: "support|supporting|supporting agencies|supporting agency|support agency|"
    "support agencies|partners|partner agencies|other agencies|contributing agencies|with|"
    "agencies involved|supported by|who helps|helps|helped by|who else|with help from|assisted by",
    Field.KIND: "kind|type|action type|new or bau|bau|item type",
    Field.KEY: "key|key item|key action|key deliverable|flagship|priority action|headline",
    Field.TIMEFRAME: "timeframe|time frame|term|timeline|horizon|short medium long|phase",
    Field.STARTS: "start|start date|starts|starts on|commences|commencement date|from|planned start",
    Field.STATUS: "status|rag|rag status|rag rating|progress status|current status|stage|state|"
    "delivery confidence|confidence|overall status|rating|traffic light|complete|percent complete|"
    "complete percent|progress percent|health|delivery status|status rag|rag this period",
    Field.MILESTONE: "milestone|milestones|key milestone|key milestones|milestone description|step|steps|"
    "next milestone|deliverable|deliverables|what|key deliverables|sub action|milestone name|task|tasks",
    Field.RESPONSIBLE: "milestone owner|milestone lead|responsible for milestone|milestone agency",
    Field.DUE: "due|due date|due by|target|target date|deadline|by when|when|completion date|"
    "planned completion|planned date|planned end|end date|original due|original due date|"
    "original date|baseline date|baseline|finish|target completion|delivery date|date due|"
    "milestone date|estimated completion|planned finish|date|expected completion",
    Field.AGREED: "agreed date|agreed due|approved date|approved revised date|agreed due date",
    Field.FORECAST: "forecast|forecast date|revised|revised date|revised due|revised due date|new date|"
    "new due date|expected|expected date|current forecast|now expected|revised target|eta|"
    "forecast completion|revised completion",
    Field.COMPLETED: "completed|completed on|date completed|done|done on|actual|actual date|"
    "actual completion|completion actual|date complete|actual finish|date closed|closed on",
    Field.MEASURE: "measure|measures|measure of success|kpi|indicator|success measure|success measures|"
    "performance measure|indicators|measures of success",
    Field.PROGRESS: "progress|update|progress update|progress to date|"
    "latest update|achievements|achieved|status update|narrative|"
    "quarterly update|latest progress|latest|latest news|last update|agency update|what was done|"
    "progress report",
    Field.NEXT: "next steps|next step|planned next|next actions|upcoming|next period|next quarter",
    Field.CHALLENGES: "challenges|issues|risks and issues|barriers|issues and risks|challenge",
    Field.CAUSE: "reason for delay|cause|cause of delay|delay reason|why late|reason|delay cause|"
    "reason for change|reason if late|explanation of delay|delay",
    Field.MITIGATION: "mitigation|mitigations|mitigating action|remedial action|corrective action|"
    "being done|recovery plan|action to recover|path to green|return to green",
    Field.UPDATED: "last updated|updated|updated on|date updated|date of update|last updated on|as at|"
    "date of last update|last reviewed|status date",
    Field.NOTE: "note|notes|comment|comments|commentary|contact|contact person|budget|funding|cost|"
    "risk|risks|link|links|file|days overdue|days late|sort|email|dependencies|minister|"
    "updated by|action officer|officer|sro|days to go|helper|lookup",
}
# What such a column says is no result, though its heading says progress as well: "Not funded yet".
COMMENTS = frozenset(("comment", "comments", "commentary", "note", "notes", "remark", "remarks"))
# Headings that name no field: their column is read as one by what trackers mean by them.
VAGUE = frozenset(("latest", "latest news"))
# "RAG last quarter" is not the status that the tracker shows.
EARLIER = frozenset(("last", "previous", "prior", "earlier", "old"))
_BY_PHRASE = {phrase: field for field, phrases in PHRASES.items() for phrase in phrases.split("|")}
# "no" and "id" are headings, and too short to be looked for within one.
_BY_WORDS = {
    tuple(phrase.split()): field for phrase, field in _BY_PHRASE.items() if len(phrase) > 2
}
# Endings that number several columns of one kind: "Milestone 2", "Due (1)", "Update Mar-26".
_ENDING = re.compile(r"\s*(?:#\s*)?\(?\b[0-9]{1,2}\)?$")


def plain(text: str) -> str:
    """Fold case, remove accents and punctuation, and collapse spaces."""
    folded = searchable(text.replace("%", " percent ").replace("#", " no "))
    return " ".join(re.findall(r"[a-z0-9]+", folded))


def field_of(heading: str) -> tuple[Field | None, int]:
    """Return what a heading says that its column is, and how plainly (0 to 3)."""
    folded = plain(heading)
    if not folded:
        return None, 0
    for text in (
        folded,
        plain(re.sub(r"\([^)]*\)|\[[^]]*\]", "", heading)),
        _ENDING.sub("", folded),
    ):
        if text in _BY_PHRASE:
            return _BY_PHRASE[text], 3
    words = folded.split()
    if EARLIER & set(words):
        return Field.NOTE, 2
    if COMMENTS & set(words):
        return Field.NOTE, 1
    if len(words) > 8:
        return None, 0
    # Prefer the longer phrase, then the later one: "Action owner", "Lead contact".
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length, -1, -1):
            if field := _BY_WORDS.get(tuple(words[start : start + length])):
                return field, 2 if length > 1 else 1
    return None, 0


def is_vague(heading: str) -> bool:
    """Whether a heading does not say what its column is read as: "Latest (pls keep short)"."""
    return plain(re.sub(r"\([^)]*\)|\[[^]]*\]", "", heading)) in VAGUE


def shape_of(headings: Iterable[str]) -> str:
    """Return the digest of a sheet's headings, by which its mapping is remembered."""
    return hashlib.sha256("\n".join(map(plain, headings)).encode()).hexdigest()
