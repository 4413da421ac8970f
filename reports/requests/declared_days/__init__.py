"""Days that count otherwise than the Act's calendar says."""
