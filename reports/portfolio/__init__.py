"""All plans of a reader side by side, and what their agencies owe in them. No table of its own."""
