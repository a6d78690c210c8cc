"""Reading a case: folder -> Case, or every problem at once."""

from truetoll.claims.reading.folder import case_schema, read_case

__all__ = ["case_schema", "read_case"]
