"""Made-up names: of customers, of people, of streets."""

from __future__ import annotations

FAMILIES = (
    "Northgate", "Harrow", "Castlebrook", "Brightwater", "Oakhurst", "Müller", "Fenwick", "Larkspur", "O'Brien", "Silverton",
    "Pemberton", "Ashdown", "Café Brûlé", "Kestrel", "Whitmore", "Dunmore", "Åkesson", "Ravenscroft", "Hollis", "Stonebridge",
    "Marlow", "Tanaka", "Greenfield", "Wexford", "Bluebell", "García", "Thornbury", "Copperhill", "Lindqvist", "Redfern",
    "Maplewood", "D'Angelo", "Eastvale", "Sørensen", "Hawthorne", "Ironside", "Quayside", "Longmeadow", "Van der Berg", "Elmstead",
    "Crestview", "Okafor", "Summerfield", "Baxter", "Lighthouse", "Pineridge", "Étoile", "Rosewood", "Sandstone", "Calloway",
    "Winterbourne", "Nakamura", "Foxglove", "Glenmore", "Harlequin", "St. Alban", "Juniper", "Kowalski", "Meridian", "Nightingale",
    "Highfield", "Petrov", "Sycamore", "Tideway", "Underhill", "Vantage", "Westbourne", "Yarrow", "Zephyr", "Aldergate",
    "Birchwood", "Cobalt", "Delacroix", "Everglen", "Farnham", "Goldcrest", "Holloway", "Inglewood", "Jørgensen", "Kingsley",
    "Lavender", "Montrose", "Novák", "Orchard", "Peregrine", "Queensway", "Rutherford", "Saffron", "Trelawney", "Ulrich",
    "Vineyard", "Wolfe", "Ximénez", "Yellowstone", "Zielinski", "Amberley", "Bramble",
)  # fmt: skip
TRADES = (
    "Dental", "Logistics", "Legal", "Architects", "Bakery", "Engineering", "Veterinary", "Accounting", "Foods", "Printing",
    "Care Homes", "Joinery", "Motors", "Travel", "Insurance Brokers", "Surveyors", "Electrical", "Brewing", "Packaging", "Design",
    "Property", "Optics", "Recruitment", "Textiles", "Plumbing & Heating", "Medical", "Consulting", "Landscapes", "Physio", "Wealth",
    "Marine", "Plastics", "Catering", "Roofing", "Ceramics", "Media", "Pharmacy", "Robotics", "Schools", "Tooling",
    "Analytics", "Freight", "Glass", "Hotels", "Nurseries", "Security", "Solar",
)  # fmt: skip
UNKNOWN_TRADES = (
    "Parish Council",
    "Museum Trust",
    "Rowing Club",
    "Allotments",
    "Choir",
    "Heritage Railway",
)  # IT Glue only
SUFFIXES = ("Ltd", "Inc", "LLC", "& Sons Ltd", "Group Inc", "Partners LLC", "", "GmbH", "Pty Ltd", "(UK) Ltd")
# A suffix and what somebody else typed for it: near, and equal under no folding of case, width or blanks.
NEAR_SUFFIXES = (
    ("Ltd", "Limited"),
    ("Inc", "Incorporated"),
    ("LLC", "L.L.C."),
    ("& Co Ltd", "and Company Ltd"),
    ("Group Inc", "Group, Inc."),
)
TOWNS = (
    ("Leeds", "LS1 4AP", "Yorkshire"), ("Bristol", "BS1 5TY", "Avon"), ("York", "YO1 8QG", "Yorkshire"), ("Exeter", "EX4 3LF", "Devon"),
    ("Derby", "DE1 2QY", "Derbyshire"), ("Norwich", "NR2 1TF", "Norfolk"), ("Cardiff", "CF10 1EP", "Wales"), ("Perth", "PH1 5TN", "Scotland"),
)  # fmt: skip
STREETS = (
    "High Street",
    "Mill Lane",
    "Station Road",
    "Church Street",
    "Park Avenue",
    "The Quay",
    "Canal Wharf",
    "Market Square",
)
PEOPLE = (
    ("Ann", "Keller"), ("Ben", "Ortiz"), ("Chloé", "Martin"), ("Dev", "Patel"), ("Eva", "Lind"), ("Farid", "Haddad"),
    ("Grace", "Osei"), ("Hugo", "Brandt"), ("Iris", "Novak"), ("Jack", "O'Neill"), ("Kim", "Tran"), ("Liam", "Walsh"),
)  # fmt: skip
REMARKS = (
    "Under the desk at reception.", "Moved from the old office, see the floor plan.", "Customer asks for a call before any restart.",
    "Runs the label printer <Zebra> & the till.", "RAM upgraded to 16 GB.\nSSD replaced.", "Shared machine \u2013 no personal profile.",
    "Second NIC is disabled on purpose.", "Loan\u00a0unit until the repair is back.", "Naming: room/floor/number.", "Asset label is missing.",
)  # fmt: skip
DOCUMENTATION = (
    "<p>BIOS password in the vault. <b>Do not</b> update the firmware before the vendor confirms.</p>",
    "<p>VLAN 20 on port 14, untagged. Cable label K-114.</p>", "<p>Licence dongle on the rear USB port.</p>",
    "<p>Backed up nightly, restore tested in spring.</p>", "<p>Local printer queue: <i>accounts-2</i>.</p>",
)  # fmt: skip
GIVEN_NAMES = (
    "Alice", "Bob", "Carla", "Dieter", "Elif", "Fiona", "Gareth", "Hélène", "Ivan", "Jo", "Karen", "Luís", "Mary-Ann", "Nils", "Olga",
    "Priya", "Quentin", "Rosa", "Søren", "Tom", "Una", "Victor", "Wendy",
)  # fmt: skip
SURNAMES = (
    "Smith", "Jones", "O'Connor", "Müller", "Singh", "van Dijk", "Garcia", "Nguyen", "Brown", "Zhang", "MacLeod", "Ibrahim", "Rossi",
    "Kovács", "Taylor", "Wilson", "Ødegård", "Clark", "Bennett",
)  # fmt: skip
