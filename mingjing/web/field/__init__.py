"""现场: the door for officers with a phone, installable, and of use without a network for a day."""
