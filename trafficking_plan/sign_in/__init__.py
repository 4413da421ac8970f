"""Signing in: accounts, the second step, the organisation's own sign-in, limits."""

from trafficking_plan.sign_in.late_modules import run_late

# It reads and checks passkeys, and loads fido2 with cryptography, 5 MiB in each process, at each sign-in without one.
run_late("allauth.mfa.webauthn.internal.auth")
