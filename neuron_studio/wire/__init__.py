"""What a run folder holds: the contract between the studio and the worker (standard library, Python 3.8)."""
