"""Where a run of tests keeps what it makes once."""

import os
from pathlib import Path


def kept_in_this_run(config, tmp_path_factory, name):
    """Return the path of a folder for what is made once for all workers, and all suites, of a run."""
    if given := config.getoption("papers"):
        return Path(given).with_name(name)
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / name
