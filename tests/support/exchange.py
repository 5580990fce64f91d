"""What the vectors are made of: two countries with keys from fixed seeds, and one referral between them, byte for
byte by docs/protocol.md. Used by vectors.py and refusals.py.
"""

import hashlib
import pathlib
import struct

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

import peer
from peer import (AGREEMENT, ENDING, EPOCH, EVENT, LETTER, MANIFEST, NOTE, RECEIPT, REJECTION, ROSTER, ZERO, blake2b, digest, hkdf_expand,
                  hkdf_extract, hpke_key, key_id, preimage, raw)

ROOT = pathlib.Path(__file__).resolve().parents[2]
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
    body = pb["roster"].Manifest(federation=FEDERATION, member=country.name, version=1, created_ms=NOW,
                                 expires_ms=until)
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


def section_aad(number=1):
    return b"liaison/1 section\0" + FEDERATION + CASE + struct.pack(">IQ", 1, number) + b"KH\0"


def wrap(country, key, aad):
    """The key sealed to a country's role key, and the throw-away key that it was sealed with."""
    ephemeral = Box(f"wrap to {country.name.decode()}")
    return ephemeral, pb["event"].Wrap(role_key_id=key_id(b"x25519", b"role", country.role.public),
                                       encapsulated=ephemeral.public,
                                       sealed_key=seal(ephemeral, country.role.public, b"liaison/1 wrap", aad, key))


def section(entries=None, number=1):
    """A section of KH's: how it is sealed, and what the header says of it."""
    body = pb["event"].SectionBody()
    for label, text in (entries or PLAINTEXT).items():
        body.entries.add(label=label.encode(), text=text.encode())
    plaintext, key, nonce = body.SerializeToString(), seed("section key"), seed("section nonce")[:24]
    aad = section_aad(number)
    cipher_key = hkdf_expand(hkdf_extract(b"", key), b"liaison/1 section key", 32)
    shape = pb["event"].Section(ciphertext=nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext, aad, nonce, cipher_key))
    ephemerals = []
    for country in (KH, TH):
        ephemeral, wrapped = wrap(country, key, aad)
        ephemerals.append(ephemeral)
        shape.wraps.append(wrapped)
    return {"shape": shape, "plaintext": plaintext, "key": key, "aad": aad, "cipher_key": cipher_key, "nonce": nonce,
            "ephemerals": ephemerals, "commitment": blake2b(b"liaison/1 commitment\0", aad, plaintext, key=key),
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


def later(author, action, number, previous, seen, manifest_of_author, **more):
    body = pb["event"].Event(federation=FEDERATION, case_id=CASE, case_kind=1, action=action, number=number,
                             previous=previous, created_ms=NOW + 5000 + number, urgency=3, manifest_version=1,
                             manifest_digest=digest(manifest_of_author), **more)
    body.author.member, body.author.office, body.author.officer = author.name, author.office, author.officer
    for member, event in seen:
        body.seen.add(member=member, digest=digest(event))
    return signed(EVENT, body.SerializeToString(), author.officer_key)


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
    for place, sequence in ((body.audit, 52), (body.audit_seen, 47), (body.audit_known, 50)):
        place.generation, place.sequence, place.head = 2, sequence, blake2b(b"a log's head", bytes([sequence]))
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

the_answer = later(TH, 3, 2, digest(the_open), [(b"KH", the_refer)], th_manifest)
the_close = later(KH, 4, 2, digest(the_refer), [(b"TH", the_answer)], kh_manifest, outcome=9)
the_ask = later(TH, 6, 3, digest(the_answer), [(b"KH", the_close)], th_manifest, target=digest(the_refer),
                target_compartment=1, asked_uses=[1, 2], asked_countries=[pb["event"].Country(member=b"MM")])
the_grant = later(KH, 7, 3, digest(the_close), [(b"TH", the_ask)], kh_manifest, target=digest(the_ask))
the_revocation = later(KH, 10, 4, digest(the_grant), [], kh_manifest, target=digest(the_refer))
the_correction = later(TH, 9, 4, digest(the_ask), [], th_manifest, target=digest(the_answer), target_compartment=1,
                       origin=pb["event"].Origin(case_id=bytes(range(16)), event=bytes(range(32)), member=b"MM",
                                                 compartments=[1]))
not_in_time = signed(RECEIPT, pb["letter"].Receipt(
    federation=FEDERATION, to=TH.name, kind=3, letter=digest(letter_1), generation=1, sequence=1,
    item=digest(the_refer), created_ms=NOW + 86400000, **{"from": KH.name}).SerializeToString(), KH.node)
short_note = signed(NOTE, pb["letter"].Note(
    federation=FEDERATION, to=TH.name, nonce=bytes(range(48, 64)), created_ms=NOW + 9500, oldest_openable_epoch=1,
    **{"from": KH.name}).SerializeToString(), KH.node)


def article(number, title, **more):
    return pb["agreement"].Article(number=number, title=title, requests=[1, 5, 13], contents=[1, 2, 3],
                                   purposes=[1, 3], compartments=[1, 2], answers=[1], onward=1, children=1,
                                   retention_days=1825, **more)


def agreement():
    country = pb["event"].Country
    clocks = pb["agreement"].Clocks(urgency=1, acknowledge_ms=8 * 3600000, act_ms=DAY)
    body = pb["agreement"].Agreement(
        federation=FEDERATION, id=b"KH-TH", version=1, created_ms=NOW, from_ms=NOW, until_ms=NOW + 1825 * DAY,
        parties=[country(member=b"KH"), country(member=b"TH")], title=b"Sharing between police focal points",
        texts=[pb["agreement"].AgreementText(language=b"eng", title=b"Protocol",
                                             digest=blake2b(b"liaison/1 text\0", b"The text."))],
        languages=[b"eng", b"khm", b"tha"], notice_days=90, wind_down_days=180,
        ladder=[pb["agreement"].Step(after_ms=DAY, member=b"TH", office=TH.office)],
        articles=[article(1, b"Victims", consent=[2], lawful_ground=1),
                  article(7, b"Danger to life", emergency=1, clocks=[clocks],
                          **{"from": [country(member=b"KH")], "to": [country(member=b"TH")]})])
    return signed(AGREEMENT, body.SerializeToString(), *KH.roots, *TH.roots)


the_agreement = agreement()
the_rejection = signed(REJECTION, pb["agreement"].Rejection(
    federation=FEDERATION, agreement=b"KH-TH", version=1, digest=digest(the_agreement),
    author=pb["event"].Author(member=b"TH", office=TH.office, officer=TH.officer), manifest_version=1,
    manifest_digest=digest(th_manifest), reason=b"Article 7 needs a second contact.",
    created_ms=NOW + DAY).SerializeToString(), TH.officer_key)
the_ending = signed(ENDING, pb["agreement"].Ending(
    federation=FEDERATION, agreement=b"KH-TH", version=1, digest=digest(the_agreement), member=b"KH",
    reason=b"A new agreement is negotiated.", created_ms=NOW + DAY,
    ends_ms=NOW + 100 * DAY).SerializeToString(), *KH.roots)


def event_item():
    return pb["event"].EventItem(event=the_refer, sections=[the_section["shape"]])


def packet():
    items = [pb["letter"].Item(event=event_item())]
    return pb["letter"].Packet(signed=letter_1, items=items).SerializeToString()


def fingerprint(roots):
    value = blake2b(b"liaison/1 fingerprint\0", *sorted(root.public for root in roots))
    return value, " ".join(f"{int.from_bytes(value[2 * i:2 * i + 2], 'big'):05}" for i in range(8))
