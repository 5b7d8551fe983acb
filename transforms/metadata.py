"""What is known of an article beside its text: from a side file that describes many, or from its path."""

from transforms.fields import Metadata, parse_fields
from transforms.paths import PATH_TEMPLATES, parse_path
from transforms.side_files import SideFile, parse_side_file

__all__ = ["PATH_TEMPLATES", "Metadata", "SideFile", "parse_fields", "parse_path", "parse_side_file"]
