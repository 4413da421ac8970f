"""Days that differ from the Act's calendar."""
