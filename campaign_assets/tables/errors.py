"""What can be wrong with the files of the tables.

StorageError              what cannot be read or written
├── TableError            one file
│   ├── MissingTable      it was never written
│   └── DamagedFile       it is no Parquet that can be read
└── StorageUnavailable    every file: no such bucket, no credentials, nobody there

The first costs what the file was for, the second stops a run: every further file would meet it too.
"""


class StorageError(Exception):
    """Something cannot be read or written; the message is one sentence, and says what to do."""


class TableError(StorageError):
    """A table's file cannot be read or written; the message is one sentence, and names the file."""


class MissingTable(TableError):
    """There is no such file: the table, or the day, was never written."""


class DamagedFile(TableError):
    """A file is there, but is no Parquet that can be read."""


class StorageUnavailable(StorageError):
    """No file at all can be read or written; the message is one sentence, and names the file that was tried."""
