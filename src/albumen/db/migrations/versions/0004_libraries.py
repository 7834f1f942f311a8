"""Roles on folders and albums, versions, trash, albums, exports, resumable uploads, and a feed that can be read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ALIVE = sa.text("deleted_at IS NULL")
_DELETED = sa.text("deleted_at IS NOT NULL")
_REVISED = sa.text("version > 1")
_IDENTIFIED = sa.text("content_identifier IS NOT NULL")


def upgrade() -> None:
    """Widen what is there, and make the new tables."""
    _jobs()
    _users()
    _libraries()
    _assignments()
    _folders()
    _files()
    _originals()
    _changes()
    _albums()
    _resumables()
    _exports()


def _jobs() -> None:
    op.add_column("jobs", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))


def _users() -> None:
    op.add_column("users", sa.Column("quota_bytes", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("used_bytes", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE users SET used_bytes ="
        " (SELECT coalesce(sum(v.size_bytes), 0) FROM versions v WHERE v.added_by = users.id)"
        " + (SELECT coalesce(sum(r.size_bytes), 0) FROM files f JOIN renditions r ON r.signature = f.signature"
        " WHERE f.added_by = users.id)"
    )
    op.add_column("keys", sa.Column("libraries", sa.JSON(), nullable=True))


def _libraries() -> None:
    op.add_column("libraries", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.add_column("libraries", sa.Column("same_name", sa.String(), nullable=False, server_default="number"))
    op.add_column("libraries", sa.Column("keep_versions", sa.BigInteger(), nullable=True))
    op.add_column("libraries", sa.Column("keep_version_days", sa.BigInteger(), nullable=True))


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("place_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_assignments_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "user_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_library_id"), "assignments", ["library_id"], unique=False)
    op.create_index("ix_assignments_user", "assignments", ["user_id", "library_id"], unique=False)
    op.execute(
        "INSERT INTO assignments (place_id, user_id, library_id, place, role, created_at)"
        " SELECT m.library_id, m.user_id, m.library_id, 'library', m.role, l.created_at"
        " FROM members m JOIN libraries l ON l.id = m.library_id"
    )
    op.drop_table("members")


def _folders() -> None:
    op.add_column("folders", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.drop_index("uq_folders_name", "folders")
    op.create_index(
        "uq_folders_name",
        "folders",
        ["library_id", sa.text("coalesce(parent_id, 0)"), "folded"],
        unique=True,
        sqlite_where=_ALIVE,
        postgresql_where=_ALIVE,
    )


def _files() -> None:
    op.add_column("files", sa.Column("deleted_by", sa.BigInteger(), nullable=True))
    op.add_column("files", sa.Column("part_of", sa.BigInteger(), nullable=True))
    op.add_column("files", sa.Column("content_identifier", sa.String(), nullable=True))
    op.add_column("files", sa.Column("corrected", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index(op.f("ix_files_folder_id"), "files", ["folder_id"], unique=False)
    op.create_index(
        "ix_files_trash", "files", ["library_id", "deleted_at"], sqlite_where=_DELETED, postgresql_where=_DELETED
    )
    op.create_index("ix_files_revised", "files", ["library_id"], sqlite_where=_REVISED, postgresql_where=_REVISED)
    op.create_index(op.f("ix_files_part_of"), "files", ["part_of"], unique=False)
    op.create_index(
        "ix_files_content_identifier",
        "files",
        ["library_id", "content_identifier"],
        unique=False,
        sqlite_where=_IDENTIFIED,
        postgresql_where=_IDENTIFIED,
    )


def _originals() -> None:
    op.add_column("originals", sa.Column("converted_at", sa.BigInteger(), nullable=True))
    op.add_column("originals", sa.Column("unplayable", sa.String(), nullable=True))
    op.execute(
        "INSERT INTO jobs (kind, subject, args, dedupe, priority, state, run_after, attempts, progress,"
        " cancel_requested, created_at)"
        " SELECT 'convert', signature, '{}', 'convert:' || signature, 3, 'ready', stored_at, 0, 0.0, (1 = 0), stored_at"
        " FROM originals WHERE is_video"
    )


def _changes() -> None:
    op.add_column("change_heads", sa.Column("forgotten", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("changes", sa.Column("lineage", sa.String(), nullable=True))
    op.add_column("changes", sa.Column("before", sa.String(), nullable=True))
    op.create_table(
        "regranted",
        sa.Column("library_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("library_id", "user_id", name=op.f("pk_regranted")),
    )


def _albums() -> None:
    op.create_table(
        "albums",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("query", sa.JSON(), nullable=True),
        sa.Column("cover_file_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_albums_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_albums")),
    )
    op.create_index(op.f("ix_albums_library_id"), "albums", ["library_id"], unique=False)
    op.create_table(
        "album_items",
        sa.Column("album_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name=op.f("fk_album_items_album_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_album_items_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("album_id", "file_id", name=op.f("pk_album_items")),
    )
    op.create_index(op.f("ix_album_items_file_id"), "album_items", ["file_id"], unique=False)
    op.create_index("ix_album_items_position", "album_items", ["album_id", "position"], unique=False)


def _resumables() -> None:
    op.create_table(
        "resumables",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.Column("spool", sa.String(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_resumables_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_resumables_folder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumables")),
    )
    op.create_index(op.f("ix_resumables_user_id"), "resumables", ["user_id"], unique=False)
    op.create_index(op.f("ix_resumables_expires_at"), "resumables", ["expires_at"], unique=False)


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("metadata_mode", sa.String(), nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_exports_library_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("key", name=op.f("uq_exports_key")),
    )
    op.create_index(op.f("ix_exports_library_id"), "exports", ["library_id"], unique=False)
    op.create_index(op.f("ix_exports_expires_at"), "exports", ["expires_at"], unique=False)
