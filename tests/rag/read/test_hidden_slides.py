"""A hidden slide is not read, as a hidden sheet is not; that it is there is said."""

from __future__ import annotations

from io import BytesIO

from pptx import Presentation

from rag.read.pptx import read_pptx


def test_a_hidden_slide_is_named_and_not_read_and_the_others_keep_their_numbers() -> None:
    show = Presentation()
    for title in ("Fares", "Old fares", "Dogs"):
        show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = title
    show.slides[1].element.set("show", "0")
    file = BytesIO()
    show.save(file)
    extract = read_pptx(file.getvalue())
    assert "Old fares" not in extract.text
    assert [page.label for page in extract.pages] == ["1", "3"]
    assert extract.notes == ("slide 2 is hidden, and is not read.",)
