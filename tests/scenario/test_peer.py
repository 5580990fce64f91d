"""A node in another language, made from the protocol page alone, exchanges referrals with real nodes through a
real hub, both ways, with receipts that each side verifies. Then it does wrong, as a member could.

usage: test_peer.py BUILD
"""

import json
import os
import pathlib
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import zmq
from federation import ROOT, Federation, Refused, wait_until
from peer import EPOCH, LETTER, MANIFEST, BoxKey, Peer, SigningKey, key_id
from zmq.utils import z85

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COMPARTMENTS = {1: "PROCEDURE", 2: "IDENTITY", 5: "INTELLIGENCE", 6: "EVIDENCE", 7: "LOGISTICS"}
CODES = {}  # by name, from the table
DRAFT = """
to: [MM/mm-atipd]
request: INFORMATION_REQUEST
purpose: INVESTIGATION
contents: [INFORMATION]
sections:
  PROCEDURE: {asked: "who owned the vessel? ကျေးဇူးတင်ပါတယ်"}
"""


def case_text(case_id):
    number = int.from_bytes(case_id, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def case_bytes(text):
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number.to_bytes(16, "big")


def give_myanmar_to(peer, federation):
    """Myanmar's manifest is made anew with the peer's keys, and signed by Myanmar's roots."""
    keys = federation.keys
    source = (keys / "MM" / "manifest.yaml").read_text().split("node:")[0]
    source += f"node:\n  signing: {peer.node_key.public.hex()}\n  transport: {zmq_key(peer).hex()}\n"
    source += "collections: [{hub: hub-1, priority: 10}]\n"
    source += "offices: [{id: mm-atipd, title: ATIPD, kind: LAW_ENFORCEMENT}]\n"
    source += (f"officers: [{{id: mm-police-1, office: mm-atipd, roles: [POLICE, INTELLIGENCE], "
               f"signing: {peer.officer_key.public.hex()}, box: {peer.officer_box.public.hex()}}}]\nrole_keys:\n")
    for compartment, box in peer.role_keys.items():
        source += (f"  - {{office: mm-atipd, compartment: {COMPARTMENTS[compartment]}, "
                   f"key: {box.public.hex()}}}\n")
    manifest, path = keys / "MM" / "manifest", keys / "MM" / "peer.yaml"
    path.write_text(source)
    manifest.unlink()
    tool = federation.program("keys", "liaison-keys")
    subprocess.run([tool, "manifest", "make", "--source", path, "--out", manifest], check=True)
    for root in (1, 2):
        subprocess.run([tool, "sign", manifest, "--key", keys / "MM" / f"root-{root}.key", "--passphrase-file",
                        keys / "passphrases" / f"MM-root-{root}"], check=True)


def zmq_key(peer):
    return z85.decode(peer.transport_public)


def start_peer(peer, federation):
    """It reads the statements from their files, as a new node would, and greets the hub."""
    for path in [federation.keys / "roster", *(federation.keys / m / "manifest" for m in ("KH", "TH", "MM")),
                 federation.agreement()]:
        peer.take_statement(peer.pb["signed"].Signed.FromString(path.read_bytes()))
    hub = peer.roster[2].hubs[0]
    peer.connect(hub.endpoints[0].decode(), hub.transport_key)
    peer.hello()
    peer.wait(lambda: {b"TH", b"KH"} <= set(peer.epochs))


def peer_refers_to_a_real_node(peer, federation):
    case_id = peer.refer(b"TH", b"th-ahtd", {"asked": "please identify the broker"})
    peer.wait(lambda: any(r.kind == 1 and getattr(r, "from") == b"TH" for r in peer.receipts))
    case = case_text(case_id)
    federation.command("TH", "open", case)
    view = federation.ask("TH", "show", case)
    assert view["events"][0]["sections"][0]["entries"] == [{"label": "asked", "text": "please identify the broker"}]
    federation.command("TH", "answer", case, "--section", "PROCEDURE.answer=he is known here")
    peer.wait(lambda: [event.action for _, event in peer.events] == [2, 3])
    item, event = peer.events[-1]
    assert peer.open_section(item, event, 1) == {"answer": "he is known here"}
    wait_until(lambda: all(d["status"] == "DELIVERED" for e in federation.ask("TH", "show", case)["events"]
                           for d in e["deliveries"]), "the peer's receipts")


def real_node_refers_to_the_peer(peer, federation):
    before = len(peer.events)
    case = federation.refer("KH", DRAFT)
    peer.wait(lambda: len(peer.events) > before)
    item, event = peer.events[-1]
    assert case_text(event.case_id) == case
    assert peer.open_section(item, event, 1) == {"asked": "who owned the vessel? ကျေးဇူးတင်ပါတယ်"}
    wait_until(lambda: federation.deliveries("KH", case) == {"MM": "DELIVERED"}, "the peer's receipt")


def evidence_of_the_exchange_verifies(peer, federation):
    case = federation.ask("TH", "inbox")[0]["case"]
    bundle = federation.directory / "bundle"
    with open(bundle, "wb") as out:
        subprocess.run([federation.program("node/cli", "liaison"), "evidence", case, "--control",
                        federation.directory / "TH"], stdout=out, check=True,
                       env={"XDG_RUNTIME_DIR": str(federation.directory)})
    report = federation.ask("TH", "verify", bundle, "--root", federation.fingerprint("KH"))
    assert report["problems"] == 0 and len(report["events"]) == 3


# A member that does wrong ------------------------------------------------------------------------


def hub_answers_a_members_garbage_with_codes(peer, federation):
    hub, to_hub = peer.pb["hub"], peer.pb["hub"].ToHub
    envelope = peer.pb["letter"].Envelope(header=b"\x08\x01", ciphertext=bytes(4112)).SerializeToString()
    for frames, code in [([b""], "MALFORMED"), ([b"\xff\xff"], "TRUNCATED"), ([b"\xfa\x01\x00"], "UNKNOWN_FIELD"),
                         ([b"one", b"two"], "MANY_PARTS"), ([os.urandom(200000)], None),
                         ([to_hub(put=hub.Put(id=7, envelope=b"\x00" * 5000)).SerializeToString()], None),
                         ([to_hub(put=hub.Put(id=7, envelope=envelope)).SerializeToString()], "MISSING_FIELD"),
                         ([to_hub(hello=hub.Hello(protocol=2, federation=peer.federation)).SerializeToString()],
                          "PROTOCOL_VERSION"),
                         ([to_hub(hello=hub.Hello(protocol=1, federation=bytes(16))).SerializeToString()],
                          "WRONG_FEDERATION"),
                         ([to_hub(hello=hub.Hello(protocol=1, federation=peer.federation),
                                  ping=hub.Ping(nonce=1)).SerializeToString()], "MALFORMED")]:
        peer.socket.send_multipart(frames)
        found = refused_by_hub(peer)
        assert code is None or found == CODES[code], f"{frames[0][:20]}: {found}, not {code}"
    assert federation.hub.is_running()


def refused_by_hub(peer):
    while True:
        assert peer.socket.poll(10000), "the hub said nothing"
        frame = peer.pb["hub"].FromHub.FromString(peer.socket.recv())
        if frame.HasField("refused"):
            return frame.refused.code
        peer.take_frame(frame)


def refusals(federation):
    return federation.ask("TH", "status")["refusals"]


def node_counts_what_a_member_seals_badly_and_goes_on(peer, federation):
    letter, good = peer.pb["letter"], peer.last[b"TH"]
    packet = letter.Packet.FromString(good)

    def spoiled(change):
        copy = letter.Packet.FromString(good)
        change(copy)
        return copy.SerializeToString()

    def other_signature(copy):
        copy.signed.signatures[0].signature = bytes(64)

    def for_another(copy):
        body = letter.Letter.FromString(copy.signed.body)
        body.to = b"KH"
        copy.signed.CopyFrom(peer.sign(LETTER, body.SerializeToString()))

    def by_an_officer(copy):
        copy.signed.CopyFrom(peer.sign(LETTER, copy.signed.body, peer.officer_key, b"officer"))

    for content, code in [(b"\x00" * 100, None), (good[:-1], "TRUNCATED"), (spoiled(other_signature), "SIGNATURE"),
                          (spoiled(for_another), "WRONG_DESTINATION"), (spoiled(by_an_officer), "UNKNOWN_KEY"),
                          (spoiled(lambda copy: copy.items.add().CopyFrom(packet.items[0])), "REPLAY")]:
        before = refusals(federation)
        peer.put(b"TH", content)
        if code == "REPLAY":
            continue  # known already: not a refusal, and nothing happens
        wait_until(lambda: sum(refusals(federation).values()) > sum(before.values()), f"a refusal, {code}")
        if code:
            assert refusals(federation).get(code, 0) > before.get(code, 0), (code, refusals(federation))
    assert federation.nodes["TH"].is_running()


def replayed_letter_is_taken_once(peer, federation):
    rows = federation.ask("TH", "inbox")
    for _ in range(3):
        peer.put(b"TH", peer.last[b"TH"])
    peer.refer(b"TH", b"th-ahtd", {"asked": "after the replays"})
    wait_until(lambda: len(federation.ask("TH", "inbox")) == len(rows) + 1, "the next referral")
    assert federation.ask("TH", "status")["peers"] and federation.nodes["TH"].is_running()


def letters_out_of_order_are_all_taken(peer, federation):
    rows = federation.ask("TH", "inbox")
    held, put = [], peer.put
    peer.put = lambda to, packet, urgency=3: held.append((to, packet, urgency))
    for number in range(4):
        peer.refer(b"TH", b"th-ahtd", {"asked": f"number {number}"})
    peer.put = put
    for to, packet, urgency in reversed(held):
        peer.put(to, packet, urgency)
    wait_until(lambda: len(federation.ask("TH", "inbox")) == len(rows) + 4, "all four")
    assert federation.peer("TH", "MM")["channel"] == "OPEN" and federation.peer("TH", "MM")["missing"] == 0


def event_by_nobody_is_refused_to_its_sender(peer, federation):
    before, key = len(peer.receipts), peer.officer_key
    peer.officer_key = SigningKey()  # an officer whom no manifest names
    case_id = peer.refer(b"TH", b"th-ahtd", {"asked": "let me in"})
    peer.officer_key = key
    peer.wait(lambda: any(receipt.kind == 2 for receipt in peer.receipts[before:]))
    refused = next(receipt for receipt in peer.receipts[before:] if receipt.kind == 2)
    assert (refused.code, refused.rule) == (CODES["UNKNOWN_KEY"], b"protocol: Who is who"), refused
    assert case_text(case_id) not in {row["case"] for row in federation.ask("TH", "inbox")}


def refused_for(peer, **referral):
    """The code with which Thailand's node refuses a referral of the peer, and its case."""
    before = len(peer.receipts)
    case_id = peer.refer(b"TH", b"th-ahtd", {"asked": "please look"}, **referral)
    peer.wait(lambda: any(receipt.kind == 2 for receipt in peer.receipts[before:]))
    return next(receipt for receipt in peer.receipts[before:] if receipt.kind == 2).code, case_text(case_id)


def what_is_forwarded_against_its_head_is_refused_where_it_arrives(peer, federation):
    """A forwarder whose node asks nothing."""
    country = peer.pb["event"].Country
    origin = {"case_id": bytes(range(16)), "event": bytes(range(32)), "member": b"KH", "compartments": [1]}
    for code, head in (("HANDLING", {"handling": 3}), ("ONWARD", {"onward": [country(member=b"VN")]}),
                       ("SECTION_EXPIRED", {"expires_ms": 1})):
        found, case = refused_for(peer, origin=origin, **head)
        assert found == CODES[code], (found, code)
        assert [s["state"] for s in federation.ask("TH", "show", case)["events"][0]["sections"]] == [code]


def origin_that_is_not_right_is_refused_where_the_original_is_held(peer, federation):
    case = federation.refer("KH", DRAFT.replace("MM/mm-atipd", "TH/th-ahtd"))
    wait_until(lambda: federation.command("TH", "show", case), "Cambodia's case")
    event = bytes.fromhex(federation.ask("TH", "show", case)["events"][0]["digest"])
    right = {"case_id": case_bytes(case), "event": event, "member": b"KH", "compartments": [1]}
    for wrong in ({"member": b"TH"}, {"case_id": bytes(range(16))}, {"compartments": [1, 2]}):
        assert refused_for(peer, origin=dict(right, **wrong))[0] == CODES["ORIGIN"], wrong
    linked = case_text(peer.refer(b"TH", b"th-ahtd", {"asked": "please look"}, origin=right))
    wait_until(lambda: federation.ask("TH", "show", linked)["events"][0]["about"]["origin_case"] == case,
               "what is right")


def hub_key(peer):
    return z85.encode(peer.roster[2].hubs[0].transport_key)


def addressee(peer, envelope):
    letter = peer.pb["letter"]
    return letter.EnvelopeHeader.FromString(letter.Envelope.FromString(envelope).header).to


def routing_id_gives_nobody_another_place(peer, federation):
    thief = peer.context.socket(zmq.DEALER)
    thief.linger, thief.routing_id = 0, b"TH"
    thief.curve_publickey, thief.curve_secretkey = peer.transport_public, peer.transport_secret
    thief.curve_serverkey, hub = hub_key(peer), peer.pb["hub"]
    thief.connect(federation.endpoint)
    for frame in (hub.ToHub(hello=hub.Hello(protocol=1, federation=peer.federation)),
                  hub.ToHub(fetch=hub.Fetch(credit=100))):
        thief.send(frame.SerializeToString())
    assert thief.poll(10000) and hub.FromHub.FromString(thief.recv()).HasField("welcome")
    case = federation.refer("KH", DRAFT.replace("MM/mm-atipd", "TH/th-ahtd"))
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "the receipt of the true addressee")
    while thief.poll(200):
        frame = hub.FromHub.FromString(thief.recv())
        assert not frame.HasField("deliver") or addressee(peer, frame.deliver.envelope) == b"MM", "another's mail"
    thief.close()
    peer.answered.pop("welcome")
    peer.say(hello=hub.Hello(protocol=1, federation=peer.federation))
    peer.wait(lambda: peer.answered.get("welcome"))
    peer.say(fetch=hub.Fetch(credit=100))


def publish_manifest(peer, federation, change):
    """Myanmar's next manifest, as `change` makes it, signed by its roots; told to the hub by the peer."""
    body = peer.pb["roster"].Manifest.FromString(peer.manifests[b"MM"].SerializeToString())
    body.version, body.previous = body.version + 1, peer.manifest_digests[b"MM"]
    change(body)
    path = federation.directory / f"manifest-{body.version}"
    path.write_bytes(peer.pb["signed"].Signed(type=MANIFEST, body=body.SerializeToString()).SerializeToString())
    for root in (1, 2):
        subprocess.run([federation.program("keys", "liaison-keys"), "sign", path, "--key",
                        federation.keys / "MM" / f"root-{root}.key", "--passphrase-file",
                        federation.keys / "passphrases" / f"MM-root-{root}"], check=True)
    signed = peer.pb["signed"].Signed.FromString(path.read_bytes())
    peer.say(publish=peer.pb["hub"].Publish(statement=signed))
    peer.take_statement(signed)
    wait_until(lambda: federation.peer("TH", "MM")["manifest"] == body.version, "the manifest at the counterpart")


def revoke(body, use, key):
    """The node key of this use is revoked, and `key` takes its place."""
    old = next(entry for entry in body.node_keys if entry.use == use and entry.status == 1)
    body.node_keys.add(use=use, key=key, valid_from_ms=old.valid_from_ms, valid_until_ms=old.valid_until_ms, status=1)
    old.status = 3


def verdict_of_its_log(federation, member):
    """What the node's auditor is told."""
    federation.login(member, f"{member.lower()}-auditor-1")
    try:
        out = federation.command(member, "audit", "verify", "--json")
    except Refused as refused:
        out = refused.text
    federation.login(member, f"{member.lower()}-police-1")
    return json.JSONDecoder().raw_decode(out)[0]


def real_node_holds_its_log_against_the_peers_word(peer, federation):
    def seen():
        return [w["seen"] for w in verdict_of_its_log(federation, "TH")["witnesses"] if w["member"] == "MM"][0]

    peer.wait(lambda: b"TH" in peer.words)
    word = peer.words[b"TH"]
    peer.send_note(b"TH")
    wait_until(lambda: seen() and seen()["number"] == word.sequence, "the word at the other end")
    assert seen()["head"] == word.head.hex() and verdict_of_its_log(federation, "TH")["whole"]
    beyond = type(word)(generation=word.generation, sequence=word.sequence + 100000, head=bytes(range(32)))
    peer.words[b"TH"] = beyond
    peer.send_note(b"TH")
    wait_until(lambda: not verdict_of_its_log(federation, "TH")["whole"], "the finding")
    found = verdict_of_its_log(federation, "TH")["findings"]
    assert [(f["code"], f["witness"], f["number"]) for f in found] == [
        ("AUDIT_ROLLED_BACK", "MM", beyond.sequence)], found
    peer.wait(lambda: peer.notes[b"TH"].audit_known == beyond)
    assert peer.words[b"TH"].generation == word.generation + 1, "its next word is of the new generation"


def letter_under_a_revoked_key_is_refused(peer, federation):
    revoked, peer.node_key = peer.node_key, SigningKey()
    publish_manifest(peer, federation, lambda body: revoke(body, 1, peer.node_key.public))
    rows, before = federation.ask("TH", "inbox"), refusals(federation)
    place = dict(peer.sequence), dict(peer.heads_sent)
    peer.node_key, successor = revoked, peer.node_key
    peer.refer(b"TH", b"th-ahtd", {"asked": "under the revoked key"})
    wait_until(lambda: refusals(federation).get("KEY_REVOKED", 0) > before.get("KEY_REVOKED", 0), "the refusal")
    assert len(federation.ask("TH", "inbox")) == len(rows)
    peer.node_key, (peer.sequence, peer.heads_sent) = successor, place
    peer.refer(b"TH", b"th-ahtd", {"asked": "under the new key"})
    wait_until(lambda: len(federation.ask("TH", "inbox")) == len(rows) + 1, "the letter under the new key")


def epoch_of_a_revoked_key_is_sealed_to_no_more(peer, federation):
    """The manifest that revoked the signing key has ended its epoch; the next may have any number."""
    case, before = federation.refer("KH", DRAFT), len(peer.events)
    assert federation.peer("KH", "MM")["channel"] == "NO KEY YET", federation.peer("KH", "MM")
    assert federation.deliveries("KH", case) == {"MM": "QUEUED"}
    peer.epoch_key = BoxKey()
    now = int(time.time() * 1000)
    epoch = peer.pb["roster"].Epoch(federation=peer.federation, member=b"MM", number=1, key=peer.epoch_key.public,
                                    starts_ms=now, ends_ms=now + 7 * 86400000, oldest_openable=1)
    peer.say(publish=peer.pb["hub"].Publish(statement=peer.sign(EPOCH, epoch.SerializeToString())))
    peer.wait(lambda: len(peer.events) > before)  # sealed to the new key: the peer has no other
    wait_until(lambda: federation.deliveries("KH", case) == {"MM": "DELIVERED"}, "the peer's receipt")


def exchanged_role_key_is_sealed_to_from_the_next_letter_on(peer, federation):
    old, peer.role_keys[1] = peer.role_keys[1], BoxKey()

    def exchange(body):
        next(entry for entry in body.role_keys if entry.compartment == 1).key = peer.role_keys[1].public
    publish_manifest(peer, federation, exchange)
    wait_until(lambda: federation.peer("KH", "MM")["manifest"] == peer.manifests[b"MM"].version, "the manifest")
    before = len(peer.events)
    federation.refer("KH", DRAFT)
    peer.wait(lambda: len(peer.events) > before)
    item, event = peer.events[-1]
    assert peer.open_section(item, event, 1) == {"asked": "who owned the vessel? ကျေးဇူးတင်ပါတယ်"}
    assert key_id(b"x25519", b"role", old.public) not in {wrap.role_key_id for wrap in item.sections[0].wraps}


def event_by_a_revoked_officer_is_refused_on_a_live_connection(peer, federation):
    """Whichever manifest the event names: the one that revokes, or the one before, in which the officer is ACTIVE."""
    active = peer.manifests[b"MM"], peer.manifest_digests[b"MM"]

    def succeed(body):
        old = body.officers[0]
        new = body.officers.add()
        new.CopyFrom(old)
        new.id, old.status = b"mm-police-2", 3
        new.signing_key, new.box_key = successor.public, BoxKey().public
    successor, rows = SigningKey(), federation.ask("TH", "inbox")
    publish_manifest(peer, federation, succeed)
    revoking = peer.manifests[b"MM"], peer.manifest_digests[b"MM"]
    for peer.manifests[b"MM"], peer.manifest_digests[b"MM"] in (active, revoking):
        before = len(peer.receipts)
        peer.refer(b"TH", b"th-ahtd", {"asked": "by the officer who was revoked"})
        peer.wait(lambda: any(receipt.kind == 2 for receipt in peer.receipts[before:]))
        refused = next(receipt for receipt in peer.receipts[before:] if receipt.kind == 2)
        assert refused.code == CODES["KEY_REVOKED"], refused
    assert len(federation.ask("TH", "inbox")) == len(rows)
    peer.officer, peer.officer_key = b"mm-police-2", successor
    peer.refer(b"TH", b"th-ahtd", {"asked": "by the successor"})
    wait_until(lambda: len(federation.ask("TH", "inbox")) == len(rows) + 1, "the successor's referral")


def revoked_transport_key_ends_a_live_connection(peer, federation):
    public, secret = zmq.curve_keypair()
    publish_manifest(peer, federation, lambda body: revoke(body, 2, z85.decode(public)))
    peer.say(ping=peer.pb["hub"].Ping(nonce=1))
    assert refused_by_hub(peer) == CODES["STRANGER"]
    old = peer.context.socket(zmq.DEALER)
    old.linger, old.curve_serverkey = 0, hub_key(peer)
    old.curve_publickey, old.curve_secretkey = peer.transport_public, peer.transport_secret
    monitor = old.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED)
    old.connect(federation.endpoint)
    assert monitor.poll(5000), "no word of the handshake"
    assert struct.unpack("=H", monitor.recv_multipart()[0][:2])[0] == zmq.EVENT_HANDSHAKE_FAILED_AUTH
    old.disable_monitor()
    old.close()
    peer.transport_public, peer.transport_secret = public, secret
    peer.socket.close()
    peer.connect(federation.endpoint, z85.decode(hub_key(peer)))
    peer.answered.clear()
    peer.say(hello=peer.pb["hub"].Hello(protocol=1, federation=peer.federation))
    peer.wait(lambda: peer.answered.get("welcome"))
    rows = federation.ask("TH", "inbox")
    peer.refer(b"TH", b"th-ahtd", {"asked": "over the new key"})
    wait_until(lambda: len(federation.ask("TH", "inbox")) == len(rows) + 1, "the letter over the new connection")


RULES = [peer_refers_to_a_real_node, real_node_refers_to_the_peer, evidence_of_the_exchange_verifies,
         hub_answers_a_members_garbage_with_codes, node_counts_what_a_member_seals_badly_and_goes_on,
         replayed_letter_is_taken_once, letters_out_of_order_are_all_taken, event_by_nobody_is_refused_to_its_sender,
         what_is_forwarded_against_its_head_is_refused_where_it_arrives,
         origin_that_is_not_right_is_refused_where_the_original_is_held,
         routing_id_gives_nobody_another_place, real_node_holds_its_log_against_the_peers_word,
         letter_under_a_revoked_key_is_refused, epoch_of_a_revoked_key_is_sealed_to_no_more,
         exchanged_role_key_is_sealed_to_from_the_next_letter_on,
         event_by_a_revoked_officer_is_refused_on_a_live_connection, revoked_transport_key_ends_a_live_connection]


def main():
    federation = Federation(sys.argv[1], members=("KH", "TH"))
    peer = Peer(ROOT / "proto" / "schema", b"MM", b"mm-atipd", b"mm-police-1")
    federation.ceremony()
    give_myanmar_to(peer, federation)
    try:
        federation.start()
        federation.login("KH", "kh-police-1")
        federation.login("TH", "th-police-1")
        start_peer(peer, federation)
        CODES.update({row["name"]: row["number"] for row in federation.ask("TH", "codes")})
        for rule in RULES:
            rule(peer, federation)
            print(rule.__name__, flush=True)
        peer.close()
    finally:
        federation.stop()
    federation.remove()


if __name__ == "__main__":
    main()
