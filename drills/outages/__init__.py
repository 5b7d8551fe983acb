"""An ingest loses a process, a server, its disk, its files or its clock."""
