"""Requests that only the working group decides, and what contributors prepare for their approver."""
