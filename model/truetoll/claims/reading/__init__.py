"""Reading a case: folder -> Case, or every problem at once."""

from truetoll.claims.reading.folder import as_case, case_schema, read_case

__all__ = ["as_case", "case_schema", "read_case"]
