"""The home page: the to-dos that each subject registers, and the first steps of a new register."""
