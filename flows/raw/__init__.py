"""What lies below the raw root: files, archives, their members."""
