"""The verifier for strangers: one file that runs wherever Python runs, without this platform."""
