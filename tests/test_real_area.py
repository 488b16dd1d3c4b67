"""Who chooses a real buurt sees its figures everywhere, and is told where there are none."""

import shutil
from pathlib import Path

import nbformat
import pytest
import real_area
from made_tables import kwb
from real_area import code_of
from test_exercises import nodes, page_text, written
from test_notebooks import run as run_cell

from leefbaar_tools import analysis, cli, group
from leefbaar_tools.answers import WorkFolder
from leefbaar_tools.areas import sample_city
from leefbaar_tools.atlas import DEFAULT_AREA, Atlas
from leefbaar_tools.check_data import check
from leefbaar_tools.exercises import area_screen, parts
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import FOLDER_VARIABLE, Session
from leefbaar_tools.handouts import HandoutError, Reader, make_document, reader_for
from leefbaar_tools.paper import FigureBlock
from leefbaar_tools.resources import meetings
from leefbaar_tools.room import checks
from leefbaar_tools.room.server import RoomError
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"
OWN, WIJK = code_of(DEFAULT_AREA), "WK000101"
NAMED = "Lisdoddebuurt (buurt in Lisdoddewijk, Voorstad)"


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A working folder in which Voorstad was imported."""
    folder = tmp_path_factory.mktemp("voorstad")
    real_area.fill(folder)
    return folder


@pytest.fixture
def folder(filled, tmp_path):
    shutil.copytree(filled / "gegevens", tmp_path / "gegevens")
    return tmp_path


@pytest.fixture
def poor(tmp_path):
    """A working folder with one year of one source, of another gemeente, and little in it."""
    path = FIXTURES / "kwb-2020-84799NED-typed.csv"
    Store(tmp_path / "gegevens").add(recognise.read(path), path)
    return tmp_path


def ran_in(folder) -> list:
    """Every notebook, run cell by cell as a kernel does for whoever works in this folder."""
    done = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(folder))
        for path in meetings():
            sessions.session.cache_clear()
            notebook = nbformat.read(path, as_version=4)
            names = {}
            for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
                data = run_cell({"id": cell.id, "source": cell.source}, names)._repr_mimebundle_()
                cell.outputs = [nbformat.v4.new_output("display_data", data)]
            assert sessions.session().errors == []
            done.append((notebook, sessions.session()))
    sessions.session.cache_clear()
    return done


@pytest.fixture(scope="session")
def ran(filled, tmp_path_factory):
    """Every notebook, run for a participant who chose a buurt of Voorstad."""
    folder = tmp_path_factory.mktemp("deelnemer")
    shutil.copytree(filled / "gegevens", folder / "gegevens")
    choose(screen_for(exercises()["m1-buurt"], Session(folder, strict=True)), "lisdoddeb")
    return ran_in(folder)


def exercises(number=1):
    return read_meeting(meetings()[number - 1]).exercises


def pictures(blocks):
    return list(nodes(blocks, FigureBlock))


# --- what there is to choose


def test_a_place_is_found_by_parts_of_its_names(filled):
    atlas = Atlas.of(filled)
    place = atlas.place(OWN)
    for typed in (place.name[:6].upper(), " L\u00edsdodd\u00e9 ", "buurt lisd"):
        assert OWN in [p.code for p in atlas.find(typed)]
    both = atlas.find(f"{place.name[:5]} voorst")
    assert OWN in [p.code for p in both]
    assert all(p.gemeente == "Voorstad" for p in both)
    assert atlas.find("zzz") == atlas.find("  ") == []
    names = [p.name for p in atlas.find("noord")]
    begins = [name.lower().startswith("noord") for name in names]
    assert begins == sorted(begins, reverse=True), "a name that begins with it comes first"
    everything = atlas.find("voorstad")
    assert {p.level for p in everything} == {"buurt", "wijk"}
    assert len(everything) == len(sample_city().regions) - 2, "all but the city and the country"
    assert "BU99990101" not in [p.code for p in atlas.find("lisdodde")]
    assert "BU99990101" in [p.code for p in atlas.find("lisdodde", sample=True)]


def test_names_of_two_gemeenten_are_told_apart(folder):
    path = FIXTURES / "kwb-2020-84799NED-typed.csv"
    Store(folder / "gegevens").add(recognise.read(path), path)
    atlas = Atlas.of(folder)
    cities = {p.gemeente for p in atlas.find("a")}
    assert len(cities) > 1
    one = next(p for p in atlas.find("a") if p.gemeente != "Voorstad")
    assert one.gemeente in one.words
    assert atlas.area(one.code) is not atlas.area(OWN)


def test_the_figures_are_those_of_the_sample_city_they_were_made_of(filled):
    area, sample = Atlas.of(filled).area(OWN), sample_city()
    for indicator in ("single_person", "income", "sociale_samenhang"):
        year = area.indicators[indicator].years[-1]
        mine, its = (
            analysis.figure(a, c, indicator, year)["value"]
            for a, c in ((area, OWN), (sample, DEFAULT_AREA))
        )
        assert mine == pytest.approx(its, abs=1e-9)
    assert area.notice == ""


def test_what_is_imported_later_is_there_at_once_and_the_rest_is_read_once(folder):
    atlas = Atlas(Store(folder / "leeg"))
    assert not atlas.real
    assert atlas.area(OWN) is None
    assert atlas.find("voor") == []
    shutil.copytree(folder / "gegevens", folder / "leeg")
    assert atlas.real
    assert atlas.area(OWN) is atlas.area(code_of("BU99990201"))
    assert atlas.area("GM0001") is atlas.area("BU00019999") is atlas.area(3) is None


def test_a_second_import_is_there_at_once_as_well(folder, tmp_path):
    """A page stays open for a whole meeting; more may be read in while it is."""
    atlas = Atlas.of(folder)
    assert atlas.find("nieuwendijk") == []
    for name, year in (("Nieuwendijk", 2031), ("Oudendijk", 2032)):
        regions = {
            "NL00": ("Nederland", "Land"),
            "GM0002": ("Dijkstad", "Gemeente"),
            "WK000200": ("Wijk", "Wijk"),
            "BU00020000": (name, "Buurt"),
        }
        path = tmp_path / f"{year}.csv"
        path.write_text(name)
        atlas.store.add(kwb(year, regions=regions), path)
        assert [place.name for place in atlas.find(name)] == [name]
        assert atlas.area("BU00020000").name("BU00020000") == name


def test_what_cannot_be_read_for_a_moment_is_read_the_next_time(folder, monkeypatch):
    """Another program, such as a virus scanner, may hold a file."""
    atlas, real = Atlas.of(folder), Store._calmly

    def held(self, work):
        monkeypatch.setattr(Store, "_calmly", real)
        raise SourceError("In gebruik.")

    for look in (lambda: atlas.find("lisdodde"), lambda: atlas.area(OWN)):
        monkeypatch.setattr(Store, "_calmly", held)
        assert not look()
        assert atlas.problem == "In gebruik."
        assert look()


@pytest.mark.parametrize("typed", ["'t zand", "’t Zand", "‘t zand", "oud–zand", "Oud-Zand"])
def test_any_apostrophe_or_dash_finds_a_place(tmp_path, typed):
    regions = {"NL00": ("Nederland", "Land"), "GM0002": ("Stad", "Gemeente")}
    regions |= {"WK000200": ("Oud-Zand", "Wijk"), "BU00020000": ("'t Zand", "Buurt")}
    path = tmp_path / "kwb.csv"
    path.write_text("x")
    Store(tmp_path / "gegevens").add(kwb(2022, regions=regions), path)
    assert Atlas.of(tmp_path).find(typed)


def test_a_damaged_store_is_told_and_the_sample_city_stays(folder):
    next((folder / "gegevens").glob("kwb-2024*.parquet")).write_bytes(b"kapot")
    atlas = Atlas.of(folder)
    assert atlas.area(OWN) is None
    assert "beschadigd" in atlas.problem
    assert atlas.area(DEFAULT_AREA) is sample_city()
    here = Session(folder, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    assert "beschadigd" in screen.controls["code"]._chosen.value
    with pytest.raises(HandoutError, match="beschadigd"):
        reader_for("deelnemer", None, OWN, atlas)


# --- on screen


def search(screen, text):
    control = screen.controls["code"]
    control._search.value = text
    return control


def choose(screen, text):
    search(screen, text)._found.children[0].click()


def kept(folder, exercise="m1-buurt"):
    return WorkFolder(folder).journal().newest(exercise).value


def test_a_found_place_is_chosen_with_its_name_and_the_page_follows(folder):
    here = Session(folder, strict=True)
    screens = {id: screen_for(part, here) for id, part in exercises().items()}
    name = Atlas.of(folder).place(OWN)
    choose(screens["m1-buurt"], f"{name.name} voorstad")
    assert kept(folder) == {"code": OWN, "name": name.words}
    assert here.code == OWN
    assert name.words in screens["m1-buurt"].controls["code"]._chosen.value
    for id in ("m1-profiel", "m1-kaart", "m1-lijken", "m1-jaren"):
        blocks = screens[id].blocks()
        assert name.name in written(blocks), id
        assert not any("voorbeelddata" in one.source for one in pictures(blocks)), id
    screens["m1-schatting"].controls["alleen"].set(3)
    screens["m1-schatting"].typed()
    screens["m1-schatting"]._button.click()
    assert "Heel Voorstad" in screens["m1-schatting"]._pictures["alleen"].value
    again = screen_for(exercises()["m1-buurt"], Session(folder, strict=True))
    assert again.value()["code"] == OWN


def test_back_to_the_sample_city_by_the_list(folder):
    here = Session(folder, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    choose(screen, "voorstad")
    control = screen.controls["code"]
    control._list.index = 3
    assert kept(folder)["code"].startswith("BU9999")
    assert control._chosen.value == ""
    choose(screen, "voorstad")
    assert kept(folder)["code"].startswith(("BU0001", "WK0001"))
    assert control._list.index == 0
    control._list.index = 3
    control._list.index = 0
    assert kept(folder)["code"] == "", "chosen away again"


def test_one_choice_is_one_line(folder):
    screen = screen_for(exercises()["m1-buurt"], Session(folder, strict=True))
    screen.controls["code"]._list.index = 2
    choose(screen, "voorstad")
    path = folder / "antwoorden" / "Deelnemer 1.jsonl"
    assert len(path.read_text("utf-8").splitlines()) == 2


def test_too_many_and_none_are_told(folder):
    screen = screen_for(exercises()["m1-buurt"], Session(folder, strict=True))
    control = search(screen, "voorstad")
    assert len(control._found.children) == area_screen.SHOWN
    assert "Ik vind er 40. Dit zijn de eerste 10." in control._said.value
    control = search(screen, "qqq")
    assert control._found.children == ()
    assert "Niets gevonden" in control._said.value
    control = search(screen, "")
    assert control._said.value == ""


def test_who_typed_the_gemeente_is_asked_for_the_buurt(folder):
    screen = screen_for(exercises()["m1-buurt"], Session(folder, strict=True))
    said = search(screen, "voorstad")._said.value
    assert "Typ er een deel van de naam van je buurt bij." in said


def test_of_a_place_with_few_people_it_is_said_at_once(folder):
    """Hardly a figure of it may be shown."""
    here = Session(folder, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    few = "minder dan 50 mensen"
    people = sample_city().table("inhabitants")["value"]
    small, large = code_of(people.idxmin()), code_of(people.idxmax())
    for code, said in ((small, True), (large, False)):
        place = here.atlas.place(code)
        choose(screen, f"{place.name} {place.wijk}")
        shown = screen.controls["code"]._chosen.value
        assert (few in shown) == said
        assert (f"Over de wijk {place.wijk} is er meer." in shown) == said


def test_without_real_figures_there_is_only_the_list(tmp_path):
    screen = screen_for(exercises()["m1-buurt"], Session(tmp_path, strict=True))
    control = screen.controls["code"]
    assert control._search is None
    assert control._list.description == exercises()["m1-buurt"].question


def test_the_projected_copy_follows_and_keeps_nothing(folder):
    here = Session(folder, facilitator=True, strict=True)
    screens = {id: screen_for(exercises()[id], here) for id in ("m1-buurt", "m1-jaren")}
    choose(screens["m1-buurt"], "lisdoddeb")
    assert "Lisdoddebuurt" in written(screens["m1-jaren"].blocks())
    assert here.code == OWN
    assert not (folder / "antwoorden" / "Deelnemer 1.jsonl").exists()


def test_on_a_computer_without_the_figures_the_choice_is_told_and_kept(folder, tmp_path_factory):
    screen = screen_for(exercises()["m1-buurt"], Session(folder, strict=True))
    choose(screen, "lisdoddeb")
    other = tmp_path_factory.mktemp("andere")
    shutil.copytree(folder / "antwoorden", other / "antwoorden")
    here = Session(other, strict=True)
    there = screen_for(exercises()["m1-buurt"], here)
    told = there.controls["code"]._chosen.value
    assert "geen cijfers" in told
    assert "Lisdoddebuurt (buurt in" in told
    assert here.code == DEFAULT_AREA
    assert there.value()["code"] == OWN
    answers = WorkFolder(other).journal().all()
    context = parts.Context(sample_city(), DEFAULT_AREA, answers)
    report = exercises()["m1-buurt"].report(answers["m1-buurt"].value, context)
    assert "Lisdoddebuurt (buurt in" in written(report)


def test_the_four_meetings_run_for_who_chose_a_real_buurt(ran):
    """Each figure on screen is of the own buurt and sourced, or says that it is invented."""
    for _, here in ran:
        assert here.code == OWN
        for screen in here._screens.values():
            page = page_text(screen)
            about_own = getattr(screen.exercise, "about_area", screen.exercise.kind == "picture")
            if "<figure" in page and about_own and "voorbeelddata" not in page:
                assert "Lisdoddebuurt" in page, screen.id
                assert "Bron: " in page, screen.id
    first = ran[0][1]._screens
    for id in ("m1-profiel", "m1-kaart", "m1-lijken", "m1-jaren", "m1-gezondheid"):
        assert "voorbeelddata" not in page_text(first[id]), id
        assert "Lisdoddebuurt" in page_text(first[id]), id


# --- on paper


def test_all_four_meetings_are_printed_for_a_real_buurt(folder, ran):
    here = Session(folder, strict=True)
    for number in (1, 2, 3, 4):
        for id, part in exercises(number).items():
            if part.kind in ("area", "explore", "map", "estimate", "goal"):
                screen = screen_for(part, here)
                if id == "m1-buurt":
                    choose(screen, "lisdoddeb")
                screen.typed()
                screen.flush()
    atlas = Atlas.of(folder)
    reader = reader_for("deelnemer", WorkFolder(folder).journal().path, None, atlas)
    assert reader.code == OWN
    for notebook, _ in ran:
        document = make_document(notebook, reader, atlas)
        blocks = document.blocks
        for one in pictures(blocks):
            if "CBS, Kerncijfers" in one.source and "voorbeelddata" not in one.source:
                assert "editie" in one.source or "tabel" in one.source
                assert "gebiedsindeling" in one.source
        assert "verzonnen stad" in dict(document.meta)["Gegevens"]
        about = dict(document.meta)
        own = "Kerncijfers" in about["Gegevens"]
        if own:
            assert about["Gebied"].startswith("Lisdoddebuurt")
            assert about["Gebied"].endswith("waar dat erbij staat de voorbeeldstad")
        assert "Gekozen" not in about if own else "Gebied" not in about
    second = dict(make_document(ran[1][0], reader, atlas).meta)
    assert second["Gekozen"] == (
        f"Lisdoddebuurt ({OWN}). De figuren op dit blad gaan over de voorbeeldstad."
    )
    first = make_document(ran[0][0], reader, atlas)
    assert dict(first.meta)["Gegevens"].startswith(
        "CBS, Kerncijfers wijken en buurten 2018 tot en met 2024; Ministerie van BZK, Leefbaarometer"
    )
    real = [one.source for one in pictures(first.blocks) if "voorbeelddata" not in one.source]
    assert any("Leefbaarometer" in source for source in real)
    assert any("Kerncijfers" in source for source in real)
    second = make_document(ran[1][0], reader, atlas)
    other = "Dit gaat over de voorbeeldstad, niet over Lisdoddebuurt."
    assert other in written(second.blocks)
    # Figures and tables alike, wherever the numbers come from.
    context = parts.Context(atlas.area(OWN), OWN, {}, atlas)
    for number, id in ((3, "m3-tweeling"), (4, "m4-verdeling"), (4, "m4-winst")):
        asked = exercises(number)[id]
        for option in range(len(asked.controls[0]["options"])):
            assert other in written(asked.drawing(asked.first(option), context)), (id, option)
    assert all(
        "voorbeelddata" in one.source for one in pictures(second.blocks) if "melding" in one.source
    )


@pytest.mark.parametrize("audience", ["deelnemer", "begeleider"])
def test_with_little_known_every_sheet_is_made_and_says_what_lacks(poor, ran, audience):
    atlas = Atlas.of(poor)
    buurt = next(place for place in atlas.find("a") if place.level == "buurt")
    for notebook, _ in ran:
        document = make_document(notebook, Reader(audience, buurt.code), atlas)
        text = written(document.blocks)
        for one in pictures(document.blocks):
            real = "CBS" in one.source and "voorbeelddata" not in one.source
            assert buurt.name in one.alt or not real
        if audience == "deelnemer" and notebook is ran[0][0]:
            assert ", een buurt in de voorbeeldstad." in text
            assert "is er niet in deze gegevens" in text


def test_every_drawing_of_a_wijk_is_made(filled):
    atlas = Atlas.of(filled)
    wijk = next(place.code for place in atlas.find("voorstad") if place.level == "wijk")
    context = parts.Context(atlas.area(wijk), wijk, {}, atlas)
    for part in exercises().values():
        if part.kind in ("explore", "map", "estimate", "goal"):
            assert part.paper(context)
    (chart,) = pictures(exercises()["m1-kaart"].drawing({}, context))
    assert f"Kaart met {context.name} omlijnd" in chart.alt


def test_handouts_for_a_real_buurt_by_name(folder, tmp_path, capsys):
    out = tmp_path / "uit"
    arguments = ["handouts", "1", "--folder", str(folder), "--output", str(out)]
    assert cli.main([*arguments, "--area", "lisdoddebuurt voorstad"]) == 0
    assert (out / f"1-wijk-in-beeld-deelnemer-{OWN}.pdf").exists()
    assert cli.main([*arguments, "--area", "lisdoddebuurt"]) == 1
    told = capsys.readouterr().err
    assert OWN in told
    assert DEFAULT_AREA in told
    assert cli.main([*arguments, "--area", "nergenshuizen"]) == 1


# --- when something lacks


def rename(folder, before, after):
    """Import Kerncijfers of another year, in which a buurt has another name."""
    path = folder / "downloads" / "kwb-2024.csv"
    real_area.write_files(path.parent, [2024])
    text = path.read_text("utf-8").replace(before, after)
    path.write_text(text, encoding="utf-8")
    Store(folder / "gegevens").add(recognise.read(path), path)


def test_kerncijfers_without_wijken_are_told_and_cost_nothing(tmp_path):
    path, *_ = real_area.write_files(tmp_path / "downloads", [2024])
    lines = [line for line in path.read_text("utf-8").splitlines() if ";Wijk;" not in line]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    Store(tmp_path / "gegevens").add(recognise.read(path), path)
    here = Session(tmp_path, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    choose(screen, "lisdoddeb")
    told = screen.controls["code"]._chosen.value
    assert "ontbreekt" in told
    assert "Lees ook een bestand in" in told
    assert here.code == DEFAULT_AREA
    assert kept(tmp_path)["code"] == OWN


def test_a_choice_whose_figures_are_gone_is_never_another_place_in_silence(folder, capsys):
    here = Session(folder, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    choose(screen, "maalderijb")
    choose(screen_for(exercises()["m1-buurt-thuis"], here), "lisdoddeb")
    (folder / "gegevens" / "manifest.json").write_text("{", encoding="utf-8")
    after = Session(folder, strict=True)
    assert after.code == DEFAULT_AREA
    map_screen = screen_for(exercises()["m1-kaart"], after)
    assert "Van de buurt die je koos, staan hier geen cijfers." in written(map_screen.blocks())
    journal = str(folder / "antwoorden" / "Deelnemer 1.jsonl")
    out = ["--folder", str(folder), "--output", str(folder / "uit")]
    assert cli.main(["handouts", "1", "--answers", journal, *out]) == 0
    told = capsys.readouterr().out
    assert "Let op: Van “Lisdoddebuurt (buurt in" in told
    assert "beschadigd" in told
    (path,) = (folder / "uit").glob("*.html")
    page = path.read_text(encoding="utf-8")
    lacks = "Van deze buurt staan hier geen cijfers. Dit blad gaat over Lisdoddebuurt."
    assert page.count(lacks) == 2, "below each of the two choices"


def test_of_a_choice_that_is_not_here_an_earlier_one_is_not_taken(folder):
    here = Session(folder, strict=True)
    screen = screen_for(exercises()["m1-buurt"], here)
    choose(screen, "maalderijb")
    journal = WorkFolder(folder).journal()
    journal.append("m1-buurt-thuis", "area", {}, {"code": "BU77770000", "name": "Elders"})
    assert Session(folder, strict=True).code == DEFAULT_AREA


def test_a_file_of_buurten_alone_gives_figures_without_the_city(tmp_path):
    files = real_area.write_files(tmp_path / "downloads", [2024])
    for path in (p for p in files if p.name.startswith(("kwb", "buurten")) or " buurten" in p.name):
        Store(tmp_path / "gegevens").add(recognise.read(path), path)
    atlas = Atlas.of(tmp_path)
    context = parts.Context(atlas.area(OWN), OWN, {}, atlas)
    for id, choice in (
        ("m1-jaren", {}),
        ("m1-lijken", {}),
    ):
        blocks = exercises()[id].drawing(choice, context)
        assert "nan" not in written(blocks).lower().replace("finan", ""), id
    (line,) = pictures(exercises()["m1-jaren"].drawing({}, context))
    assert "Lisdoddebuurt" in line.alt
    assert "Voorstad" not in line.alt
    said = written(exercises()["m1-kaart"].drawing({"cijfer": ["Voorzieningen"]}, context))
    assert "van heel Voorstad is er geen cijfer over voorzieningen in deze gegevens" in said
    assert "Daarom zie je hier Lisdoddebuurt, een buurt in de voorbeeldstad." in said
    lines = list(check(atlas.store))
    assert any("Lees ook een bestand met gemeenten in." in line for line in lines)
    seen = exercises()["m1-schatting"].paper(context)
    assert "Heel Voorstad: niet bekend" in written(seen)


# --- in the group


def test_names_of_the_own_buurten_are_held_back(folder):
    """Also of a buurt that nobody chose, and that the sample city has not."""
    rename(folder, "Maalderijbuurt", "Oeverzwaluw")
    here = Session(folder, strict=True)
    for number in range(6):
        here.switch(f"Vogel {number}")
        choose(screen_for(exercises()["m1-buurt"], here), "lisdoddeb")
        proud = screen_for(exercises()["m1-trots"], here)
        field = next(iter(proud.controls.values()))
        field.set("In Oeverzwaluw gaat het goed" if number else "Het gaat goed")
        proud.typed()
        proud.flush()
    sheet = group.make_sheet([folder / "antwoorden"], texts=["m1-trots"], folder=folder)
    text = written(sheet.document.blocks)
    assert "Het gaat goed" in text
    assert "Oeverzwaluw" not in text


# --- before the meeting


def test_the_check_names_the_gemeenten_and_finds_what_is_damaged(folder):
    def asked():
        return next(one for one in checks.CHECKS if one.title == "Cijfers van buurten").ask(
            checks.Wanted(folder)
        )

    assert asked() == "Cijfers van buurten: Voorstad"
    (folder / "gegevens" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(RoomError, match="beschadigd"):
        asked()
    shutil.rmtree(folder / "gegevens")
    assert asked() == "Cijfers van buurten: geen, we werken met de voorbeeldstad"


# --- own complexes, beside what is public


def test_own_complexes_stand_beside_the_figures_of_the_buurt(folder):
    rows = [
        "Complexcode;Complexnaam;Buurtcode;Jaar;Woningen;Meldingen;Huishoudens die meldden",
        f"C1;Mosflat;{OWN};2024;100;40;25",
        f"C2;Varenhof;{OWN};2024;12;30;11",
    ]
    path = folder / "complexen.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 0
    here = Session(folder, strict=True)
    choose(screen_for(exercises()["m1-buurt"], here), "lisdoddeb")
    blocks = screen_for(exercises(2)["m2-eigen-complexen"], here).blocks()
    (bars,) = pictures(blocks)
    assert "Mosflat" in bars.alt
    assert "25" in bars.alt
    assert "Varenhof" not in bars.alt, "fewer than 20 dwellings are never shown"
    assert bars.source.startswith("eigen registratie van de corporatie")
    assert "Lisdoddebuurt" in written(blocks)
    assert "CBS, Kerncijfers" in written(blocks)


# --- figures that only exist of real buurten


def test_health_and_offences_of_the_own_buurt(filled):
    atlas = Atlas.of(filled)
    context = parts.Context(atlas.area(OWN), OWN, {}, atlas)
    health = exercises()["m1-gezondheid"].drawing({"onderwerp": ["Contact"]}, context)
    (chart,) = pictures(health)
    assert "Lisdoddebuurt 45" in chart.alt
    assert "schatting met een rekenmodel" in chart.source
    assert "Niet in deze gegevens" in written(health)
    crime = exercises()["m1-misdrijven"].drawing({}, context)
    (line,) = pictures(crime)
    inhabitants = analysis.figure(context.area, OWN, "inhabitants", 2024)["value"]
    assert inhabitants == 3245
    assert "62 in 2024" in line.alt, "200 offences among 3,245 inhabitants"
    assert "geteld waar het gebeurde" in line.source
    told = exercises()["m1-misdrijven"].drawing({"soort": ["Drugs en drank"]}, context)
    assert pictures(told) == []
    assert "voorbeeldstad" not in written(told)


@pytest.mark.parametrize("id", ["m1-gezondheid", "m1-misdrijven"])
def test_of_the_sample_city_they_do_not_exist_and_that_is_said(id):
    (said,) = exercises()[id].drawing({}, parts.Context(sample_city(), DEFAULT_AREA))
    assert "alleen van echte buurten" in said.text


def test_a_buurtcode_that_is_nowhere_is_told(folder, capsys):
    header = "Complexcode;Complexnaam;Buurtcode;Jaar;Woningen;Meldingen"
    rows = [header, f"C1;Mosflat;{OWN};2024;100;40", "C2;Varenhof;BU00019999;2024;90;30"]
    path = folder / "complexen.csv"
    path.write_text("\n".join([*rows, "C3;Elders;BU03620101;2024;90;30"]), encoding="utf-8")
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "niet in de cijfers van CBS: BU00019999." in told
    assert OWN not in told
    assert "BU03620101" not in told, "of a gemeente that is not here nobody can tell"


def test_a_second_chooser_shows_what_was_chosen_in_the_first(folder):
    here = Session(folder, strict=True)
    first = screen_for(exercises()["m1-buurt"], here)
    later = screen_for(exercises(2)["m2-buurt-thuis"], here)
    assert later.value()["code"] == ""
    choose(first, "lisdoddeb")
    assert later.value()["code"] == OWN
    assert not WorkFolder(folder).journal().newest("m2-buurt-thuis"), "shown, not answered"
    choose(later, "maalderijb")
    assert first.value()["code"] == OWN, "what was chosen here stays"
    assert here.code == code_of("BU99990201")


def test_a_button_stays_while_what_is_found_is_the_same(folder):
    control = search(screen_for(exercises()["m1-buurt"], Session(folder, strict=True)), "maalderij")
    (button,) = control._found.children
    control._search.value = "maalderijb"
    assert control._found.children == (button,)
    control._search.value = "karekiet"
    assert button not in control._found.children
