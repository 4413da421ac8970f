from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Briefings"

    def ready(self) -> None:
        from reports import (
            desk_lines,
            follow_up_calendar,
            follow_up_notices,
            pack_notices,
            paper_guards,
            paper_indexes,
        )
        from reports.clearance import notices
        from reports.meetings.opening_slide import opening_slide
        from reports.models.briefing import has_sensitive_paper
        from reports.services import kinds
        from workitems import desk as desk
        from workitems import due_calendar
        from workitems.notices import meeting_notices, news
        from workitems.services import successor
        from workitems.views import lookups
        from workitems.views.meetings import present

        post_migrate.connect(paper_guards.install_after_migrate, sender=self)
        post_migrate.connect(paper_indexes.install_after_migrate, sender=self)
        lookups.ADDED_TO_PLANS["is_sensitive"] = has_sensitive_paper()
        successor.CARRIERS.append(kinds.carry_kinds)
        desk.SOURCES.append(desk_lines.lines_for)
        due_calendar.SOURCES.append(follow_up_calendar.follow_up_entries)
        news.SOURCES.append(notices.due_notices)
        news.SOURCES.append(follow_up_notices.due_notices)
        news.SOURCES.append(pack_notices.pack_notices)
        present.OPENING_PARTS.append(opening_slide)
        meeting_notices.MINUTES_PATHS.append(pack_notices.minutes_path)
