"""What every connector promises (`bridge.connector`), proven against the simulator of its vendor.

A connector inherits it: `class TestConnectWise(ConnectorSuite): harness = HARNESS`. The simulator runs once per class
and is never emptied, so a test looks at the records that it made, or compares whole reads.
"""

from tests.contract.promises_in_trouble import PromisesInTrouble
from tests.contract.promises_of_changes import PromisesOfChanges
from tests.contract.promises_of_dear_reads import PromisesOfDearReads
from tests.contract.promises_of_mirroring import PromisesOfMirroring
from tests.contract.promises_of_records import PromisesOfRecords
from tests.contract.promises_of_secrecy import PromisesOfSecrecy
from tests.contract.promises_of_snapshots import PromisesOfSnapshots


class ConnectorSuite(
    PromisesOfRecords,
    PromisesOfChanges,
    PromisesOfSnapshots,
    PromisesOfDearReads,
    PromisesOfMirroring,
    PromisesInTrouble,
    PromisesOfSecrecy,
):
    """All promises; the `harness` of a subclass is its vendor's."""
