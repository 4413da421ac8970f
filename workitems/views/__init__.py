"""Views of this app. Each one fetches rows that the user may see, checks the permission, cleans
the form, calls one service and redirects."""
