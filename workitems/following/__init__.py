"""What people follow, what happened to it since they were last here, and the emails about its dates."""
