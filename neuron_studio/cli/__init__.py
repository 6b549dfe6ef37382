"""The command line: arguments in, reports and exit codes out; every run goes through the same engine as the window's."""
