"""What studio and worker share: a run folder's contract, and how a machine is seen (standard library, Python 3.8)."""
