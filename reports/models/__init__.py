"""Models of briefings, of the papers frozen for meetings, and of what is released on request."""

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
from reports.models.record_digest import RecordDigest
from reports.models.release.earlier_paper import EarlierPaper
from reports.models.release.letter import RequestLetter
from reports.models.release.line_copy import LineCopy
from reports.models.release.non_working_day import NonWorkingDay
from reports.models.release.public_page import PublicPage
from reports.models.release.public_progress import PublicProgress
from reports.models.release.redaction import Redaction
from reports.models.release.released import Release, ReleasedPaper
from reports.models.release.request import InformationRequest, RequestEvent
from reports.models.release.schedule import Consultation, ScheduleLine
from reports.models.rendering import RecordChange, Rendering, RenderWorker
from reports.models.response import AnswerDraft, FollowUp, Response, ResponseChoice
from reports.models.word_copy import Suggestion, WordCopy
