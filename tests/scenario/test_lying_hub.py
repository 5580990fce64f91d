"""The hub of a federation lies: it withholds, repeats, mixes up, swaps addressees, hands out old rosters and shows
two countries different ones. Nothing is lost or doubled, and status shows it.

usage: test_lying_hub.py BUILD
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, wait_until
from lyinghub import LyingHub

DRAFT = """
to: [TH/th-ahtd]
request: INFORMATION_REQUEST
purpose: INVESTIGATION
contents: [INFORMATION]
sections:
  PROCEDURE: {asked: "number %s"}
"""


def refer(federation, what, member="KH"):
    return federation.refer(member, DRAFT % what)


def delivered(federation, cases, member="KH"):
    wait_until(lambda: all(federation.deliveries(member, case) == {"TH": "DELIVERED"} for case in cases),
               "the receipts", 60)
    assert set(cases) <= federation.received("TH", member)


def honest(to, envelope):
    return [(to, envelope)]


def roster(federation, name, version, previous="", **changes):
    """Version `version` of the roster, signed by all; `changes` replace what stands in its source. `previous` is
    the name of the version before, if that is not the first."""
    keys = federation.keys
    source, out = federation.directory / f"{name}.yaml", federation.directory / name
    text = (keys / "roster.yaml").read_text().replace("version: 1", f"version: {version}")
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    source.write_text(text)
    tool = federation.program("keys", "liaison-keys")
    held = federation.directory / previous if previous else keys / "roster"
    options = ["--previous", held] if version > 1 else []
    subprocess.run([tool, "roster", "make", "--source", source, *options, "--out", out], check=True)
    for member in ("KH", "TH", "MM"):
        for root in (1, 2):
            subprocess.run([tool, "sign", out, "--key", keys / member / f"root-{root}.key", "--passphrase-file",
                            keys / "passphrases" / f"{member}-root-{root}"], check=True)
    return out


def give_hub_to(federation, hub):
    """The roster's first version names the lying hub's key, as if it had always stood there."""
    text = (federation.keys / "roster.yaml").read_text()
    key = text.rsplit("key: ", 1)[1].strip()
    made = roster(federation, "roster-1", 1, key=(key, hub.key().hex()))
    (federation.keys / "roster.yaml").write_text(text.replace(key, hub.key().hex()))
    (federation.keys / "roster").unlink()
    made.rename(federation.keys / "roster")


# What it does wrong ------------------------------------------------------------------------------


def hub_that_repeats_doubles_nothing(federation, hub):
    hub.twist = lambda to, envelope: [(to, envelope)] * 3
    cases = [refer(federation, f"{number} of the repeated") for number in range(3)]
    delivered(federation, cases)
    hub.twist = honest


def hub_that_withholds_is_seen_and_loses_nothing(federation, hub):
    withheld = []
    hub.twist = lambda to, envelope: withheld.append(envelope) or [] if to == b"TH" else [(to, envelope)]
    lost = refer(federation, "withheld")
    wait_until(lambda: withheld, "something to withhold")
    hub.twist = lambda to, envelope: [(to, envelope)] if to == b"TH" else []  # TH's question is withheld too
    later = refer(federation, "after the withheld")
    wait_until(lambda: later in federation.received("TH", "KH"), "the later referral")
    assert lost not in federation.received("TH", "KH")
    assert federation.peer("TH", "KH")["missing"] >= 1
    hub.twist = honest
    refer(federation, "after the hub's conversion")  # a letter that shows the gap again
    delivered(federation, [lost, later])
    wait_until(lambda: federation.peer("TH", "KH")["missing"] == 0, "no gap any more")


def hub_that_reorders_loses_nothing(federation, hub):
    held = []
    hub.twist = lambda to, envelope: held.append((to, envelope)) or []
    cases = [refer(federation, f"{number} of the reordered") for number in range(4)]
    wait_until(lambda: len(held) >= 4, "four letters")
    hub.twist = honest
    with hub.lock:
        for to, envelope in reversed(held):
            hub.mail[to].append(envelope)
    delivered(federation, cases)


def hub_that_swaps_addressees_opens_nothing(federation, hub):
    before = federation.ask("MM", "status")["refusals"]
    hub.twist = lambda to, envelope: [(b"MM", envelope)] if to == b"TH" else [(to, envelope)]
    swapped = refer(federation, "swapped")
    wait_until(lambda: sum(federation.ask("MM", "status")["refusals"].values()) > sum(before.values()), "a refusal")
    assert swapped not in str(federation.ask("MM", "status"))
    assert federation.received("MM", "KH") == set()
    hub.twist = honest
    delivered(federation, [swapped, refer(federation, "after the swapped")])


def hub_that_withholds_a_roster_is_named_by_a_counterpart(federation, hub):
    second = roster(federation, "roster-2", 2)
    hub.give = lambda member, signed: signed.type != 1 or member == b"KH"
    node = federation.nodes["KH"]
    node.stop()
    settings = node.settings.read_text()
    node.settings.write_text(settings.replace("roster\"", f"roster\", \"{second}\"", 1))
    node.start()
    federation.login("KH", "kh-police-1")
    assert federation.ask("KH", "status")["roster"] == 2
    delivered(federation, [refer(federation, "under the second roster")])
    shown = federation.peer("TH", "KH")
    assert (shown["lacking_version"], shown["lacking_member"]) == (2, ""), shown
    assert "KH holds version 2 of the roster" in federation.command("TH", "status")


def hub_that_serves_an_old_roster_is_not_believed(federation, hub):
    hub.tell_all(hub.roster(federation.keys / "roster"), [b"KH"])
    delivered(federation, [refer(federation, "after the old roster")])
    assert federation.ask("KH", "status")["roster"] == 2


def hub_that_shows_two_rosters_is_found_out(federation, hub):
    other = roster(federation, "roster-2-other", 2, title=("COMMIT exercise", "COMMIT other"))
    hub.tell_all(hub.roster(other), [b"TH"])
    wait_until(lambda: federation.ask("TH", "status")["roster"] == 2, "the other second roster")
    delivered(federation, [refer(federation, "under two rosters")])
    wait_until(lambda: federation.ask("TH", "status")["proofs"] >= 1, "the proof")
    assert "ALARM" in federation.command("TH", "status")
    hub.tell_all(hub.roster(federation.directory / "roster-2"), [b"TH"])
    wait_until(lambda: federation.ask("TH", "status")["refusals"].get("FORK", 0) >= 1
               or federation.ask("TH", "status")["proofs"] >= 2, "the fork itself")
    delivered(federation, [refer(federation, "after the fork")])


def refused(federation, hub, code, signed):
    """Cambodia is given this statement, refuses it with that code, and goes on in the version that it has."""
    before = federation.ask("KH", "status")
    hub.tell_all(signed, [b"KH"])
    wait_until(lambda: federation.ask("KH", "status")["refusals"].get(code, 0) > before["refusals"].get(code, 0), code)
    assert federation.ask("KH", "status")["roster"] == before["roster"]
    delivered(federation, [refer(federation, f"after {code}")])


def hub_that_skips_versions_bars_no_next_one(federation, hub):
    highest = roster(federation, "roster-highest", (1 << 32) - 1)
    refused(federation, hub, "VERSION_GAP", hub.roster(highest))


def hub_that_mixes_signatures_of_two_rosters_is_refused(federation, hub):
    mixed = hub.roster(roster(federation, "roster-3", 3, "roster-2"))
    del mixed.signatures[:]
    mixed.signatures.extend(hub.roster(federation.directory / "roster-2").signatures)
    refused(federation, hub, "SIGNATURE", mixed)


def hub_that_gives_a_roster_of_too_few_is_refused(federation, hub):
    few = hub.roster(federation.directory / "roster-3")
    del few.signatures[3:]  # one country whole, and half of another
    refused(federation, hub, "TOO_FEW_SIGNATURES", few)
    del few.signatures[:]
    refused(federation, hub, "TOO_FEW_SIGNATURES", few)
    hub.tell_all(hub.roster(federation.directory / "roster-3"), [b"KH"])
    wait_until(lambda: federation.ask("KH", "status")["roster"] == 3, "the third roster, once it is whole")


def hub_that_says_nonsense_stops_nobody(federation, hub):
    with hub.lock:
        for frame in (b"", b"\xff" * 100, bytes(5000), b"\x12\x00", b"\x32\x02\x08\x01"):
            hub.socket.send_multipart([hub.routes[b"TH"], frame])
        hub.socket.send_multipart([hub.routes[b"TH"], b"one", b"two"])
    delivered(federation, [refer(federation, "after the nonsense")])


RULES = [hub_that_repeats_doubles_nothing, hub_that_withholds_is_seen_and_loses_nothing,
         hub_that_reorders_loses_nothing, hub_that_swaps_addressees_opens_nothing,
         hub_that_withholds_a_roster_is_named_by_a_counterpart, hub_that_serves_an_old_roster_is_not_believed,
         hub_that_shows_two_rosters_is_found_out, hub_that_skips_versions_bars_no_next_one,
         hub_that_mixes_signatures_of_two_rosters_is_refused, hub_that_gives_a_roster_of_too_few_is_refused,
         hub_that_says_nonsense_stops_nobody]


def main():
    federation = Federation(sys.argv[1])
    hub = LyingHub(ROOT / "proto" / "schema")
    federation.ceremony()
    give_hub_to(federation, hub)
    federation.write_settings()
    hub.start(federation.endpoint.rsplit(":", 1)[1])
    try:
        for node in federation.nodes.values():
            node.start()
        federation.login("KH", "kh-police-1")
        federation.login("TH", "th-police-1")
        federation.login("MM", "mm-police-1")
        delivered(federation, [refer(federation, "of an honest day")])
        for rule in RULES:
            rule(federation, hub)
            print(rule.__name__, flush=True)
    finally:
        federation.stop()
        hub.stop()
    federation.remove()


if __name__ == "__main__":
    main()
