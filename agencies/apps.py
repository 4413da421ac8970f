from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "Agencies and people"

    def ready(self) -> None:
        from agencies.people import succession
        from agencies.people.services import handing_over
        from agencies.records import guards, history

        pre_migrate.connect(guards.lift_before_migrate, sender=self)
        post_migrate.connect(guards.install_after_migrate, sender=self)
        history.connect()
        succession.HOLDINGS.extend(handing_over.PEOPLE)
