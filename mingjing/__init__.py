"""明镜: a platform on which a city runs its administrative law enforcement, lawfully, in public, provably."""

__version__ = "0.1.0"
