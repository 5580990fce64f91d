"""Writes tests/vectors/: what the protocol page says, in bytes, made by the second implementation (peer.py) and
by the page's rules alone. The C code is held to the files by tests/unit/test_vector_*.c.

usage: vectors.py [--write]      without --write it makes them again and compares

Every key comes from a fixed seed that stands beside it, so that the files are the same every time. Bytes are
hexadecimal; long ones of one pattern are a list of pairs, each bytes and how often they stand there.
"""

import json
import sys

from exchange import *
from peer import TYPES, padded
import policy
import refusals

OUT = ROOT / "tests" / "vectors"


# Signed bodies -------------------------------------------------------------------------------------


SIGNED = [("roster of two countries, signed by all four roots", the_roster, KH.roots + TH.roots),
          ("roster 2, with a new member, by all three members' roots", refusals.second_roster(),
           KH.roots + TH.roots + refusals.LA.roots),
          ("manifest of KH", kh_manifest, KH.roots), ("manifest of TH", th_manifest, TH.roots),
          ("manifest 5 of LA, with a retired and a revoked node key", refusals.manifest_of_la(5), refusals.LA.roots),
          ("epoch statement of KH", epoch(KH), [KH.node]), ("epoch statement of TH", epoch(TH), [TH.node]),
          ("event: KH refers, one section", the_refer, [KH.officer_key]),
          ("event: TH opens, seen KH's", the_open, [TH.officer_key]),
          ("event: TH answers, its second", the_answer, [TH.officer_key]),
          ("event: KH closes with an outcome", the_close, [KH.officer_key]),
          ("event: TH asks to use a section in court and to forward it", the_ask, [TH.officer_key]),
          ("event: KH grants it", the_grant, [KH.officer_key]),
          ("event: KH revokes all sections of an event", the_revocation, [KH.officer_key]),
          ("event: TH corrects a section that came from another case", the_correction, [TH.officer_key]),
          ("letter 1 of KH, the first of its generation", letter_1, [KH.node]),
          ("letter 2 of KH, with a place acknowledged", letter_2, [KH.node]),
          ("letter 1 of TH, a receipt and an event", back_1, [TH.node]),
          ("receipt: DELIVERED", delivered, [TH.node]), ("receipt: REFUSED, with code and rule", refused, [TH.node]),
          ("receipt: NOT_IN_TIME, by the letter's sender", not_in_time, [KH.node]),
          ("agreement: two articles, signed by both countries", the_agreement, KH.roots + TH.roots),
          ("rejection by an officer of TH", the_rejection, [TH.officer_key]),
          ("ending by KH", the_ending, KH.roots),
          ("note with every field", the_note, [TH.node]), ("note with what must be there only", short_note, [KH.node])]
BODIES = {ROSTER: pb["roster"].Roster, MANIFEST: pb["roster"].Manifest, EPOCH: pb["roster"].Epoch,
          EVENT: pb["event"].Event, LETTER: pb["letter"].Letter, NOTE: pb["letter"].Note,
          RECEIPT: pb["letter"].Receipt, AGREEMENT: pb["agreement"].Agreement,
          REJECTION: pb["agreement"].Rejection, ENDING: pb["agreement"].Ending}


def fields(message):
    """The fields that are there, by name: numbers, bytes, and for nested messages the same again."""
    def plain(value):
        return fields(value) if hasattr(value, "ListFields") else value

    return {descriptor.name: [plain(entry) for entry in value] if descriptor.label == descriptor.LABEL_REPEATED
            else plain(value) for descriptor, value in message.ListFields()}


def signed_file():
    return [{"name": name, "type": shape.type, "message": TYPES[shape.type].decode(), "federation": FEDERATION,
             "fields": fields(BODIES[shape.type].FromString(shape.body)), "body": shape.body,
             "preimage": preimage(shape.type, FEDERATION, shape.body), "digest": digest(shape),
             "signed": shape.SerializeToString(),
             "signers": [{"use": signer.use.decode(), "seed": signer.seed, "public": signer.public,
                          "key_id": key_id(b"ed25519", signer.use, signer.public),
                          "signature": signer.sign(shape.type, shape.body)} for signer in signers]}
            for name, shape, signers in SIGNED]


GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def verify_file():
    """Signatures that hold or must not, each with its code."""
    def case(name, shape, code, kind=LETTER, federation=FEDERATION, key=KH.node, use=b"node"):
        return {"name": name, "signed": shape.SerializeToString(), "type": kind, "federation": federation,
                "use": use.decode(), "public": key.public, "code": code}

    def changed(change):
        shape = pb["signed"].Signed.FromString(letter_1.SerializeToString())
        change(shape)
        return shape

    def flip(place):
        def change(shape):
            value = bytearray(shape.signatures[0].signature)
            value[place] ^= 1
            shape.signatures[0].signature = bytes(value)
        return changed(change)

    def body_flipped(shape):
        shape.body = shape.body[:-1] + bytes([shape.body[-1] ^ 1])

    def as_note(shape):
        shape.signatures[0].signature = KH.node.sign(NOTE, letter_1.body)

    def above_the_order(shape):
        value = shape.signatures[0].signature
        s = int.from_bytes(value[32:], "little") + GROUP_ORDER
        shape.signatures[0].signature = value[:32] + s.to_bytes(32, "little")

    def swapped(shape):
        value = shape.signatures[0].signature
        shape.signatures[0].signature = value[32:] + value[:32]

    def with_second(of_the_first, of_the_second):
        """Two signatures under one key id: only the first is looked at."""
        def change(shape):
            good = shape.signatures[0].signature
            del shape.signatures[:]
            for holds in (of_the_first, of_the_second):
                shape.signatures.add(key_id=key_id(b"ed25519", b"node", KH.node.public),
                                     signature=good if holds else bytes(64))
        return changed(change)

    def with_stranger(shape):
        shape.signatures.insert(0, signed(LETTER, b"x", TH.node).signatures[0])

    return [case("holds", letter_1, ""),
            case("holds, behind the signature of a key that was not asked for", changed(with_stranger), ""),
            case("holds in the first of two under one key id", with_second(True, False), ""),
            case("does not hold in the first of two under one key id", with_second(False, True), "SIGNATURE"),
            case("first bit of R is another", flip(0), "SIGNATURE"),
            case("one bit of S is another", flip(32), "SIGNATURE"),
            case("S is not below the group order", changed(above_the_order), "SIGNATURE"),
            case("R and S are swapped", changed(swapped), "SIGNATURE"),
            case("one bit of the body is another", changed(body_flipped), "SIGNATURE"),
            case("signed as a note", changed(as_note), "SIGNATURE"),
            case("of another federation", letter_1, "SIGNATURE", federation=bytes(16)),
            case("of another key", letter_1, "UNKNOWN_KEY", key=TH.node),
            case("of the same key for another use", letter_1, "UNKNOWN_KEY", use=b"officer"),
            case("another type than asked for", letter_1, "WRONG_TYPE", kind=NOTE),
            case("not signed", pb["signed"].Signed(type=LETTER, body=letter_1.body), "UNKNOWN_KEY")]


# Chain and padding ---------------------------------------------------------------------------------


def chain_file():
    """Each direction is a chain of its own, and begins with zeros in every generation."""
    def step(name, head, shape):
        return {"name": name, "previous_head": head, "letter": digest(shape), "head": chain(head, shape)}

    return [step("KH to TH, letter 1", ZERO, letter_1), step("KH to TH, letter 2", head_1, letter_2),
            step("TH to KH, letter 1", ZERO, back_1)]


def padding_file():
    """Around every size where the step changes or a step ends."""
    edges = {0, 1, 5000, 65536, 100000, 131068, 131069, 258043, 258044}
    for power in range(12, 18):
        edges |= {2**power - 5, 2**power - 4, 2**power - 3}
        step = padded(2**power - 3) - 2**power
        edges |= {2**power + step - 4, 2**power + step - 3}
    return [{"name": f"a packet of {size} bytes", "size": size, "padded": padded(size)}
            for size in sorted(edge for edge in edges if edge <= 258044)]


# Envelopes and sections ----------------------------------------------------------------------------


def envelope(name, code="", content=None, federation=FEDERATION, to=TH, suite=1, spoil=None, size=None, tail=b"",
             said=None, header_tail=b"", enc=None, sealed_to=None, reheader=None):
    content = packet() if content is None else content
    epoch_key = (sealed_to or TH.epoch).public
    identity, ephemeral = key_id(b"x25519", b"epoch", epoch_key), Box("envelope")
    info = b"liaison/1 seal\0" + federation + to.name + b"\0" + struct.pack(">Q", 7) + identity
    shape = pb["letter"].EnvelopeHeader(suite=suite, federation=federation, to=to.name, epoch=7, epoch_key_id=identity,
                                        encapsulated=enc or ephemeral.public, urgency=2)
    header = shape.SerializeToString() + header_tail
    plaintext = struct.pack(">I", len(content) if said is None else said) + content
    plaintext += bytes((size or padded(len(content))) - len(plaintext) - len(tail)) + tail
    ciphertext = seal(ephemeral, epoch_key, info, header, plaintext)
    if spoil is not None:
        ciphertext = ciphertext[:spoil] + bytes([ciphertext[spoil] ^ 1]) + ciphertext[spoil + 1:]
    if reheader:
        header = reheader(shape)
    return {"name": name, "code": code, "federation": FEDERATION, "to": "TH", "epoch": 7, "epoch_secret":
            TH.epoch.secret_bytes, "epoch_key": TH.epoch.public, "ephemeral": ephemeral.secret_bytes, "urgency": 2,
            "packet": content, "info": info, "header": header,
            "envelope": pb["letter"].Envelope(header=header, ciphertext=ciphertext).SerializeToString()}


def cut_or_longer(name, code, change):
    row = envelope(name, code)
    row["envelope"] = change(row["envelope"])
    return row


def envelope_file():
    size, small = padded(len(packet())), b"x"

    def other_urgency(shape):
        shape.urgency = 1
        return shape.SerializeToString()

    return [envelope("letter 1 of KH with its event"), envelope("a packet of one byte", content=small),
            envelope("a packet that fills its padding", content=bytes([7]) * 4092),
            envelope("a packet of one byte more", content=bytes([7]) * 4093),
            envelope("first byte of the ciphertext is another", "UNSEALABLE", content=small, spoil=0),
            envelope("last byte of the tag is another", "UNSEALABLE", content=small, spoil=4096 + 15),
            envelope("urgency in the header is another than was sealed", "UNSEALABLE", content=small,
                     reheader=other_urgency),
            envelope("sealed to a key that is not held", "UNSEALABLE", content=small, sealed_to=KH.epoch),
            envelope("an encapsulated key of zeros, which gives zero with any secret", "UNSEALABLE", content=small,
                     enc=bytes(32)),
            envelope("of another federation", "WRONG_FEDERATION", content=small, federation=bytes(16)),
            envelope("to another member", "WRONG_DESTINATION", content=small, to=KH),
            envelope("of another suite", "UNKNOWN_CODE", content=small, suite=2),
            envelope("a field in the header that version 1 does not know", "UNKNOWN_FIELD", content=small,
                     header_tail=refusals.field(99, 1)),
            envelope("the header's suite stands twice", "DUPLICATE_FIELD", content=small,
                     header_tail=refusals.field(1, 1)),
            envelope("a padding byte that is not zero", "MALFORMED", content=small, tail=b"\1"),
            envelope("the byte behind the packet is not zero", "MALFORMED", content=small + b"\1", said=1),
            envelope("padded to another size", "MALFORMED", size=size + 1024),
            envelope("padded one step too far", "MALFORMED", content=small, size=4352),
            envelope("says a packet longer than what is there", "MALFORMED", content=small, said=4093),
            envelope("says a packet of 2^32 - 1 bytes", "MALFORMED", content=small, said=2**32 - 1),
            envelope("one byte of ciphertext less than the least", "FIELD_LENGTH", content=small, size=4095),
            cut_or_longer("cut by its last byte", "TRUNCATED", lambda data: data[:-1]),
            cut_or_longer("a byte behind its end", "UNKNOWN_FIELD", lambda data: data + b"\0")]


def section_reader(country, ephemeral):
    return {"role_secret": country.role.secret_bytes, "role_key": country.role.public,
            "role_key_id": key_id(b"x25519", b"role", country.role.public), "ephemeral": ephemeral.secret_bytes}


def section_case(name, code, change=lambda event, item: None, country=TH):
    """KH's item, changed after it was made: its body and the sections beside it."""
    event, item = pb["event"].Event.FromString(the_refer.body), event_item()
    change(event, item)
    item.event.body = event.SerializeToString()
    return {"name": name, "code": code, "role_secret": country.role.secret_bytes,
            "role_key_id": key_id(b"x25519", b"role", country.role.public), "item": item.SerializeToString()}


def rename(event, item):
    event.sections[0].ciphertext_digest = blake2b(b"liaison/1 ciphertext\0", item.sections[0].ciphertext)


def section_refusals():
    def flip(data, place):
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]

    def other_ciphertext(event, item):
        item.sections[0].ciphertext = flip(item.sections[0].ciphertext, 30)

    def other_ciphertext_named(event, item):
        other_ciphertext(event, item)
        rename(event, item)

    def other_commitment(event, item):
        event.sections[0].commitment = flip(event.sections[0].commitment, 0)

    def other_plaintext(event, item):
        item.sections[0].CopyFrom(section({"facts": "Nobody asks."})["shape"])
        rename(event, item)

    def of_number_two(event, item):
        item.sections[0].CopyFrom(section(number=2)["shape"])
        rename(event, item)

    def broken_wrap(event, item):
        item.sections[0].wraps[1].sealed_key = flip(item.sections[0].wraps[1].sealed_key, 0)

    def wraps_of_two(event, item):
        del item.sections[0].wraps[:]
        item.sections[0].wraps.append(wrap(TH, the_section["key"], section_aad(2))[1])

    def no_wrap(event, item):
        del item.sections[0].wraps[1:]

    def other_compartment(event, item):
        event.sections[0].compartment = 2

    def without_section(event, item):
        del item.sections[:]

    def one_more(event, item):
        item.sections.append(item.sections[0])

    return [section_case("opens", ""), section_case("opens for its author's office", "", country=KH),
            section_case("the ciphertext is not the one that was named", "COMMITMENT", other_ciphertext),
            section_case("the ciphertext is named and does not open", "UNSEALABLE", other_ciphertext_named),
            section_case("the commitment is another", "COMMITMENT", other_commitment),
            section_case("opens, to a plaintext that was not committed to", "COMMITMENT", other_plaintext),
            section_case("sealed for another number", "UNSEALABLE", of_number_two),
            section_case("its key is wrapped for another number", "UNSEALABLE", wraps_of_two),
            section_case("sealed for another compartment", "UNSEALABLE", other_compartment),
            section_case("the wrap is broken", "UNSEALABLE", broken_wrap),
            section_case("no wrap for a key that is held", "ROLE_KEY", no_wrap),
            section_case("fewer sections than the header names", "COMMITMENT", without_section),
            section_case("more sections than the header names", "COMMITMENT", one_more)]


def section_file():
    sealed = the_section
    return {"sealed": [{"name": "KH's PROCEDURE", "federation": FEDERATION, "case_id": CASE, "member": "KH",
                        "compartment": 1, "number": 1, "section_key": sealed["key"], "nonce": sealed["nonce"],
                        "aad": sealed["aad"], "cipher_key": sealed["cipher_key"], "plaintext": sealed["plaintext"],
                        "ciphertext": sealed["shape"].ciphertext, "commitment": sealed["commitment"],
                        "ciphertext_digest": sealed["ciphertext_digest"], "item": event_item().SerializeToString(),
                        "readers": [section_reader(*pair) for pair in zip((KH, TH), sealed["ephemerals"])]}],
            "opened": section_refusals()}


# Identifiers and text ------------------------------------------------------------------------------


def crockford(number):
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> 5 * i & 31] for i in range(25, -1, -1))


def id_readings():
    good = crockford(int.from_bytes(CASE, "big"))
    return [{"name": name, "text": text, "code": code} for name, text, code in [
        ("as it is written", good, ""), ("in small letters", good.lower(), ""),
        ("the highest", "7" + "Z" * 25, ""), ("one above the highest", "8" + "0" * 25, "MALFORMED"),
        ("a first character far above 7", "Z" * 26, "MALFORMED"), ("25 characters", good[:-1], "MALFORMED"),
        ("27 characters", good + "0", "MALFORMED"), ("nothing", "", "MALFORMED"),
        *[(f"the letter {letter}, which is no digit", good[:-1] + letter, "MALFORMED") for letter in "ILOUilou"],
        ("a hyphen", good[:-1] + "-", "MALFORMED"), ("a space", good[:-1] + " ", "MALFORMED")]]


def fingerprint_readings():
    value, text = fingerprint(KH.roots)
    other = text[:-1] + str((int(text[-1]) + 1) % 10)
    return [{"name": name, "digest": value, "text": said, "code": code} for name, said, code in [
        ("as it is written", text, ""), ("with hyphens", text.replace(" ", "-"), ""),
        ("without spaces", text.replace(" ", ""), ""), ("with spaces all over", " " + " ".join(text) + " ", ""),
        ("last digit is another", other, "FINGERPRINT"), ("39 digits", text[:-1], "FINGERPRINT"),
        ("41 digits", text + "0", "FINGERPRINT"), ("nothing", "", "FINGERPRINT"),
        ("a dot between groups", text.replace(" ", ".", 1), "FINGERPRINT"),
        ("of the other country", fingerprint(TH.roots)[1], "FINGERPRINT")]]


def identifiers_file():
    keys = [("ed25519", "root", KH.roots[0].public), ("ed25519", "node", KH.node.public),
            ("ed25519", "officer", KH.officer_key.public), ("x25519", "officer-box", KH.officer_box.public),
            ("x25519", "epoch", KH.epoch.public), ("x25519", "role", KH.role.public),
            ("x25519", "transport", KH.transport.public), ("x25519", "hub", HUB.public)]
    ids = [("a case of KH", CASE), ("the lowest", bytes(16)), ("the highest", b"\xff" * 16),
           ("bytes that count up", bytes(range(16)))]
    sets = [("roots of KH", KH.roots), ("roots of TH", TH.roots), ("one root", KH.roots[:1]),
            ("the same in another order", KH.roots[::-1])]
    return {"keys": [{"name": f"a key for {use}", "algorithm": algorithm, "use": use, "public": public,
                      "key_id": key_id(algorithm.encode(), use.encode(), public)} for algorithm, use, public in keys],
            "fingerprints": [{"name": name, "roots": [root.public for root in roots], "digest": fingerprint(roots)[0],
                              "text": fingerprint(roots)[1]} for name, roots in sets],
            "fingerprints_read": fingerprint_readings(),
            "ids": [{"name": name, "id": value, "text": crockford(int.from_bytes(value, "big"))}
                    for name, value in ids],
            "ids_read": id_readings()}


# Files to be handed over ---------------------------------------------------------------------------


def evidence_file():
    def proof(event, sender, to, sequence, receipt=0, code=0):
        return {"event": digest(event), "from": sender.name.decode(), "to": to.name.decode(), "generation": 1,
                "sequence": sequence, "receipt": receipt, "code": code}

    def bundle(name, code, root=KH.roots, statements=(the_roster, kh_manifest, th_manifest),
               events=(the_refer, the_open), letters=(letter_1, back_1), receipts=(delivered,), protocol=1, case=CASE,
               proofs=None):
        shape = pb["evidence"].Evidence(protocol=protocol, case_id=case, statements=statements, events=events,
                                        letters=letters, receipts=receipts)
        row = {"name": name, "code": code, "fingerprint": fingerprint(root)[1], "bundle": shape.SerializeToString()}
        return row if proofs is None else {**row, "proofs": proofs}

    def elsewhere(shape, message, signer):
        """Says another federation and is signed for this one."""
        body = message.FromString(shape.body)
        body.federation = bytes(16)
        return signed(shape.type, body.SerializeToString(), signer)

    forged = pb["signed"].Signed.FromString(the_refer.SerializeToString())
    forged.body = forged.body.replace(b"passports are held", b"passports are safe")
    self_made = pb["signed"].Signed.FromString(delivered.SerializeToString())
    self_made.signatures[0].CopyFrom(signed(RECEIPT, delivered.body, KH.node).signatures[0])
    sent, back = proof(the_refer, KH, TH, 1, receipt=1), proof(the_open, TH, KH, 1)
    turned_down = proof(the_refer, KH, TH, 1, receipt=2, code=103)
    two = receipt(1, letter_2)  # says sequence 1 of letter 2
    return [bundle("proves a referral, its delivery and its opening", "", proofs=[sent, back]),
            bundle("the same, by the other country's roots", "", root=TH.roots, proofs=[sent, back]),
            bundle("proves nothing of what no letter carried", "", letters=(), receipts=(), proofs=[]),
            bundle("proves a sending that nobody signed for", "", receipts=(),
                   proofs=[proof(the_refer, KH, TH, 1), back]),
            bundle("proves a refusal", "", receipts=(refused,), proofs=[turned_down, back]),
            bundle("a refusal weighs more than the delivery before it", "", receipts=(delivered, refused),
                   proofs=[turned_down, back]),
            bundle("a refusal weighs more than the delivery behind it", "", receipts=(refused, delivered),
                   proofs=[turned_down, back]),
            bundle("by roots that are not there", "FINGERPRINT", root=[KH.roots[0]]),
            bundle("another case than said", "NO_CASE", case=bytes(15) + b"\1"),
            bundle("an event that was changed", "SIGNATURE", events=(forged, the_open)),
            bundle("an event whose country's manifest is missing", "UNKNOWN_KEY", statements=(the_roster, kh_manifest)),
            bundle("a manifest stands where the first roster must", "WRONG_TYPE", statements=(kh_manifest, the_roster)),
            bundle("a receipt that KH signed itself", "UNKNOWN_KEY", receipts=(self_made,)),
            bundle("a receipt for a letter that is not there", "NOT_FOUND", letters=(back_1,)),
            bundle("a receipt with another sequence than its letter", "WRONG_DESTINATION", letters=(letter_1, letter_2),
                   receipts=(two,)),
            bundle("a letter in the place of an event", "WRONG_TYPE", events=(the_refer, letter_1)),
            bundle("a note in the place of a letter", "WRONG_TYPE", letters=(letter_1, back_1, the_note)),
            bundle("an event of another federation", "WRONG_FEDERATION",
                   events=(elsewhere(the_refer, pb["event"].Event, KH.officer_key),)),
            bundle("a letter of another federation", "WRONG_FEDERATION", receipts=(),
                   letters=(elsewhere(letter_1, pb["letter"].Letter, KH.node),)),
            bundle("a receipt of another federation", "WRONG_FEDERATION",
                   receipts=(elsewhere(delivered, pb["letter"].Receipt, TH.node),)),
            bundle("no event", "MISSING_FIELD", events=()), bundle("no statement", "MISSING_FIELD", statements=()),
            bundle("of another protocol", "PROTOCOL_VERSION", protocol=2)]


def courier_file():
    shape = pb["courier"].Courier(protocol=1, federation=FEDERATION, to=TH.name,
                                  statements=[the_roster, kh_manifest, th_manifest, epoch(KH)])
    shape.envelopes.add(envelope=envelope("")["envelope"])
    data = shape.SerializeToString()
    bare = pb["courier"].Courier(protocol=1, federation=FEDERATION, to=TH.name)

    def row(name, code, data, statements=0, envelopes=0):
        return {"name": name, "code": code, "message": "courier", "bytes": data, "statements": statements,
                "envelopes": envelopes}

    return [row("four statements and one envelope", "", data, 4, 1),
            row("nothing but for whom it is", "", bare.SerializeToString()),
            row("cut by its last byte", "TRUNCATED", data[:-1]),
            row("a byte behind its end", "UNKNOWN_FIELD", data + b"\0"),
            row("the addressee stands twice", "DUPLICATE_FIELD", data + refusals.field(3, b"KH")),
            row("an envelope of no bytes", "FIELD_LENGTH", data + refusals.field(5, refusals.field(1, b""))),
            row("a statement with a field that version 1 does not know", "UNKNOWN_FIELD",
                data + refusals.field(4, the_roster.SerializeToString() + refusals.field(4, 1)))]


FILES = {"agreements": policy.agreements_file, "policy": policy.policy_file, "signed": signed_file, "verify": verify_file, "chain": chain_file, "padding": padding_file,
         "envelope": envelope_file, "section": section_file, "identifiers": identifiers_file,
         "evidence": evidence_file, "courier": courier_file, **refusals.FILES}


def as_text(value):
    """One case a line where the cases are many and short, so that a change shows as the lines that changed."""
    def row(case, **more):
        return json.dumps(case, ensure_ascii=True, default=lambda data: data.hex(), **more)

    if isinstance(value, list) and len(value) > 100:
        return "[\n" + ",\n".join(row(case) for case in value) + "\n]\n"
    return row(value, indent=1) + "\n"


def main(arguments):
    if arguments not in ([], ["--write"]):
        sys.exit(__doc__)
    OUT.mkdir(exist_ok=True)
    for name, make in FILES.items():
        path, text = OUT / f"{name}.json", as_text(make())
        if arguments:
            path.write_text(text)
        assert path.read_text() == text, f"{path.name} is not what the second implementation makes"
    there, made = {path.name for path in OUT.iterdir()}, {f"{name}.json" for name in FILES}
    assert there == made, f"not made by this program: {sorted(there - made)}"
    print(f"{len(FILES)} files of vectors are as the second implementation makes them")


if __name__ == "__main__":
    main(sys.argv[1:])
