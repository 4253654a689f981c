"""工作台: the door of officials."""
