"""Writes tests/vectors/: what the protocol page says, in bytes, made by the second implementation (peer.py) and
by the page's rules alone. The C code is held to the files by tests/unit/test_vector_files.c.

usage: vectors.py --write | --check      --check makes them again and compares

Every key comes from a fixed seed that stands beside it, so that the files are the same every time.
"""

import hashlib
import json
import pathlib
import struct
import sys

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

import peer
from peer import (EPOCH, EVENT, LETTER, MANIFEST, NOTE, RECEIPT, ROSTER, TYPES, ZERO, blake2b, digest, hkdf_expand,
                  hkdf_extract, hpke_key, key_id, padded, preimage, raw)

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "tests" / "vectors"
NOW = 1767225600000  # 2026-01-01
DAY = 86400000
FEDERATION = bytes(range(0x10, 0x20))
pb = peer.load_schema(ROOT / "proto" / "schema")


# Keys from seeds -----------------------------------------------------------------------------------


def seed(name):
    return hashlib.blake2b(b"liaison test vectors: " + name.encode(), digest_size=32).digest()


class Signing:
    def __init__(self, name, use):
        self.use, self.seed = use, seed(name)
        self.public, self.secret = sodium.crypto_sign_seed_keypair(self.seed)

    def sign(self, kind, body, federation=FEDERATION):
        return sodium.crypto_sign(preimage(kind, federation, body), self.secret)[:64]


class Box:
    def __init__(self, name):
        self.secret_bytes = seed(name)
        self.secret = X25519PrivateKey.from_private_bytes(self.secret_bytes)
        self.public = raw(self.secret.public_key())


def seal(ephemeral, recipient, info, aad, plaintext):
    dh = ephemeral.secret.exchange(X25519PublicKey.from_public_bytes(recipient))
    key, nonce = hpke_key(dh, ephemeral.public, recipient, info)
    return ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad)


class Country:
    def __init__(self, name, office, officer):
        self.name, self.office, self.officer = name.encode(), office.encode(), officer.encode()
        self.roots = [Signing(f"{name} root {i}", b"root") for i in (1, 2)]
        self.node = Signing(f"{name} node", b"node")
        self.officer_key = Signing(f"{name} officer", b"officer")
        self.officer_box, self.transport, self.epoch = (Box(f"{name} {what}") for what in ("box", "transport", "epoch"))
        self.role = Box(f"{name} role key of PROCEDURE")


KH, TH = Country("KH", "kh-office", "kh-1"), Country("TH", "th-office", "th-1")
HUB = Box("hub transport")


# Bodies --------------------------------------------------------------------------------------------


def signed(kind, body, *signers):
    shape = pb["signed"].Signed(type=kind, body=body)
    for signer in signers:
        shape.signatures.add(key_id=key_id(b"ed25519", signer.use, signer.public), signature=signer.sign(kind, body))
    return shape


def roster():
    body = pb["roster"].Roster(federation=FEDERATION, version=1, created_ms=NOW, expires_ms=NOW + 365 * DAY,
                               title="Vectors".encode(), threshold=2, code_lists=1)
    for country in (KH, TH):
        body.members.add(id=country.name, title=b"Country " + country.name, threshold=2,
                         roots=[root.public for root in country.roots])
    body.hubs.add(id=b"hub-1", endpoints=[b"tcp://hub.example:4100"], transport_key=HUB.public)
    return signed(ROSTER, body.SerializeToString(), *KH.roots, *TH.roots)


def manifest(country):
    until = NOW + 365 * DAY
    body = pb["roster"].Manifest(federation=FEDERATION, member=country.name, version=1, created_ms=NOW, expires_ms=until)
    for use, key in ((1, country.node.public), (2, country.transport.public)):
        body.node_keys.add(use=use, key=key, valid_from_ms=NOW, valid_until_ms=until, status=1)
    body.collections.add(hub=b"hub-1", priority=10)
    body.offices.add(id=country.office, title="ការិយាល័យ".encode(), kind=1)
    body.officers.add(id=country.officer, office=country.office, roles=[1], signing_key=country.officer_key.public,
                      box_key=country.officer_box.public, valid_from_ms=NOW, valid_until_ms=until, status=1)
    body.role_keys.add(office=country.office, compartment=1, key=country.role.public, valid_from_ms=NOW,
                       valid_until_ms=until, status=1)
    return signed(MANIFEST, body.SerializeToString(), *country.roots)


def epoch(country):
    body = pb["roster"].Epoch(federation=FEDERATION, member=country.name, number=7, key=country.epoch.public,
                              starts_ms=NOW, ends_ms=NOW + 7 * DAY, oldest_openable=3)
    return signed(EPOCH, body.SerializeToString(), country.node)


CASE = struct.pack(">Q", NOW)[2:] + b"KH\0\0" + bytes([1, 2, 3, 4, 5, 6])
PLAINTEXT = {"facts": "Ten men in Riyadh ask to come home.", "asked": "Please find the recruiter."}


def section():
    """A section of KH's REFER: how it is sealed, and what the header says of it."""
    body = pb["event"].SectionBody()
    for label, text in PLAINTEXT.items():
        body.entries.add(label=label.encode(), text=text.encode())
    plaintext, key, nonce = body.SerializeToString(), seed("section key"), seed("section nonce")[:24]
    aad = b"liaison/1 section\0" + FEDERATION + CASE + struct.pack(">IQ", 1, 1) + b"KH\0"
    cipher_key = hkdf_expand(hkdf_extract(b"", key), b"liaison/1 section key", 32)
    shape = pb["event"].Section(ciphertext=nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext, aad, nonce, cipher_key))
    for country in (KH, TH):
        ephemeral = Box(f"wrap to {country.name.decode()}")
        shape.wraps.add(role_key_id=key_id(b"x25519", b"role", country.role.public), encapsulated=ephemeral.public,
                        sealed_key=seal(ephemeral, country.role.public, b"liaison/1 wrap", aad, key))
    return {"shape": shape, "plaintext": plaintext, "key": key, "aad": aad, "cipher_key": cipher_key,
            "commitment": blake2b(b"liaison/1 commitment\0", aad, plaintext, key=key),
            "ciphertext_digest": blake2b(b"liaison/1 ciphertext\0", shape.ciphertext)}


def refer(sealed, manifest_of_kh):
    body = pb["event"].Event(federation=FEDERATION, case_id=CASE, case_kind=1, action=1, number=1,
                             created_ms=NOW + 1000, urgency=2, urgency_reason=b"passports are held", request=2,
                             contents=[1, 2], legal_basis=b"COMMIT MoU, article 20", manifest_version=1,
                             manifest_digest=digest(manifest_of_kh))
    body.author.member, body.author.office, body.author.officer = KH.name, KH.office, KH.officer
    for country in (KH, TH):
        body.parties.add(member=country.name, office=country.office)
    body.sections.add(compartment=1, commitment=sealed["commitment"], ciphertext_digest=sealed["ciphertext_digest"])
    return signed(EVENT, body.SerializeToString(), KH.officer_key)


def opened(refer_event, manifest_of_th):
    body = pb["event"].Event(federation=FEDERATION, case_id=CASE, case_kind=1, action=2, number=1,
                             created_ms=NOW + 3000, urgency=2, urgency_reason=b"passports are held",
                             manifest_version=1, manifest_digest=digest(manifest_of_th))
    body.author.member, body.author.office, body.author.officer = TH.name, TH.office, TH.officer
    body.seen.add(member=KH.name, digest=digest(refer_event))
    return signed(EVENT, body.SerializeToString(), TH.officer_key)


def letter(sender, to, sequence, head, items, versions, acknowledged=None):
    body = pb["letter"].Letter(federation=FEDERATION, to=to.name, generation=1, sequence=sequence, previous_head=head,
                               created_ms=NOW + 1500 + sequence, urgency=2, items=items, **{"from": sender.name})
    if acknowledged:
        body.acknowledged.generation, body.acknowledged.sequence, body.acknowledged.head = acknowledged
    for member, statement in versions:
        body.versions.add(member=member, version=1, digest=digest(statement))
    return signed(LETTER, body.SerializeToString(), sender.node)


def receipt(kind, about, **more):
    body = pb["letter"].Receipt(federation=FEDERATION, to=KH.name, kind=kind, letter=digest(about), generation=1,
                                sequence=1, created_ms=NOW + 2000, **{"from": TH.name}, **more)
    return signed(RECEIPT, body.SerializeToString(), TH.node)


def note(versions, head):
    body = pb["letter"].Note(federation=FEDERATION, to=KH.name, nonce=bytes(range(16)), created_ms=NOW + 9000,
                             restore_question=bytes(range(16, 32)), oldest_openable_epoch=3, **{"from": TH.name})
    body.sent.generation, body.sent.sequence, body.sent.head = 1, 0, ZERO
    body.stored.generation, body.stored.sequence, body.stored.head = 1, 1, head
    body.missing.add(generation=1, first=2, last=4)
    body.restore_answer.nonce = bytes(range(32, 48))
    body.restore_answer.stored.CopyFrom(body.stored)
    body.versions.add(version=1, digest=versions[0][1] and digest(versions[0][1]))
    return signed(NOTE, body.SerializeToString(), TH.node)


def chain(head, about):
    return blake2b(b"liaison/1 chain\0", head, digest(about))


# The exchange --------------------------------------------------------------------------------------

the_roster, kh_manifest, th_manifest = roster(), manifest(KH), manifest(TH)
the_section = section()
the_refer = refer(the_section, kh_manifest)
the_open = opened(the_refer, th_manifest)
VERSIONS = [(None, the_roster), (b"KH", kh_manifest), (b"TH", th_manifest)]
letter_1 = letter(KH, TH, 1, ZERO, [digest(the_refer)], VERSIONS)
head_1 = chain(ZERO, letter_1)
delivered = receipt(1, letter_1)
refused = receipt(2, letter_1, item=digest(the_refer), code=103, rule=b"cases: Access")
back_1 = letter(TH, KH, 1, ZERO, [digest(delivered), digest(the_open)], VERSIONS, (1, 1, head_1))
letter_2 = letter(KH, TH, 2, head_1, [digest(refused)], VERSIONS, (1, 1, chain(ZERO, back_1)))
the_note = note(VERSIONS, head_1)

SIGNED = [("roster of two countries, signed by all four roots", the_roster, KH.roots + TH.roots),
          ("manifest of KH", kh_manifest, KH.roots), ("manifest of TH", th_manifest, TH.roots),
          ("epoch statement of KH", epoch(KH), [KH.node]), ("epoch statement of TH", epoch(TH), [TH.node]),
          ("event: KH refers, one section", the_refer, [KH.officer_key]),
          ("event: TH opens, seen KH's", the_open, [TH.officer_key]),
          ("letter 1 of KH, the first of its generation", letter_1, [KH.node]),
          ("letter 2 of KH, with a place acknowledged", letter_2, [KH.node]),
          ("letter 1 of TH, a receipt and an event", back_1, [TH.node]),
          ("receipt: DELIVERED", delivered, [TH.node]), ("receipt: REFUSED, with code and rule", refused, [TH.node]),
          ("note with every field", the_note, [TH.node])]


def signed_file():
    return [{"name": name, "type": shape.type, "message": TYPES[shape.type].decode(), "federation": FEDERATION,
             "body": shape.body, "digest": digest(shape), "signed": shape.SerializeToString(),
             "signers": [{"use": signer.use.decode(), "seed": signer.seed, "public": signer.public,
                          "key_id": key_id(b"ed25519", signer.use, signer.public),
                          "signature": signer.sign(shape.type, shape.body)} for signer in signers]}
            for name, shape, signers in SIGNED]


def verify_file():
    """Signatures that must not hold, each with its code."""
    def case(name, shape, code, kind=LETTER, federation=FEDERATION, key=KH.node, use=b"node"):
        return {"name": name, "signed": shape.SerializeToString(), "type": kind, "federation": federation,
                "use": use.decode(), "public": key.public, "code": code}

    flipped, changed, other_word = (pb["signed"].Signed.FromString(letter_1.SerializeToString()) for _ in range(3))
    flipped.signatures[0].signature = bytes([flipped.signatures[0].signature[0] ^ 1]) + flipped.signatures[0].signature[1:]
    changed.body = changed.body[:-1] + bytes([changed.body[-1] ^ 1])
    other_word.signatures[0].signature = KH.node.sign(NOTE, letter_1.body)
    unsigned = pb["signed"].Signed(type=LETTER, body=letter_1.body)
    return [case("holds", letter_1, ""),
            case("one bit of the signature is another", flipped, "SIGNATURE"),
            case("one bit of the body is another", changed, "SIGNATURE"),
            case("signed as a note", other_word, "SIGNATURE"),
            case("of another federation", letter_1, "SIGNATURE", federation=bytes(16)),
            case("of another key", letter_1, "UNKNOWN_KEY", key=TH.node),
            case("of the same key for another use", letter_1, "UNKNOWN_KEY", use=b"officer"),
            case("another type than asked for", letter_1, "WRONG_TYPE", kind=NOTE),
            case("not signed", unsigned, "UNKNOWN_KEY")]


def chain_file():
    rows, head = [], ZERO
    for shape in (letter_1, letter_2, back_1):
        rows.append({"previous_head": head, "letter": digest(shape), "head": chain(head, shape)})
        head = rows[-1]["head"]
    return rows


def padding_file():
    sizes = [0, 1, 4091, 4092, 4093, 4348, 4349, 5000, 8188, 8189, 16380, 16381, 65536, 100000, 131068, 131069, 258043,
             258044]
    return [{"size": size, "padded": padded(size)} for size in sizes]


def event_item():
    return pb["event"].EventItem(event=the_refer, sections=[the_section["shape"]])


def packet():
    items = [pb["letter"].Item(event=event_item())]
    return pb["letter"].Packet(signed=letter_1, items=items).SerializeToString()


def envelope(name, code="", content=None, federation=FEDERATION, to=TH, suite=1, spoil=None, size=None, tail=b""):
    content = packet() if content is None else content
    identity, ephemeral = key_id(b"x25519", b"epoch", TH.epoch.public), Box("envelope")
    info = b"liaison/1 seal\0" + federation + to.name + b"\0" + struct.pack(">Q", 7) + identity
    header = pb["letter"].EnvelopeHeader(suite=suite, federation=federation, to=to.name, epoch=7, epoch_key_id=identity,
                                         encapsulated=ephemeral.public, urgency=2).SerializeToString()
    plaintext = struct.pack(">I", len(content)) + content
    plaintext += bytes((size or padded(len(content))) - len(plaintext) - len(tail)) + tail
    ciphertext = seal(ephemeral, TH.epoch.public, info, header, plaintext)
    if spoil is not None:
        ciphertext = ciphertext[:spoil] + bytes([ciphertext[spoil] ^ 1]) + ciphertext[spoil + 1:]
    return {"name": name, "code": code, "federation": FEDERATION, "to": "TH", "epoch": 7, "epoch_secret":
            TH.epoch.secret_bytes, "epoch_key": TH.epoch.public, "ephemeral": ephemeral.secret_bytes, "urgency": 2,
            "packet": content, "info": info, "header": header,
            "envelope": pb["letter"].Envelope(header=header, ciphertext=ciphertext).SerializeToString()}


def envelope_file():
    size = padded(len(packet()))
    return [envelope("letter 1 of KH with its event"), envelope("a packet of one byte", content=b"x"),
            envelope("first byte of the ciphertext is another", "UNSEALABLE", spoil=0),
            envelope("last byte of the tag is another", "UNSEALABLE", spoil=-1 + size + 16),
            envelope("of another federation", "WRONG_FEDERATION", federation=bytes(16)),
            envelope("to another member", "WRONG_DESTINATION", to=KH),
            envelope("of another suite", "UNKNOWN_CODE", suite=2),
            envelope("a padding byte that is not zero", "MALFORMED", tail=b"\1"),
            envelope("padded to another size", "MALFORMED", size=size + 1024)]


def section_file():
    sealed = the_section
    return [{"name": "KH's PROCEDURE", "federation": FEDERATION, "case_id": CASE, "member": "KH", "compartment": 1,
             "number": 1, "section_key": sealed["key"], "aad": sealed["aad"], "cipher_key": sealed["cipher_key"],
             "plaintext": sealed["plaintext"], "commitment": sealed["commitment"],
             "ciphertext_digest": sealed["ciphertext_digest"], "item": event_item().SerializeToString(),
             "readers": [{"role_secret": country.role.secret_bytes, "role_key": country.role.public,
                          "role_key_id": key_id(b"x25519", b"role", country.role.public)} for country in (KH, TH)]}]


def crockford(number):
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> 5 * i & 31] for i in range(25, -1, -1))


def fingerprint(roots):
    value = blake2b(b"liaison/1 fingerprint\0", *sorted(root.public for root in roots))
    return value, " ".join(f"{int.from_bytes(value[2 * i:2 * i + 2], 'big'):05}" for i in range(8))


def identifiers_file():
    keys = [("ed25519", "root", KH.roots[0].public), ("ed25519", "node", KH.node.public),
            ("ed25519", "officer", KH.officer_key.public), ("x25519", "officer-box", KH.officer_box.public),
            ("x25519", "epoch", KH.epoch.public), ("x25519", "role", KH.role.public),
            ("x25519", "transport", KH.transport.public), ("x25519", "hub", HUB.public)]
    ids = [CASE, bytes(16), b"\xff" * 16, bytes(range(16))]
    return {"keys": [{"use": use, "public": public, "key_id": key_id(algorithm.encode(), use.encode(), public)}
                     for algorithm, use, public in keys],
            "fingerprints": [{"roots": [root.public for root in country.roots], "digest": fingerprint(country.roots)[0],
                              "text": fingerprint(country.roots)[1]} for country in (KH, TH)],
            "ids": [{"id": value, "text": crockford(int.from_bytes(value, "big"))} for value in ids]}


# Messages that are refused -------------------------------------------------------------------------


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, value):
    """One field: a number as varint, bytes as bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def refused_file():
    body, note_body = letter_1.body, the_note.body
    def without(first, last):
        """The letter's body without its fields of these numbers: they stand in order, so it is cut out."""
        shape = pb["letter"].Letter.FromString(body)
        for number in range(first, last + 1):
            shape.ClearField(shape.DESCRIPTOR.fields_by_number[number].name)
        return shape.SerializeToString()

    def text(rule):
        shape = pb["letter"].Receipt.FromString(refused.body)
        shape.ClearField("rule")
        return shape.SerializeToString() + field(10, rule)

    many = pb["letter"].Letter.FromString(body)
    del many.items[:]
    many.items.extend(hashlib.sha256(bytes([i & 255, i >> 8])).digest() for i in range(257))
    rows = [("letter", "cut inside its last field", body[:-1], "TRUNCATED"),
            ("letter", "a field that version 1 does not know", body + field(99, 1), "UNKNOWN_FIELD"),
            ("letter", "a field that stands twice", body + field(1, FEDERATION), "DUPLICATE_FIELD"),
            ("letter", "a number where bytes belong", without(2, 2) + field(2, 5), "MALFORMED"),
            ("letter", "fixed 64 bits, a wire type that is not taken", without(4, 4) + b"\x21" + bytes(8), "MALFORMED"),
            ("letter", "a group", without(4, 4) + b"\x23\x24", "MALFORMED"),
            ("letter", "a varint of eleven bytes", without(4, 4) + b"\x20" + b"\xff" * 10 + b"\1", "MALFORMED"),
            ("letter", "no federation", without(1, 1), "MISSING_FIELD"),
            ("letter", "no items", without(11, 11), "MISSING_FIELD"),
            ("letter", "257 items", many.SerializeToString(), "TOO_MANY"),
            ("letter", "a federation of 15 bytes", without(1, 1) + field(1, FEDERATION[:15]), "FIELD_LENGTH"),
            ("letter", "sequence 0", without(5, 5) + field(5, 0), "FIELD_LENGTH"),
            ("letter", "urgency 9", without(10, 10) + field(10, 9), "UNKNOWN_CODE"),
            ("letter", "a name with a space", without(2, 2) + field(2, b"K H"), "NAME"),
            ("letter", "a name of 33 characters", without(2, 2) + field(2, b"K" * 33), "NAME"),
            ("letter", "nothing at all", b"", "MISSING_FIELD"),
            ("letter", "a body above its limit", body + field(11, bytes(32)) * 1000, "TOO_LARGE"),
            ("note", "a message inside that is cut", field(1, FEDERATION) + field(6, b"\x08"), "TRUNCATED"),
            ("note", "65 ranges", note_body + field(8, field(1, 1) + field(2, 1) + field(3, 1)) * 64, "TOO_MANY"),
            ("receipt", "a text with bytes that are not UTF-8", text(b"\xff\xfe"), "TEXT"),
            ("receipt", "a text in a longer form than needed", text(b"\xc0\xaf"), "TEXT"),
            ("receipt", "a surrogate", text(b"\xed\xa0\x80"), "TEXT"),
            ("receipt", "above U+10FFFF", text(b"\xf4\x90\x80\x80"), "TEXT"),
            ("receipt", "a NUL in a text", text(b"a\0b"), "TEXT"),
            ("receipt", "U+202E turns the direction", text("a\u202eb".encode()), "TEXT"),
            ("receipt", "U+2028 is not shown by all", text("a\u2028b".encode()), "TEXT"),
            ("receipt", "a zero-width joiner is needed by scripts", text("a\u200db".encode()), ""),
            ("signed", "a type that version 1 does not know", field(1, 8) + field(2, b"x"), "UNKNOWN_CODE"),
            ("signed", "a signature of 63 bytes",
             field(1, 5) + field(2, b"x") + field(3, field(1, bytes(16)) + field(2, bytes(63))), "FIELD_LENGTH"),
            ("packet", "an item that is two things",
             field(1, letter_1.SerializeToString()) + field(2, field(2, delivered.SerializeToString())
                                                            + field(3, the_roster.SerializeToString())), "MALFORMED")]
    return [{"message": message, "name": name, "bytes": data, "code": code} for message, name, data, code in rows]


# Files to be handed over ---------------------------------------------------------------------------


def evidence_file():
    def bundle(name, code, root=KH.roots, statements=(the_roster, kh_manifest, th_manifest), events=(the_refer, the_open),
               letters=(letter_1, back_1), receipts=(delivered,), protocol=1, case=CASE):
        shape = pb["evidence"].Evidence(protocol=protocol, case_id=case, statements=statements, events=events,
                                        letters=letters, receipts=receipts)
        return {"name": name, "code": code, "fingerprint": fingerprint(root)[1], "bundle": shape.SerializeToString()}

    forged = pb["signed"].Signed.FromString(the_refer.SerializeToString())
    forged.body = forged.body.replace(b"passports are held", b"passports are safe")
    elsewhere = pb["signed"].Signed.FromString(delivered.SerializeToString())
    elsewhere.signatures[0].CopyFrom(signed(RECEIPT, delivered.body, KH.node).signatures[0])
    return [bundle("proves a referral, its delivery and its opening", ""),
            bundle("the same, by the other country's roots", "", root=TH.roots),
            bundle("by roots that are not there", "FINGERPRINT", root=[KH.roots[0]]),
            bundle("another case than said", "NO_CASE", case=bytes(15) + b"\1"),
            bundle("an event that was changed", "SIGNATURE", events=(forged, the_open)),
            bundle("an event whose manifest is missing", "UNKNOWN_KEY", statements=(the_roster, kh_manifest)),
            bundle("a receipt that KH signed itself", "UNKNOWN_KEY", receipts=(elsewhere,)),
            bundle("a receipt for a letter that is not there", "NOT_FOUND", letters=(back_1,)),
            bundle("of another protocol", "PROTOCOL_VERSION", protocol=2)]


def courier_file():
    shape = pb["courier"].Courier(protocol=1, federation=FEDERATION, to=TH.name,
                                  statements=[the_roster, kh_manifest, th_manifest, epoch(KH)])
    shape.envelopes.add(envelope=envelope("")["envelope"])
    return [{"name": "two statements' kinds and one envelope", "message": "courier", "bytes": shape.SerializeToString(),
             "statements": 4, "envelopes": 1}]


FILES = {"signed": signed_file, "verify": verify_file, "chain": chain_file, "padding": padding_file,
         "envelope": envelope_file, "section": section_file, "identifiers": identifiers_file, "refused": refused_file,
         "evidence": evidence_file, "courier": courier_file}


def as_text(value):
    return json.dumps(value, indent=1, ensure_ascii=True, default=lambda data: data.hex()) + "\n"


def main():
    if sys.argv[1:] not in (["--write"], ["--check"]):
        sys.exit(__doc__)
    OUT.mkdir(exist_ok=True)
    for name, make in FILES.items():
        path, text = OUT / f"{name}.json", as_text(make())
        if sys.argv[1] == "--write":
            path.write_text(text)
        assert path.read_text() == text, f"{path.name} is not what the second implementation makes"
    print(f"{len(FILES)} files of vectors are as the second implementation makes them")


if __name__ == "__main__":
    main()
