"""Time, procedure and proof: pure Python without Django and without I/O beyond reading given files."""
