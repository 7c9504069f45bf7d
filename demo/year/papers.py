"""Papers that people send: small PDF files which say what they stand for."""

from towpath.casework.actions import Upload


def paper(name: str, text: str) -> Upload:
    """One page with one line, as plain as the format allows (ISO 32000-1, annex H.3)."""
    line = text.encode("latin-1", "replace").decode("latin-1")
    for mark in "\\()":
        line = line.replace(mark, f"\\{mark}")
    drawn = f"BT /F1 14 Tf 60 760 Td ({line}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj{one}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    whole = f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{tail}"
    return Upload(name, "application/pdf", whole.encode("latin-1"))
