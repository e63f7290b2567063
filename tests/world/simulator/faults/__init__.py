"""What can go wrong, one subject a file, one fault a class. A campaign fails when one of them never happened."""

from typing import Final

from tests.world.simulator.faults.books import BOOKS
from tests.world.simulator.faults.clocks import CLOCKS
from tests.world.simulator.faults.crashes import CRASHES
from tests.world.simulator.faults.database import DATABASE
from tests.world.simulator.faults.fault import Fault
from tests.world.simulator.faults.lives import LIVES
from tests.world.simulator.faults.merchant import MERCHANT
from tests.world.simulator.faults.network import NETWORK
from tests.world.simulator.faults.parking import PARKING
from tests.world.simulator.faults.strangers import STRANGERS

_ALL: Final[tuple[tuple[Fault, ...], ...]] = (
    NETWORK,
    CRASHES,
    DATABASE,
    CLOCKS,
    MERCHANT,
    BOOKS,
    PARKING,
    LIVES,
    STRANGERS,
)

FAULTS: Final[dict[str, Fault]] = {fault.name: fault for faults in _ALL for fault in faults}
