"""What people type: fields of forms, dates, characters, uploaded files."""
