"""Run `verify_issued` for tests."""

from io import StringIO

from django.core.management import CommandError, call_command


def verify(**options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_issued", stdout=out, stderr=err, **options)
    except CommandError as error:
        return [*err.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()
