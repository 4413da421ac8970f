from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Briefings"

    def ready(self) -> None:
        from reports import clearance_notices, guards, waiting
        from workitems import waiting as desk
        from workitems.notices import timetable

        post_migrate.connect(guards.install_after_migrate, sender=self)
        desk.SOURCES.append(waiting.lines_for)
        timetable.SOURCES.append(clearance_notices.tell)
