from django.apps import AppConfig


class TraffickingPlanConfig(AppConfig):
    name = "trafficking_plan"
    verbose_name = "Plan Register"

    def ready(self) -> None:
        from trafficking_plan.running import deployment_checks as deployment_checks
        from trafficking_plan.sign_in import security_log as security_log
        from trafficking_plan.sign_in import session_store as session_store
        from trafficking_plan.sign_in import sessions as sessions
