"""The settings for pytest and mypy when they are called by themselves, in a clone without `.env`."""

import os

os.environ.setdefault("DEBUG", "yes")

from trafficking_plan.settings import *  # noqa: E402, F403
