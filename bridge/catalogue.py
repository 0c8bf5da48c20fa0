"""Every error an operator can meet: its number, its cause and its fix; `docs/errors.md` is this list, printed.

B1xx are the settings and the machine, B2xx the two sides, B3xx what is held, B4xx the commands.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the list. `hold` is the hold code that it stands for, None for all other errors.

    `key` is the key of a block that decides such a hold, None where no rule does. `commands` are what an operator may
    run, with `{ref}` for the record and `{id}` for a record of IT Glue.
    """

    code: str
    title: str
    cause: str
    fix: str
    hold: str | None = None
    key: str | None = None
    commands: tuple[str, ...] = ()


_RETRY = "glue-bridge held retry {ref}"
_PIN = "glue-bridge held pin {ref} {id}"
_NEW = "glue-bridge held new {ref}"
_EXCLUDE = 'glue-bridge held exclude {ref} --why "…"'
_ACCEPT = "glue-bridge held accept {ref}"

_ENTRIES = (
    Entry(
        "B100",
        "bridge.toml cannot be read",
        "The file is not there, is no UTF-8 text, or is no valid TOML.",
        "`glue-bridge init` writes one; for a TOML error look at the line that is named.",
    ),
    Entry(
        "B101",
        "a key is not known",
        "A key or table of bridge.toml is misspelt, or stands in the wrong table.",
        "Take the nearest key that the message names, or take the line out. `docs/mapping.md` lists every key.",
    ),
    Entry(
        "B102",
        "a secret is missing",
        "A key names `env:NAME` or `file:path`, and there is nothing there.",
        "Set the variable, write the line into the `.env` file beside bridge.toml, or put the file in place.",
    ),
    Entry(
        "B103",
        "a secret stands in clear text",
        "A password or key stands in bridge.toml itself, where backups and colleagues see it.",
        'Write `"env:NAME"` and put the value into `.env`; or say `clear_text_secrets = true` at the top of the file.',
    ),
    Entry(
        "B104",
        "a value is not possible",
        "A value has the wrong type or form, or is out of its range.",
        "The message says what the key takes.",
    ),
    Entry("B105", "a key is missing", "A table lacks a key that it needs.", "Add the key that the message names."),
    Entry(
        "B106",
        "the PSA is not known",
        "`type` of a source names no PSA of this release.",
        "Take one that the message names.",
    ),
    Entry(
        "B107",
        "it is not said which source IT Glue's own sync uses",
        "Two sources are of one type. The PSA ids that IT Glue knows belong to one of them, and only you know which; a "
        "wrong guess would adopt the devices of the other instance.",
        "Set `native = true` on exactly one of them: the one that IT Glue's own sync is or was connected to.",
    ),
    Entry(
        "B108",
        "the times do not agree",
        "With these times of `[protocol]` a request could outlive the right to send it.",
        "Take the table out: the defaults agree.",
    ),
    Entry(
        "B109",
        "database and queue do not go together",
        "SQLite works on one machine, an external Redis is for several: a mix of both loses work.",
        "Set both `[store] database` (postgresql://…) and `redis` (redis://…), or neither.",
    ),
    Entry(
        "B113",
        "IT Glue has no such name",
        "A value map, or `gone`, names a type or status that does not exist in this account.",
        "Take the nearest name that the message gives, make the name in IT Glue, or write `!same`.",
    ),
    Entry(
        "B114",
        "a line of a value map reaches nothing",
        "No record that takes part has such a name: it is misspelt, an earlier line fits first, or it is not used any more.",
        "Correct the name, move the line up, or take it out.",
    ),
    Entry("B120", "the version of the file is not known", "`version` is not 1.", "Write `version = 1`."),
    Entry(
        "B121",
        "the built-in mapping is not known",
        "`defaults` names a built-in mapping that this release does not have.",
        "Take the one that the message names. A file of a later release needs that release.",
    ),
    Entry(
        "B122",
        "a word does not exist",
        "An expression uses a word that records of this kind do not have, or one that costs a request per record where "
        "that is not possible.",
        "Take the nearest word that the message names; `docs/mapping.md` lists them all.",
    ),
    Entry(
        "B123",
        "an expression cannot be read",
        "A condition or a template is no valid Jinja2, uses a filter that does not exist, or does what the sandbox forbids.",
        "The message says where; `docs/mapping.md` has examples.",
    ),
    Entry(
        "B124",
        "a line of a value map cannot be read",
        'A line is not of the form `"A, B -> C"`, or names an action that does not exist.',
        'Write `"A, B -> C"`, or `{ from = ["A, Inc"], to = "C" }` for names that hold commas or arrows.',
    ),
    Entry(
        "B125",
        "an attribute does not exist or cannot be set",
        "`set`, `once`, `fill`, `ignore` or `clear` names an attribute that IT Glue does not have, or that is written in "
        "another way.",
        "Take the nearest attribute, or the way that the message names.",
    ),
    Entry(
        "B126",
        "an attribute is owned twice",
        "One attribute stands in two lists that contradict each other, or one that IT Glue requires is left out.",
        "Leave it in one of `once`, `fill` and `ignore`.",
    ),
    Entry(
        "B127",
        "a policy for what is gone cannot be read",
        "`gone` is none of the policies that this kind knows.",
        "Take one of those that the message lists.",
    ),
    Entry(
        "B128",
        "a table is not in this release",
        "The file holds a block of a kind that this release does not sync.",
        "Take the table out, or use a later release.",
    ),
    Entry(
        "B129",
        "an organization is not found, or found twice",
        "An entry of `[rollout]` or `[[override]]` is the name of no organization of any source, or of several.",
        "Write the exact name as the PSA has it, or the Ref (`cw:organization:881`), which is never ambiguous.",
    ),
    Entry(
        "B130",
        "the quota is too small",
        "What `keep_for_others` leaves of a window is less than 12 requests.",
        "Lower `keep_for_others`, or write the quota that your account really has.",
    ),
    Entry(
        "B131",
        "a key to match by does not exist",
        "`match` names a key by which records of this kind are not compared.",
        "Take the nearest key that the message names.",
    ),
    Entry(
        "B132",
        "a constant is not possible",
        "A constant of `set` is one that IT Glue would refuse for this attribute.",
        "The message says what the attribute takes.",
    ),
    Entry(
        "B134",
        "SQLite is not safe",
        "SQLite 3.7.0 to 3.51.2 can corrupt a database that several processes use.",
        "Install the wheel `pysqlite3`, or a Python whose sqlite3 is 3.51.3 or newer, or use PostgreSQL.",
    ),
    Entry(
        "B135",
        "the database cannot be used",
        "The data folder or the database cannot be opened or written, or is none of ours.",
        "Look at the reason in the message: rights of the folder, a mount that is read-only, the address, user or password "
        "of PostgreSQL.",
    ),
    Entry(
        "B136",
        "the database is of a later release",
        "A later release has written it; this one does not know its tables.",
        "Use that release, or a backup from before the upgrade.",
    ),
    Entry(
        "B137",
        "the disk is full",
        "The database or the queue could not be written. Nothing is lost: what was not stored was not sent either.",
        "Make room on the disk of the data folder, and run the command again.",
    ),
    Entry(
        "B140",
        "a service runs already",
        "Another `glue-bridge run` works on this data folder.",
        "Stop it, or name another folder in `[store] data`. `plan` and `apply` work beside a running service.",
    ),
    Entry(
        "B141",
        "the queue server cannot run",
        "The embedded Valkey does not start, does not stop, or has no place for its socket.",
        "Look at the reason in the message and at `queue/valkey.log` in the data folder; or name a Redis in `[store] redis`.",
    ),
    Entry(
        "B142",
        "the address of the queue is not understood",
        "`[store] redis` is no address of a Redis.",
        "Write `redis://host:6379/0`, `rediss://…` or `unix:///path/to.sock`.",
    ),
    Entry(
        "B143",
        "the queue server does not answer",
        "Redis cannot be reached, or refuses the password. Without it no request is granted, so none is sent.",
        "Look whether the server of `[store] redis` runs and takes the user and password of the address.",
    ),
    Entry(
        "B201",
        "the PSA cannot be reached",
        "There is no connection to the PSA, or something else answers: a proxy, a login page, a maintenance page.",
        "Check the address, the network and the PSA's status page. The bridge tries again by itself and loses nothing.",
    ),
    Entry(
        "B202",
        "the PSA refuses the keys",
        "Company, keys or client id are wrong or were revoked; or a firewall refuses before the PSA is reached.",
        "Correct them in `.env`: they are read again without a restart.",
    ),
    Entry(
        "B203",
        "the client id is refused",
        "ConnectWise asks for a client id with each request, and does not take this one.",
        "Make one at developer.connectwise.com and put it into `client_id`.",
    ),
    Entry(
        "B204",
        "the API member may not read this",
        "The security role of the API member lacks a permission.",
        "Give the role Inquire, level All, on what the message names (`docs/setup`).",
    ),
    Entry(
        "B205",
        "the time filter works wrongly",
        "The server filters by change time in neither of the two ways; polling would lose changes.",
        "Ask the vendor's support and quote the message. Until then this source is not polled.",
    ),
    Entry(
        "B206",
        "references are blanked",
        "The role hides companies from configurations, so that devices would seem to have no customer.",
        "Give the role Inquire All on Companies / Company Maintenance.",
    ),
    Entry(
        "B207",
        "IT Glue's own sync still owns records",
        "The native PSA sync is connected. It would push what we make into the PSA, from where it would come back as a "
        "second record; and it keeps most attributes of its records to itself.",
        "Nothing has to be done beside it (companion mode). To take over follow `docs/cutover.md`.",
    ),
    Entry(
        "B208",
        "the address or the company leads nowhere",
        "The server does not know the company or the path, or sends us elsewhere.",
        "Check `url` and `company` of the source; on cloud, wrong keys can look like this too.",
    ),
    Entry(
        "B209",
        "the address must be https",
        "The server takes encrypted connections only, or this is not its API host.",
        "Write `https://` and the host that the message names.",
    ),
    Entry(
        "B210",
        "nothing is visible",
        "The PSA answers with no record at all of a kind: the wrong instance, or a role with too low an Inquire level.",
        "Check the instance, and set the role's Inquire level to All.",
    ),
    Entry(
        "B211",
        "the PSA asks for a pause",
        "Its request limit is used up, by us or by another tool.",
        "Check again later. The bridge waits by itself.",
    ),
    Entry(
        "B212",
        "IT Glue does not show PSA ids",
        "Records are linked to a PSA, but the adapters that hold the PSA's ids do not come with the list.",
        "Nothing has to be done: serial numbers, MAC addresses and names are matched. Expect more to decide in `match`.",
    ),
    Entry(
        "B213",
        "PSA ids are known, and no source is marked",
        "IT Glue knows PSA ids of its own sync, but no source has `native = true`, so they are not used to match.",
        "Set `native = true` on the source that IT Glue's own sync is or was connected to.",
    ),
    Entry(
        "B214",
        "the settings call the native sync disconnected, and it syncs",
        '`[itglue] native_sync = "disconnected"` stands in the file, yet records are still synced. The records are '
        "believed, not the file.",
        "Disconnect the sync in IT Glue, or take the line out.",
    ),
    Entry(
        "B221",
        "IT Glue refuses the key",
        "The key is wrong, was revoked, or has not been used for 90 days; or it belongs to another region.",
        "Make a key in IT Glue under Admin, Settings, API Keys, without Password Access, and put it into `.env`. Check "
        "`region`.",
    ),
    Entry(
        "B222",
        "IT Glue cannot be reached",
        "There is no connection, or something else answers: a proxy, a maintenance page.",
        "Check `region` or `url`, the network and status.itglue.com. The bridge tries again by itself and loses nothing.",
    ),
    Entry(
        "B223",
        "a request limit is used up",
        "IT Glue, or the quota that the bridge keeps, has no request free for now.",
        "Run the command again in a few minutes; or look in `glue-bridge status` who uses the quota.",
    ),
    Entry(
        "B224",
        "a read could not be proven complete",
        "Records came and went while a list was read, so nothing may be concluded from what it did not show.",
        "Run the command again.",
    ),
    Entry(
        "B301",
        "no organization in IT Glue is this customer",
        "Nothing in IT Glue matches, and `create` does not let the bridge make one.",
        "Pin it to a record, let it be made, or exclude it; for organizations `glue-bridge match` asks one by one.",
        hold="unmatched",
        key="create",
        commands=(_PIN, _NEW, _EXCLUDE),
    ),
    Entry(
        "B302",
        "two customers share one organization",
        "Two companies of one PSA match the same IT Glue organization. Their devices would be mixed.",
        "Pin one of them elsewhere, make a new one for it, exclude it, or merge the two in the PSA.",
        hold="shared_organization",
        key="match",
        commands=(_PIN, _NEW, _EXCLUDE),
    ),
    Entry(
        "B303",
        "the record has no organization",
        "The PSA names no company for it, or one that the API member cannot see.",
        "Give it a company in the PSA, or check the role of the API member.",
        hold="no_organization",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B304",
        "the IT Glue record is gone",
        "The record that it is linked or pinned to is not in IT Glue any more: somebody deleted it or merged it away.",
        "Pin another one, or accept that it is made again.",
        hold="target_gone",
        commands=(_PIN, _ACCEPT, _EXCLUDE),
    ),
    Entry(
        "B305",
        "it may be several records of IT Glue",
        "More than one record of IT Glue has the same serial number, MAC address or name, or another record of the PSA "
        "claims the same one.",
        "Pin the right one, ban the wrong ones, or let a new one be made.",
        hold="ambiguous",
        key="match",
        commands=(_PIN, _NEW, _EXCLUDE),
    ),
    Entry(
        "B306",
        "no type",
        "The value map `types` holds this type, no line fits it, the source has none, or IT Glue lacks the name.",
        "Add a line to `types`, make the type in IT Glue, or correct the record in the PSA.",
        hold="no_type",
        key="types",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B307",
        "no status",
        "The value map `statuses` holds this status, no line fits it, the source has none, or IT Glue lacks the name.",
        "Add a line to `statuses`, make the status in IT Glue, or correct the record in the PSA.",
        hold="no_status",
        key="statuses",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B308",
        "no value",
        "Another value map holds this value, or IT Glue lacks the name that it gives.",
        "Add a line to the value map that the reason names, or make the name in IT Glue.",
        hold="no_value",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B309",
        "the record has changed its customer",
        "In the PSA it belongs to another company than its IT Glue record does.",
        "Accept the move, or move it back in the PSA. After a merge accept all at once: "
        "`glue-bridge held accept --code moved --organization NAME`.",
        hold="moved",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B310",
        "it lies in the PSA's recycle bin",
        "A person deleted it in the PSA, and it can still be restored there.",
        "Restore it in the PSA, or purge it there; then it counts as gone.",
        hold="recycle_bin",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B311",
        "the id belongs to another machine now",
        "An item came back under its old id with another serial number.",
        "Pin the record of IT Glue that it is, or let a new one be made.",
        hold="identity_changed",
        commands=(_PIN, _NEW),
    ),
    Entry(
        "B312",
        "IT Glue's own sync is on",
        "Records of this kind are not made while the native sync is connected (B207).",
        "Disconnect it (`docs/cutover.md`). Where it is only paused, one record can be accepted.",
        hold="native_sync_on",
        commands=(_ACCEPT, _EXCLUDE),
    ),
    Entry(
        "B313",
        "what it belongs to is held",
        "Its organization, or a name that it needs, is held itself.",
        "Free the one that is named; this follows by itself.",
        hold="parent_held",
    ),
    Entry(
        "B314",
        "a value cannot be written",
        "A name or a serial number is one that IT Glue would refuse, or an expression fails for this record.",
        "Correct the value in the PSA, or the expression in bridge.toml.",
        hold="bad_value",
        commands=(_EXCLUDE,),
    ),
    Entry(
        "B315",
        "IT Glue refused it",
        "IT Glue judged this record and said no; the reason is its own.",
        "Do what the reason asks for, then retry.",
        hold="rejected",
        commands=(_RETRY, _EXCLUDE),
    ),
    Entry(
        "B316",
        "the flexible asset type is not safe to write",
        "It has Upload or Password fields, which IT Glue deletes when the asset is written.",
        "Take these fields out of the type, or map to another type.",
        hold="unsafe_type",
    ),
    Entry(
        "B317",
        "it is unclear what a create made",
        "The answer to a create was lost, and IT Glue holds more records like it than were asked for.",
        "Look at the records that are named, archive the surplus by hand, then pin the right one.",
        hold="create_unclear",
        commands=(_PIN, _RETRY),
    ),
    Entry(
        "B318",
        "two records were made",
        "A second record of one target has come to light; the first one is linked.",
        "Archive one of the two by hand, pin the other.",
        hold="duplicate_made",
        commands=(_PIN,),
    ),
    Entry(
        "B319",
        "tried many times",
        "It failed again and again; the reason is that of the last attempt.",
        "Do what the reason asks for, then retry.",
        hold="gives_up",
        commands=(_RETRY,),
    ),
    Entry(
        "B320",
        "workers died over it",
        "Several workers died while they worked on this record.",
        "Look into the log for what ended them (memory?), then retry.",
        hold="kills_worker",
        commands=(_RETRY, _EXCLUDE),
    ),
    Entry(
        "B321",
        "a fault of the bridge",
        "The bridge met something that it does not know.",
        "Send us the reason and the traceback in the log; an upgrade may cure it, then retry.",
        hold="bug",
        commands=(_RETRY, _EXCLUDE),
    ),
    Entry(
        "B331",
        "too many creates",
        "More would be made than `[stops]` allows for an hour or a day that nobody reviewed.",
        "Review a plan and apply it (`glue-bridge plan -o FILE`, `apply FILE`), accept these, or raise `[stops] creates`.",
        hold="stop_creates",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B332",
        "too many archives",
        "More would be archived than `[stops]` allows unreviewed.",
        "Look whether these are really gone in the PSA; then apply a reviewed plan, or accept.",
        hold="stop_archives",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B333",
        "too many values turned empty",
        "In many records at once a value or a reference turned empty: rather a lost permission than many edits.",
        "Look at the records in the PSA; then apply a reviewed plan, or accept.",
        hold="stop_emptied",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B334",
        "an edit of the mapping would change many records",
        "These updates are asked for by bridge.toml alone; the records have not changed.",
        "Review a plan and apply it, or accept.",
        hold="stop_updates",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B335",
        "the source looks as if a role hid records",
        "A complete read lacks many records, or all of one type, status or company. Nothing of this source is archived.",
        "Check the role of the API member. If they are really gone: "
        "`glue-bridge held accept --code shape_changed --source NAME`.",
        hold="shape_changed",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B336",
        "two writers disagree",
        "A field was written back several times in a day: somebody or something else changes it in IT Glue.",
        "Find the other writer; or put the attribute into `once` or `ignore`; or accept one more writing.",
        hold="flapping",
        commands=(_ACCEPT,),
    ),
    Entry(
        "B400",
        "a command is not understood",
        "A word or an option of the command line does not exist or does not fit.",
        "`glue-bridge COMMAND --help` shows every option with an example.",
    ),
    Entry(
        "B401",
        "a record is not known",
        "The reference is none, or the bridge has not read such a record.",
        "Write source:kind:id, for example `cw:configuration:4711`. `glue-bridge plan` reads what is new.",
    ),
    Entry(
        "B402",
        "nothing can be accepted here",
        "The record is not held, or what holds it is not lifted by a yes.",
        "`glue-bridge explain REF` names the commands that help.",
    ),
    Entry(
        "B403",
        "a decision does not fit",
        "The IT Glue record does not exist, is of another kind or organization, or belongs to another record already.",
        "Take an id that `glue-bridge explain REF` names, or look the record up in IT Glue.",
    ),
    Entry(
        "B404",
        "the file of decisions cannot be used",
        "The CSV file cannot be read, lacks a column, or a row does not fit. Nothing of it was stored.",
        "Correct the rows that are named; `glue-bridge match --csv-out FILE` writes a fresh one.",
    ),
    Entry(
        "B405",
        "a file is there already",
        "The command would overwrite a file.",
        "Move it away, or name another one.",
    ),
    Entry(
        "B406",
        "a query is not possible",
        "The source is not known or cannot be asked, or the path is no path of its API.",
        "Write a path of the vendor's API, for example `/company/companies`.",
    ),
    Entry(
        "B407",
        "an answer is missing",
        "The command asks questions, and nobody is there to answer: no terminal, or an option is missing.",
        "Give the option that the message names.",
    ),
    Entry(
        "B411",
        "the plan cannot be read",
        "The file is not there, or is no plan that this release wrote.",
        "`glue-bridge plan -o FILE` writes one.",
    ),
    Entry(
        "B412",
        "the plan is of other settings",
        "bridge.toml has changed since the plan was made, so that it is not what you reviewed.",
        "Plan again: `glue-bridge plan -o FILE`.",
    ),
)

ENTRIES: dict[str, Entry] = {entry.code: entry for entry in _ENTRIES}
HOLDS: dict[str, Entry] = {entry.hold: entry for entry in _ENTRIES if entry.hold is not None}
_PARTS = {
    "B1": "Settings and the machine",
    "B2": "The PSA and IT Glue",
    "B3": "What is held",
    "B4": "Commands",
}


def number(hold: str) -> str:
    """Give the number of a hold code; a code of another release stands for itself."""
    entry = HOLDS.get(hold)
    return entry.code if entry is not None else hold


def page() -> str:
    """Give the text of `docs/errors.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "Every error has a number, a cause and a fix. `glue-bridge check` finds most of B1 and B2 before they matter,"
    yield "`glue-bridge held` lists what is held, `glue-bridge explain REF` says it of one record, with the commands that"
    yield "help. This page is written by `python -m bridge.catalogue`."
    part = None
    for code, entry in ENTRIES.items():
        if code[:2] != part:
            part = code[:2]
            yield from ("", f"## {_PARTS[part]}")
        said = f" `{entry.hold}`" if entry.hold else ""
        yield from ("", f"### {code}{said}: {entry.title}", "", entry.cause, "", f"**Fix:** {entry.fix}")
        if entry.commands:
            yield from ("", *(f"    {each.format(ref='REF', id='ID')}" for each in entry.commands))


if __name__ == "__main__":
    print(page(), end="")
