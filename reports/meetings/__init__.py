"""Papers of the working group's meetings as plain data: the pack before a meeting, the minutes
after."""
