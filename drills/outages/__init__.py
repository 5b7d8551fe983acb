"""Whole commands lose a process, a server, their disk, their files or their clock."""
