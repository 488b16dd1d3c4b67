"""Checks that the Dutch of the workshop reads easily; prints what does not.

``.venv/bin/python tests/plain_language.py [FILE…]`` shows the report, also the warnings. The
words are in ``hard_words.toml``. Only the standard library, and nothing of the package: the
texts are read, never run.
"""

import ast
import json
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HARD_WORDS = Path(__file__).with_name("hard_words.toml")

# Where a piece of code or a made-up value stood. Capital: it may be the first word.
NEUTRAL = "Iets"

LONGEST = 20  # words in a sentence
AVERAGE = 12  # words a sentence, over a cell, a section or one text in a call
ENOUGH = 3  # sentences before an average says anything
CELL = 60  # words in a text cell of a participant
NOTE = 200  # words in a note of a facilitator, who prepares and has it on paper

ERROR, WARNING = "error", "warning"


# --- what is read, and what is found


@dataclass(frozen=True)
class Passage:
    """Words that are shown together, and the most words they may be (0: any number)."""

    file: str
    where: str
    text: str
    most: int = 0
    line: int = 0  # of its first line, for a file that is read by line
    order: int = 0


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, heading or table cell, without its marks."""

    text: str
    line: int = 0
    heading: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence, and the same with what stands in quotation marks blanked out."""

    text: str
    unquoted: str
    block: Block

    @property
    def words(self) -> int:
        return count_words(self.text)


@dataclass(frozen=True, order=True)
class Finding:
    file: str
    order: int
    line: int
    where: str
    level: str
    rule: str
    said: str
    matched: str
    advice: str


# --- words and sentences


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


WORD = re.compile(r"\w[\w'’.,-]*")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def count_words(text: str) -> int:
    return len(WORD.findall(text))


def words_seen(markdown: str) -> int:
    """Count as tests/test_notebooks.py does: the address of a link is not read."""
    return count_words(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))


def readable(text: str) -> str:
    """Return one line of markdown or HTML as it is read."""
    text = re.sub(r"(`+).+?\1", NEUTRAL, text)
    text = LINK.sub(r"\1", text)
    text = re.sub(r"<?\w+://[^\s)>]+>?", NEUTRAL, text)
    text = re.sub(r"(?<!\S)\(?(?:~?/|--)[\w./-]+\)?", NEUTRAL, text)  # a folder, an option
    text = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    text = re.sub(r"\*+|~~|(?<!\w)_+|_+(?!\w)", "", text)
    return re.sub(r"\s+", " ", re.sub(r"\\(\W)", r"\1", text)).strip()


ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+(.*)")
RULE = re.compile(r"([-*_=])(?:\s*\1)*")
FENCE = re.compile(r"`{3,}|~{3,}")
# A source names a publication, in the publisher's words, and is not read aloud.
SOURCE = re.compile(r"\*?Bron(?:nen)?\b[^:]{0,20}:")


class _Blocks:
    """Collects the lines of a text in blocks."""

    def __init__(self):
        self.done: list[Block] = []
        self._lines: list[str] = []
        self._first = 0

    def line(self, text: str, number: int) -> None:
        if not self._lines:
            self._first = number
        self._lines.append(text)

    def end(self, heading: bool = False) -> None:
        text, self._lines = " ".join(self._lines), []
        if not SOURCE.match(text) and (shown := readable(text)):
            self.done.append(Block(shown, self._first, heading))

    def alone(self, text: str, number: int, heading: bool = False) -> None:
        self.end()
        self.line(text, number)
        self.end(heading)


def blocks(text: str, first: int = 1) -> list[Block]:
    """Return the blocks of a markdown or plain text, whose first line has this number."""
    found = _Blocks()
    fence = ""
    for number, full in enumerate(text.splitlines(), first):
        line = re.sub(r"^(?:\s*>)+", "", full).strip()
        opens = FENCE.match(line)
        if fence:  # what stands there is typed, not read
            fence = "" if opens and line == fence else fence
        elif opens:
            found.end()
            fence = opens[0]
        elif not line or RULE.fullmatch(line):
            found.end()
        elif heading := re.match(r"#{1,6}\s+(.*?)[\s#]*$", line):
            found.alone(heading[1], number, heading=True)
        elif line.startswith("|"):
            for cell in re.split(r"(?<!\\)\|", line.strip("|")):
                found.alone("" if RULE.fullmatch(cell.strip(" :")) else cell.strip(), number)
        else:
            item = ITEM.fullmatch(line)
            if item or SOURCE.match(line):
                found.end()
            found.line(item[1] if item else line, number)
            if full.endswith(("  ", "\\")):  # a line break that the reader sees
                found.end()
    found.end()
    return found.done


# Behind these a full stop does not end the sentence: before a name, before a number. (Before a
# small letter it never does.) "Tel." alone is an instruction.
BEFORE_NAME = _set(
    "bijv bv bvb incl excl evt dhr mevr mw mej dr drs prof ir ing mr st vgl resp nl zgn betr"
)
BEFORE_NUMBER = BEFORE_NAME | _set("blz pag ca max min nr nrs art tel ong afd jl p")
# Then a single capital is the end of a name, not the beginning of one: "mevrouw A."
PEOPLE = re.compile(
    r"\b(?:mevrouw|meneer|mijnheer|buurman|buurvrouw|bewoner|bewoonster|familie|collega|huurder|"
    r"gezin|flat|blok|complex|groep|deel|buurt|wijk|straat)\s+\w\.$",
    re.IGNORECASE,
)
OPENING, CLOSING = "“‘\"'(„", "”’\"')"
END = re.compile(rf"[.!?…]+[{CLOSING}]*(?=\s)|:(?=\s+[“„])")
QUOTED = re.compile(r"[“„].*?(?:”|$)|\"[^\"]*\"|(?<!\w)‘.*?(?:’(?!\w)|$)|«.*?»")


def _ends(text: str, mark: re.Match) -> bool:
    """Tell whether a sentence ends at this mark."""
    if mark[0] == ":":
        return True
    start = text[mark.end() :].lstrip().lstrip(OPENING + "’")
    # “’t Is” and “'s Avonds” begin with a small letter.
    small = start[:1].islower() and not re.match(r"[tsnk]\s+[A-Z]", start)
    if small or not start:
        return False
    if mark[0] != ".":
        return True
    before = text[: mark.end()]
    last = before.split()[-1].strip(OPENING + ".").lower()
    if last in (BEFORE_NUMBER if start[0].isdigit() else BEFORE_NAME):
        return False
    if re.search(r"(?<!\w)[A-Z]\.$", before):  # an initial, or mevrouw A. at the end
        return bool(PEOPLE.search(before))
    # d.w.z. and such go on; e.d. and o.i.d. before a capital do not.
    return not re.search(r"(?<!\w)(?:[a-z]\.){2,}$", before) or last in {"e.d", "o.i.d", "e.a"}


def sentences(block: Block) -> list[Sentence]:
    """Return the sentences of a block."""
    text = block.text
    blank = QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    cuts = [0, *(m.end() for m in END.finditer(text) if _ends(text, m)), len(text)]
    parts = ((text[a:b].strip(), blank[a:b]) for a, b in pairwise(cuts))
    return [Sentence(part, unquoted, block) for part, unquoted in parts if count_words(part)]


# --- the word list


@dataclass(frozen=True)
class HardWord:
    written: str
    say: str
    why: str
    level: str
    group: str
    pattern: re.Pattern = field(repr=False, compare=False)

    @property
    def advice(self) -> str:
        return f"say: {self.say}" + (f" ({self.why})" if self.why else "")

    @property
    def rule(self) -> str:
        return {"abbreviation": "abbreviation", "stigma": "stigma", "english": "English"}.get(
            self.group, "hard word"
        )


@dataclass(frozen=True)
class Allowed:
    """A reason why a finding may stand: in these words, in this place, or both."""

    why: str
    text: str = ""
    file: str = "*"
    where: str = "*"
    rule: str = ""

    def allows(self, finding: Finding) -> bool:
        around, said = self.text.casefold(), finding.said.casefold()
        here = fnmatch(finding.file, self.file) and fnmatch(finding.where, self.where)
        if not here or around not in said:
            return False
        if self.rule or finding.rule in OF_LENGTH:
            return self.rule == finding.rule
        return finding.matched.casefold() in around  # and not some other word beside it


@dataclass(frozen=True)
class WordList:
    words: tuple[HardWord, ...]
    exceptions: tuple[Allowed, ...]


GAP = r"(?:\s+[\w'’-]+){0,4}?\s+"


def _form(form: str) -> str:
    """Return the pattern of one written form."""
    if not form or "**" in form or not re.search(r"\w", form):
        raise ValueError(f"not a word: {form!r}")
    parts = [r"\s+".join(re.escape(word) for word in part.split()) for part in form.split(" … ")]
    letters = [part.replace(r"\*", r"\w*").replace("'", "['’]") for part in parts]
    # A dot before: the end of another abbreviation, or an address.
    return rf"(?<![\w.])(?:{GAP.join(letters)})(?!\w)"


def compile_word(written: str) -> re.Pattern:
    forms = written.split(" / ")
    return re.compile("|".join(_form(form.strip()) for form in forms), re.IGNORECASE)


def _entries(groups: Mapping[str, Mapping], level: str) -> Iterator[HardWord]:
    for group, words in groups.items():
        for written, about in words.items():
            about = {"say": about} if isinstance(about, str) else dict(about)
            say, why = about.pop("say"), about.pop("why", "")
            if about:
                raise ValueError(f"{written}: {', '.join(about)} is not known")
            yield HardWord(written, say, why, level, group, compile_word(written))


def read_words(text: str) -> WordList:
    """Read the word list; KeyError or ValueError when it is not well-formed."""
    listed = tomllib.loads(text)
    words = [w for level in (ERROR, WARNING) for w in _entries(listed.get(level, {}), level)]
    exceptions = []
    for known in listed.get("exception", ()):
        known = {("file" if key == "in" else key): value for key, value in known.items()}
        exceptions.append(Allowed(**known))
    return WordList(tuple(words), tuple(exceptions))


@cache
def word_list() -> WordList:
    return read_words(HARD_WORDS.read_text(encoding="utf-8"))


# --- the rules of a sentence: level, rule, the words, what to do

Found = tuple[str, str, str, str]


def hard_words(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    """Find the words of the list; where two overlap, the longest."""
    found = [(m, w) for w in listed.words for m in w.pattern.finditer(sentence.text)]
    found.sort(key=lambda pair: pair[0].start() - pair[0].end())
    taken: list[re.Match] = []
    for match, word in found:
        if any(match.start() < m.end() and m.start() < match.end() for m in taken):
            continue
        taken.append(match)
        yield word.level, word.rule, match[0], word.advice


def long_sentence(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    if sentence.words > LONGEST:
        advice = f"{sentence.words} words, at most {LONGEST}: make two sentences of it"
        yield ERROR, "long sentence", sentence.text, advice


DOTTED = re.compile(r"(?<![\w.])(?:[a-z]{1,2}\.){2,}(?:[a-z]{1,2}\b)?", re.IGNORECASE)


def dotted(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    """Find an abbreviation that the list does not have; initials begin with a capital."""
    for match in DOTTED.finditer(sentence.text):
        known = any(word.pattern.match(sentence.text, match.start()) for word in listed.words)
        if not known and not match[0][0].isupper():
            yield ERROR, "abbreviation", match[0], "write it in full"


# Not the letter (u-bocht), not hours (10 u), and in quotation marks it is said to a resident.
FORMAL_YOU = re.compile(r"(?<![\w-])(?<!\d )(?:u|uw|uwe|uzelf)(?![\w.-])", re.IGNORECASE)
YOUR = {"uw": "je, jouw", "uwe": "die van jou", "uzelf": "jezelf"}


def formal_you(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    for match in FORMAL_YOU.finditer(sentence.unquoted):
        yield ERROR, "u", match[0], f"say: {YOUR.get(match[0].lower(), 'je, jij')}"


# English words that are no Dutch ones; others are in the list.
ENGLISH_ONLY = _set(
    "the and with without from your you this that these those which when where how why not were "
    "would should could please click only about into than then they their them our its it's "
    "don't can't cannot save saved failed loading select choose close next"
)


def english(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    found = [word for word in WORD.findall(sentence.text) if _bare(word) in ENGLISH_ONLY]
    if found:
        yield ERROR, "English", found[0], "say it in Dutch"


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").strip(".,-'")


BECOME = r"(?:word|wordt|worden|werd|werden|geworden)"
# What looks like a participle behind "worden" and is none.
NO_PARTICIPLE = (
    r"(?!(?:gebied|gebieden|gebouwen|geduld|gelijk|geld|gemeenten|gesprekken|gevaren|geen|gezond|"
    r"gezinnen|gedachten|gevoelens|geweld|bekend|bewust|beleid|bestand|bestanden|bericht|berichten|"
    r"beeld|beelden|bedrijven|besluit|besluiten|bezit|best|verhalen|verdriet|verband|verkeerd|"
    r"verschillen|verschillend|verslagen|herfst|ervaren)\b)"
)
PARTICIPLE = (
    rf"{NO_PARTICIPLE}(?:(?:ge|be|ver|ont|her|er)\w{{2,}}(?:d|t|en)"
    r"|(?:aan|af|bij|binnen|door|in|klaar|mee|na|om|onder|op|over|terug|toe|uit|vast|voor|weg)"
    r"ge\w{2,}(?:d|t|en)|gedaan|gezien|\w+gedaan)"
)
# Not over the border of a clause: "het wordt stil als bewoners vertellen".
IN_CLAUSE = (
    r"(?:(?!\b(?:als|dan|dat|die|en|hoe|maar|of|om|omdat|te|terwijl|waar|wanneer|wat|wie|zodat)\b)"
    r"[^,;:.!?()])*?"
)
PASSIVE = re.compile(
    rf"\b{BECOME}\s+{PARTICIPLE}\b|\b{PARTICIPLE}\s+(?:te\s+)?{BECOME}\b"
    rf"|\b{BECOME}\b{IN_CLAUSE}\s{PARTICIPLE}(?=\s*(?:[,;:.!?)”’]|$))",
    re.IGNORECASE,
)


def passive(sentence: Sentence, listed: WordList) -> Iterator[Found]:
    for match in PASSIVE.finditer(sentence.text):
        yield WARNING, "passive", match[0], "say who does it"


OF_A_SENTENCE = (hard_words, long_sentence, dotted, formal_you, english, passive)
OF_LENGTH = ("long sentence", "long cell", "average")
RULES = (*OF_LENGTH, "hard word", "abbreviation", "stigma", "English", "u", "passive")


# --- the rules of a passage

NOTE_HEADS = ("Doel.", "Zo leid je in.", "Let op.", "Als het uitloopt.")
CLOSED = re.compile(rf"[.!?…][{CLOSING}]*$")


def long_cell(passage: Passage, shown: list[Sentence]) -> Iterator[Found]:
    count = words_seen(passage.text)
    if 0 < passage.most < count:
        advice = f"{count} words, at most {passage.most}: leave something out"
        yield ERROR, "long cell", "", advice


def average(passage: Passage, shown: list[Sentence]) -> Iterator[Found]:
    """Look at running text only: headings, options and labels would hide a long sentence."""
    running = [
        sentence.words
        for sentence in shown
        if CLOSED.search(sentence.text)
        and not sentence.block.heading
        and sentence.text not in NOTE_HEADS
    ]
    if len(running) >= ENOUGH and (mean := sum(running) / len(running)) > AVERAGE:
        said = f"{mean:.1f} words a sentence, at most {AVERAGE}: make the sentences shorter"
        yield ERROR, "average", "", said


def lint(passage: Passage, listed: WordList | None = None) -> list[Finding]:
    """Return all findings of a passage; exceptions are not taken off."""
    listed = word_list() if listed is None else listed
    found = []
    shown = [s for block in blocks(passage.text, passage.line) for s in sentences(block)]

    def add(line: int, said: str, result: Found) -> None:
        level, rule, matched, advice = result
        where = passage.where or f"line {line}"
        place = (passage.file, passage.order, line, where)
        found.append(Finding(*place, level, rule, said, matched, advice))

    for sentence in shown:
        for rule in OF_A_SENTENCE:
            for result in rule(sentence, listed):
                add(sentence.block.line, sentence.text, result)
    for rule in (long_cell, average):
        for result in rule(passage, shown):
            add(passage.line, " ".join(s.text for s in shown), result)
    return found


# --- reading notebooks

# What a cell says to the library and not to a reader; a source is named as its publisher does.
NOT_SHOWN = _set(
    "as show indicator indicators area areas plan of key symbol words code kind id file case"
)
# A name that another cell, a file or a table knows: m1-doel, single_person, BU99990500.
A_KEY = re.compile(
    r"m\d-[a-z0-9-]+|[a-z0-9]+(?:_[a-z0-9]+)+|[A-Z]{2}\d{4,8}|[a-z0-9-]+(?:/[a-z0-9-]+)+|\S+\.md"
)
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_-]*|\d*")


def texts_of(node: ast.AST, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a call that is shown: where it stands, and the text."""
    text = _text(node)
    if text is not None:
        if text.strip() and not A_KEY.fullmatch(text):
            yield path, text
    elif isinstance(node, ast.Call):
        for argument in node.args[1:]:  # the first is the id
            yield from texts_of(argument, path)
        for word in node.keywords:
            yield from _under(word.arg or "", word.value, path)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield from _under(_text(key) or "", value, path)
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts_of(child, path)


def _under(name: str, value: ast.AST, path: str) -> Iterator[tuple[str, str]]:
    if PLAIN_NAME.fullmatch(name):
        if name not in NOT_SHOWN:
            yield from texts_of(value, f"{path} {name}".strip())
        return
    # The key is the label that people choose; one word behind it is what the library gets.
    yield path, name
    if not PLAIN_NAME.fullmatch(_text(value) or "a label"):
        yield from texts_of(value, path)


def _text(node: ast.AST | None) -> str | None:
    """Return a text as it is shown, also one that is put together; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) or NEUTRAL for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        if left is None and right is None:
            return None
        return (NEUTRAL if left is None else left) + (NEUTRAL if right is None else right)
    return None


def notebook_passages(file: str, notebook: Mapping) -> list[Passage]:
    """Return what participants and facilitators read in a notebook."""
    head = notebook.get("metadata", {}).get("leefbaar", {})
    found = [
        Passage(file, f"the {key}", str(head[key])) for key in ("title", "subtitle") if key in head
    ]
    for cell in notebook.get("cells", ()):
        name, about = cell.get("id", "?"), cell.get("metadata", {})
        text = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            most = NOTE if "facilitator" in about.get("tags", ()) else CELL
            found.append(Passage(file, name, text, most))
        elif cell.get("cell_type") == "code":
            found += [Passage(file, f"{name} {path}".strip(), said) for path, said in _said(text)]
        found += _on_run_sheet(file, name, about.get("leefbaar", {}))
    return [replace(passage, order=order) for order, passage in enumerate(found)]


def _said(source: str) -> list[tuple[str, str]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []  # tests/test_notebooks.py says what is wrong with it
    calls = [
        s.value for s in tree.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
    ]
    return [said for call in calls for said in texts_of(call)]


def _on_run_sheet(file: str, name: str, about: Mapping) -> Iterator[Passage]:
    for key in ("aim", "material"):
        value = about.get(key, ())
        for text in [value] if isinstance(value, str) else value:
            yield Passage(file, f"{name} {key}", str(text))


# --- reading pages for the facilitator


def page_passages(file: str, text: str) -> list[Passage]:
    """Return the title in the header, if any, and the sections of a page."""
    lines = text.splitlines()
    found, first = [], 0
    if lines[:1] == ["---"] and "---" in lines[1:]:
        first = lines.index("---", 1) + 1
        for number, line in enumerate(lines[1 : first - 1], 2):
            if title := re.match(r"(?:titel|title)\s*:\s*(.*)", line):
                found.append(Passage(file, "", title[1].strip("\"' "), line=number))
    fenced = False
    for number in range(first, len(lines)):
        fenced ^= bool(FENCE.match(lines[number].strip()))
        if number == first or (not fenced and re.match(r"#{1,6}\s", lines[number])):
            found.append(Passage(file, "", lines[number], line=number + 1))
        else:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{lines[number]}")
    return [replace(passage, order=order) for order, passage in enumerate(found)]


# --- reading the texts of the interface

DUTCH = _set(
    "de het een één je jij jou jouw jullie niet geen van voor met op aan uit bij naar door te ten "
    "er en om dan dat deze dit die wat wie waar hoe hier daar zijn wordt worden kan kun moet mag "
    "staat kies zo mijn heeft hebben hem hun zelf meer niets alleen tussen ik als ook nog tot per "
    "dus want maar eerst zonder onder tegen vanaf volgens alle elke welke anders eigen ja nee"
)
ENGLISH = ENGLISH_ONLY | _set(
    "a an to for no are be been has have by on or at unknown needs need every each one many "
    "another there does do it if as"
)


def is_dutch(text: str) -> bool:
    """Tell whether a string in code is a Dutch sentence or label of three words or more."""
    words = [_bare(word) for word in WORD.findall(text)]
    dutch = sum(word in DUTCH for word in words)
    other = sum(word in ENGLISH for word in words)
    # Both languages have these: they only count when nothing else does.
    either = not dutch and not other and {"is", "of"} & set(words)
    return len(words) >= 3 and (dutch > other or bool(either))


# A pattern or a picture, never read by people.
MACHINE = re.compile(r"\\[bdswWSDB(]|\(\?|\[\^")
PLACE = re.compile(r"%\(\w+\)[a-z]|%[sdrif]|\{[^{}\s]*\}")
LOG_CALLS = _set("debug info warning error exception critical log")


def shown_text(text: str) -> str | None:
    """Return what a string in code says to people, or None when it says nothing in Dutch."""
    if MACHINE.search(text):
        return None
    text = re.sub(rf"\b{NEUTRAL}(?=[A-Z])", f"{NEUTRAL} ", PLACE.sub(NEUTRAL, text))
    return text if is_dutch(readable(text)) else None


def _silent(call: ast.Call) -> bool:
    """Tell whether a call takes patterns or writes a log."""
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = ast.unparse(call.func.value).lower()
    return owner == "re" or (call.func.attr in LOG_CALLS and "log" in owner)


def python_strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the strings in Python code, put together where they are, with their line."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Call) and _silent(node):
            continue
        text = _text(node)
        if text is not None:
            yield node.lineno, text
            # What stands in a placeholder is code again, with strings of its own.
            waiting += [part for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
        else:
            waiting += ast.iter_child_nodes(node)


JS_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<plain>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<template>`)|(?P<regex>/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)"""
    r"""|(?P<open>\{)|(?P<close>\})""",
    re.DOTALL,
)
# Behind one of these a slash begins a pattern, behind anything else it divides.
BEFORE_REGEX = re.compile(r"(?:^|[(,=:\[!&|?{};+*%<>~^-]|\b(?:return|typeof|case|in|of))\s*$")
TEMPLATE_PART = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)


def javascript_strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the strings in JavaScript, with their line."""
    found: list[tuple[int, str]] = []
    _javascript(source, 0, found)
    for at, text in sorted(found):
        line = source[source.rfind("\n", 0, at) + 1 : at]
        if not re.search(r"\bconsole\.\w+\([^)]*$", line):
            yield source.count("\n", 0, at) + 1, text


def _javascript(source: str, at: int, found: list[tuple[int, str]]) -> int:
    """Read code until its end or the brace that closes it; return where."""
    depth = 0
    while token := JS_TOKEN.search(source, at):
        at = token.end()
        kind = token.lastgroup
        if kind == "regex" and not BEFORE_REGEX.search(
            source[max(0, token.start() - 40) : token.start()]
        ):
            at = token.start() + 1
        elif kind == "plain":
            found.append((token.start(), re.sub(r"\\(.)", _unescape, token[0][1:-1])))
        elif kind == "template":
            at = _template(source, at, found)
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                return at
    return len(source)


def _template(source: str, at: int, found: list[tuple[int, str]]) -> int:
    start, said = at - 1, ""
    while at < len(source):
        part = TEMPLATE_PART.match(source, at)
        said += re.sub(r"\\(.)", _unescape, part[0])
        at = part.end()
        if source.startswith("${", at):
            said += NEUTRAL
            at = _javascript(source, at + 2, found)
        else:  # the closing mark
            at += 1
            break
    found.append((start, said))
    return at


def _unescape(escaped: re.Match) -> str:
    return {"n": "\n", "t": " "}.get(escaped[1], escaped[1])


def interface_passages(file: str, source: str) -> list[Passage]:
    """Return the Dutch strings in a Python or JavaScript file."""
    read = python_strings if file.endswith(".py") else javascript_strings
    shown = ((line, shown_text(text)) for line, text in read(source))
    found = sorted((line, text) for line, text in shown if text)
    return [Passage(file, "", text, line=line, order=n) for n, (line, text) in enumerate(found)]


# --- all of it

PLACES = {
    "notebooks/*.ipynb": lambda file, text: notebook_passages(file, json.loads(text)),
    "workshop/**/*.md": page_passages,
    "src/leefbaar_tools/**/*.py": interface_passages,
    "src/leefbaar_tools/room/lab/**/*.js": interface_passages,
}


def passages(patterns: Iterable[str] = PLACES) -> list[Passage]:
    """Return every Dutch text that people see."""
    found = []
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            found += PLACES[pattern](path.relative_to(ROOT).as_posix(), text)
    return found


def check(
    read: Iterable[Passage], listed: WordList | None = None
) -> tuple[list[Finding], list[Allowed]]:
    """Return the findings that no exception allows, and the exceptions that allowed nothing."""
    listed = word_list() if listed is None else listed
    left, used = [], set()
    for finding in (finding for passage in read for finding in lint(passage, listed)):
        allowing = [known for known in listed.exceptions if known.allows(finding)]
        used.update(allowing)
        if not allowing:
            left.append(finding)
    return sorted(left), [known for known in listed.exceptions if known not in used]


def report(findings: list[Finding], unused: Iterable[Allowed] = ()) -> str:
    """Return the findings for people, by place."""
    lines, file, place = [], "", None
    for finding in findings:
        if finding.file != file:
            file, place = finding.file, None
            lines += ["", file]
        if (finding.where, finding.said) != place:
            place = finding.where, finding.said
            lines += ["", f"  {finding.where}"]
            lines += textwrap.wrap(
                _short(finding.said), 96, initial_indent="    ", subsequent_indent="    "
            )
        matched = f" “{finding.matched}”" if finding.rule not in OF_LENGTH else ""
        mark = "✗" if finding.level == ERROR else "?"
        lines.append(f"    {mark} {finding.rule}{matched}: {finding.advice}")
    errors = sum(finding.level == ERROR for finding in findings)
    lines += ["", f"{errors} errors (✗), {len(findings) - errors} warnings (?)"]
    lines += [f"exception no longer used: “{known.text}”" for known in unused]
    return "\n".join(lines).lstrip("\n")


def _short(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def main(wanted: list[str]) -> int:
    read = [p for p in passages() if not wanted or any(p.file.endswith(name) for name in wanted)]
    findings, unused = check(read)
    print(report(findings, () if wanted else unused))
    return any(finding.level == ERROR for finding in findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
