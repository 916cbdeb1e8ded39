"""Twenty small tables of all formats, and sixty questions to them, each with what a right answer holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.table_files import csv_of, docx_of, html_of, html_rows, md_of, pdf_of, pptx_of, xlsx_of


@dataclass(frozen=True)
class TableQuestion:
    """A question, what its answer must hold, and what it must not; without `holds` it is to be refused."""

    text: str
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableFile:
    """A file with a table, and questions to it."""

    name: str
    content: bytes
    questions: tuple[TableQuestion, ...]


def ask(text: str, *holds: str, lacks: Sequence[str] = ()) -> TableQuestion:
    """Write a question."""
    return TableQuestion(text, holds, tuple(lacks))


def long_rows(prefix: str, count: int = 140) -> list[list[object]]:
    """Return a stock list longer than a passage."""
    return [[f"{prefix}-{1000 + at}", f"bolt size {at} mm", (at * 7) % 90, f"R{at % 9}"] for at in range(count)]


STOCK = ["Part", "Description", "Stock", "Rack"]
WINTER = [["Station", "Winter", "", "Summer", ""], ["", "min", "max", "min", "max"], ["Brenna", -14, 3, 9, 31]]
SHIFTS = [
    ["Day", "Shift", "Leader"],
    ["Monday", "early", "Ines Falk"],
    ["", "late", "Omar Reyes"],
    ["Tuesday", "early", "Lea Brandt"],
]

FILES = (
    TableFile(
        "tickets.csv",
        csv_of(
            [
                ["Ticket", "Description", "State", "Team"],
                ["Q-11", 'Screen shows "E5" on start, then freezes', "closed", "North"],
                ["Q-12", "Fan is loud; cleaned, oiled, tested", "open", "South"],
                ["Q-13", 'Label "top, this side" missing', "waiting", "West"],
            ]
        ),
        (
            ask("What is the state of ticket Q-11?", "State: closed", lacks=["Q-12"]),
            ask("Which team has ticket Q-13?", "Team: West"),
            ask("What is the priority of ticket Q-12?"),
        ),
    ),
    TableFile(
        "articles.csv",
        csv_of(
            [
                ["Key", "Text", "Editor"],
                *([f"KX-{at}", "It is washed, dried, packed. " * 700, f"Desk {at}"] for at in (4, 5, 6)),
            ],
            ";",
        ),
        (
            ask("Who is the editor of KX-5?", "Editor: Desk 5"),
            ask("Who is the editor of KX-9?"),
            ask("Which editor has KX-6?", "Desk 6", lacks=["Desk 5"]),
        ),
    ),
    TableFile(
        "orders.csv",
        csv_of(
            [["Order", "Client", "Due"], ["O-501", "Tarn Ltd", "2026-04-02"], ["O-502", "Moss & Co", "2026-05-09"]],
            ";",
            "sep=;\n",
        ),
        (
            ask("When is order O-502 due?", "2026-05-09", lacks=["2026-04-02"]),
            ask("Which client has order O-501?", "Tarn Ltd"),
            ask("How many orders are there?"),
        ),
    ),
    TableFile(
        "bare.csv",
        csv_of([["ZK-1", "washer", 15, "B4"], ["ZK-2", "spring", 92, "B7"], ["ZK-3", "clip", 33, "B2"]]),
        (
            ask("On which rack is ZK-2?"),
            ask("What is ZK-3?", "ZK-3 | clip | 33 | B2"),
            ask("What is the price of ZK-1?"),
        ),
    ),
    TableFile(
        "lamps.tsv",
        csv_of(
            [["Lamp", "Meaning"], ["amber steady", "warm, wait, then go"], ["violet blinking", "stop, call service"]],
            "\t",
        ),
        (
            ask("What is the meaning of the violet blinking lamp?", "stop, call service"),
            ask("What is the meaning of the amber steady lamp?", "warm, wait, then go"),
            ask("What is the meaning of the pink lamp?"),
        ),
    ),
    TableFile(
        "hoses.xlsx",
        xlsx_of(
            [["Hose prices 2026"], ["valid from 1 March"], ["Article", "Diameter", "Net price", "Delivery time"]]
            + [[f"HG-{300 + at}", f"{at} mm", 20 + at / 2, f"{at % 5 + 1} weeks"] for at in range(60)],
            ["A1:D1"],
        ),
        (
            ask("What is the net price of HG-341?", "Net price: 40.5", lacks=["HG-340"]),
            ask("What is the delivery time of HG-307?", "3 weeks"),
            ask("Which hose is the cheapest?"),
        ),
    ),
    TableFile(
        "plants.xlsx",
        xlsx_of(
            [
                ["Country", "Plant", "Tons"],
                ["Norway", "Vik", 310],
                [None, "Moss", 220],
                [None, "Bergen", 130],
                ["Spain", "Elda", 60],
            ],
            ["A2:A4"],
        ),
        (
            ask("Which plants are in Norway?", "Vik", "Moss", "Bergen", lacks=["Elda"]),
            ask("How many tons does the plant Moss have?", "220", lacks=["310"]),
            ask("What is the total of all plants?"),
        ),
    ),
    TableFile(
        "rates.xlsx",
        xlsx_of(
            [["Account", "Rate", "Code"], ["Gold", 0.15, 4711], ["Silver", 0.075, 12]],
            formats={"B2": "0%", "B3": "0.0%", "C2": "000000", "C3": "000000"},
        ),
        (
            ask("What is the rate of the Gold account?", "15%"),
            ask("Which account has code 000012?", "Silver", lacks=["Gold"]),
            ask("What is the rate of the Bronze account?"),
        ),
    ),
    TableFile(
        "weather.xlsx",
        xlsx_of([*WINTER, ["Kalvik", -8, 6, 11, 27]], ["A1:A2", "B1:C1", "D1:E1"]),
        (
            ask("What is the summer max at Brenna?", "Summer / max: 31", lacks=["Kalvik"]),
            ask("What is the winter min at station Kalvik?", "Winter / min: -8"),
            ask("Which station is the coldest on average?"),
        ),
    ),
    TableFile(
        "years.xlsx",
        xlsx_of([["Branch", 2023, 2024, 2025], ["Harbour", 540, 612, 633], ["Hilltop", 99, 87, 120]]),
        (
            ask("What did the branch Hilltop have in 2024?", "2024: 87", lacks=["Harbour"]),
            ask("What did branch Harbour have in 2025?", "2025: 633"),
            ask("What did branch Harbour have in 2021?"),
        ),
    ),
    TableFile(
        "rebates.html",
        html_of(
            "<tr><th>Region<th>Product<th>Rebate<tr><td rowspan=2>East<td>Cord<td>4 %<tr><td>Switch<td>21 %"
            "<tr><td>West<td>Switch<td>6 %"
        ),
        (
            ask("What rebate does the Switch have in the East region?", "21 %", lacks=["6 %"]),
            ask("What rebate does the Cord have in the East region?", "4 %", lacks=["21 %"]),
            ask("What rebate does the Cord have in the West region?"),
        ),
    ),
    TableFile(
        "stock.html",
        html_of(html_rows([STOCK], "th") + html_rows(long_rows("BT")), "<h2>Stock of bolts</h2>"),
        (
            ask("On which rack is BT-1113?", "Rack: R5"),
            ask("What is the stock of BT-1127?", "Stock: 79"),
            ask("On which rack is BT-2113?"),
        ),
    ),
    TableFile(
        "engine.html",
        html_of(
            "<tr><th>Weight<td>48 kg<tr><th>Fuel<td>diesel<tr><th>Service interval<td>400 hours", "<h2>Engine TM-9</h2>"
        ),
        (
            ask("What is the weight of the engine TM-9?", "48 kg"),
            ask("What fuel does the engine TM-9 use?", "diesel"),
            ask("What is the service interval of the engine TM-9?", "400 hours"),
        ),
    ),
    TableFile(
        "hours.html",
        html_of(
            "<tr><th>Office<th>Mon<th>Tue<th>Wed<tr><td>Vik<td colspan=2>closed<td>9–12"
            "<tr><td>Elda<td>8–16<td>8–16<td>closed"
        ),
        (
            ask("Is the office Vik open on Tue?", "Tue: closed", lacks=["Elda"]),
            ask("When is the office Elda open on Mon?", "Mon: 8–16"),
            ask("What is the phone number of the office Elda?"),
        ),
    ),
    TableFile(
        "shifts.docx",
        docx_of(SHIFTS, [(1, 0, 2, 0)]),
        (
            ask("Who is the leader of the late shift on Monday?", "Omar Reyes", lacks=["Ines Falk"]),
            ask("Who is the leader of the early shift on Tuesday?", "Lea Brandt", lacks=["Ines"]),
            ask("Who is the leader of the late shift on Friday?"),
        ),
    ),
    TableFile(
        "nuts.docx",
        docx_of([STOCK, *long_rows("NT")]),
        (
            ask("On which rack is NT-1120?", "Rack: R3"),
            ask("What is the stock of NT-1077?", "Stock: 89"),
            ask("Which nut has the highest stock?"),
        ),
    ),
    TableFile(
        "errors.md",
        md_of(
            [["Code", "Cause", "Remedy"]]
            + [
                [f"F-{4100 + at}", f"sensor {at} is wet", f"dry sensor {at} for {at % 9 + 2} minutes"]
                for at in range(130)
            ]
        ),
        (
            ask("What is the remedy of code F-4188?", "dry sensor 88 for 9 minutes"),
            ask("What is the cause of F-4125?", "Cause: sensor 25 is wet"),
            ask("What is the remedy of code F-9999?"),
        ),
    ),
    TableFile(
        "motors.md",
        md_of([["Motor", "Power", "Mass"], ["MX-1", "5.5 kW", "40 kg"], ["MX-2", "7.5 kW", "55 kg"]]),
        (
            ask("What is the power of MX-2?", "Power: 7.5 kW", lacks=["5.5"]),
            ask("How heavy is MX-1?", "40 kg", lacks=["55"]),
            ask("What is the voltage of MX-1?"),
        ),
    ),
    TableFile(
        "valves.pptx",
        pptx_of(
            [
                ["Group", "Valve", "Limit"],
                ["Steam", "SV-1", "12 bar"],
                ["", "SV-2", "16 bar"],
                ["Water", "WV-1", "9 bar"],
            ],
            [(1, 0, 2, 0)],
        ),
        (
            ask("What is the limit of valve SV-2?", "Group: Steam", "16 bar"),
            ask("To which group does valve WV-1 belong?", "Water", lacks=["Steam"]),
            ask("What is the average limit of the valves?"),
        ),
    ),
    TableFile(
        "rooms.pdf",
        pdf_of([["Room", "Seats", "Floor"], ["Aurora", 14, 2], ["Borealis", 60, 3], ["Cirrus", 8, 1]], "Meeting rooms"),
        (
            ask("How many seats does the room Borealis have?", "60", lacks=["14"]),
            ask("On which floor is the room Cirrus?", "Floor: 1"),
            ask("What is the price of the room Aurora?"),
        ),
    ),
)
