"""What pages of every app share: forms, permissions, one act one record."""
