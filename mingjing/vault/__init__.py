"""证据保管: files as evidence: how they come in, who touched them, how long they stay, when they are read again.

The bytes themselves lie in the store of the room ``record``, under their own SHA-256."""
