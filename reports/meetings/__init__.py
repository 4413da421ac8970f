"""What the working group's papers say, as plain data: the pack before a meeting, its minutes after."""
