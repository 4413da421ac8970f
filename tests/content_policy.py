"""Shared by tests: our Content-Security-Policy and what a response lacks of it."""

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def policy(response):
    return set(response.headers["Content-Security-Policy"].split("; "))


def lacks_policy(response):
    """Return which directives of the policy an HTML page lacks; one may be in a frame of ours."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    found = policy(response)
    allowed = {"frame-ancestors 'none'"} if "frame-ancestors 'self'" in found else set()
    return POLICY - found - allowed
