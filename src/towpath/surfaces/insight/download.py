"""A table as a file for a spreadsheet."""

import csv
from io import StringIO

from django.http import HttpResponse

from towpath.surfaces.look import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(table: Table, name: str) -> HttpResponse:
    """UTF-8 with a mark that spreadsheets know it by."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([plain(column.label) for column in table.columns])
    for line in table.lines:
        writer.writerow([plain(cell.text) for _column, cell in line])
    response = HttpResponse(written.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def plain(text: str) -> str:
    """A spreadsheet must not take a text for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
