"""The tables. Times are seconds since 1970; JSON is text written by orjson."""

import sqlalchemy as sa

from bridge.mapping.effective import WAVES as WAVES  # noqa: PLC0414 - the column is here, its numbers are the mapping's

metadata = sa.MetaData()

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _ID, primary_key=True, autoincrement=True)


def _text(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=default is None, server_default=default)


def _number(name: str, default: int | None = 0) -> sa.Column[int]:
    return sa.Column(
        name, sa.BigInteger, nullable=default is None, server_default=None if default is None else str(default)
    )


def _time(name: str, *, never_null: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=not never_null, server_default="0" if never_null else None)


mirror = sa.Table(
    "mirror", metadata, _id(),
    _text("source", default=""), _text("kind", default=""), _text("ext_id", default=""),
    _text("org_ext"),  # ext_id of its organization
    _number("version"), _time("read_started_at", never_null=True), _text("digest", default=""),
    _number("seen_run", None), _time("absent_since"), _time("gone_at"),
    _number("lower_version", None), _time("lower_at"),
    sa.UniqueConstraint("source", "kind", "ext_id"),
    sa.Index("mirror_org", "source", "kind", "org_ext"),
)  # fmt: skip

payloads = sa.Table(
    "payloads", metadata,
    sa.Column("mirror_id", sa.BigInteger, sa.ForeignKey("mirror.id"), primary_key=True, autoincrement=False),
    _text("body", default="{}"), _text("record", default="{}"), _number("normalizer"),
)  # fmt: skip

mirror_keys = sa.Table(  # values that ought to stand on one record alone: serial numbers, MAC addresses
    "mirror_keys", metadata,
    sa.Column("mirror_id", sa.BigInteger, sa.ForeignKey("mirror.id"), primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, primary_key=True),
)  # fmt: skip

mirror_refs = sa.Table(  # the records that a record refers to: its site, its contact
    "mirror_refs", metadata,
    sa.Column("mirror_id", sa.BigInteger, sa.ForeignKey("mirror.id"), primary_key=True, autoincrement=False),
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Index("mirror_refs_ref", "ref"),
)  # fmt: skip

dear_reads = sa.Table(  # what took a request for this one record: a word of it, or a kind that stands below it
    "dear_reads", metadata,
    sa.Column("mirror_id", sa.BigInteger, sa.ForeignKey("mirror.id"), primary_key=True, autoincrement=False),
    sa.Column("what", sa.Text, primary_key=True),
    _text("digest"),  # of the record, when it was read; null: to be read again
    _text("value"),  # of a word, as JSON
)  # fmt: skip

targets = sa.Table(
    "targets", metadata, _id(),
    _text("block", default=""), _text("anchor", default=""),
    sa.Column("mirror_id", sa.BigInteger, sa.ForeignKey("mirror.id"), nullable=True),
    _text("name"),  # of a name: {"kind", "name", "parent"} as JSON
    _text("state", default="pending"), _text("code"), _text("reason"), _text("rule"), _text("notes"), _text("change_digest"),
    _text("lane", default="backfill"), _number("wave"), _number("org_target", None),
    _number("seq", 1), _number("named"), _text("rules"), _text("settled_digest"), _time("settled_at"),
    _time("due_at"), _number("attempts"), _number("starts"), _text("last_error"),
    _number("bulk", None),  # most rows per request, after a request with more was refused or lost
    _text("owner"), _time("lease_until", never_null=True), _number("fence"), _number("run", None),
    sa.UniqueConstraint("block", "anchor"),
    sa.Index("targets_mirror", "mirror_id"),
    sa.Index("targets_org", "org_target"),
    sa.Index("targets_place", "block", "org_target", "id"),
    sa.Index("targets_state", "block", "state", "code"),
)  # fmt: skip
_due = targets.c.due_at.is_not(None)
sa.Index("targets_due", targets.c.lane, targets.c.wave, targets.c.org_target, targets.c.due_at,
         sqlite_where=_due, postgresql_where=_due)  # fmt: skip

target_refs = sa.Table(  # what the tags of a flexible asset name: targets, which may not be there yet
    "target_refs", metadata,
    sa.Column("target", sa.BigInteger, sa.ForeignKey("targets.id"), primary_key=True, autoincrement=False),
    sa.Column("block", sa.Text, primary_key=True), sa.Column("anchor", sa.Text, primary_key=True),
    sa.Index("target_refs_named", "block", "anchor"),
)  # fmt: skip

waits = sa.Table(
    "waits", metadata,
    sa.Column("target", sa.BigInteger, sa.ForeignKey("targets.id"), primary_key=True, autoincrement=False),
    sa.Column("on_target", sa.BigInteger, sa.ForeignKey("targets.id"), primary_key=True, autoincrement=False),
    sa.Index("waits_on", "on_target"),
)  # fmt: skip

links = sa.Table(
    "links", metadata,
    sa.Column("target", sa.BigInteger, sa.ForeignKey("targets.id"), primary_key=True, autoincrement=False),
    _text("itglue_type", default=""), _text("itglue_id", default=""),
    sa.Column("owns", sa.Boolean, nullable=False, server_default=sa.true()),
    _text("state", default="known"),  # known | unknown
    sa.Column("made", sa.Boolean, nullable=False, server_default=sa.false()),  # created by us, not adopted
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),  # archived by us
    _text("applied", default="{}"), _text("fingerprint"), _text("asset_digest"), _time("verify_at"),
    sa.Index("links_verify", "state", "verify_at"),
    sa.Index("links_asset", "itglue_type", "itglue_id"),  # whether it owns or not
)  # fmt: skip
sa.Index("links_owner", links.c.itglue_type, links.c.itglue_id, unique=True,
         sqlite_where=links.c.owns.is_(sa.true()), postgresql_where=links.c.owns.is_(sa.true()))  # fmt: skip

writes = sa.Table(  # intents whose answer is not settled yet, and what became of them
    "writes", metadata, _id(),
    _text("batch", default=""), sa.Column("target", sa.BigInteger, sa.ForeignKey("targets.id"), nullable=False),
    _text("verb", default=""), _number("fence"), _number("seq"), _text("body", default="{}"),
    _time("posted_at", never_null=True), _time("quiet_at", never_null=True),
    _text("outcome"),  # null | answered | unknown | void | resolved
    sa.Index("writes_target", "target", "outcome"),
    sa.Index("writes_outcome", "outcome", "quiet_at"),
)  # fmt: skip

assets = sa.Table(  # the index of IT Glue
    "assets", metadata,
    sa.Column("kind", sa.Text, primary_key=True), sa.Column("itglue_id", sa.Text, primary_key=True),
    _text("org_id"), _text("attributes", default="{}"), _text("digest", default=""), _text("native"),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("updated_at"), _text("adapters"), _number("index_run", None), _time("stored_at", never_null=True),
    sa.Index("assets_org", "kind", "org_id"),
    sa.Index("assets_native", "kind", "native"),
)  # fmt: skip

asset_keys = sa.Table(
    "asset_keys", metadata,
    sa.Column("kind", sa.Text, primary_key=True), sa.Column("itglue_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, primary_key=True), _text("org_id"),
    sa.Index("asset_keys_value", "kind", "org_id", "key", "value"),
)  # fmt: skip

index_reads = sa.Table(  # the last complete read; org_id "" means the whole account
    "index_reads", metadata,
    sa.Column("kind", sa.Text, primary_key=True), sa.Column("org_id", sa.Text, primary_key=True),
    _time("began_at", never_null=True), _time("ended_at", never_null=True),
)  # fmt: skip

decisions = sa.Table(
    "decisions", metadata, _id(),
    sa.Column("target", sa.BigInteger, sa.ForeignKey("targets.id"), nullable=False), _text("verb", default=""),
    _text("itglue_id"), _text("code"), _text("change_digest"), _text("by", default=""),
    _time("at", never_null=True), _text("why"), _time("used_at"),
    sa.Index("decisions_target", "target"),
)  # fmt: skip

streams = sa.Table(
    "streams", metadata,
    sa.Column("source", sa.Text, primary_key=True), sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),  # poll | ids | snapshot | refresh
    _text("watermark"), _time("next_at", never_null=True), _number("failures"), _text("last_error"), _time("last_ok_at"),
    _text("owner"), _time("lease_until", never_null=True), _number("fence"),
)  # fmt: skip

fetches = sa.Table(
    "fetches", metadata,
    sa.Column("ref", sa.Text, primary_key=True), _number("seq", 1), _time("due_at", never_null=True),
    _text("lane", default="live"), _text("why", default=""), _time("absent_at"), _number("attempts"),
    _text("owner"), _time("lease_until", never_null=True),
    sa.Index("fetches_due", "due_at"),
)  # fmt: skip

runs = sa.Table(
    "runs", metadata, _id(),
    _text("kind", default=""), _text("scope", default=""), _time("started_at", never_null=True), _time("read_done_at"),
    _time("ended_at"), _text("outcome"), _text("counts"), _number("seen"),
    sa.Index("runs_open", "ended_at"),
)  # fmt: skip

run_targets = sa.Table(
    "run_targets", metadata,
    sa.Column("run", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("target", sa.BigInteger, primary_key=True, autoincrement=False),
    _number("seq", 1), _text("outcome"),
    sa.Index("run_targets_target", "target", "outcome"),
)  # fmt: skip

journal = sa.Table(
    "journal", metadata, _id(),
    _number("run", None), _time("at", never_null=True),
    _number("target", None), _text("subject"),  # what a row without a target is about
    _text("batch", default=""), _text("verb", default=""), _text("itglue_id"), _text("before"), _text("after"),
    _text("who", default=""), _text("why", default=""),
    _text("outcome"),  # null | written | refused | unknown | resolved; done: a deed that writes nothing at IT Glue
    sa.Column("emptied", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("mapping_made", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("accepted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("journal_at", "verb", "at"),
    sa.Index("journal_target", "target", "at"),
    sa.Index("journal_batch", "batch"),
    sa.Index("journal_run", "run"),
)  # fmt: skip

pauses = sa.Table(
    "pauses", metadata, sa.Column("scope", sa.Text, primary_key=True),
    _text("code", default=""), _time("since", never_null=True), _time("until"), _number("probes"),
    _text("by", default=""), _text("why", default=""),
)  # fmt: skip

meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), _text("value", default=""))
