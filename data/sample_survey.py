"""The corporation's own tables of the sample city: survey waves (enquete).

Used by `make_sample_city.py`. Everything is invented. Standard library only.
"""

import random

WAVES = (2020, 2022, 2024)
# Key of each question, and how many of the 100 say yes: level of a middling buurt, and how far
# a vulnerable and a strong one lie from it. Our own choice, not statistics.
QUESTIONS = {
    "groeten": {"title": "mensen groeten elkaar hier", "M": 0.58, "V": -0.12, "S": 0.10},
    "thuis": {"title": "ik voel me hier thuis", "M": 0.74, "V": -0.12, "S": 0.10},
    "kennen": {"title": "ik ken mijn buren van gezicht", "M": 0.66, "V": -0.08, "S": 0.06},
    "hulp": {"title": "ik kan een buur om hulp vragen", "M": 0.55, "V": -0.07, "S": 0.10},
}
GROUP = {"C": "M", "O": "V", "N": "S"}  # types that answer like another one
OWN = 0.035  # how far a buurt lies from its type (standard deviation)
WOBBLE = 0.02  # what truly goes up and down in a buurt between two waves
ASKED = 0.1  # of the inhabitants answers, each wave other people
LEAST = 25  # answers from which a share is published

TREATED = "BU99990300"

# Name of each planted truth: the codes it is at, and what there is to discover.
PLANTS: dict = {
    "rise_by_itself": {
        "codes": [
            *(TREATED, "BU99990200", "BU99990100", "BU99990101"),
            *("BU99990501", "BU99990301", "BU99990003"),
        ],
        "truth": "something was done in the first buurt in 2023, not because of a peak; by 2024 "
        "greeting rose there as much as it did by itself in six look-alikes: no extra effect",
        "question": "groeten",
        "year": 2024,
        # True level in both waves before, and the true rise: in the first as much as the mean
        # of the others.
        "level": (0.46, 0.47, 0.46, 0.47, 0.47, 0.46, 0.48),
        "rise": (0.14, 0.06, 0.19, 0.14, 0.15, 0.14, 0.16),
    },
    "few_feel_at_home": {
        "codes": ["BU99990402"],
        "truth": "good on all five dimensions of the leefbaarometer, and few feel at home",
        "question": "thuis",
        "level": 0.44,
    },
}
# Per table: name, type, unit, title, description of every column, in order.
FIELDS: dict = {
    "enquete": [
        ("buurt", "string", "code", "Buurt", "BU code; text."),
        ("golf", "year", "jaar", "Golf", "Year of the survey; each wave other people answer."),
        ("vraag", "string", "sleutel", "Vraag", "Key of the question: "
         + ", ".join(f"{key} ({q['title']})" for key, q in QUESTIONS.items()) + "."),
        ("aantal", "integer", "aantal", "Aantal antwoorden", "How many people answered."),
        ("aandeel", "number", "aandeel 0-1", "Aandeel dat ja zegt",
         f"Rounded to hundredths; '.' with fewer than {LEAST} answers."),
    ]
}  # fmt: skip
KEYS: dict = {"enquete": ["buurt", "golf", "vraag"]}
TITLES: dict = {"enquete": "Survey among residents, three waves (fictional)"}


def make(seed, buurten, kerncijfers, without):
    """Return the rows of every table, by its name."""
    rng = random.Random(f"{seed}:enquete")
    people = {(row["gwb_code"], row["jaar"]): row["a_inw"] for row in kerncijfers}
    rows = []
    for buurt in buurten:
        code = buurt["code"]
        own = {key: rng.gauss(0, OWN) for key in QUESTIONS}
        for wave in WAVES:
            answers = round(people[code, wave] * ASKED * rng.uniform(0.9, 1.1))
            for key in QUESTIONS:
                wobble = rng.gauss(0, WOBBLE)
                usual = level(buurt["kind"], key) + own[key]
                share = planted(code, key, wave, usual, wobble, without)
                # One draw a person, whatever is planted: another plant changes nothing else.
                said = sum(rng.random() < share for _ in range(answers))
                shown = f"{said / answers:.2f}" if answers >= LEAST else "."
                rows.append(
                    {"buurt": code, "golf": wave, "vraag": key}
                    | {"aantal": answers, "aandeel": shown}
                )
    return {"enquete": rows}


def level(kind, key):
    """Return the share that is usual in a buurt of this type."""
    question = QUESTIONS[key]
    group = GROUP.get(kind, kind)
    return question["M"] + (question[group] if group != "M" else 0)


def planted(code, key, wave, usual, wobble, without):
    """Return the true share of a buurt in a wave: as planted, else as usual with its wobble."""
    rise, home = PLANTS["rise_by_itself"], PLANTS["few_feel_at_home"]
    if code in rise["codes"] and key == rise["question"]:
        place = rise["codes"].index(code)
        up = rise["rise"][place] if "rise_by_itself" not in without else 0
        return rise["level"][place] + up * (wave >= rise["year"])
    if code in home["codes"] and key == home["question"] and "few_feel_at_home" not in without:
        return home["level"] + wobble
    return min(0.97, max(0.03, usual + wobble))
