"""All that a message says is read: every body, what is forwarded and attached, in whatever encoding."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from rag.read import Extract
from rag.read.readers import READERS
from tests.rag.made_documents import office, pdf

INVITATION = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Fire drill
DTSTART;TZID=Europe/Oslo:20260504T140000
DTEND:20260504T150000Z
LOCATION:Quay 7\\, shed B
ORGANIZER;CN=Ida Lund:mailto:ida@example.org
DESCRIPTION:Bring
  gloves.\\nWalk slowly.
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def read(data: bytes | EmailMessage) -> Extract:
    reader = READERS.of_extension(".eml")
    assert reader is not None
    return reader.read(data if isinstance(data, bytes) else bytes(data))


def mail(subject: str = "Quay", body: str | None = "See below.") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "ida@example.org"
    if body is not None:
        made.set_content(body)
    return made


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "\n",
        "This message needs a program that shows HTML.",
        "Your mail program cannot show this newsletter. Open https://example.org/n/17 in a browser to read all of it.",
    ],
)
def test_the_html_body_is_read_where_the_plain_one_says_little(plain: str) -> None:
    made = mail(body=plain)
    made.add_alternative("<p>The rope store moves to shed 9 on Friday.</p>", subtype="html")
    assert "shed 9" in read(made).text


def test_the_plain_body_is_read_once_where_both_say_the_same() -> None:
    made = mail(body="The rope store moves to shed 9 on Friday.")
    made.add_alternative("<p>The rope store <b>moves</b> to shed 9 on Friday.</p><p>Bye</p>", subtype="html")
    assert read(made).text.count("shed 9") == 1


def test_texts_before_and_after_a_picture_are_all_read() -> None:
    made = mail(body="Before the picture.")
    made.make_mixed()
    picture, after = EmailMessage(), EmailMessage()
    picture.set_content(b"\x89PNG", maintype="image", subtype="png", filename="gate.png")
    after.set_content("After the picture.")
    for part in (picture, after):
        made.attach(part)
    lines = [line for line in read(made).text.splitlines() if line][2:]
    assert lines == ["Before the picture.", "Attachment: gate.png", "After the picture."]


def test_a_rich_form_that_holds_an_attachment_gives_it_though_the_plain_form_is_read() -> None:
    made = mail(body="The fares are in the table.")
    made.make_alternative()
    rich = EmailMessage()
    rich.set_content("<p>The fares are in the table.</p>", subtype="html")
    rich.add_attachment(b"port,price\nBrenna,12\n", maintype="text", subtype="csv", filename="fares.csv")
    made.attach(rich)
    text = read(made).text
    assert text.count("The fares are in the table.") == 1 and "Brenna" in text


def test_a_forwarded_message_is_read_under_its_own_subject() -> None:
    inner = mail("Boiler", "The pressure must stay below 2.4 bar.")
    innermost = mail("Valve", "The valve opens at 3 bar.")
    inner.add_attachment(innermost)
    outer = mail("Fwd: boiler")
    outer.add_attachment(inner)
    extract = read(outer)
    assert extract.headings[-1].label == "Fwd: boiler > Boiler > Valve"
    assert "2.4 bar" in extract.text and "opens at 3 bar" in extract.text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("report.txt", b"Throughput was 812 units.", "812 units"),
        ("plan.pdf", pdf("The pump stands in shed B."), "shed B"),
        ("fares.docx", office("docx"), "Inside"),
        ("note.md", b"# Note\n\nThe mate has the key.", "the key"),
        ("old.csv", "порт;цена\nБренна;12\n".encode("cp1251"), "Бренна"),
        ("inner.eml", bytes(mail("Inner", "The inner words.")), "inner words"),
    ],
)
def test_an_attachment_is_read_by_its_own_reader_under_its_name(name: str, data: bytes, words: str) -> None:
    made = mail()
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    extract = read(made)
    under = next(span for span in extract.headings if span.label.startswith(f"Quay > Attachment: {name}"))
    rest = extract.text[under.start :]
    assert words.lower() in rest.lower()


def test_an_attachment_that_cannot_be_read_is_named_and_said_to_be_missing() -> None:
    made = mail()
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    made.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="tool.exe")
    extract = read(made)
    assert "Attachment: plan.pdf" in extract.text and "Attachment: tool.exe" in extract.text
    assert [note.split(" is not read")[0] for note in extract.notes] == [
        "the attachment plan.pdf",
        "the attachment tool.exe",
    ]


def test_an_invitation_says_what_when_and_where() -> None:
    made = mail(body=None)
    made.set_content(INVITATION, subtype="calendar")
    lines = [line for line in read(made).text.splitlines() if line][2:]
    assert lines == [
        "Event: Fire drill",
        "Begins: 2026-05-04 14:00 (Europe/Oslo)",
        "Ends: 2026-05-04 15:00 UTC",
        "Place: Quay 7, shed B",
        "Organizer: Ida Lund <ida@example.org>",
        "Description: Bring gloves.",
        "Walk slowly.",
    ]


def test_an_invitation_beside_a_body_is_read_as_well() -> None:
    made = mail(body="You are invited.")
    made.add_alternative(INVITATION, subtype="calendar")
    text = read(made).text
    assert "You are invited." in text and "Event: Fire drill" in text


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "koi8-r"])
def test_a_subject_written_without_its_encoding_is_read(encoding: str) -> None:
    data = b"Subject: " + "Насос и клапан".encode(encoding) + b"\nFrom: a@example.org\n\nText.\n"
    assert read(data).headings[0].label == "Насос и клапан"


def test_a_body_in_another_encoding_than_it_says_is_read() -> None:
    head = b"Subject: a\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 8bit\n\n"
    assert "Kühlkörper für fünf" in read(head + "Kühlkörper für fünf Euro".encode("latin-1")).text


def test_parts_beyond_the_limits_are_said_to_be_missing() -> None:
    made = mail(body=None)
    made.make_mixed()
    for number in range(600):
        part = EmailMessage()
        part.set_content(f"Part {number}.")
        made.attach(part)
    extract = read(made)
    assert "Part 400." in extract.text and "Part 590." not in extract.text and len(extract.notes) == 1
