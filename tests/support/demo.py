"""What ./demo shows, with the programs as they are."""

import argparse
import shlex
import subprocess
import sys
import textwrap
import time

from federation import ROOT, Federation, Refused, wait_until

EXAMPLES = ROOT / "docs" / "examples"
AGREEMENTS = ROOT / "docs" / "agreements"
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def chapter(title, words=""):
    print(f"\n{BOLD}{title}{PLAIN}")
    if words:
        print(textwrap.fill(words, 96))
    print()


def typed(words):
    return shlex.join(str(word) for word in words).replace(str(ROOT) + "/", "")


def shown(federation, member, *words):
    """Prints a command as it is typed, and what it says."""
    print(f"{DIM}{member}$ liaison {typed(words)}{PLAIN}")
    print(textwrap.indent(federation.command(member, *words).rstrip(), "  "))
    print()


def shown_refused(federation, member, *words):
    """The same, for what must be refused; the demo ends if it is not."""
    try:
        shown(federation, member, *words)
    except Refused as refused:
        print(textwrap.indent(refused.text.rstrip(), "  "))
        print(f"  (exit code {refused.code})\n")
        return
    raise SystemExit("it was not refused")


# Agreements --------------------------------------------------------------------------------------


def keys_command(federation, *words, passphrase=None):
    """Offline: liaison-keys links no network code. Passphrases come from files here, from people elsewhere."""
    line = " ".join(str(word).replace(str(federation.directory) + "/", "").replace(str(ROOT) + "/", "") for word in words)
    print(f"{DIM}offline$ liaison-keys {line}{PLAIN}")
    secret = ["--passphrase-file", federation.keys / "passphrases" / passphrase] if passphrase else []
    subprocess.run([federation.program("keys", "liaison-keys"), *words, *secret], check=True)


def make_agreement(federation, name):
    file = federation.directory / name
    keys_command(federation, "agreement", "make", "--source", AGREEMENTS / f"{name}.yaml", "--roster",
                 federation.keys / "roster", "--out", file)
    return file


def sign(federation, member, file):
    for root in (1, 2):
        keys_command(federation, "agreement", "sign", file, "--key", federation.keys / member / f"root-{root}.key",
                     passphrase=f"{member}-root-{root}")


def in_force(federation, member, name):
    return any(row["id"] == name and row["status"] == "IN_FORCE" for row in federation.ask(member, "agreement", "list"))


def agree(federation):
    chapter("1. Without an agreement nothing about a person leaves",
            "Who may share what with whom is not a PDF: it is a signed body of numbered articles that both nodes "
            "enforce. There is none yet, so Phnom Penh's own node refuses the referral.")
    federation.login("KH", "kh-police-1")
    federation.login("TH", "th-supervisor-1")
    shown(federation, "KH", "agreement", "list")
    shown_refused(federation, "KH", "refer", EXAMPLES / "riyadh.yaml")
    chapter("2. Cambodia and Thailand sign one",
            "A legal officer writes it as one readable file. Each country signs it offline with two of its root keys. "
            "It travels from node to node in a sealed letter; the hub learns nothing of it.")
    file = make_agreement(federation, "th-kh-police")
    sign(federation, "KH", file)
    print()
    federation.login("KH", "kh-supervisor-1")
    shown(federation, "KH", "agreement", "propose", file)
    wait_until(lambda: federation.ask("TH", "agreement", "list"), "the proposal")
    shown(federation, "TH", "agreement", "list")
    sign(federation, "TH", file)
    print()
    shown(federation, "TH", "agreement", "propose", file)
    wait_until(lambda: in_force(federation, "KH", "TH-KH-police"), "Thailand's signatures")
    federation.login("KH", "kh-police-1")
    federation.login("TH", "th-police-1")
    shown(federation, "KH", "agreement", "list")
    shown(federation, "KH", "agreement", "permits", EXAMPLES / "riyadh.yaml")


def agree_three(federation):
    """The second case goes by another agreement, of all three countries."""
    file = make_agreement(federation, "kh-th-mm-brokers")
    for member in ("KH", "TH", "MM"):
        sign(federation, member, file)
    print()
    federation.login("MM", "mm-supervisor-1")
    shown(federation, "MM", "agreement", "propose", file)
    wait_until(lambda: in_force(federation, "TH", "KH-TH-MM-brokers"), "the agreement of three")


# Cases -------------------------------------------------------------------------------------------


def riyadh(federation):
    chapter("3. Phnom Penh refers the men in Riyadh to Bangkok",
            "The same referral passes now. Cambodia has no embassy in Riyadh. The focal point's officer signs; the "
            "sections are sealed to the roles in Bangkok that may read them; the hub sees an address and a size.")
    shown(federation, "KH", "refer", EXAMPLES / "riyadh.yaml")
    case = federation.sent("KH").pop()
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    shown(federation, "KH", "outbox")
    chapter("4. Bangkok sees it arrive, opens it, answers",
            "Before it is opened only headers are shown. Opening is itself a signed event.")
    shown(federation, "TH", "inbox")
    shown(federation, "TH", "show", case[:12])
    shown(federation, "TH", "open", case[:12])
    shown(federation, "TH", "answer", case[:12], EXAMPLES / "riyadh-answer.yaml")
    wait_until(lambda: len(federation.ask("KH", "show", case)["events"]) == 3, "the answer")
    wait_until(lambda: all(d["status"] == "DELIVERED" for e in federation.ask("TH", "show", case)["events"]
                           for d in e["deliveries"]), "Cambodia's receipts")
    chapter("5. The same case on both sides, each with the other's signed receipts")
    shown(federation, "KH", "show", case[:12])
    shown(federation, "TH", "show", case[:12])
    shown(federation, "TH", "receipt", case[:12])
    return case


def crash(federation):
    chapter("6. The second case, with the hub and a node killed in the middle of it",
            "Myanmar's ATIPD refers a broker and a vessel to Thailand, twenty notices in a row. Meanwhile the "
            "hub and Thailand's node are killed with -9.")
    agree_three(federation)
    federation.login("MM", "mm-police-1")
    cases = []
    for number in range(20):
        cases.append(federation.refer("MM", EXAMPLES / "fishing-vessel.yaml"))
        if number == 7:
            federation.hub.kill()
            print("  hub killed")
        if number == 12:
            federation.nodes["TH"].kill()
            print("  Thailand's node killed")
        if number == 16:
            federation.hub.start()
            print("  hub started again")
    federation.nodes["TH"].start()
    print("  Thailand's node started again")
    started = time.monotonic()
    wait_until(lambda: all(federation.deliveries("MM", case) == {"TH": "DELIVERED"} for case in cases),
               "all receipts", 120)
    federation.login("TH", "th-police-1")
    arrived = [row["case"] for row in federation.ask("TH", "inbox") if row["from"] == "MM"]
    lost, doubled = set(cases) - set(arrived), len(arrived) - len(set(arrived))
    print(f"\n  20 sent, {len(set(arrived) & set(cases))} arrived, {len(lost)} lost, {doubled} doubled; all "
          f"receipts {time.monotonic() - started:.0f} s after the restart")
    if lost or doubled:
        raise SystemExit("something was lost or doubled")
    shown(federation, "TH", "open", cases[0][:12])
    wait_until(lambda: len(federation.ask("MM", "show", cases[0])["events"]) == 2, "the opening")
    shown(federation, "MM", "show", cases[0][:12])


def unruly(federation):
    chapter("7. A sender from whose program the rules were taken out",
            "Somebody in Phnom Penh builds a node that permits everything. Its officer asks to meet a witness, which "
            "no article covers, and names the person. Bangkok's node refuses it with a signed receipt, and keeps "
            "the header without the sections.")
    node = federation.nodes["KH"]
    node.stop()
    node.program = federation.program("tests", "liaison-node-unruly")
    node.start()
    federation.login("KH", "kh-police-1")
    case = federation.ask("KH", "refer", "--to", "TH/th-ahtd", "--request", "WITNESS_CONTACT", "--purpose",
                          "PROSECUTION", "--content", "VICTIM", "--section", "IDENTITY.name=a witness")["case"]
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "REFUSED"}, "Thailand's refusal")
    shown(federation, "KH", "show", case[:12])
    shown(federation, "TH", "show", case[:12])
    node.stop()
    node.program = federation.program("node", "liaison-node")
    node.start()
    federation.login("KH", "kh-police-1")


def prove(federation, case):
    chapter("8. What can be shown to a third party, with no node and no hub",
            "The bundle holds signatures and digests, nothing of the contents. It is verified against the "
            "fingerprint of Myanmar's roots, as if compared in person.")
    bundle = federation.directory / "riyadh.evidence"
    print(f"{DIM}KH$ liaison evidence {case[:12]} > {bundle}{PLAIN}\n")
    with open(bundle, "wb") as out:
        subprocess.run([federation.program("node/cli", "liaison"), "evidence", case[:12], "--control",
                        federation.directory / "KH"], stdout=out, check=True,
                       env={"XDG_RUNTIME_DIR": str(federation.directory)})
    federation.stop()
    print("  (hub and nodes are stopped)\n")
    shown(federation, "KH", "verify", bundle, "--root", federation.fingerprint("MM"))


def keep(federation):
    """The nodes were started again, so the officers log in again."""
    cli = federation.program("node/cli", "liaison")
    federation.login("KH", "kh-police-1")
    federation.login("TH", "th-police-1")
    processes = " ".join(str(process.child.pid) for process in [*federation.nodes.values(), federation.hub])
    print(f"\nIt is still running, and kh-police-1 and th-police-1 are logged in. Look at it:\n\n"
          f"  export XDG_RUNTIME_DIR={federation.directory}\n"
          f"  {cli} --control {federation.directory}/KH status\n"
          f"  {cli} --control {federation.directory}/KH outbox\n"
          f"  {cli} --control {federation.directory}/TH inbox\n\n"
          f"Another officer logs in, when a session has ended too, with\n\n"
          f"  {cli} --control {federation.directory}/TH login th-welfare-1 "
          f"--passphrase-file {federation.keys}/passphrases/th-welfare-1\n\n"
          f"Stop it, and take its keys away:\n\n  kill {processes}; rm -r {federation.directory}\n")


def main():
    parser = argparse.ArgumentParser(prog="./demo", description="Two documented cases, end to end.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("--keep", action="store_true", help="leave it running, and say how to look at it")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # what the programs say themselves stands in its place
    federation = Federation(options.build, has_agreement=False)
    chapter("Liaison: case referrals between national focal points",
            "A throw-away federation of Cambodia, Thailand and Myanmar: roots, nodes, offices, officers, one "
            "hub. Its keys are sealed under random passphrases; making them takes some seconds.")
    try:
        federation.ceremony()
        federation.start()
        agree(federation)
        case = riyadh(federation)
        crash(federation)
        unruly(federation)
        prove(federation, case)
        if options.keep:
            federation.start()
            keep(federation)
            return
        print(f"{BOLD}Nothing was lost, nothing doubled, everything proved.{PLAIN}")
        federation.remove()
    except BaseException:
        federation.stop()
        print(f"stopped; what it left is in {federation.directory}", file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
