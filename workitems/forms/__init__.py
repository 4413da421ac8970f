"""The forms of this app. They clean what was typed; services decide whether it may happen."""
