"""Small files of each kind."""

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
# The test string of the anti-virus industry, put together so that no scanner minds this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def package(*names: str, mimetype: str = "") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return kept.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")
DOCM = package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
ODT = package("content.xml", mimetype="application/vnd.oasis.opendocument.text")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")
ODS = package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet")
