"""What the tags of a flexible asset name."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it fills as assets are planned."""
    op.create_table(
        "target_refs",
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["target"], ["targets.id"]),
        sa.PrimaryKeyConstraint("target", "block", "anchor"),
    )
    op.create_index("target_refs_named", "target_refs", ["block", "anchor"], unique=False)
