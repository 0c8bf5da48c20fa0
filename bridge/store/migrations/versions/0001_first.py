"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "asset_keys",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("itglue_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "itglue_id", "key", "value"),
    )
    op.create_index("asset_keys_value", "asset_keys", ["kind", "org_id", "key", "value"], unique=False)
    op.create_table(
        "assets",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("itglue_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=True),
        sa.Column("attributes", sa.Text(), server_default="{}", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("native", sa.Text(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=True),
        sa.Column("adapters", sa.Text(), nullable=True),
        sa.Column("index_run", sa.BigInteger(), nullable=True),
        sa.Column("stored_at", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("kind", "itglue_id"),
    )
    op.create_index("assets_native", "assets", ["kind", "native"], unique=False)
    op.create_index("assets_org", "assets", ["kind", "org_id"], unique=False)
    op.create_table(
        "fetches",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("due_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("lane", sa.Text(), server_default="live", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("absent_at", sa.Double(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_index("fetches_due", "fetches", ["due_at"], unique=False)
    op.create_table(
        "index_reads",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("began_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("kind", "org_id"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.Double(), server_default="0", nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("itglue_id", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("emptied", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mapping_made", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("journal_at", "journal", ["verb", "at"], unique=False)
    op.create_index("journal_batch", "journal", ["batch"], unique=False)
    op.create_index("journal_run", "journal", ["run"], unique=False)
    op.create_index("journal_target", "journal", ["target", "at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mirror",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("ext_id", sa.Text(), server_default="", nullable=False),
        sa.Column("org_ext", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("read_started_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_run", sa.BigInteger(), nullable=True),
        sa.Column("absent_since", sa.Double(), nullable=True),
        sa.Column("gone_at", sa.Double(), nullable=True),
        sa.Column("lower_version", sa.BigInteger(), nullable=True),
        sa.Column("lower_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "kind", "ext_id"),
    )
    op.create_index("mirror_org", "mirror", ["source", "kind", "org_ext"], unique=False)
    op.create_table(
        "pauses",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Double(), server_default="0", nullable=False),
        sa.Column("until", sa.Double(), nullable=True),
        sa.Column("probes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "run_targets",
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run", "target"),
    )
    op.create_index("run_targets_target", "run_targets", ["target", "outcome"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("read_done_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("seen", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_open", "runs", ["ended_at"], unique=False)
    op.create_table(
        "streams",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("watermark", sa.Text(), nullable=True),
        sa.Column("next_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_ok_at", sa.Double(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "what"),
    )
    op.create_table(
        "dear_reads",
        sa.Column("mirror_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mirror_id"], ["mirror.id"]),
        sa.PrimaryKeyConstraint("mirror_id", "what"),
    )
    op.create_table(
        "mirror_keys",
        sa.Column("mirror_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mirror_id"],
            ["mirror.id"],
        ),
        sa.PrimaryKeyConstraint("mirror_id", "key", "value"),
    )
    op.create_table(
        "mirror_refs",
        sa.Column("mirror_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mirror_id"], ["mirror.id"]),
        sa.PrimaryKeyConstraint("mirror_id", "ref"),
    )
    op.create_index("mirror_refs_ref", "mirror_refs", ["ref"], unique=False)
    op.create_table(
        "payloads",
        sa.Column("mirror_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), server_default="{}", nullable=False),
        sa.Column("record", sa.Text(), server_default="{}", nullable=False),
        sa.Column("normalizer", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["mirror_id"],
            ["mirror.id"],
        ),
        sa.PrimaryKeyConstraint("mirror_id"),
    )
    op.create_table(
        "targets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("block", sa.Text(), server_default="", nullable=False),
        sa.Column("anchor", sa.Text(), server_default="", nullable=False),
        sa.Column("mirror_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("change_digest", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), server_default="backfill", nullable=False),
        sa.Column("wave", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("org_target", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("named", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rules", sa.Text(), nullable=True),
        sa.Column("settled_digest", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("starts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("bulk", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mirror_id"],
            ["mirror.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("block", "anchor"),
    )
    op.create_index(
        "targets_due",
        "targets",
        ["lane", "wave", "org_target", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("targets_mirror", "targets", ["mirror_id"], unique=False)
    op.create_index("targets_org", "targets", ["org_target"], unique=False)
    op.create_index("targets_place", "targets", ["block", "org_target", "id"], unique=False)
    op.create_index("targets_state", "targets", ["block", "state", "code"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("itglue_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("change_digest", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Double(), server_default="0", nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["target"],
            ["targets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("decisions_target", "decisions", ["target"], unique=False)
    op.create_table(
        "links",
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("itglue_type", sa.Text(), server_default="", nullable=False),
        sa.Column("itglue_id", sa.Text(), server_default="", nullable=False),
        sa.Column("owns", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("state", sa.Text(), server_default="known", nullable=False),
        sa.Column("made", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("applied", sa.Text(), server_default="{}", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("asset_digest", sa.Text(), nullable=True),
        sa.Column("verify_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["target"],
            ["targets.id"],
        ),
        sa.PrimaryKeyConstraint("target"),
    )
    op.create_index(
        "links_owner",
        "links",
        ["itglue_type", "itglue_id"],
        unique=True,
        sqlite_where=sa.text("owns IS 1"),
        postgresql_where=sa.text("owns IS true"),
    )
    op.create_index("links_asset", "links", ["itglue_type", "itglue_id"], unique=False)
    op.create_index("links_verify", "links", ["state", "verify_at"], unique=False)
    op.create_table(
        "waits",
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on_target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["on_target"],
            ["targets.id"],
        ),
        sa.ForeignKeyConstraint(
            ["target"],
            ["targets.id"],
        ),
        sa.PrimaryKeyConstraint("target", "on_target"),
    )
    op.create_index("waits_on", "waits", ["on_target"], unique=False)
    op.create_table(
        "writes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("body", sa.Text(), server_default="{}", nullable=False),
        sa.Column("posted_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("quiet_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["target"],
            ["targets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("writes_outcome", "writes", ["outcome", "quiet_at"], unique=False)
    op.create_index("writes_target", "writes", ["target", "outcome"], unique=False)
