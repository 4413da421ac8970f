"""Settings for pytest and mypy when they are run directly, without `.env`."""

import os

os.environ.setdefault("DEBUG", "yes")
os.environ["ENV_FILE"] = os.devnull

from trafficking_plan.settings import *  # noqa: E402, F403
