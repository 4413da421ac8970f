"""What agencies are asked about a draft: whose paragraphs it has, what they read and answer, and their mail."""
