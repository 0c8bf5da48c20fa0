"""What the provider's price list and its PSA's setup tables hold: types, statuses, manufacturers, models."""

from __future__ import annotations

from typing import Final, NamedTuple


class Setup(NamedTuple):
    """One row of a setup table: its id and name in the PSA."""

    id: int
    name: str


# A client that is a partner or the owner too has two types: "same" then means that of the lowest id (MAPPING, Rules).
COMPANY_TYPES: Final = (
    Setup(1, "Owner"),
    Setup(2, "Partner"),
    Setup(4, "Client"),
    Setup(5, "Prospect"),
    Setup(9, "Vendor"),
    Setup(11, "Competitor"),
)
COMPANY_STATUSES: Final = (
    Setup(1, "Active"),
    Setup(2, "Inactive"),
    Setup(3, "Not Approved"),
    Setup(4, "Credit Hold"),
    Setup(6, "Delinquent"),
)
CLOSED_COMPANY_STATUSES: Final = ("Inactive",)

# name, code in host names, share of the devices
CONFIGURATION_TYPES: Final = (
    Setup(12, "Managed Workstation"),
    Setup(13, "Laptop"),
    Setup(14, "Managed Server"),
    Setup(17, "Printer"),
    Setup(18, "Switch"),
    Setup(19, "Firewall"),
    Setup(22, "Access Point"),
    Setup(23, "UPS"),
    Setup(31, "Consumable"),
    Setup(32, "Spare"),
    Setup(40, "Telephone System"),
)
USED_TYPES: Final = 8
EXCLUDED_TYPES: Final = ("Consumable", "Spare")
TYPE_CODES: Final = ("WS", "LT", "SRV", "PRN", "SW", "FW", "AP", "UPS")
TYPE_SHARES: Final = (44, 24, 8, 9, 6, 3, 4, 2)

CONFIGURATION_STATUSES: Final = (
    Setup(1, "Active"),
    Setup(2, "Inactive"),
    Setup(4, "In Repair"),
    Setup(5, "Retired"),
    Setup(6, "Scrapped"),
)
STATUS_SHARES: Final = (86, 5, 2, 5, 2)
CLOSED_CONFIGURATION_STATUSES: Final = ("Retired", "Scrapped")

# Per manufacturer: MAC prefix, then eight models as "TYPE CODE model".
MANUFACTURERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Dell", "D4-BE-D9", "WS OptiPlex 7010|WS OptiPlex 5090|LT Latitude 5440|LT Latitude 7430|LT Precision 3581|SRV PowerEdge R650|SRV PowerEdge T150|SRV PowerEdge R750xs"),
    ("HP", "3C-52-82", "WS ProDesk 400 G9|WS EliteDesk 800 G8|LT EliteBook 840 G10|LT ProBook 450 G9|PRN LaserJet Pro M404dn|PRN LaserJet MFP M430f|PRN Color LaserJet M454dw|PRN OfficeJet Pro 9022"),
    ("Lenovo", "98-FA-9B", "WS ThinkCentre M70q|WS ThinkCentre M90t|LT ThinkPad T14 Gen 4|LT ThinkPad X1 Carbon|LT ThinkPad L15|SRV ThinkSystem SR630|SRV ThinkSystem ST250|WS ThinkStation P360"),
    ("Microsoft", "28-18-78", "LT Surface Laptop 5|LT Surface Pro 9|LT Surface Laptop Go 3|WS Surface Studio 2+|LT Surface Book 3|LT Surface Pro 8|WS Surface Hub 2S|LT Surface Go 4"),
    ("Apple", "F4-D4-88", "LT MacBook Pro 14|LT MacBook Air M2|LT MacBook Pro 16|WS iMac 24|WS Mac mini|WS Mac Studio|LT MacBook Air M3|WS Mac Pro"),
    ("Acer", "C0-98-79", "WS Veriton X4690G|WS Veriton N4690GT|LT TravelMate P2|LT TravelMate P4|LT Aspire 5|LT Swift 3|WS Veriton K8|LT Extensa 15"),
    ("Hewlett Packard Enterprise", "94-40-C9", "SRV ProLiant DL360 Gen10|SRV ProLiant DL380 Gen11|SRV ProLiant ML30 Gen10|SRV ProLiant MicroServer|SW OfficeConnect 1820|SRV ProLiant DL20|SRV Apollo 4200|SW FlexNetwork 5130"),
    ("Cisco", "00-1B-54", "SW Catalyst 9200L|SW CBS350-24P|SW CBS250-8T|FW ASA 5506-X|FW Firepower 1010|AP Catalyst 9115AX|SW Meraki MS120|AP Meraki MR36"),
    ("Fortinet", "90-6C-AC", "FW FortiGate 40F|FW FortiGate 60F|FW FortiGate 100F|SW FortiSwitch 124F|AP FortiAP 231F|FW FortiGate 80E|AP FortiAP 431G|SW FortiSwitch 108F"),
    ("SonicWall", "C0-EA-E4", "FW TZ270|FW TZ370|FW TZ470|FW NSa 2700|AP SonicWave 641|SW SWS12-8|FW TZ570|FW NSa 3700"),
    ("WatchGuard", "00-90-7F", "FW Firebox T25|FW Firebox T45|FW Firebox M290|AP AP130|AP AP330|FW Firebox T85|FW Firebox M390|AP AP432"),
    ("Ubiquiti", "24-A4-3C", "AP UniFi U6 Pro|AP UniFi U6 Lite|SW UniFi USW-24-PoE|SW UniFi USW-Lite-8|FW UniFi Dream Machine|AP UniFi AC Mesh|SW UniFi USW-Pro-48|FW UniFi Gateway"),
    ("Aruba", "20-4C-03", "AP Instant On AP22|AP AP-515|SW Instant On 1930|SW CX 6100|AP AP-505|SW 2930F|SW CX 6200F|AP Instant On AP25"),
    ("Netgear", "A0-40-A0", "SW GS308E|SW GS724T|SW M4250|AP WAX214|AP WAX620|SW GS110TP|FW BR200|SW GS116"),
    ("Brother", "30-05-5C", "PRN HL-L5100DN|PRN MFC-L2750DW|PRN MFC-J5740DW|PRN DCP-L2530DW|PRN HL-L8260CDW|PRN QL-820NWB|PRN HL-L2350DW|PRN MFC-L8690CDW"),
    ("Canon", "18-0C-AC", "PRN imageRUNNER C3226i|PRN i-SENSYS MF455dw|PRN MAXIFY GX7050|PRN imageRUNNER 2630|PRN LBP236dw|PRN i-SENSYS X C1127i|PRN PIXMA G650|PRN imageFORMULA R40"),
    ("Xerox", "9C-93-4E", "PRN VersaLink C405|PRN AltaLink C8130|PRN B230|PRN WorkCentre 3345|PRN Phaser 6510|PRN C315|PRN VersaLink B7125|PRN B315"),
    ("APC", "00-C0-B7", "UPS Smart-UPS 1500|UPS Smart-UPS 750|UPS Back-UPS Pro 900|UPS Smart-UPS SRT 3000|UPS Symmetra LX|UPS Back-UPS 650|UPS Smart-UPS X 2200|UPS Easy UPS SRV"),
    ("Eaton", "00-20-85", "UPS 5P 1550i|UPS 9PX 3000|UPS Ellipse PRO 850|UPS 5SC 1000|UPS 5PX 2200|UPS 93PM|UPS 3S 700|UPS 9SX 1500"),
    ("Synology", "00-11-32", "SRV DiskStation DS923+|SRV RackStation RS1221+|SRV DiskStation DS220+|SRV DiskStation DS1522+|SRV RackStation RS822+|SRV FlashStation FS2500|SRV DiskStation DS423|AP RT6600ax"),
)  # fmt: skip


class Model(NamedTuple):
    """A model on the price list, with the place of its manufacturer in MANUFACTURERS."""

    manufacturer: int
    code: str
    name: str


MODELS: Final = tuple(
    Model(number, *entry.split(" ", 1))
    for number, (_, _, models) in enumerate(MANUFACTURERS)
    for entry in models.split("|")
)
MODELS_BY_CODE: Final = {code: tuple(i for i, m in enumerate(MODELS) if m.code == code) for code in TYPE_CODES}

# Of IT Glue's own list, which no client can write; ids as the simulator's account has them from the beginning.
OPERATING_SYSTEMS: Final = {
    "Windows 10": 3,
    "Windows 11": 4,
    "Windows Server 2019": 9,
    "Windows Server 2022": 10,
    "macOS 14 Sonoma": 15,
    "Ubuntu 22.04 LTS": 23,
    "VMware ESXi 7.0": 26,
    "FortiOS": 32,
}
# A PSA's text is free: some of it is a name of that list.
SYSTEMS_BY_CODE: Final[dict[str, tuple[str, ...]]] = {
    "WS": ("Windows 11", "Windows 11", "Windows 10", "Microsoft Windows 11 Pro (10.0.22631)"),
    "LT": ("Windows 11", "Windows 10", "macOS 14 Sonoma", "Windows 11 Pro x64"),
    "SRV": ("Windows Server 2022", "Windows Server 2019", "Ubuntu 22.04 LTS", "VMware ESXi 7.0", "VMware ESXi 7.0 U3"),
    "FW": ("FortiOS", "SonicOS 7.0.1"),
}

JUNK_SERIALS: Final = (
    "To be filled by O.E.M.",
    "System Serial Number",
    "Default string",
    "123456789",
    "0000000000",
)  # PROTOCOLS 5
