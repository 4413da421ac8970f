"""Forms of this app. They validate the input; services decide whether the change is allowed."""
