"""The first house: every table of the walking service, the partitions and the change log's trigger."""

from alembic import op
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table

from storage.tables import metadata

revision = "0001"
down_revision = None

PARTITIONED = {"captures": "fetched_at", "view_samples": "observed_at"}

# Sequence numbers of an identity column commit out of order: a reader of `seq > cursor` would step over some. So each
# transaction writes one row of arrays here; at COMMIT this trigger takes the lock and moves it into `changes`.
# Nobody waits for a transaction that hangs, since the lock is taken last.
CHANGE_LOG = """
CREATE TABLE change_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kinds text[] NOT NULL,
    subjects bigint[] NOT NULL,
    summaries jsonb[] NOT NULL
);
CREATE FUNCTION move_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7235408311);
    INSERT INTO changes (kind, subject, at, summary)
        SELECT c.kind, c.subject, NEW.at, c.summary
        FROM unnest(NEW.kinds, NEW.subjects, NEW.summaries) WITH ORDINALITY AS c(kind, subject, summary, place)
        ORDER BY c.place;
    DELETE FROM change_inbox WHERE id = NEW.id;
    PERFORM pg_notify('dateline_changes', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER change_inbox_moves AFTER INSERT ON change_inbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_changes();
ALTER TABLE bodies ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE revisions ALTER COLUMN text SET STORAGE EXTERNAL;
"""


# With the month in the primary key the column is no serial any more, and identity columns of partitioned tables need
# Postgres 17.
CAPTURE_IDS = """
CREATE SEQUENCE captures_id_seq OWNED BY captures.id;
ALTER TABLE captures ALTER COLUMN id SET DEFAULT nextval('captures_id_seq');
"""


def upgrade() -> None:
    """Make it all."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        metadata.create_all(connection)
        return
    partitioned = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        if table.name not in PARTITIONED:
            table.create(connection)
            continue
        month = PARTITIONED[table.name]
        copy = table.to_metadata(partitioned)
        keys = [column.name for column in copy.primary_key]
        if month not in keys:
            _widen_primary_key(copy, [*keys, month])
        copy.kwargs["postgresql_partition_by"] = f"RANGE ({month})"
        copy.create(connection)
        connection.exec_driver_sql(f"CREATE TABLE {table.name}_rest PARTITION OF {table.name} DEFAULT")
    connection.exec_driver_sql(CAPTURE_IDS)
    connection.exec_driver_sql(CHANGE_LOG)


def _widen_primary_key(table: Table, names: list[str]) -> None:
    columns: list[Column[object]] = [table.c[name] for name in names]
    for column in columns:
        column.primary_key = True  # else SQLAlchemy warns that table and key disagree
    table.append_constraint(PrimaryKeyConstraint(*columns, name=f"pk_{table.name}"))
