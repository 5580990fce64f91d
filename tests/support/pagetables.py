"""Cases from the tables of docs/protocol.md, section 28, and nothing else: each field of each message at its limits,
one beyond, missing, twice and of another wire type. So the page's numbers are held to the code's.
"""

import re

from handmade import field, flatten, join, repeat, shown, size, varint

LIMITS = {"Signed": 204800, "Roster": 196608, "Manifest": 196608, "Epoch": 512, "Event": 16384, "EventItem": 163840,
          "SectionBody": 65536, "Letter": 32768, "Note": 32768, "Receipt": 1024, "Packet": 258044, "Envelope": 262144,
          "EnvelopeHeader": 256, "ToHub": 327680, "FromHub": 327680, "Agreement": 65536, "Rejection": 2048, "Ending": 2048, "Courier": 16777216, "Evidence": 16777216}
CHOICES = ("Item", "ToHub", "FromHub")
ROW = re.compile(r"^\| (\d+) \| (\w+) \| (\w+) \| (must|may|list) \| (.*) \|$")


def number_of(text):
    text = text.replace(",", "").strip()
    base, _, power = text.partition("^")
    return int(base) ** int(power) if power else int(text)


def last_of(text):
    """2^32 - 1, 2^53, 253,402,300,799,999"""
    base, _, less = text.partition(" - ")
    return number_of(base) - (int(less) if less else 0)


class Field:
    def __init__(self, number, name, kind, there, limit):
        self.number, self.name, self.type, self.there, self.limit = int(number), name, kind, there, limit
        self.is_number = kind in ("uint32", "uint64")
        self.is_part = kind not in ("uint32", "uint64", "bytes")
        self.is_text, self.is_name = "text" in limit, limit == "name"
        self.is_code = "code" in limit
        self.entries = re.match(r"([\d,]+) to ([\d,]+) entries", limit)
        span = re.search(r"([\d,^]+) to ([\d,^]+(?: - 1)?)( bytes)?(?: each)?$", limit)
        exact = re.search(r"([\d,]+) bytes(?: each)?$", limit)
        if "any 64-bit number" in limit:
            self.least, self.most = 0, 2**64 - 1
        elif "vocabulary" in limit:
            self.least, self.most = 1, 2**32 - 1
        elif span:
            self.least, self.most = number_of(span[1]), last_of(span[2])
        elif exact:
            self.least = self.most = number_of(exact[1])

    def value(self, tables, amount=None):
        """The smallest value that is allowed, or bytes so long or a number so high."""
        if self.is_number:
            return self.least if amount is None else amount
        if self.is_part:
            return smallest(tables, self.type)
        if self.is_name:
            return b"K" * (2 if amount is None else amount)
        amount = max(self.least, 1) if amount is None else amount
        return repeat(b"K" if self.is_text else b"\x5a", amount)

    def times(self):
        return number_of(self.entries[1]) if self.entries else 1 if self.there == "must" else 0


def read(page):
    """The page's tables: fields by message."""
    tables, name = {}, None
    for line in page[page.index("## 28. Messages"):page.index("## 29.")].splitlines():
        heading, row = re.match(r"\*\*(\w+)\*\*$", line), ROW.match(line)
        if heading:
            name = heading[1]
            tables[name] = []
        elif row:
            tables[name].append(Field(*row.groups()))
    assert len(tables) > 40 and all(tables.values())
    return tables


def smallest(tables, name, asked=None, said=None):
    """What must be there, as small as it may be; `said` stands for the field that is asked for."""
    out, fields = [], tables[name]
    wanted = asked or (fields[0] if name in CHOICES else None)
    for entry in fields:
        if entry is asked:
            out = join(out, said)
        elif name in CHOICES and entry is not wanted:
            continue
        else:
            times = max(entry.times(), 1) if entry is wanted else entry.times()
            out = join(out, *[field(entry.number, entry.value(tables))] * times)
    return out


def way_to(tables, name):
    """From a message that stands alone down to this one."""
    if name in LIMITS or name == "Item":
        return []
    for outer in tables:
        for entry in tables[outer]:
            if entry.type == name:
                return way_to(tables, outer) + [(outer, entry)]
    raise AssertionError(f"{name} stands nowhere")


def wrapped(tables, name, inner):
    """The message that stands alone with this one in it, and the outer messages' sizes."""
    top, sizes = name, [(name, size(inner))]
    for outer, entry in reversed(way_to(tables, name)):
        inner = smallest(tables, outer, entry, field(entry.number, inner))
        top = outer
        sizes.append((outer, size(inner)))
    return top, inner, sizes


def code_of_number(entry, value):
    width = 32 if entry.type == "uint32" else 64
    if value >= 2**width:
        return "MALFORMED"
    if entry.least <= value <= entry.most:
        return ""
    return "UNKNOWN_CODE" if entry.is_code else "FIELD_LENGTH"


def limit_cases(tables, entry):
    """What the value may be, at its edges and beyond: (what, value, code)."""
    if entry.is_number:
        for value in sorted({entry.least - 1, entry.least, entry.most, entry.most + 1} - {-1}):
            yield f"is {value}", value, code_of_number(entry, value)
        if entry.most < 2**32 - 1 and entry.type == "uint32":
            yield "is above 32 bits", 2**32, "MALFORMED"
    elif entry.is_name:
        for text, code in ((b"K" * 32, ""), (b"K" * 33, "NAME"), (b"", "NAME"), (b"K H", "NAME"), (b"K\0", "NAME"),
                           ("\u00e9".encode(), "NAME")):
            yield f"is {text!r}"[:40], text, code
    elif not entry.is_part:
        for length in sorted({entry.least - 1, entry.least, entry.most, entry.most + 1} - {-1}):
            code = "" if entry.least <= length <= entry.most else "FIELD_LENGTH"
            yield f"has {length} bytes", entry.value(tables, length), code
        if entry.is_text:
            yield "is not UTF-8", b"\xff", "TEXT"


def list_cases(tables, entry):
    if entry.entries:
        least, most = number_of(entry.entries[1]), number_of(entry.entries[2])
        one = flatten(field(entry.number, entry.value(tables)))
        for count in sorted({least - 1, least, most, most + 1} - {-1}):
            code = "MISSING_FIELD" if count < least else "TOO_MANY" if count > most else ""
            yield f"has {count} entries", repeat(one, count), code


def field_cases(tables, name, entry):
    """(what, the field's bytes, code)"""
    one = field(entry.number, entry.value(tables))
    for what, value, code in limit_cases(tables, entry):
        yield what, field(entry.number, value), code
    yield from list_cases(tables, entry)
    yield "is of another wire type", field(entry.number, b"" if entry.is_number else 0), "MALFORMED"
    yield "is of 64 fixed bits", varint(entry.number << 3 | 1) + bytes(8), "MALFORMED"
    if entry.there == "must":
        yield "is missing", b"", "MISSING_FIELD"
    if not entry.entries:
        yield "stands twice", join(one, one), "DUPLICATE_FIELD"
    if entry.entries and entry.is_number:
        yield "is a packed list", field(entry.number, b"\1\1"), "MALFORMED"


def expected(sizes, code):
    """A limit of size is looked at before anything else, of the outer message first."""
    return "TOO_LARGE" if any(length > LIMITS.get(name, length) for name, length in sizes) else code


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def cases(page):
    tables = read(page)
    for name in tables:
        for entry in tables[name]:
            for what, data, code in field_cases(tables, name, entry):
                top, whole, sizes = wrapped(tables, name, smallest(tables, name, entry, data))
                yield {"message": snake(top), "name": f"{name}.{entry.name} {what}", "bytes": shown(whole),
                       "code": expected(sizes, code)}


def size_cases(page):
    """At the limit it is read, and found to be a field 0; one byte above it is not looked at."""
    for name, most in LIMITS.items():
        for length, code in ((most, "UNKNOWN_FIELD"), (most + 1, "TOO_LARGE")):
            yield {"message": snake(name), "name": f"{name} of {length} bytes", "bytes": shown(repeat(b"\0", length)),
                   "code": code}
