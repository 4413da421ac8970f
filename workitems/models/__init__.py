"""Models of plans, work items and their reporting, one module per noun. Services do all writes."""

from workitems.models.action import Action
from workitems.models.assignment import Assignment
from workitems.models.audit import Audit, Finding
from workitems.models.delay import Delay, Mitigation, Variation
from workitems.models.estimate import KeptEstimate
from workitems.models.feed import CalendarFeed
from workitems.models.following import EmailChoice, Follow, Seen
from workitems.models.held_entry import HeldEntry
from workitems.models.item import Milestone, Support, WorkItem
from workitems.models.measure import Measure, MeasureValue, Target
from workitems.models.meeting import Attendance, Decision, Matter, Meeting
from workitems.models.milestone_answer import MilestoneAnswer, MilestoneDraft
from workitems.models.note import Mention, Note, ReadConversation
from workitems.models.notice import Notice
from workitems.models.out_of_session import OutOfSession, OutOfSessionAnswer
from workitems.models.plan import GlossaryEntry, Member, Pillar, Plan
from workitems.models.received_mail import AnswerKey, ReceivedMail
from workitems.models.return_sheet import ReturnSheet
from workitems.models.risk import Risk
from workitems.models.round import (
    Evidence,
    ReadingTicks,
    Reminder,
    Return,
    ReturnNote,
    Round,
    Update,
)
from workitems.models.status_proposal import StatusProposal
from workitems.models.tracker import TrackerMapping, TrackerNote
from workitems.models.wait import Wait
