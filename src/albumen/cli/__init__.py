"""The command line: serve, work, import, and look after users and keys."""
