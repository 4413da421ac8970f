"""What this app adds to the pages of the rest: to-do lines, notices, search, public progress, programs."""
