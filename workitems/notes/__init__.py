"""What people of a plan say to each other beside its records, whom they ask, and who reads it."""
