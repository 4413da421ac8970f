"""What milestones wait for: say it, confirm or dispute it, end it, and hear of it. Its services are in `plan.services.waits`."""
