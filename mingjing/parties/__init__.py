"""行政相对人: persons and enterprises that enforcement acts upon, without duplicates."""
