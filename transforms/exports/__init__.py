"""What others read: articles with their quotes as JSON, as cells, as annotations. Rows in, text out."""
