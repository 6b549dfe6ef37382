"""One panel a file; panels know states and models, never each other."""
