"""One file per format family: the bytes of a file to its text, pages and headings."""
