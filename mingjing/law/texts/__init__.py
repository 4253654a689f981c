"""Statute texts of strangers, read into one form: folders of Markdown, and a packaged SQLite file."""
