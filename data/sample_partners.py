"""The corporation's own tables of the sample city: partners, ties, interventions with costs.

Used by `make_sample_city.py`. Everything is invented. Standard library only.

Partners are kinds of partners: roles and organisations, never persons. The hours, euros and
expected effects are one made-up wijkbeheerder's guesses: they are there to reckon with, not to
learn what an intervention costs or brings.
"""

import random

# --- The planted truths ---------------------------------------------------------------------

PLANTS: dict = {
    "hangs_on_one": {
        "codes": ["wijkggd", "schuldhulp"],
        "truth": "two partners whom the corporation reaches through the wijkbeheerder alone",
        # Who would have a tie as well, were it not planted.
        "otherwise": {"wijkggd": "woonconsulent", "schuldhulp": "wijkteam"},
    },
    "on_the_edge": {
        "codes": ["huiskamer", "coalitie"],
        "made_in": ["coalitie"],
        "truth": "at 16 hours and 5.000 euro these two are as good as equal: one guess flips it",
        # Expected effect of the second; without the plant it is far from being chosen.
        "effect": {"laag": 12, "midden": 23, "hoog": 34},
    },
}

# --- What the columns mean ------------------------------------------------------------------

_UNIT = "households of 100"
FIELDS: dict = {
    "inzet": [
        ("sleutel", "string", "none", "Sleutel", "Name of the intervention in the code."),
        ("naam", "string", "none", "Naam", "What is done, in words for participants."),
        ("terrein", "string", "none", "Terrein", "One of the five themes of the Aedes plate."),
        ("uren", "integer", "hours a month", "Uren", "Guess: hours of the wijkbeheerder."),
        ("euro", "integer", "euro a year", "Euro", "Guess: money a year, besides hours."),
        ("laag", "integer", _UNIT, "Effect, laag", "Guess: at least so many notice it in a year."),
        ("midden", "integer", _UNIT, "Effect, midden", "Guess: the likeliest number who notice."),
        ("hoog", "integer", _UNIT, "Effect, hoog", "Guess: at most so many notice it in a year."),
    ],
    "partners": [
        ("sleutel", "string", "none", "Sleutel", "Name of the kind of partner in the code."),
        ("naam", "string", "none", "Naam", "Role or organisation; never a person."),
        ("soort", "string", "none", "Soort", "corporatie, bewoners, gemeente, zorg or welzijn."),
        ("doet", "string", "none", "Wat ze doen", "What this partner does in the wijk."),
        ("brengt", "string", "none", "Wat ze brengen", "What this partner can bring."),
        ("wint", "string", "none", "Wat ze winnen", "What this partner gains by joining in."),
        ("belang", "integer", "0 to 10", "Belang", "Guess: how much is at stake for them."),
        ("invloed", "integer", "0 to 10", "Invloed", "Guess: how much they can help or stop."),
    ],
    "banden": [
        ("van", "string", "none", "Van", "Key of the one side: a role or partner."),
        ("naar", "string", "none", "Naar", "Key of the other side."),
        ("vaak", "string", "none", "Hoe vaak", "wekelijks, soms or nog nooit."),
    ],
}
KEYS: dict = {"inzet": ["sleutel"], "partners": ["sleutel"], "banden": ["van", "naar"]}
TITLES: dict = {
    "inzet": "Interventions with hours, euros and expected effect (invented guesses)",
    "partners": "Kinds of partners: what they do, bring and gain (invented)",
    "banden": "Ties between partners (invented)",
}

# --- The rows -------------------------------------------------------------------------------

_THEMES = {
    "B": "bewonerssamenstelling",
    "V": "bestaande woningvoorraad",
    "N": "nieuwbouw",
    "S": "sociaal beheer",
    "L": "lokale samenwerking",
}
# Key, name, theme, hours a month, euros a year, and the likeliest effect with its spread.
_INZET = (
    ("kennismaken", "Kennismaken vóór de verhuur", "B", 3, 200, 8),
    ("motivatie", "Verhuren op motivatie, in één trap", "B", 4, 300, 7),
    ("portiek", "Portiek opknappen en verlichten", "V", 2, 2500, 26),
    ("huiskamer", "Woning als buurthuiskamer", "V", 6, 1000, 24),
    ("nieuwbouw", "Bewoners laten meedenken bij nieuwbouw", "N", 3, 500, 5),
    ("tijdelijk", "Tijdelijk gemengd wonen begeleiden", "N", 7, 1500, 12),
    ("ronde", "Vaste ronde door de straat", "S", 4, 0, 28),
    ("welkom", "Welkomstbezoek na zes weken", "S", 3, 300, 17),
    ("schouw", "Wijkschouw met bewoners", "S", 2, 200, 5),
    ("buurtbemiddeling", "Ruzies eerder naar buurtbemiddeling", "L", 1, 500, 8),
    ("samen", "Samen op pad met de wijk-GGD’er", "L", 3, 0, 9),
    ("coalitie", "Vast overleg met één trekker", "L", 6, 100, 12),
)
# Key, name, kind, what it does, brings and gains, what is at stake for it, its influence.
_PARTNERS = (
    ("woonconsulent", "Woonconsulent", "corporatie", "gesprekken bij ruzie en overlast",
     "dossier en gesprek", "minder terugbellen", 8, 6),
    ("teamleider", "Teamleider wonen", "corporatie", "uren en prioriteiten verdelen",
     "uren en rugdekking", "een plan dat klopt", 6, 9),
    ("bewoners", "Bewonerscommissie", "bewoners", "horen wat er speelt",
     "kennis van de straat", "een fijne hal en straat", 9, 5),
    ("wijkagent", "Wijkagent", "gemeente", "toezicht en handhaving",
     "gezag en een snelle lijn", "minder nachtelijke ritten", 6, 7),
    ("wijkregie", "Wijkregisseur gemeente", "gemeente", "partijen bij elkaar brengen",
     "tafel en beslissing", "één verhaal voor de raad", 7, 9),
    ("wijkteam", "Wijkteam", "zorg", "hulp bij geld, zorg en opvoeden",
     "hulp achter de voordeur", "eerder een signaal", 7, 6),
    ("wijkggd", "Wijk-GGD’er", "zorg", "schakel tussen zorg en veiligheid",
     "kennis van verward gedrag", "eerder in beeld", 8, 4),
    ("schuldhulp", "Schuldhulp", "zorg", "hulp bij achterstand",
     "een plan voor de schuld", "mensen die eerder komen", 7, 3),
    ("bemiddeling", "Buurtbemiddeling", "welzijn", "buren weer laten praten",
     "vrijwilligers en tijd", "zaken die nog klein zijn", 5, 3),
    ("buurthuis", "Buurthuis", "welzijn", "activiteiten en koffie",
     "ruimte en sleutel", "meer mensen binnen", 4, 3),
    ("school", "Basisschool", "welzijn", "kinderen en ouders kennen",
     "ouders en een plein", "een veilige route", 3, 4),
    ("wegbeheer", "Gemeente, groen en afval", "gemeente", "vegen, legen en snoeien",
     "materieel en planning", "minder losse klachten", 3, 8),
)  # fmt: skip
# The ties that always are there. WB is the wijkbeheerder, you.
WB = "wijkbeheerder"
_BANDEN = (
    (WB, "woonconsulent", "wekelijks"),
    (WB, "teamleider", "wekelijks"),
    (WB, "bewoners", "wekelijks"),
    (WB, "wijkagent", "soms"),
    (WB, "wijkteam", "soms"),
    (WB, "wijkggd", "soms"),
    (WB, "schuldhulp", "soms"),
    (WB, "buurthuis", "soms"),
    (WB, "wegbeheer", "wekelijks"),
    (WB, "wijkregie", "nog nooit"),
    (WB, "school", "nog nooit"),
    ("woonconsulent", "teamleider", "wekelijks"),
    ("woonconsulent", "wijkagent", "soms"),
    ("woonconsulent", "wijkteam", "soms"),
    ("woonconsulent", "bemiddeling", "soms"),
    ("woonconsulent", "bewoners", "soms"),
    ("teamleider", "wijkregie", "soms"),
    ("wijkregie", "wegbeheer", "wekelijks"),
    ("wijkregie", "wijkagent", "wekelijks"),
    ("buurthuis", "school", "wekelijks"),
    ("buurthuis", "bewoners", "wekelijks"),
    ("wijkteam", "bemiddeling", "soms"),
)


def _planted(name, key, without):
    """Return a plant when it is on and at this key."""
    plant = PLANTS[name]
    return plant if name not in without and key in plant["codes"] else None


def _spread(rng, middle):
    """Draw how low and how high the same guess might be; wider above, as guesses are."""
    low = middle - round(middle * rng.uniform(0.3, 0.5))
    return {"laag": low, "midden": middle, "hoog": middle + round(middle * rng.uniform(0.3, 0.6))}


def make(seed, buurten, kerncijfers, without):
    """Return the rows of every table, by its name."""
    rng = random.Random(f"{seed}:inzet")
    inzet = []
    for key, name, theme, hours, euros, middle in _INZET:
        effect = _spread(rng, middle)
        if key == "coalitie" and (plant := _planted("on_the_edge", key, without)):
            effect = plant["effect"]
        head = {"sleutel": key, "naam": name, "terrein": _THEMES[theme]}
        inzet.append(head | {"uren": hours, "euro": euros} | effect)
    columns = [field[0] for field in FIELDS["partners"]]
    partners = [dict(zip(columns, row, strict=True)) for row in _PARTNERS]
    banden = [dict(zip(("van", "naar", "vaak"), tie, strict=True)) for tie in _BANDEN]
    for key, other in PLANTS["hangs_on_one"]["otherwise"].items():
        if not _planted("hangs_on_one", key, without):
            banden.append({"van": other, "naar": key, "vaak": "soms"})
    return {"inzet": inzet, "partners": partners, "banden": banden}
