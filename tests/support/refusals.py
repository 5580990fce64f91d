"""What must be refused, and with which code, by docs/protocol.md: messages, items, and statements of who is who."""

from exchange import *
import pagetables
from handmade import field, varint

PAGE = (ROOT / "docs" / "protocol.md").read_text()


# Messages ------------------------------------------------------------------------------------------


BODIES = [("roster", the_roster.body), ("manifest", kh_manifest.body), ("epoch", epoch(KH).body),
          ("event", the_refer.body), ("letter", letter_1.body), ("note", the_note.body), ("receipt", refused.body)]


def read_varint(data, at):
    value, shift = 0, 0
    while True:
        value, shift, at = value | (data[at] & 127) << shift, shift + 7, at + 1
        if data[at - 1] < 128:
            return value, at


def split(data):
    """The fields as they stand: (number, their bytes)."""
    at, out = 0, []
    while at < len(data):
        start = at
        tag, at = read_varint(data, at)
        value, at = read_varint(data, at)
        at += value if tag & 7 else 0
        out.append((tag >> 3, data[start:at]))
    return out


def without(data, number):
    return b"".join(run for found, run in split(data) if found != number)


def of_every_body():
    """The rules of section 2 on each signed body."""
    for message, body in BODIES:
        federation, rest = field(1, FEDERATION), without(body, 1)
        for name, data, code in [
                ("as it is", body, ""), ("its fields in the opposite order", b"".join(
                    run for _, run in sorted(split(body), key=lambda pair: -pair[0])), ""),
                ("a length in a longer form than needed", b"\x0a\x90\x80\x00" + FEDERATION + rest, ""),
                ("a tag in a longer form than needed", b"\x8a\x00\x10" + FEDERATION + rest, ""),
                ("cut by its last byte", body[:-1], "TRUNCATED"), ("cut behind its first tag", body[:1], "TRUNCATED"),
                ("cut in its first field", body[:10], "TRUNCATED"),
                ("a length beyond its end", rest + b"\x0a\x7f" + FEDERATION, "TRUNCATED"),
                ("a length of 2^64 - 1", rest + b"\x0a" + varint(2**64 - 1), "TRUNCATED"),
                ("a zero byte behind its end", body + b"\0", "UNKNOWN_FIELD"),
                ("half a tag behind its end", body + b"\x80", "TRUNCATED"),
                ("a field that version 1 does not know", body + field(99, 1), "UNKNOWN_FIELD"),
                ("an unknown field of 32 fixed bits", body + varint(99 << 3 | 5) + bytes(4), "UNKNOWN_FIELD"),
                ("an unknown field that is cut", body + varint(99 << 3 | 2) + b"\x7f", "UNKNOWN_FIELD"),
                ("a field number above 2^29", body + varint(2**40 << 3) + b"\1", "UNKNOWN_FIELD"),
                ("a group", rest + b"\x0b\x0c", "MALFORMED"),
                ("a varint of eleven bytes", rest + b"\x0a" + b"\xff" * 10 + b"\1", "MALFORMED"),
                ("a varint of 65 bits", rest + b"\x0a" + b"\xff" * 9 + b"\2", "MALFORMED"),
                ("its federation twice", body + federation, "DUPLICATE_FIELD"),
                ("its federation as a number", rest + field(1, 5), "MALFORMED"),
                ("no federation", rest, "MISSING_FIELD"), ("nothing at all", b"", "MISSING_FIELD"),
                ("a federation of 15 bytes", field(1, FEDERATION[:15]) + rest, "FIELD_LENGTH"),
                ("a federation of 17 bytes", field(1, FEDERATION + b"x") + rest, "FIELD_LENGTH")]:
            yield message, name, data, code


TEXTS = [("nothing", b"", ""), ("letters of ASCII", b"Phnom Penh", ""), ("Khmer", "ភ្នំពេញ".encode(), ""),
         ("a character of four bytes", "\U0001f6a2".encode(), ""), ("U+10FFFF", "\U0010ffff".encode(), ""),
         ("not normalised", "e\u0301".encode(), ""), ("a byte that begins nothing", b"\xff", "TEXT"),
         ("a byte that only follows", b"\x80", "TEXT"), ("a character that is cut", b"\xe1\x9e", "TEXT"),
         ("a character that ends too soon", b"\xe1\x9ea", "TEXT"), ("two bytes for one", b"\xc0\xaf", "TEXT"),
         ("the same of the highest", b"\xc1\xbf", "TEXT"), ("three bytes for two", b"\xe0\x9f\xbf", "TEXT"),
         ("four bytes for three", b"\xf0\x8f\xbf\xbf", "TEXT"), ("the first surrogate", b"\xed\xa0\x80", "TEXT"),
         ("the last surrogate", b"\xed\xbf\xbf", "TEXT"), ("above U+10FFFF", b"\xf4\x90\x80\x80", "TEXT"),
         ("five bytes", b"\xf8\x88\x80\x80\x80", "TEXT"), ("a NUL behind letters", b"a\0", "TEXT")]
REFUSED_CHARACTERS = [(0x00, 0x08), (0x0b, 0x1f), (0x7f, 0x9f), (0x200e, 0x200f), (0x202a, 0x202e), (0x2066, 0x2069),
                      (0x2028, 0x2029), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xe0000, 0xe007f)]


def text_file():
    """Section 4: each range of refused characters at both ends, and the characters beside it."""
    def is_refused(character):
        return any(first <= character <= last for first, last in REFUSED_CHARACTERS)

    edges = {character for first, last in REFUSED_CHARACTERS for character in (first - 1, first, last, last + 1)}
    edges |= {0x200b, 0x200c, 0x200d}
    rows = TEXTS + [(f"U+{edge:04X}", chr(edge).encode(), "TEXT" if is_refused(edge) else "")
                    for edge in sorted(edges - {-1})]
    return [{"name": name, "text": text, "code": code} for name, text, code in rows]


def of_one_message():
    """Rules that only some message can break."""
    body = letter_1.body
    many = field(2, field(2, delivered.SerializeToString()) + field(3, the_roster.SerializeToString()))
    head = field(1, letter_1.SerializeToString())
    receipt_body, zeros = refused.body, bytes(32)
    section = field(2, field(1, bytes(65576)))
    place = field(1, 1) + field(2, 0) + field(3, zeros)
    return [("note", "a message inside that is cut", field(1, FEDERATION) + field(6, b"\x08"), "TRUNCATED"),
            ("note", "an unknown field in a message inside", without(the_note.body, 6) + field(6, place + field(9, 1)),
             "UNKNOWN_FIELD"),
            ("note", "two parts of one message are not merged",
             without(the_note.body, 6) + field(6, field(1, 1)) + field(6, field(2, 0) + field(3, zeros)),
             "DUPLICATE_FIELD"),
            ("note", "a field twice in a message inside", without(the_note.body, 6) + field(6, place + field(2, 0)),
             "DUPLICATE_FIELD"),
            ("receipt", "an optional digest whose bytes are all zero", without(receipt_body, 8) + field(8, zeros), ""),
            ("receipt", "an optional digest of no bytes", without(receipt_body, 8) + field(8, b""), "FIELD_LENGTH"),
            ("receipt", "an optional text of no bytes", without(receipt_body, 10) + field(10, b""), ""),
            ("receipt", "an optional number 0 that its range does not have", without(receipt_body, 9) + field(9, 0),
             "FIELD_LENGTH"),
            ("letter", "a previous head of zeros, which must be there", without(body, 6), "MISSING_FIELD"),
            ("signed", "a type that version 1 does not know", field(1, 11) + field(2, b"x"), "UNKNOWN_CODE"),
            ("signed", "no signatures", field(1, 5) + field(2, b"x"), ""),
            ("packet", "an item that is two things", head + many, "MALFORMED"),
            ("packet", "an item that is nothing", head + field(2, b""), "MALFORMED"),
            ("packet", "an event item within its own limit",
             head + field(2, field(1, field(1, the_refer.SerializeToString()) + section * 2)), ""),
            ("packet", "an event item above its own limit",
             head + field(2, field(1, field(1, the_refer.SerializeToString()) + section * 3)), "TOO_LARGE")]


def runs_of_zeros(data):
    """Long rows of zeros as one run, so that the file stays small."""
    if len(data) <= 4096:
        return data
    zeros = bytes(65576)
    head, *rest = data.split(zeros)
    return [[head, 1]] + [pair for piece in rest for pair in ([b"\0", len(zeros)], [piece, 1]) if pair[0]]


def refused_file():
    """Each body by every rule, then the page's tables field by field."""
    rows = [{"message": message, "name": f"{message}: {name}", "bytes": runs_of_zeros(data), "code": code}
            for message, name, data, code in [*of_every_body(), *of_one_message()]]
    return rows + list(pagetables.size_cases(PAGE))


def tables_file():
    return list(pagetables.cases(PAGE))


# Items ---------------------------------------------------------------------------------------------


def items_file():
    """What the packet holds against what the letter names (section 17)."""
    item = pb["letter"].Item
    carried = {"receipt": item(receipt=delivered), "event": item(event=pb["event"].EventItem(event=the_open))}
    event, other = carried["event"], item(receipt=refused)
    doubled = letter(TH, KH, 1, ZERO, [digest(delivered), digest(delivered)], VERSIONS)

    def case(name, code, items, about=back_1):
        whole = pb["letter"].Packet(signed=about, items=items)
        return {"name": name, "code": code, "packet": whole.SerializeToString()}

    return [case("as the letter names them", "", [carried["receipt"], event]),
            case("in another order", "ITEM_DIGEST", [event, carried["receipt"]]),
            case("one is missing", "ITEM_DIGEST", [carried["receipt"]]), case("none", "ITEM_DIGEST", []),
            case("one more", "ITEM_DIGEST", [carried["receipt"], event, other]),
            case("one is another", "ITEM_DIGEST", [other, event]),
            case("the letter names one twice", "ITEM_DIGEST", [carried["receipt"]] * 2, doubled)]


# Statements ----------------------------------------------------------------------------------------


LA = Country("LA", "la-office", "la-1")
LA_OLD, LA_LOST = Signing("LA node, retired", b"node"), Signing("LA node, revoked", b"node")
NEW_ROOT = Signing("KH root 3", b"root")
YEAR = NOW + 365 * DAY
ALL_ROOTS = KH.roots + TH.roots + LA.roots
WEAK_POINT, WEAK_BOX = b"\1" + bytes(31), bytes(32)


def add_member(body, country, threshold=2, roots=None):
    body.members.add(id=country.name, title=b"Country " + country.name, threshold=threshold,
                     roots=[root.public for root in roots or country.roots])


def roster_body(version, previous, countries=(KH, TH, LA)):
    body = pb["roster"].Roster.FromString(the_roster.body)
    body.version, body.previous = version, previous
    del body.members[:]
    for country in countries:
        add_member(body, country)
    return body


def second_roster():
    return signed(ROSTER, roster_body(2, digest(the_roster)).SerializeToString(), *ALL_ROOTS)


def manifest_of_la(version, previous=bytes(31) + b"\1"):
    body = pb["roster"].Manifest.FromString(manifest(LA).body)
    body.version, body.previous = version, previous
    for key, status in ((LA_OLD, 2), (LA_LOST, 3)):
        body.node_keys.add(use=1, key=key.public, valid_from_ms=NOW, valid_until_ms=YEAR, status=status)
    return signed(MANIFEST, body.SerializeToString(), *LA.roots)


def changed(body, change):
    copy = type(body).FromString(body.SerializeToString())
    change(copy)
    return copy.SerializeToString()


def spoiled(shape, place=0):
    """One bit of one signature is another."""
    copy = pb["signed"].Signed.FromString(shape.SerializeToString())
    value = bytearray(copy.signatures[place].signature)
    value[0] ^= 1
    copy.signatures[place].signature = bytes(value)
    return copy


def setter(**values):
    """Sets fields; a path is written with __ between its steps."""
    def change(body):
        for path, value in values.items():
            *way, last = path.split("__")
            target = body
            for step in way:
                target = target[int(step)] if step.isdigit() else getattr(target, step)
            if last.isdigit():
                target[int(last)] = value
            else:
                setattr(target, last, value)
    return change


def add_copy(name, **changes):
    def change(body):
        entries = getattr(body, name)
        entries.add().CopyFrom(entries[0])
        for key, value in changes.items():
            setattr(entries[-1], key, value)
    return change


def roster_cases():
    second = second_roster()
    body = roster_body(3, digest(second))
    whole = signed(ROSTER, body.SerializeToString(), *ALL_ROOTS)

    def by(name, code, change=lambda body: None, signers=ALL_ROOTS):
        return name, code, signed(ROSTER, changed(body, change), *signers)

    def roots_of_kh(body):
        body.members[0].roots[1] = NEW_ROOT.public

    def new_member(body):
        body.members.add(id=b"VN", threshold=1, roots=[NEW_ROOT.public])

    def shared_root(body):
        body.members[1].roots[0] = KH.roots[0].public

    def root_twice(body):
        body.members[0].roots[1] = KH.roots[0].public

    inconsistent = [
        ("a member's name stands twice", lambda b: b.members.add(
            id=b"KH", threshold=1, roots=[NEW_ROOT.public])),
        ("a hub's name stands twice", add_copy("hubs", transport_key=KH.transport.public)),
        ("a hub's key stands twice", add_copy("hubs", id=b"hub-2")),
        ("one root for two members", shared_root), ("one root twice for one member", root_twice),
        ("a threshold above the number of roots", setter(members__0__threshold=3)),
        ("a threshold above the number of members", setter(threshold=4)),
        ("expires when it was made", setter(expires_ms=NOW)),
        ("no previous, and is not version 1", lambda b: b.ClearField("previous"))]
    return [by("roster 3, signed by all", ""),
            by("roster 3, signed by two of three members", "", signers=KH.roots + TH.roots),
            by("roster 3, signed by one member", "TOO_FEW_SIGNATURES", signers=KH.roots),
            by("roster 3, by every member below its threshold", "TOO_FEW_SIGNATURES",
               signers=[KH.roots[0], TH.roots[0], LA.roots[0]]),
            by("roster 3, one root signs twice", "TOO_FEW_SIGNATURES", signers=[KH.roots[0]] * 2 + TH.roots),
            by("roster 3, not signed", "TOO_FEW_SIGNATURES", signers=[]),
            ("roster 3, one signature too many does not hold", "SIGNATURE", spoiled(whole, 5)),
            by("roster 3, of another federation", "WRONG_FEDERATION", setter(federation=bytes(16))),
            by("roster 4", "VERSION_GAP", setter(version=4)),
            by("roster 3, after another roster 2", "FORK", setter(previous=bytes(31) + b"\1")),
            ("roster 2 again", "", second),
            ("roster 2, another one", "FORK", signed(ROSTER, changed(roster_body(2, digest(the_roster)), setter(
                title=b"Other")), *ALL_ROOTS)),
            by("roster 3, a new member that signs", "", new_member, ALL_ROOTS + [NEW_ROOT]),
            by("roster 3, a new member that does not sign", "TOO_FEW_SIGNATURES", new_member),
            by("roster 3, new roots signed by old and new", "", roots_of_kh, ALL_ROOTS + [NEW_ROOT]),
            by("roster 3, new roots not signed by the new", "TOO_FEW_SIGNATURES", roots_of_kh),
            by("roster 3, new roots not signed by the old", "TOO_FEW_SIGNATURES", roots_of_kh,
               [KH.roots[0], NEW_ROOT] + TH.roots + LA.roots),
            by("roster 3, a root of small order", "WEAK_KEY", setter(members__0__roots__1=WEAK_POINT)),
            by("roster 3, a hub's key of small order", "WEAK_KEY", setter(hubs__0__transport_key=WEAK_BOX)),
            *[by(f"roster 3, {name}", "INCONSISTENT", change, ALL_ROOTS + [NEW_ROOT]) for name, change in inconsistent]]


def manifest_cases():
    body = pb["roster"].Manifest.FromString(kh_manifest.body)
    body.version, body.previous = 2, digest(kh_manifest)

    def by(name, code, change=lambda body: None, signers=KH.roots):
        return name, code, signed(MANIFEST, changed(body, change), *signers)

    fresh = Box("another box").public
    inconsistent = [
        ("no previous, and is not version 1", lambda b: b.ClearField("previous")),
        ("no ACTIVE signing key", setter(node_keys__0__status=2)),
        ("no ACTIVE transport key", setter(node_keys__1__status=3)),
        ("no transport key", lambda b: b.node_keys.pop(1)),
        ("a role key that is the transport key", setter(role_keys__0__key=KH.transport.public)),
        ("an officer's box key that is a role key", setter(officers__0__box_key=KH.role.public)),
        ("an officer's signing key that is the node's", setter(officers__0__signing_key=KH.node.public)),
        ("an office's name stands twice", add_copy("offices")),
        ("an officer's name stands twice", add_copy("officers", signing_key=NEW_ROOT.public, box_key=fresh)),
        ("an officer of no office", setter(officers__0__office=b"nowhere")),
        ("a role key of no office", setter(role_keys__0__office=b"nowhere")),
        ("a hub stands twice", add_copy("collections")),
        ("expires when it was made", setter(expires_ms=NOW)),
        ("a node key that ends when it begins", setter(node_keys__0__valid_until_ms=NOW)),
        ("an officer who ends when he begins", setter(officers__0__valid_until_ms=NOW)),
        ("a role key that ends when it begins", setter(role_keys__0__valid_until_ms=NOW)),
        ("another member's transport key", setter(node_keys__1__key=LA.transport.public))]
    weak = [("a signing key of small order", setter(node_keys__0__key=WEAK_POINT)),
            ("a transport key of small order", setter(node_keys__1__key=WEAK_BOX)),
            ("an officer's signing key of small order", setter(officers__0__signing_key=WEAK_POINT)),
            ("an officer's box key of small order", setter(officers__0__box_key=WEAK_BOX)),
            ("a role key of small order", setter(role_keys__0__key=WEAK_BOX))]
    whole = signed(MANIFEST, body.SerializeToString(), *KH.roots)
    return [by("manifest 2 of KH", ""), by("manifest 2 of KH, by another country's roots", "TOO_FEW_SIGNATURES",
                                           signers=TH.roots),
            by("manifest 2 of KH, by one of two roots", "TOO_FEW_SIGNATURES", signers=KH.roots[:1]),
            ("manifest 2 of KH, one signature does not hold", "SIGNATURE", spoiled(whole, 1)),
            by("manifest of a country that is no member", "NOT_A_MEMBER", setter(member=b"XX", version=1)),
            by("manifest 2 of KH, of another federation", "WRONG_FEDERATION", setter(federation=bytes(16))),
            by("manifest 3 of KH", "VERSION_GAP", setter(version=3)),
            by("manifest 2 of KH, after another manifest 1", "FORK", setter(previous=bytes(31) + b"\1")),
            ("manifest 1 of KH again", "", kh_manifest),
            ("manifest 1 of KH, another one", "FORK", signed(MANIFEST, changed(
                pb["roster"].Manifest.FromString(kh_manifest.body), setter(expires_ms=YEAR + 1)), *KH.roots)),
            ("manifest 6 of LA", "", manifest_of_la(6, digest(manifest_of_la(5)))),
            ("manifest 4 of LA, whose first was 5", "ROLLBACK", manifest_of_la(4)),
            by("manifest 2 of KH, a hub that the roster does not have", "", setter(collections__0__hub=b"hub-9")),
            *[by(f"manifest 2 of KH, {name}", "INCONSISTENT", change) for name, change in inconsistent],
            *[by(f"manifest 2 of KH, {name}", "WEAK_KEY", change) for name, change in weak]]


def epoch_cases():
    body = pb["roster"].Epoch.FromString(epoch(KH).body)
    body.number, body.key = 8, Box("KH epoch 8").public
    of_la = pb["roster"].Epoch.FromString(epoch(LA).body)

    def by(name, code, change=lambda body: None, signer=KH.node, shape=body):
        return name, code, signed(EPOCH, changed(shape, change), signer)

    return [by("epoch 8 of KH", ""), by("epoch 10 of KH: numbers may be passed over", "", setter(number=10)),
            by("epoch 8 of KH, of 14 days", "", setter(ends_ms=NOW + 14 * DAY)),
            by("epoch 8 of KH, of a millisecond more than 14 days", "INCONSISTENT", setter(ends_ms=NOW + 14 * DAY + 1)),
            by("epoch 8 of KH, ends when it starts", "INCONSISTENT", setter(ends_ms=NOW)),
            by("epoch 8 of KH, opens its own only", "", setter(oldest_openable=8)),
            by("epoch 8 of KH, the oldest it opens is a later one", "INCONSISTENT", setter(oldest_openable=9)),
            by("epoch 8 of KH, a key of small order", "WEAK_KEY", setter(key=WEAK_BOX)),
            by("epoch 6 of KH, which has 7", "ROLLBACK", setter(number=6)), ("epoch 7 of KH again", "", epoch(KH)),
            by("epoch 7 of KH, another one", "FORK", setter(number=7)),
            by("epoch 8 of KH, of another federation", "WRONG_FEDERATION", setter(federation=bytes(16))),
            by("epoch 8 of KH, by another country's node", "UNKNOWN_KEY", signer=TH.node),
            by("epoch 8 of KH, by its root", "UNKNOWN_KEY", signer=KH.roots[0]),
            ("epoch 8 of KH, the signature does not hold", "SIGNATURE",
             spoiled(signed(EPOCH, body.SerializeToString(), KH.node))),
            by("epoch 7 of LA", "", signer=LA.node, shape=of_la),
            by("epoch 7 of LA, by its retired key", "", signer=LA_OLD, shape=of_la),
            by("epoch 7 of LA, by its revoked key", "KEY_REVOKED", signer=LA_LOST, shape=of_la),
            ("a letter in a statement's place", "WRONG_TYPE", letter_1),
            ("a manifest that is said to be an epoch: its field 7 is no number", "MALFORMED",
             pb["signed"].Signed(type=EPOCH, body=kh_manifest.body, signatures=kh_manifest.signatures))]


def anchor_cases():
    """The first roster that a program holds."""
    body = pb["roster"].Roster.FromString(the_roster.body)
    later = roster_body(9, bytes(31) + b"\1")

    def by(name, code, signers, shape=body, roots=KH.roots):
        return {"name": name, "code": code, "fingerprint": fingerprint(roots)[1],
                "roster": signed(ROSTER, shape.SerializeToString(), *signers).SerializeToString()}

    return [by("version 1, signed by every member", "", KH.roots + TH.roots),
            by("version 1, by the other member's roots", "", KH.roots + TH.roots, roots=TH.roots),
            by("version 1, one member has not signed", "TOO_FEW_SIGNATURES", KH.roots),
            by("version 1, the anchor has not signed", "TOO_FEW_SIGNATURES", TH.roots),
            by("version 1, one root of the anchor is missing", "TOO_FEW_SIGNATURES", KH.roots[:1] + TH.roots),
            by("roots that no member has", "FINGERPRINT", KH.roots + TH.roots, roots=LA.roots),
            by("one of the member's roots is not all of them", "FINGERPRINT", KH.roots + TH.roots, roots=KH.roots[:1]),
            by("version 9, signed by its threshold", "", KH.roots + TH.roots, later),
            by("version 9, below its threshold", "TOO_FEW_SIGNATURES", KH.roots, later),
            by("version 9, signed by its threshold without the anchor", "TOO_FEW_SIGNATURES", TH.roots + LA.roots,
               later)]


def statements_file():
    held = [the_roster, kh_manifest, th_manifest, epoch(KH), second_roster(), manifest_of_la(5)]
    return {"fingerprint": fingerprint(KH.roots)[1], "anchored": anchor_cases(),
            "held": [shape.SerializeToString() for shape in held],
            "taken": [{"name": name, "code": code, "statement": shape.SerializeToString()}
                      for name, code, shape in [*roster_cases(), *manifest_cases(), *epoch_cases()]]}


FILES = {"refused": refused_file, "tables": tables_file, "text": text_file, "items": items_file,
         "statements": statements_file}
