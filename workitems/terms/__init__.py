"""The Plan's terms as plain functions: due dates, lengths of time, lateness on a day, texts. No Django."""
