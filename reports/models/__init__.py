"""Models of briefings, and of the papers frozen for meetings."""

from reports.models.agency_cover import AgencyCover, CoverMark
from reports.models.briefing import DRAFTING_ROLES, MARKING_TOO_HIGH, NO_CONTACT, Briefing
from reports.models.briefing_decision import BriefingDecision
from reports.models.clearance import Clearance, ClearanceComment, ClearanceReply
from reports.models.draft import (
    AnnexChoice,
    BriefingKind,
    Content,
    DraftAsk,
    DraftParagraph,
    DraftSection,
    KindSection,
)
from reports.models.draft_act import DraftAct
from reports.models.issue import IssuedPaper, IssuedParagraph
from reports.models.meeting_paper import MeetingPaper
from reports.models.override import CheckOverride
from reports.models.paper_reading import PaperReading
from reports.models.public_progress import PublicProgress
from reports.models.record_digest import RecordDigest
from reports.models.rendering import RecordChange, Rendering, RenderWorker
from reports.models.response import AnswerDraft, FollowUp, Response, ResponseChoice
from reports.models.word_copy import Suggestion, WordCopy
