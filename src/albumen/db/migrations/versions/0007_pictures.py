"""Words, objects and faces that were seen in pictures."""

import sqlalchemy as sa
from alembic import op

from albumen.db import fulltext_seen

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _seen()
    _people()
    _faces()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in fulltext_seen.POSTGRESQL if is_postgresql else fulltext_seen.SQLITE:
        op.get_bind().exec_driver_sql(statement)


def _of(table: str, *columns: str) -> list[sa.schema.SchemaItem]:
    """What ends the rows of a table together with their original, or their library."""
    tables = {"signature": "originals", "library_id": "libraries"}
    return [
        sa.ForeignKeyConstraint(
            [each],
            [f"{tables[each]}.{'signature' if each == 'signature' else 'id'}"],
            name=op.f(f"fk_{table}_{each}"),
            ondelete="CASCADE",
        )
        for each in columns
    ]


def _seen() -> None:
    op.create_table(
        "seen",
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("text_by", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("objects_by", sa.String(), nullable=True),
        sa.Column("objects", sa.JSON(), nullable=False),
        sa.Column("writing", sa.String(), nullable=False),
        sa.Column("things", sa.String(), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("failed_by", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        *_of("seen", "signature"),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_seen")),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("cover_face_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *_of("people", "library_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_library_id"), "people", ["library_id"], unique=False)


def _faces() -> None:
    op.create_table(
        "faces_sought",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("sought_at", sa.BigInteger(), nullable=False),
        *_of("faces_sought", "library_id", "signature"),
        sa.PrimaryKeyConstraint("library_id", "signature", name=op.f("pk_faces_sought")),
    )
    op.create_index(op.f("ix_faces_sought_signature"), "faces_sought", ["signature"], unique=False)
    op.create_table(
        "faces",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        *(sa.Column(each, sa.Double(), nullable=False) for each in ("x", "y", "width", "height", "score")),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("is_ignored", sa.Boolean(), nullable=False),
        *_of("faces", "library_id", "signature"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_faces_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faces")),
    )
    for name in ("signature", "person_id"):
        op.create_index(op.f(f"ix_faces_{name}"), "faces", [name], unique=False)
    op.create_index("ix_faces_library_signature", "faces", ["library_id", "signature"], unique=False)
