"""Papers of the working group's meetings as plain data: packs before, minutes after."""
