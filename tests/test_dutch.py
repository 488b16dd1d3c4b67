"""Numbers and dates in Dutch form: read as typed, never guessed, and written back."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leefbaar_tools.dutch import (
    MONTHS,
    format_date,
    format_number,
    format_time,
    join_words,
    parse_date,
    parse_number,
    round_half_up,
    short_date,
    years_words,
)

TODAY = date(2026, 12, 2)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3-12-2026", date(2026, 12, 3)),
        ("3/12/26", date(2026, 12, 3)),
        ("3.12.2026", date(2026, 12, 3)),
        ("3 12 2026", date(2026, 12, 3)),
        (" 03-12-2026 ", date(2026, 12, 3)),
        ("3 december 2026", date(2026, 12, 3)),
        ("3 DEC 2026", date(2026, 12, 3)),
        ("3  dec.  26", date(2026, 12, 3)),
        ("3-dec-2026", date(2026, 12, 3)),
        ("3 sept 2026", date(2026, 9, 3)),
        ("3 mrt 2026", date(2026, 3, 3)),
        ("3 mrt. 2026", date(2026, 3, 3)),
        ("3 maa 2026", date(2026, 3, 3)),
        ("29-2-2024", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_as_the_dutch_type_it(typed, day):
    assert parse_date(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2-12", date(2026, 12, 2)),  # today itself
        ("3-12", date(2025, 12, 3)),  # tomorrow is not yet counted: a year ago
        ("1 dec", date(2026, 12, 1)),
        ("31 december", date(2025, 12, 31)),
        ("1-1", date(2026, 1, 1)),
        ("29-2", date(2024, 2, 29)),  # 2026 and 2025 have none
    ],
)
def test_a_date_without_a_year_is_the_last_such_day(typed, day):
    assert parse_date(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed",
    [
        *("", "dinsdag", "vandaag", "3", "3-", "-3-12", "3-12-", "12", "2026"),
        *("0-1", "31-4", "32-1", "3-13", "3-0", "29-2-2026", "30 februari"),
        # Not certainly a month, or another language: never guessed.
        *("3 decibel", "3 junk", "3 june", "3 augs", "3 de", "3 m"),
        *("3-12-026", "3-12-20266", "20261203", "2026-12-03", "3-12-2026 of later", "3,12"),
    ],
)
def test_what_is_no_date_is_told_and_never_guessed(typed):
    with pytest.raises(ValueError, match="kan ik niet als datum lezen") as told:
        parse_date(typed, TODAY)
    assert str(told.value) == (
        f"“{typed}” kan ik niet als datum lezen. Typ bijvoorbeeld 3-12-2026."
    )


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_a_date_that_is_written_is_read_back(day):
    assert parse_date(short_date(day), TODAY) == day
    assert parse_date(format_date(day), TODAY) == day
    assert parse_date(f"{day.day} {MONTHS[day.month - 1][:3]} {day.year % 100:02d}", TODAY) == day


@given(DAYS, st.integers(0, 364))
def test_any_day_of_the_past_year_needs_no_year(today, ago):
    day = today - timedelta(days=ago)
    assert parse_date(f"{day.day}-{day.month}", today) == day
    assert parse_date(f"{day.day} {MONTHS[day.month - 1]}", today) == day


@given(st.text(max_size=40) | st.from_regex(r"\d{1,3}[-/. ][a-z0-9]{1,9}([-/. ]\d{1,4})?"))
def test_any_text_is_a_date_or_a_dutch_sentence(typed):
    try:
        said = parse_date(typed, TODAY)
    except ValueError as told:
        said = str(told)
    assert isinstance(said, date) or said.endswith("Typ bijvoorbeeld 3-12-2026.")


def test_dates_and_times_are_written_the_dutch_way():
    assert short_date(date(2026, 12, 3)) == "3-12-2026"
    assert short_date(date(2026, 11, 30)) == "30-11-2026"
    assert format_date(date(2026, 3, 1)) == "1 maart 2026"
    assert format_time(datetime(2026, 3, 1, 9, 5)) == "9:05"


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
def test_a_number_that_is_written_is_read_back(number):
    assert parse_number(format_number(number, 3)) == number


@pytest.mark.parametrize("typed", ["", "3.5", "1.23", "1 000", "drie", "3,", ",5", "1e3", "nan"])
def test_what_is_no_number_is_told_and_never_guessed(typed):
    with pytest.raises(ValueError, match="kan ik niet als getal lezen"):
        parse_number(typed)


def test_numbers_are_written_the_dutch_way():
    assert format_number(1234567.891, 2) == "1.234.567,89"
    assert format_number(-3.5, 1) == "−3,5"
    assert format_number(-0.04, 1) == "0,0", "nought has no sign"


def test_words_are_joined_as_in_a_sentence():
    assert [join_words(list(words)) for words in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a en b",
        "a, b en c",
    ]


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ([], ""),
        ([2020], "2020"),
        ([2013, 2024], "2013 en 2024"),
        ([2023, 2024], "2023 en 2024"),
        ([2018, 2019, 2020], "2018 tot en met 2020"),
        ([2020, 2018, 2019, 2018], "2018 tot en met 2020"),
        ([2013, 2015, 2016, 2018, 2019, 2020], "2013, 2015, 2016 en 2018 tot en met 2020"),
        ([2012, 2013, 2014, 2016], "2012 tot en met 2014 en 2016"),
    ],
)
def test_years_in_words(years, said):
    assert years_words(years) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (94.5, 0, "95"), (-94.5, 0, "−95"), (8.5, 0, "9"), (87.5, 0, "88"), (0.285 * 100, 0, "29"),
        (2.25, 1, "2,3"), (94.49, 0, "94"), (1.436238679393682, 15, "1,436238679393682"),
    ],
)  # fmt: skip
def test_halves_go_up_as_people_round(value, decimals, said):
    assert format_number(value, decimals) == said


def test_the_largest_number_is_written_too():
    assert format_number(1.7e308).startswith("170.000.000")
    assert round_half_up(float("inf")) == float("inf")
