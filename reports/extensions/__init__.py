"""What an app inside `reports`, such as that of official information, adds to the rest."""
