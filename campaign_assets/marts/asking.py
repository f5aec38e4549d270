"""One question in SQL over the tables and marts of a store, wherever they lie."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from campaign_assets.marts.database import RELATIONS, add_relation, name_relation
from campaign_assets.marts.query import BOUNDS
from campaign_assets.marts.stored_files import StoredFiles
from campaign_assets.tables import TableStore


class QuestionError(ValueError):
    """A question that cannot be answered; the message is one sentence."""


NAMES = tuple(".".join(name_relation(table)) for table in RELATIONS)
"""What a question may be about: `hubspot.campaigns`, `marts.campaign_summary`."""


@contextmanager
def ask(store: TableStore, sql: str) -> Iterator[duckdb.DuckDBPyRelation]:
    """The answer to a question, which is read from the files as it is used.

    Only the tables that the question names are looked for; nothing is written.

    Args:
        store: Where the tables lie.
        sql: One SELECT in DuckDB's SQL.

    Raises:
        QuestionError: It is not one SELECT, names what there is not, or its tables cannot be read.
        StorageError: Its tables lie on an object storage and cannot be read.
    """
    files = None if store.local_root else StoredFiles(store)
    try:
        with duckdb.connect(":memory:", config={**BOUNDS, "enable_external_access": "true"}) as connection:
            if files:
                connection.register_filesystem(files)
            kinds = [statement.type for statement in connection.extract_statements(sql)]
            if kinds != [duckdb.StatementType.SELECT]:
                raise QuestionError("The question is not one SELECT: tables are read here and never changed.")
            wanted = connection.get_table_names(sql, qualified=True)
            for table in RELATIONS:
                if ".".join(name_relation(table)) in wanted:
                    add_relation(connection, store, table, files=files)
            yield connection.sql(sql)
    except duckdb.Error as error:
        if files and files.failure:
            raise files.failure from None
        raise QuestionError(f"DuckDB cannot answer: {_to_sentence(error)}.") from None


def _to_sentence(error: duckdb.Error) -> str:
    """What DuckDB says, without the picture of the place that it draws below."""
    text = " ".join(str(error).split("\n\n")[0].split("\nLINE ")[0].split())
    return text.rstrip(".?! ")
