"""The checks and test suites of `manage.py test` and `manage.py check_code`."""
