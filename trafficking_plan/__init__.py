"""The project: settings, addresses, and what a running service needs."""

# The release, as CHANGELOG.md has it; the wheel takes its version from here.
__version__ = "2.0.0"
