"""What points to a person is recognised; ordinary workshop text is left alone."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leefbaar_tools.personal_data import Found, describe, find_personal_data

# In every text: the kind to find, and the part of the text that shows it.
PERSONAL = [
    ("Bel 06-12345678 voor de sleutel", "phone", "06-12345678"),
    ("06 1234 5678", "phone", "06 1234 5678"),
    ("0612345678.", "phone", "0612345678"),
    ("06.12.34.56.78", "phone", "06.12.34.56.78"),
    ("+31 6 12345678", "phone", "+31 6 12345678"),
    ("+31 (0)6 12345678", "phone", "+31 (0)6 12345678"),
    ("0031 6 12345678", "phone", "0031 6 12345678"),
    ("thuis: (030) 234 56 78", "phone", "(030) 234 56 78"),
    ("010-1234567", "phone", "010-1234567"),
    ("088 123 4567", "phone", "088 123 4567"),
    ("+32 475 12 34 56", "phone", "+32 475 12 34 56"),
    ("mail mevr.a@woonbedrijf.nl.", "email", "mevr.a@woonbedrijf.nl"),
    ("<M.A+wijk@post.example.org>", "email", "M.A+wijk@post.example.org"),
    ("bsn 123456782", "bsn", "123456782"),
    ("111222333.", "bsn", "111222333"),
    ("1112.22.333", "bsn", "1112.22.333"),
    ("111.222.333", "bsn", "111.222.333"),
    ("111 222 333", "bsn", "111 222 333"),
    ("bsn: 12345672", "bsn", "12345672"),
    ("in 2024 123456782", "bsn", "123456782"),
    ("12.345.672", "bsn", "12.345.672"),
    ("NL91ABNA0417164300", "iban", "NL91ABNA0417164300"),
    ("op NL91 ABNA 0417 1643 00 van haar", "iban", "NL91 ABNA 0417 1643 00"),
    ("nl91 abna 0417 1643 00", "iban", "nl91 abna 0417 1643 00"),
    ("BE68 5390 0754 7034", "iban", "BE68 5390 0754 7034"),
    ("1234 AB 12", "address", "1234 AB 12"),
    ("1234AB, 12a", "address", "1234AB, 12a"),
    ("1234ab 12", "address", "1234ab 12"),
    ("1234 AB nr. 5", "address", "1234 AB nr. 5"),
    ("1234 AB huisnummer 7", "address", "1234 AB huisnummer 7"),
    ("Dorpsstraat 12, 1234AB", "address", "12, 1234AB"),
    ("Dorpsstraat 12\n1234 AB Utrecht", "address", "12\n1234 AB"),
    ("Dorpsstraat 12-3 1234 ab", "address", "12-3 1234 ab"),
    ("Dorpsstraat 12 hs, 1234 AB", "address", "12 hs, 1234 AB"),
]

ORDINARY = [
    "",
    "We groeten elkaar op de galerij.",
    "2015-2024",
    "2015 2024, 2016 2025",
    "20152024",  # passes the 11-test
    "20250113",  # passes the 11-test
    "15012025",  # passes the 11-test
    "22-11-2026",
    "22 11 2026",
    "€ 12.500",
    "€ 1.234.567,89",
    "1.234.567",
    "36.000.000",  # passes the 11-test
    "€ 111.222.333",
    "111.222.333 euro",
    "10:32, 9:00-17:00 en 10.00-10.02 uur",
    "10 van de 10 deuren",
    "12 huizen",
    "3-4 keer per week",
    "mijn tien stippen: 12 10 14 9 11 8 13 12 10 11",
    "120 135 128 111 222 333",  # a row of counts, some of which pass the 11-test
    "123456789",
    "100000001 stappen",
    "GM9999 WK999901 BU99990101",
    "https://example.org/111222333",
    "1234 AB",
    "in 1234 AB staan 12 huizen",
    "1234 AB, 12 huizen",
    "1234 AB 12 keer gezien",
    "1234 AB in 2024",
    "sinds 2020 1234 AB",
    "in 2024 en 12 huizen",
    "tussen 2015 en 12 november",
    "Vanaf 2015 en 12 keer per jaar",
    "van 1200 in 2020 naar 1500 in 2024",
    "elke 1500 km 12 stops",
    "politie 0900-8844 of 112",
    "gemeente 14 030",
    "0800-1234",
    "volg @wijkteam",
    "52,0907 en 5,1214",
    "24% van 1.234 huishoudens, 1 op 16",
]


@pytest.mark.parametrize(("text", "kind", "part"), PERSONAL)
def test_what_points_to_a_person_is_found(text, kind, part):
    assert find_personal_data(text) == [Found(kind, part)]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_workshop_text_is_left_alone(text):
    assert find_personal_data(text) == []


def test_everything_in_one_text_is_found_once_and_in_its_order():
    text = "mw@post.nl, 06-12345678, 123456782 en NL91 ABNA 0417 1643 00; Hof 3, 1234 AB"
    kinds = [found.kind for found in find_personal_data(text)]
    assert kinds == ["email", "phone", "bsn", "iban", "address"]


@pytest.mark.parametrize(
    ("found", "words", "secret"),
    [
        (Found("phone", "06-12345678"), "een telefoonnummer (06-…78).", "1234567"),
        (Found("email", "mevrouw.a@post.nl"), "een e-mailadres (m…@post.nl).", "mevrouw"),
        (Found("bsn", "123456782"), "een burgerservicenummer (BSN) (123…82).", "4567"),
        (Found("iban", "NL91 ABNA 0417 1643 00"), "een bankrekening (NL9…00).", "0417"),
        (Found("address", "1234 AB 12"), "een adres (123…12).", "AB"),
    ],
)
def test_the_message_says_what_was_seen_without_repeating_it(found, words, secret):
    message = describe(found)
    assert message.startswith(f"Ik zie iets dat lijkt op {words}")
    assert secret not in message


@given(st.text() | st.text(alphabet="0123456789 .-@+€()/ABNLabn,\n", max_size=60))
def test_no_text_whatever_is_too_strange(text):
    for found in find_personal_data(text):
        assert found.text in text
        assert describe(found)


def test_importing_loads_no_number_tables():
    code = (
        "import sys; from leefbaar_tools.personal_data import find_personal_data as find;"
        "find('Wij praten in 2024 met elkaar.');"
        "print({'phonenumbers', 'stdnum'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
