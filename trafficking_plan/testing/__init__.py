"""What `manage.py test` and `manage.py check_code` run: the checks, the suites, PostgreSQL."""
