"""Views of seats and invitations, one module per noun."""
