"""Files, links and manifests of a dataset are damaged."""
