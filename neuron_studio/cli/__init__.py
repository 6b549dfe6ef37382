"""The command line: arguments in, reports and exit codes out; its runs go through the window's own engine."""
