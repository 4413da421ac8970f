"""Second steps for tests: an app, its codes, and a session that proved one."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth

SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret: str = SECRET) -> str:
    """Return the code that an app shows now."""
    counters = list(auth.yield_hotp_counters_from_time())
    return auth.format_hotp_value(auth.hotp_value(secret, counters[len(counters) // 2]))


def set_up_app(user) -> list[str]:
    """Give the person an app and recovery codes, and return the codes."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    return RecoveryCodes.activate(user).generate_codes()
