"""Where photos were taken, and what their decoded pixels are."""

from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from albumen.db import fulltext_schema, fulltext_triggers, functions_schema
from albumen.kernel import shapes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen what is there."""
    _places()
    _pixels()
    _duplicates()
    _timelines()
    _operations()
    _search()


def _places() -> None:
    for name in ("city", "region", "country", "country_code"):
        op.add_column("files", sa.Column(name, sa.String(), nullable=True))
    for name, columns, known in (
        ("ix_files_map", ["library_id", "latitude", "longitude", "sorted_at", "part_of"], "latitude"),
        ("ix_files_places", ["library_id", "country_code", "country", "region", "city", "part_of"], "country_code"),
    ):
        where = sa.text(f"{known} IS NOT NULL AND deleted_at IS NULL")
        op.create_index(name, "files", columns, sqlite_where=where, postgresql_where=where)
    _queue("places", "SELECT 1 FROM files WHERE latitude IS NOT NULL")


def _queue(kind: str, needed: str) -> None:
    """Have a worker fill in what rows of the release before lack."""
    told = {"kind": kind, "subject": "", "args": "{}", "dedupe": f"{kind}:", "priority": 3, "state": "ready"}
    told |= {"run_after": 0, "attempts": 0, "progress": 0.0, "cancel_requested": False, "created_at": 0}
    jobs = sa.table("jobs", *(sa.column(name) for name in told))
    values = sa.select(*(sa.literal_column("'{}'") if name == "args" else sa.literal(told[name]) for name in told))
    op.execute(sa.insert(jobs).from_select(list(told), values.where(sa.text(f"EXISTS ({needed})"))))


def _pixels() -> None:
    op.add_column("originals", sa.Column("pixel_hash", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_originals_pixel_hash"), "originals", ["pixel_hash"], unique=False)
    _queue("pixels", "SELECT 1 FROM originals WHERE developed_at IS NOT NULL AND NOT is_video")


def _duplicates() -> None:
    op.create_table(
        "dismissals",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("dismissed_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_dismissals_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissals")),
    )
    op.create_index(op.f("ix_dismissals_library_id"), "dismissals", ["library_id"], unique=False)
    op.create_table(
        "resolutions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("dropped_ids", sa.JSON(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_resolutions_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
    )
    for name in ("library_id", "created_at"):
        op.create_index(op.f(f"ix_resolutions_{name}"), "resolutions", [name], unique=False)


def _timelines() -> None:
    op.add_column("files", sa.Column("shape", sa.BigInteger(), nullable=False, server_default=str(shapes.SQUARE)))
    _fill_shapes()
    op.drop_index("ix_files_timeline", "files")
    alive = sa.text("deleted_at IS NULL")
    columns = ["library_id", "sorted_at", "id", "part_of", "shape"]
    op.create_index("ix_files_timeline", "files", columns, sqlite_where=alive)


def _fill_shapes() -> None:
    """One pass over the files for each shape there is."""
    connection = op.get_bind()
    sizes = connection.execute(sa.text("SELECT DISTINCT width, height FROM originals")).all()
    for shape, alike in groupby(sorted(sizes, key=_shape), _shape):
        among = ", ".join(f"({width}, {height})" for width, height in alike)
        held = f"SELECT signature FROM originals WHERE (width, height) IN (VALUES {among})"  # noqa: S608 - whole numbers
        connection.execute(sa.text(f"UPDATE files SET shape = {shape} WHERE signature IN ({held})"))  # noqa: S608 - the same


def _shape(size: Any) -> int:
    return shapes.byte(*size)


def _operations() -> None:
    op.create_table(
        "pins",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("listing", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_pins_library_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("library_id", "listing", "number", name=op.f("pk_pins")),
    )
    op.create_index(op.f("ix_pins_made_at"), "pins", ["made_at"], unique=False)
    op.create_table(
        "operations",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("verb", "stage")),
        sa.Column("args", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("total", "done", "skipped", "restored")),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_operations_library_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_operations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    for name in ("library_id", "finished_at"):
        op.create_index(op.f(f"ix_operations_{name}"), "operations", [name], unique=False)
    op.create_index("ix_operations_user", "operations", ["user_id", "created_at"], unique=False)
    _operation_batches()


def _operation_batches() -> None:
    op.create_table(
        "operation_batches",
        sa.Column("operation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_ids", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operations.id"], name=op.f("fk_operation_batches_operation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operation_id", "number", name=op.f("pk_operation_batches")),
    )


def _search() -> None:
    """The orders that searches have, and the index of words, filled from the files there are."""
    for key in ("imported_at", "folded", "size_bytes", "rating"):
        op.create_index(f"ix_files_{key}", "files", ["library_id", key, "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        statements = [*functions_schema.statements(), *fulltext_triggers.STATEMENTS]
    else:
        statements = [*fulltext_schema.STATEMENTS]
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
