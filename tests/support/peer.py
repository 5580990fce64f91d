"""A second implementation of the protocol: one node in Python, made from docs/protocol.md and proto/schema alone.

Section numbers are those of the page. It keeps its channel in memory and its keys to itself; it is a reader and
writer to test against, not a node to run.
"""

import hashlib
import hmac
import os
import struct
import time

import nacl.bindings as sodium
import zmq
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from zmq.utils import z85

import schema

TYPES = {1: b"roster", 2: b"manifest", 3: b"epoch", 4: b"event", 5: b"letter", 6: b"note", 7: b"receipt",
         8: b"agreement", 9: b"rejection", 10: b"ending"}
ROSTER, MANIFEST, EPOCH, EVENT, LETTER, NOTE, RECEIPT, AGREEMENT, REJECTION, ENDING = range(1, 11)
ZERO = bytes(32)


def load_schema(directory):
    return schema.load(directory,
                       ["signed", "roster", "event", "letter", "hub", "courier", "evidence", "agreement"])


# 1. Primitives -----------------------------------------------------------------------------------


def blake2b(*parts, key=b""):
    return hashlib.blake2b(b"".join(parts), digest_size=32, key=key).digest()


def hkdf_extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def hkdf_expand(prk, info, size):
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:size]


KEM, HPKE = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x03"


def labelled_extract(suite, salt, label, ikm):
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + ikm)


def labelled_expand(suite, prk, label, info, size):
    return hkdf_expand(prk, struct.pack(">H", size) + b"HPKE-v1" + suite + label + info, size)


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def hpke_key(dh, enc, recipient, info):
    eae = labelled_extract(KEM, b"", b"eae_prk", dh)
    shared = labelled_expand(KEM, eae, b"shared_secret", enc + recipient, 32)
    context = (b"\x00" + labelled_extract(HPKE, b"", b"psk_id_hash", b"")
               + labelled_extract(HPKE, b"", b"info_hash", info))
    secret = labelled_extract(HPKE, shared, b"secret", b"")
    return (labelled_expand(HPKE, secret, b"key", context, 32),
            labelled_expand(HPKE, secret, b"base_nonce", context, 12))


class BoxKey:
    def __init__(self):
        self.secret = X25519PrivateKey.generate()
        self.public = raw(self.secret.public_key())


def hpke_start(recipient, info):
    """The encapsulated key, and what seals one message under it."""
    ephemeral = BoxKey()
    dh = ephemeral.secret.exchange(X25519PublicKey.from_public_bytes(recipient))
    key, nonce = hpke_key(dh, ephemeral.public, recipient, info)
    return ephemeral.public, lambda aad, plaintext: ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad)


def hpke_open(box, enc, info, aad, ciphertext):
    dh = box.secret.exchange(X25519PublicKey.from_public_bytes(enc))
    key, nonce = hpke_key(dh, enc, box.public, info)
    return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, aad)


# 6, 7. Signed bodies and keys ---------------------------------------------------------------------


class SigningKey:
    def __init__(self):
        self.public, self.secret = sodium.crypto_sign_seed_keypair(os.urandom(32))

    def sign(self, message):
        return sodium.crypto_sign(message, self.secret)[:64]


def key_id(algorithm, use, public):
    return blake2b(b"liaison/1 key-id\x00", algorithm, b"\x00", use, b"\x00", public)[:16]


def preimage(kind, federation, body):
    return b"liaison/1\x00" + TYPES[kind] + b"\x00" + federation + struct.pack(">Q", len(body)) + body


def digest(signed):
    return blake2b(b"liaison/1 digest\x00", TYPES[signed.type], b"\x00", signed.body)


def verify(signed, kind, federation, use, public):
    """True if `public`, in that use, signed it. A signature that does not hold is an error."""
    assert signed.type == kind, "WRONG_TYPE"
    wanted = key_id(b"ed25519", use, public)
    for signature in signed.signatures:
        if signature.key_id == wanted:
            sodium.crypto_sign_open(signature.signature + preimage(kind, federation, signed.body), public)
            return True
    return False


# 16. Padding ---------------------------------------------------------------------------------------


def padded(size):
    length = max(size + 4, 4096)
    exponent = length.bit_length() - 1
    last_bits = exponent - exponent.bit_length()
    mask = (1 << last_bits) - 1
    return (length + mask) & ~mask


class Peer:
    def __init__(self, schemas, member, office, officer):
        self.pb = load_schema(schemas)
        self.member, self.office, self.officer = member, office, officer
        self.node_key, self.officer_key = SigningKey(), SigningKey()
        self.officer_box, self.epoch_key = BoxKey(), BoxKey()
        self.role_keys = {compartment: BoxKey() for compartment in (1, 2, 5, 6, 7)}
        transport, self.transport_secret = zmq.curve_keypair()
        self.transport_public = transport
        self.federation, self.roster, self.roots = None, None, {}
        self.manifests, self.manifest_digests, self.epochs, self.agreements = {}, {}, {}, {}
        self.sent, self.heads_sent, self.sequence = {}, {}, {}
        self.stored, self.receipts, self.events = {}, [], []
        self.put_id, self.answered = 0, {}
        self.notes, self.words = {}, {}  # by member: the last note, and our word of its audit log
        self.last = {}  # by member, the packet of the last letter

    # Who is who (8 to 11) --------------------------------------------------------------------

    def take_statement(self, signed):
        body = {ROSTER: self.pb["roster"].Roster, MANIFEST: self.pb["roster"].Manifest,
                EPOCH: self.pb["roster"].Epoch,
                AGREEMENT: self.pb["agreement"].Agreement}[signed.type].FromString(signed.body)
        if signed.type == ROSTER:
            self.federation = body.federation
            for member in body.members:
                assert self.count_roots(signed, member) >= member.threshold, "TOO_FEW_SIGNATURES"
                self.roots[member.id] = member
            self.roster = (body.version, digest(signed), body)
        elif signed.type == MANIFEST:
            member = self.roots[body.member]
            assert self.count_roots(signed, member) >= member.threshold, "TOO_FEW_SIGNATURES"
            self.manifests[body.member] = body
            self.manifest_digests[body.member] = digest(signed)
        elif signed.type == AGREEMENT:
            for party in body.parties:
                member = self.roots[party.member]
                assert self.count_roots(signed, member) >= member.threshold, "TOO_FEW_SIGNATURES"
            self.agreements[digest(signed)] = body
        else:
            assert self.verify_node(body.member, signed, EPOCH), "UNKNOWN_KEY"
            self.epochs[body.member] = body

    def count_roots(self, signed, member):
        return sum(verify(signed, signed.type, self.federation, b"root", root) for root in member.roots)

    def verify_node(self, member, signed, kind):
        return any(verify(signed, kind, self.federation, b"node", key.key)
                   for key in self.manifests[member].node_keys if key.use == 1 and key.status != 3)

    def sign(self, kind, body, key=None, use=b"node"):
        key = key or self.node_key
        signed = self.pb["signed"].Signed(type=kind, body=body)
        signed.signatures.add(key_id=key_id(b"ed25519", use, key.public),
                              signature=key.sign(preimage(kind, self.federation, body)))
        return signed

    # The hub (22) -----------------------------------------------------------------------------

    def connect(self, endpoint, hub_key):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.curve_publickey = self.transport_public
        self.socket.curve_secretkey = self.transport_secret
        self.socket.curve_serverkey = z85.encode(hub_key)
        self.socket.connect(endpoint)

    def close(self):
        self.context.destroy(linger=0)

    def say(self, **frame):
        self.socket.send(self.pb["hub"].ToHub(**frame).SerializeToString())

    def hello(self):
        hub = self.pb["hub"]
        self.say(hello=hub.Hello(protocol=1, federation=self.federation))
        self.wait(lambda: self.answered.get("welcome"))
        now = int(time.time() * 1000)
        epoch = self.pb["roster"].Epoch(federation=self.federation, member=self.member, number=1,
                                        key=self.epoch_key.public, starts_ms=now,
                                        ends_ms=now + 7 * 86400000, oldest_openable=1)
        self.say(publish=hub.Publish(statement=self.sign(EPOCH, epoch.SerializeToString())))
        self.say(fetch=hub.Fetch(credit=100))

    def wait(self, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "nothing came in time"
            if self.socket.poll(100):
                self.take_frame(self.pb["hub"].FromHub.FromString(self.socket.recv()))

    def take_frame(self, frame):
        kind = frame.ListFields()[0][0].name
        if kind == "statement":
            self.take_statement(frame.statement.statement)
        elif kind == "deliver":
            self.take_envelope(frame.deliver.envelope)
            self.say(ack=self.pb["hub"].Ack(mails=[frame.deliver.mail]))
            self.say(fetch=self.pb["hub"].Fetch(credit=1))
        elif kind == "refused":
            raise AssertionError(f"the hub refused with code {frame.refused.code}")
        else:
            self.answered[kind] = getattr(frame, kind)

    # Envelopes (16) ---------------------------------------------------------------------------

    def seal_info(self, to, epoch, epoch_key_id):
        return (b"liaison/1 seal\x00" + self.federation + to + b"\x00" + struct.pack(">Q", epoch) + epoch_key_id)

    def put(self, to, packet, urgency=3):
        letter = self.pb["letter"]
        epoch = self.epochs[to]
        identity = key_id(b"x25519", b"epoch", epoch.key)
        enc, seal = hpke_start(epoch.key, self.seal_info(to, epoch.number, identity))
        header = letter.EnvelopeHeader(suite=1, federation=self.federation, to=to, epoch=epoch.number,
                                       epoch_key_id=identity, encapsulated=enc,
                                       urgency=urgency).SerializeToString()
        plaintext = struct.pack(">I", len(packet)) + packet
        plaintext += bytes(padded(len(packet)) - len(plaintext))
        envelope = letter.Envelope(header=header, ciphertext=seal(header, plaintext)).SerializeToString()
        self.put_id += 1
        self.answered.pop("stored", None)
        self.say(put=self.pb["hub"].Put(id=self.put_id, envelope=envelope))
        self.wait(lambda: self.put_id in getattr(self.answered.get("stored"), "ids", []))

    def take_envelope(self, envelope):
        letter = self.pb["letter"]
        envelope = letter.Envelope.FromString(envelope)
        header = letter.EnvelopeHeader.FromString(envelope.header)
        assert header.to == self.member and header.federation == self.federation
        plaintext = hpke_open(self.epoch_key, header.encapsulated,
                              self.seal_info(header.to, header.epoch, header.epoch_key_id),
                              envelope.header, envelope.ciphertext)
        size = struct.unpack(">I", plaintext[:4])[0]
        assert len(plaintext) == padded(size) and not any(plaintext[4 + size:]), "padding"
        packet = letter.Packet.FromString(plaintext[4:4 + size])
        if packet.signed.type == LETTER:
            self.take_letter(packet)
        else:
            note = letter.Note.FromString(packet.signed.body)
            assert self.verify_node(getattr(note, "from"), packet.signed, NOTE), "UNKNOWN_KEY"
            self.take_note(note)

    # Notes (19) -------------------------------------------------------------------------------

    def take_note(self, note):
        sender = getattr(note, "from")
        self.notes[sender] = note
        word = self.words.get(sender)
        if note.HasField("audit") and (word is None or note.audit_known == word):
            self.words[sender] = note.audit  # a word stays until its log was held against it

    def send_note(self, to):
        """What it has seen of the addressee's audit log; it keeps none of its own."""
        note = self.pb["letter"].Note(federation=self.federation, to=to, nonce=os.urandom(16), oldest_openable_epoch=1,
                                      created_ms=int(time.time() * 1000), **{"from": self.member})
        for name, (sequence, head) in (("sent", (self.sequence.get(to, 0), self.heads_sent.get(to, ZERO))),
                                       ("stored", self.stored.get(to, (0, ZERO)))):
            if sequence:
                place = getattr(note, name)
                place.generation, place.sequence, place.head = 1, sequence, head
        if to in self.words:
            note.audit_seen.CopyFrom(self.words[to])
        packet = self.pb["letter"].Packet(signed=self.sign(NOTE, note.SerializeToString()))
        self.put(to, packet.SerializeToString())

    # Letters (17, 18, 20) ---------------------------------------------------------------------

    def item_digest(self, item):
        kind = item.ListFields()[0][0].name
        return digest(item.event.event if kind == "event" else getattr(item, kind))

    def take_letter(self, packet):
        letter = self.pb["letter"].Letter.FromString(packet.signed.body)
        sender = getattr(letter, "from")
        assert self.verify_node(sender, packet.signed, LETTER), "UNKNOWN_KEY"
        assert letter.to == self.member, "WRONG_DESTINATION"
        assert [self.item_digest(item) for item in packet.items] == list(letter.items), "ITEM_DIGEST"
        sequence, head = self.stored.get(sender, (0, ZERO))
        if letter.sequence <= sequence:
            return  # a replay
        assert letter.sequence == sequence + 1 and letter.previous_head == head, "CHAIN"
        self.stored[sender] = (letter.sequence, blake2b(b"liaison/1 chain\x00", head, digest(packet.signed)))
        needs_receipt = False
        for item in packet.items:
            if item.HasField("receipt"):
                self.take_receipt(sender, item.receipt)
            else:
                needs_receipt = True
                self.events.append((item.event, self.check_event(item.event)))
        if needs_receipt:
            self.send_receipt(sender, letter, digest(packet.signed))

    def take_receipt(self, sender, signed):
        receipt = self.pb["letter"].Receipt.FromString(signed.body)
        assert self.verify_node(sender, signed, RECEIPT), "UNKNOWN_KEY"
        assert getattr(receipt, "from") == sender and receipt.to == self.member
        assert self.sent[(sender, receipt.sequence)] == receipt.letter, "a receipt for another letter"
        self.receipts.append(receipt)

    def send_receipt(self, sender, letter, letter_digest):
        body = self.pb["letter"].Receipt(federation=self.federation, to=sender, kind=1, letter=letter_digest,
                                         generation=letter.generation, sequence=letter.sequence,
                                         created_ms=int(time.time() * 1000), **{"from": self.member})
        item = self.pb["letter"].Item(receipt=self.sign(RECEIPT, body.SerializeToString()))
        self.send_letter(sender, [item])

    def send_letter(self, to, items, urgency=3):
        letter = self.pb["letter"]
        sequence = self.sequence.get(to, 0) + 1
        head = self.heads_sent.get(to, ZERO)
        body = letter.Letter(federation=self.federation, to=to, generation=1, sequence=sequence,
                             previous_head=head, created_ms=int(time.time() * 1000), urgency=urgency,
                             items=[self.item_digest(item) for item in items], **{"from": self.member})
        if to in self.stored:
            body.acknowledged.generation, body.acknowledged.sequence = 1, self.stored[to][0]
            body.acknowledged.head = self.stored[to][1]
        body.versions.add(version=self.roster[0], digest=self.roster[1])
        signed = self.sign(LETTER, body.SerializeToString())
        self.sequence[to] = sequence
        self.sent[(to, sequence)] = digest(signed)
        self.heads_sent[to] = blake2b(b"liaison/1 chain\x00", head, digest(signed))
        self.last[to] = letter.Packet(signed=signed, items=items).SerializeToString()
        self.put(to, self.last[to], urgency)

    # Events and sections (14, 15) --------------------------------------------------------------

    def section_aad(self, event, compartment):
        return (b"liaison/1 section\x00" + self.federation + event.case_id + struct.pack(">I", compartment)
                + struct.pack(">Q", event.number) + event.author.member + b"\x00")

    def article_for(self, request, purpose):
        """The first article that permits it (30), as an event names it."""
        for name, agreement in self.agreements.items():
            for article in agreement.articles:
                if request in article.requests and purpose in article.purposes:
                    return {"agreement": name, "article": article.number}
        return {}

    def check_article(self, event):
        """What is carried in sections must stand in the article that the event names (30)."""
        if not event.sections:
            return
        agreement = self.agreements[event.agreement]  # AGREEMENT_VERSION if it is not held
        article = next(a for a in agreement.articles if a.number == event.article)
        allowed = article.compartments if event.action == 1 else article.answers
        assert all(head.compartment in allowed for head in event.sections), "OUTSIDE_AGREEMENT"

    def check_event(self, item):
        event = self.pb["event"].Event.FromString(item.event.body)
        manifest = self.manifests[event.author.member]
        assert self.manifest_digests[event.author.member] == event.manifest_digest, "VERSION_GAP"
        officer = next(o for o in manifest.officers if o.id == event.author.officer)
        assert officer.office == event.author.office
        assert verify(item.event, EVENT, self.federation, b"officer", officer.signing_key), "UNKNOWN_KEY"
        for head, section in zip(event.sections, item.sections, strict=True):
            assert blake2b(b"liaison/1 ciphertext\x00", section.ciphertext) == head.ciphertext_digest
        self.check_article(event)
        return event

    def open_section(self, item, event, compartment):
        """The entries of a section that one of our role keys opens."""
        index = [head.compartment for head in event.sections].index(compartment)
        section, box = item.sections[index], self.role_keys[compartment]
        aad = self.section_aad(event, compartment)
        wrap = next(w for w in section.wraps if w.role_key_id == key_id(b"x25519", b"role", box.public))
        key = hpke_open(box, wrap.encapsulated, b"liaison/1 wrap", aad, wrap.sealed_key)
        cipher_key = hkdf_expand(hkdf_extract(b"", key), b"liaison/1 section key", 32)
        plaintext = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            section.ciphertext[24:], aad, section.ciphertext[:24], cipher_key)
        commitment = blake2b(b"liaison/1 commitment\x00", aad, plaintext, key=key)
        assert commitment == event.sections[index].commitment, "COMMITMENT"
        body = self.pb["event"].SectionBody.FromString(plaintext)
        return {entry.label.decode(): entry.text.decode() for entry in body.entries}

    def seal_section(self, event, compartment, entries, role_keys):
        body = self.pb["event"].SectionBody()
        for label, text in entries.items():
            body.entries.add(label=label.encode(), text=text.encode())
        plaintext, key, nonce = body.SerializeToString(), os.urandom(32), os.urandom(24)
        aad = self.section_aad(event, compartment)
        cipher_key = hkdf_expand(hkdf_extract(b"", key), b"liaison/1 section key", 32)
        section = self.pb["event"].Section(ciphertext=nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
            plaintext, aad, nonce, cipher_key))
        for role_key in role_keys:
            enc, seal = hpke_start(role_key, b"liaison/1 wrap")
            section.wraps.add(role_key_id=key_id(b"x25519", b"role", role_key), encapsulated=enc,
                              sealed_key=seal(aad, key))
        event.sections.add(compartment=compartment,
                           commitment=blake2b(b"liaison/1 commitment\x00", aad, plaintext, key=key),
                           ciphertext_digest=blake2b(b"liaison/1 ciphertext\x00", section.ciphertext))
        return section

    def refer(self, to, office, entries, origin=None, **head):
        """Sends a referral with one PROCEDURE section, its head as said, perhaps as forwarded; its case id."""
        pb = self.pb["event"]
        now = int(time.time() * 1000)
        event = pb.Event(federation=self.federation, case_kind=1, action=1, number=1, created_ms=now, urgency=3,
                         case_id=struct.pack(">Q", now)[2:] + self.member.ljust(4, b"\0")[:4] + os.urandom(6),
                         request=2, contents=[1], purpose=1, **self.article_for(2, 1), manifest_version=self.manifests[self.member].version,
                         manifest_digest=self.manifest_digests[self.member])
        event.author.member, event.author.office, event.author.officer = self.member, self.office, self.officer
        event.parties.add(member=self.member, office=self.office)
        event.parties.add(member=to, office=office)
        role_key = next(k.key for k in self.manifests[to].role_keys if k.office == office and k.compartment == 1)
        section = self.seal_section(event, 1, entries, [role_key, self.role_keys[1].public])
        event.sections[0].MergeFrom(pb.SectionHead(**head))
        if origin:
            event.origin.CopyFrom(pb.Origin(**origin))
        item = pb.EventItem(event=self.sign(EVENT, event.SerializeToString(), self.officer_key, b"officer"),
                            sections=[section])
        self.send_letter(to, [self.pb["letter"].Item(event=item)])
        return event.case_id
