from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Briefings"

    def ready(self) -> None:
        from agencies.people import succession
        from reports.clearance import held_clearances
        from reports.clearance import news as notices
        from reports.kinds.services.carrying import carry_kinds
        from reports.meetings import pack_news as pack_notices
        from reports.meetings.opening_slide import opening_slide
        from reports.models import guards as paper_guards
        from reports.models import indexes as paper_indexes
        from reports.models.briefing import has_sensitive_paper, keeps_apart
        from reports.responses import desk_lines, follow_up_calendar, held_follow_ups
        from reports.responses import follow_up_news as follow_up_notices
        from workitems.calendar import due_calendar
        from workitems.desk import to_dos as desk
        from workitems.intake.services import successor
        from workitems.meetings import meeting_news as meeting_notices
        from workitems.notices import news
        from workitems.plan.services import waits
        from workitems.plan.views import lookups
        from workitems.presenting import views as present

        post_migrate.connect(paper_guards.install_after_migrate, sender=self)
        post_migrate.connect(paper_indexes.install_after_migrate, sender=self)
        lookups.ADDED_TO_PLANS["is_sensitive"] = has_sensitive_paper()
        waits.KEPT_APART.append(keeps_apart)
        succession.HOLDINGS.append(held_clearances.CLEARANCES)
        succession.HOLDINGS.append(held_follow_ups.FOLLOW_UPS)
        successor.CARRIERS.append(carry_kinds)
        desk.SOURCES.append(desk_lines.lines_for)
        due_calendar.SOURCES.append(follow_up_calendar.follow_up_entries)
        due_calendar.SOURCES.append(follow_up_calendar.clearance_entries)
        news.SOURCES.append(notices.due_notices)
        news.SOURCES.append(follow_up_notices.due_notices)
        news.SOURCES.append(pack_notices.pack_notices)
        present.OPENING_PARTS.append(opening_slide)
        meeting_notices.MINUTES_PATHS.append(pack_notices.minutes_path)
