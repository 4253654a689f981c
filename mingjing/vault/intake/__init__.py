"""What a file is, whatever it is called: told from its bytes before anything is kept."""

from .examining import EVIDENCE, RECORDING, Examined, examine

__all__ = ["EVIDENCE", "RECORDING", "Examined", "examine"]
