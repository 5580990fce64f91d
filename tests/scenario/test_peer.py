"""A node in another language, made from the protocol page alone, exchanges referrals with real nodes through a
real hub, both ways, with receipts that each side verifies.

usage: test_peer.py BUILD
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, wait_until
from peer import Peer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COMPARTMENTS = {1: "PROCEDURE", 2: "IDENTITY", 5: "INTELLIGENCE", 6: "EVIDENCE", 7: "LOGISTICS"}
DRAFT = """
to: [MM/mm-atipd]
request: INFORMATION_REQUEST
contents: [INFORMATION]
sections:
  PROCEDURE: {asked: "who owned the vessel? ကျေးဇူးတင်ပါတယ်"}
"""


def case_text(case_id):
    number = int.from_bytes(case_id, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


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
    from zmq.utils import z85
    return z85.decode(peer.transport_public)


def start_peer(peer, federation):
    """It reads the statements from their files, as a new node would, and greets the hub."""
    for path in [federation.keys / "roster"] + [federation.keys / m / "manifest" for m in ("KH", "TH", "MM")]:
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
        for rule in (peer_refers_to_a_real_node, real_node_refers_to_the_peer, evidence_of_the_exchange_verifies):
            rule(peer, federation)
            print(rule.__name__, flush=True)
        peer.close()
    finally:
        federation.stop()
    federation.remove()


if __name__ == "__main__":
    main()
