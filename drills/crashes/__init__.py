"""A writer is stopped at a system call, or loses its power."""
