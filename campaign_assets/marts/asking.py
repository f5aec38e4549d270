"""One question in SQL over the tables and marts of a store, wherever they lie."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

import duckdb

from campaign_assets.marts.database import RELATIONS, add_relation, name_relation
from campaign_assets.marts.query import BOUNDS
from campaign_assets.marts.stored_files import StoredFiles
from campaign_assets.tables import TableStore


class QuestionError(ValueError):
    """A question that cannot be answered; the message is one sentence."""


NAMES = tuple(".".join(name_relation(table)) for table in RELATIONS)
"""What a question may be about: `hubspot.campaigns`, `marts.campaign_summary`."""

_SCHEMAS = tuple({f"{name_relation(table)[0]}." for table in RELATIONS})


@contextmanager
def ask(
    store: TableStore, sql: str, told: Callable[[str], object] = lambda _: None
) -> Iterator[duckdb.DuckDBPyRelation]:
    """The answer to a question, which is read from the files as it is used.

    Only the tables that the question names are looked for; nothing is written.

    Args:
        store: Where the tables lie.
        sql: One SELECT in DuckDB's SQL.
        told: Takes a sentence about each table that has no rows because it was never read.

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
            _check_names(wanted)
            for table in RELATIONS:
                name = ".".join(name_relation(table))
                if name in wanted and not add_relation(connection, store, table, files=files):
                    told(f"{name} has no rows, since nothing of it was ever read into {store.root}.")
            yield connection.sql(sql)
    except duckdb.Error as error:
        if files and files.failure:
            raise files.failure from None
        raise QuestionError(f"DuckDB cannot answer: {_to_sentence(error)}.") from None


def _check_names(wanted: Collection[str]) -> None:
    """Refuses tables of ours that there are not; of others DuckDB knows more."""
    for name in sorted(wanted):
        if name.startswith(_SCHEMAS) and name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            hint = f": did you mean {near[0]}?" if near else "."
            raise QuestionError(f"There is no table {name:.80}{hint} campaign-assets query --tables names all.")


def _to_sentence(error: duckdb.Error) -> str:
    """What DuckDB says, without the picture of the place that it draws below."""
    text = " ".join(str(error).split("\n\n")[0].split("\nLINE ")[0].split())
    return text.rstrip(".?! ")
