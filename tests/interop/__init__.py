"""Other people's programs against our log: Go's sumdb/note and sumdb/tlog, from Debian packages."""
