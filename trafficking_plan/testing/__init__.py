"""What `manage.py test` runs: the checks, the suites, and the PostgreSQL they need."""
