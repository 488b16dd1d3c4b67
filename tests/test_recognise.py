"""Files as people download them: which source, or what is wrong, before anything is read."""

import contextlib
import io
import struct
import types
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leefbaar_tools.areas import AreaError
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError

GOOD = b"jaar;gwb_code;a_inw\n2020;BU00010000;1234\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


FIXTURES = Path(__file__).parent / "fixtures_sources"
MODULES = recognise._modules


def source(name, word):
    return types.SimpleNamespace(
        NAME=name,
        recognises=lambda head: word in head.text or (word == "xlsx" and head.is_excel),
        read=lambda head, progress=None: name,
    )


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    known = (source("kwb", "gwb_code"), source("grenzen", '"coordinates"'), source("x", "xlsx"))
    monkeypatch.setattr(recognise, "_modules", lambda: known)
    return known


@pytest.fixture
def file(tmp_path):
    def file(data: bytes, name="tabel.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return file


def workbook(members=None, name="xl/workbook.xml"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(name, "<workbook/>")
        for member, content in (members or {}).items():
            out.writestr(member, content)
    return stream.getvalue()


def old_workbook(after=b"", inside=b""):
    """A compound file with a BOF record, and what follows it, on a sector."""
    head = bytearray(512)
    head[:8] = OLE
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 44, 1)
    bof = struct.pack("<HHHH", 0x809, 16, 0x600, 5) + bytes(12)
    return bytes(head) + (bof + after).ljust(512, b"\0") + inside.ljust(512, b"\0")


def test_each_file_goes_to_its_own_source(file):
    assert recognise.recognise(file(GOOD)).NAME == "kwb"
    assert recognise.recognise(file(b'{"coordinates": []}', "kaart.geojson")).NAME == "grenzen"
    assert recognise.recognise(file(workbook(), "kwb.xlsx")).NAME == "x"
    assert recognise.recognise(file(old_workbook(), "kwb.xls")).NAME == "x"
    assert recognise.read(file(GOOD)) == "kwb"


PASSWORD = "EncryptedPackage".encode("utf-16-le")
BAD = {
    "empty": (b"", "tabel.csv", "is leeg"),
    "only spaces": (b" \r\n \n", "tabel.csv", "is leeg"),
    "cut off in a number": (GOOD[:-3], "tabel.csv", "laatste regel is niet af"),
    "zeros at the end": (GOOD * 200 + bytes(9000), "tabel.csv", "einde is leeg"),
    "cut off JSON": (b'{"coordinates": [[1, 2], [3', "kaart.json", "einde ontbreekt"),
    "cut off workbook": (workbook()[:-30], "kwb.xlsx", "einde ontbreekt"),
    "cut off old workbook": (old_workbook()[:400], "kwb.xls", "einde ontbreekt"),
    "the start of a zip": (b"PK", "kwb.xlsx", "afgebroken zip"),
    "HTML": (b"\n<!DOCTYPE html><title>404</title>", "tabel.csv", "webpagina"),
    "HTML as Excel": (b"<html><table>", "kwb.xls", "webpagina"),
    "XML error": (b'<?xml version="1.0"?><ows:ExceptionReport/>', "k.json", "foutmelding"),
    "PDF": (b"%PDF-1.7", "kwb.csv", "is een pdf"),
    "text as workbook": (GOOD, "kwb.xlsx", "niet wat de naam zegt"),
    "workbook as text": (workbook(), "kwb.csv", "niet wat de naam zegt"),
    "new workbook as old": (workbook(), "kwb.xls", "eindigt op .xlsx"),
    "JSON as text": (b'{"coordinates": []}', "kwb.csv", "niet wat de naam zegt"),
    "protected": (old_workbook(inside=PASSWORD), "kwb.xlsx", "wachtwoord"),
    "old and protected": (
        old_workbook(struct.pack("<HHHH", 0x86, 0, 0x2F, 6)),
        "kwb.xls",
        "wachtwoord",
    ),
    "a folder of tables": (workbook(name="a.csv"), "alles.zip", "Pak hem uit"),
    "2012": (b"BU_CODE,GM_CODE,GWB_NAAM,AANT_INW\nBU00010000,GM0001,x,1\n", "k.csv", "2012"),
    "unknown": (b"naam;adres\na;b\n", "adressen.csv", "ken ik niet. Ik herken "),
    "binary": (b"\0\1\2" * 100, "tabel.dat", "geen tabel en geen tekst"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_gets_a_clear_message(file, case):
    data, name, message = BAD[case]
    with pytest.raises(SourceError, match=message) as caught:
        recognise.recognise(file(data, name))
    assert name in str(caught.value)


def test_2012_as_a_workbook(file, monkeypatch, sources):
    monkeypatch.setattr(recognise, "_modules", lambda: sources[:1])
    monkeypatch.setattr(recognise, "_first_row", lambda head: ["BU_CODE", " AANT_INW "])
    with pytest.raises(SourceError, match="2012"):
        recognise.recognise(file(workbook(), "kwb-2012.xlsx"))


def test_too_large_is_never_read(file, tmp_path):
    path = tmp_path / "groot.csv"
    with path.open("wb") as out:
        out.truncate(recognise.MAX_BYTES + 1)
    with pytest.raises(SourceError, match="groter dan 200 MB"):
        recognise.recognise(path)


def refuse_to_unpack(*_, **__):
    raise AssertionError("it was unpacked")


@pytest.mark.parametrize("lie", ["ratio", "size", "total", "members", "overlap"])
def test_a_zip_bomb_is_never_unpacked(file, monkeypatch, lie):
    data = workbook({"xl/worksheets/sheet1.xml": bytes(1000)})
    if lie == "ratio":
        data = workbook({"xl/worksheets/sheet1.xml": bytes(recognise.SMALL_UNPACKED + 1)})
    at = data.rindex(b"PK\x01\x02")
    edit = bytearray(data)
    if lie == "size":
        struct.pack_into("<I", edit, at + 24, 0xFFFF_0000)
    if lie == "overlap":
        struct.pack_into("<I", edit, at + 20, len(data) * 2)
    if lie == "total":
        monkeypatch.setattr(recognise, "MAX_UNPACKED", 1000)
    if lie == "members":
        monkeypatch.setattr(recognise, "MAX_MEMBERS", 1)
    monkeypatch.setattr(zipfile.ZipFile, "open", refuse_to_unpack)
    monkeypatch.setattr(zipfile.ZipFile, "read", refuse_to_unpack)
    with pytest.raises(SourceError, match="veel te groot"):
        recognise.recognise(file(bytes(edit), "kwb.xlsx"))


def test_a_zip_with_a_password(file):
    edit = bytearray(workbook())
    edit[edit.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="wachtwoord"):
        recognise.recognise(file(bytes(edit), "kwb.xlsx"))


def test_what_needs_no_line_end(file):
    """StatLine ends with "Bron: CBS." between quotes and no newline."""
    for end in (b'"Bron: CBS."', b"Bron: CBS."):
        assert recognise.recognise(file(GOOD + end)).NAME == "kwb"


@pytest.mark.parametrize(
    "name", ["kwb", "leefbaarometer", "vakjes", "politie", "gezondheid", "grenzen"]
)
def test_real_files_are_known_by_their_own_source_only(monkeypatch, name):
    monkeypatch.setattr(recognise, "_modules", MODULES)
    files = sorted(FIXTURES.glob(f"{name}-*"))
    assert files
    for path in files:
        assert name == recognise.recognise(path).NAME, path.name


def test_no_guess_between_two_sources(file, monkeypatch, sources):
    monkeypatch.setattr(recognise, "_modules", lambda: (sources[0], source("ook", "jaar")))
    with pytest.raises(SourceError, match="kwb of ook"):
        recognise.recognise(file(GOOD))


def test_damage_nobody_foresaw(file, monkeypatch, sources):
    def read(head, progress=None):
        raise KeyError("a_inw")

    sources[0].read = read
    monkeypatch.setenv("LEEFBAAR_STRICT", "0")
    with pytest.raises(SourceError, match="kan ik niet lezen"):
        recognise.read(file(GOOD))
    monkeypatch.setenv("LEEFBAAR_STRICT", "1")
    with pytest.raises(KeyError):
        recognise.read(file(GOOD))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="niet openen"):
        recognise.recognise(tmp_path / "weg.csv")


@given(
    st.binary(max_size=2000),
    st.sampled_from(["", *(data[:200] for data, _, _ in BAD.values())]),
    st.sampled_from([".csv", ".xlsx", ".xls", ".json", ".zip", ""]),
)
def test_any_bytes_give_a_source_or_a_message(tmp_path_factory, data, start, ending):
    path = tmp_path_factory.mktemp("any") / f"bestand{ending}"
    path.write_bytes((start or b"") + data)
    with contextlib.suppress(AreaError):
        assert recognise.recognise(path).NAME
