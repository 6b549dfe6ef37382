"""Effects: processes, files and the hub; no Qt, no torch; the window and the command line share it all."""
