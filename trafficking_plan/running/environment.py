"""Where the installation is, and its settings file. Standard library only, since `bootstrap` uses it."""

import os
from pathlib import Path

CODE = Path(__file__).resolve().parent.parent.parent
IS_CHECKOUT = (CODE / "manage.py").exists()
# Has `.env`, `var` and `staticfiles`. Installed by pip, the code is elsewhere, so it is the folder that
# the service or the command is started in.
HOME = CODE if IS_CHECKOUT else Path.cwd()
# Has `templates` and `static`, which a wheel carries inside this package.
RESOURCES = CODE if IS_CHECKOUT else CODE / "trafficking_plan" / "resources"


# What may be in a file of its own, as containers are given secrets: SECRET_KEY_FILE=/run/secrets/key.
SECRETS = (
    *("SECRET_KEY", "SEALING_KEYS", "DATABASE_URL", "EMAIL_PASSWORD", "MAIL_POST_KEY"),
    *("OIDC_CLIENT_SECRET", "METRICS_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
)


def read_settings_file(usual: Path = HOME / ".env") -> None:
    """Read NAME=value lines from the file that ENV_FILE names, or else from the usual one if it exists.

    Variables that are already set take precedence. Then read each secret that is in a file of its own.
    """
    _read_lines(usual)
    for name in SECRETS:
        if file := os.environ.get(f"{name}_FILE"):
            # A file that is not there stops the start, and the error names it.
            os.environ.setdefault(name, Path(file).read_text(encoding="utf-8").strip())


def _read_lines(usual: Path) -> None:
    named = os.environ.get("ENV_FILE")
    path = Path(named) if named else usual
    if not named and not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))
