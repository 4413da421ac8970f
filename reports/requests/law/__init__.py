"""An Act of official information as data, and its working days. Plain data and pure functions: no Django, no database, no clock."""
