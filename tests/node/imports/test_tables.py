"""Lists as spreadsheets save them: whatever the delimiter, the encoding, the quotes."""

import pytest

from node.imports.lines import FileTooLarge
from node.imports.tables import ROWS_MAX, TABLE_BYTES_MAX, TableBroken, folded, read_table

PLAIN = 'Raum;Personen;Beschreibung\nGroßer Saal;80;"Hell; groß"\n'


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        ("sep=;\r\n" + PLAIN).encode(),
        PLAIN.replace(";", ",").encode(),
        'Raum\tPersonen\tBeschreibung\nGroßer Saal\t80\t"Hell; groß"\n'.encode(),
        ("\n\n" + PLAIN + ";;\n\n").encode(),
        PLAIN.rstrip("\n").encode(),
    ],
    ids=["utf-8", "bom", "windows", "utf-16", "crlf", "sep", "comma", "tabs", "blank", "no last line break"],
)
def test_the_file_itself_tells_how_it_is_written(content: bytes) -> None:
    """Semicolons, commas or tabs; UTF-8 with or without a mark, Windows-1252, Excel's Unicode text."""
    table = read_table(content)
    assert table.headers == ("Raum", "Personen", "Beschreibung")
    (row,) = table.rows
    assert [cell.replace(",", ";") for cell in row.cells] == ["Großer Saal", "80", "Hell; groß"]


def test_a_text_over_several_lines_is_one_cell_and_lines_are_counted_as_in_the_file() -> None:
    """The row after a quoted line break still has the number that an editor shows."""
    table = read_table(b'Raum;Text\n"Saal";"erste\nzweite"\n\nK\xc3\xbcche;x\n')
    assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "Saal"), (5, "Küche")]
    assert table.rows[0].cells[1] == "erste\nzweite"


def test_a_doubled_quotation_mark_is_one() -> None:
    """As every spreadsheet writes it."""
    assert read_table(b'a;b\n"Der ""Saal""";x\n').rows[0].cells[0] == 'Der "Saal"'


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 0, "list_empty"),
        (b"\n;;\n", 0, "list_empty"),
        (b'Raum;Text\nSaal;x\nK;"offen\nmehr\n', 3, "quotes_unclear"),
        (b"Raum;Text\nSaal;x;zu viel\n", 2, "more_cells_than_columns"),
        (b"PK\x03\x04\0\0Excel", 0, "not_a_list"),
        (b";".join([b"x"] * 101), 1, "too_many_columns"),
    ],
)
def test_what_is_no_list_is_told_with_its_line(content: bytes, line: int, reason: str) -> None:
    """An Excel file, an open quotation mark, a cell too many: each has words of its own."""
    with pytest.raises(TableBroken) as refusal:
        read_table(content)
    (problem,) = refusal.value.problems
    assert (problem.line, problem.reason) == (line, reason)


@pytest.mark.parametrize(
    ("content", "limit"),
    [(b"a\n" + b"x\n" * (ROWS_MAX + 1), "rows"), (b"x" * (TABLE_BYTES_MAX + 1), "table_bytes")],
    ids=["rows", "bytes"],
)
def test_too_much_is_refused(content: bytes, limit: str) -> None:
    """In numbers that the page can tell."""
    with pytest.raises(FileTooLarge) as refusal:
        read_table(content)
    assert refusal.value.limit == limit


def test_names_are_compared_by_letters_and_digits_alone() -> None:
    """Case, blanks, brackets and the spelling of umlauts make no difference."""
    assert (
        folded("Rüstzeit (vorher)")
        == folded("RUESTZEIT vorher")
        == folded("ru\u0308stzeit_vorher".replace("u\u0308", "ü"))
    )
