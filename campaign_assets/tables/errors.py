"""What can be wrong with a table's file.

TableError          it cannot be read or written
├── MissingTable    it was never written
└── DamagedFile     it is no Parquet that can be read
"""


class TableError(Exception):
    """A table's file cannot be read or written; the message is one sentence, and names the file."""


class MissingTable(TableError):
    """There is no such file: the table, or the day, was never written."""


class DamagedFile(TableError):
    """A file is there, but is no Parquet that can be read."""
