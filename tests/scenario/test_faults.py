"""Faults that people and machines make, against real processes: each rule is a function, named by what it
proves. One federation serves all; every rule leaves it as it found it.

usage: test_faults.py BUILD [RULE ...]
"""

import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys

import zmq
from zmq.utils import z85

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import rules
from federation import Federation, Refused, ROOT, wait_until

EXAMPLES = ROOT / "docs" / "examples"


def refused_with(code, federation, *words, **options):
    """The command must be refused with that code of the table."""
    try:
        federation.command(*words, **options)
    except Refused as refused:
        assert f"({code})" in refused.text, f"refused, but with: {refused.text}"
        assert "rule:" in refused.text and "do:" in refused.text
        return refused
    raise AssertionError(f"not refused: {words}")


def delivered(federation, member, case):
    return set(federation.deliveries(member, case).values()) == {"DELIVERED"}


# People -----------------------------------------------------------------------------------------


def refuses_everything_without_a_session(federation):
    federation.command("KH", "logout")
    refused = refused_with("NO_SESSION", federation, "KH", "inbox")
    assert refused.code == 4
    federation.login("KH", "kh-police-1")


def delays_grow_after_wrong_passphrases_and_end(federation):
    wrong = federation.directory / "wrong"
    wrong.write_text("not this one, sorry")
    wrong.chmod(0o600)
    refused_with("LOGIN", federation, "KH", "login", "kh-welfare-1", "--passphrase-file", wrong)
    refused_with("LOGIN_DELAY", federation, "KH", "login", "kh-welfare-1", "--passphrase-file", wrong)
    wait_until(lambda: federation.login("KH", "kh-welfare-1") is None, "the delay's end", 10)
    federation.login("KH", "kh-police-1")


def unknown_officer_is_refused_like_a_wrong_passphrase(federation):
    refused_with("LOGIN", federation, "KH", "login", "nobody", "--passphrase-file",
                 federation.keys / "passphrases" / "kh-police-1")


def welfare_officer_cannot_open_intelligence(federation):
    federation.login("MM", "mm-police-1")
    case = federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    wait_until(lambda: delivered(federation, "MM", case), "Thailand's receipt")
    federation.login("TH", "th-police-1")
    federation.command("TH", "open", case)
    sections = federation.ask("TH", "show", case)["events"][0]["sections"]
    assert {s["compartment"]: s["state"] for s in sections} == {"PROCEDURE": "OPEN", "INTELLIGENCE": "OPEN"}
    federation.login("TH", "th-welfare-1")
    sections = federation.ask("TH", "show", case)["events"][0]["sections"]
    assert {s["compartment"]: s["state"] for s in sections} == {"PROCEDURE": "OPEN", "INTELLIGENCE": "ROLE_KEY"}
    federation.login("TH", "th-police-1")


def operator_reads_no_case(federation):
    federation.login("KH", "kh-operator-1")
    refused_with("ROLE", federation, "KH", "inbox")
    assert federation.ask("KH", "status")["member"] == "KH"
    federation.login("KH", "kh-police-1")


def draft_with_an_unknown_entry_names_its_line(federation):
    draft = (EXAMPLES / "riyadh.yaml").read_text().replace("urgency:", "urgencey:", 1)
    refused = refused_with("DRAFT", federation, "KH", "refer", "-", text=draft)
    assert "line 6" in refused.text and "urgencey" in refused.text and refused.code == 6


def empty_draft_is_refused(federation):
    refused = refused_with("DRAFT", federation, "KH", "refer", "-", text="")
    assert "empty" in refused.text and refused.code == 6
    refused_with("DRAFT", federation, "KH", "refer", os.devnull)


def draft_with_direction_changing_characters_is_refused(federation):
    draft = (EXAMPLES / "riyadh.yaml").read_text().replace("by air", "by \u202eria")
    refused_with("DRAFT", federation, "KH", "refer", "-", text=draft)


def urgent_referral_without_a_reason_is_refused(federation):
    draft = (EXAMPLES / "fishing-vessel.yaml").read_text().replace("ROUTINE", "EMERGENCY")
    refused_with("NO_REASON", federation, "MM", "refer", "-", text=draft)


def beginning_that_several_cases_share_is_ambiguous(federation):
    for _ in range(2):
        federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    refused_with("AMBIGUOUS", federation, "MM", "show", federation.sent("MM").pop()[:4])


def answer_that_says_nothing_is_not_sent(federation):
    case = federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    wait_until(lambda: delivered(federation, "MM", case), "Thailand's receipt")
    federation.command("TH", "open", case)
    try:
        federation.command("TH", "answer", case)
    except Refused as refused:
        assert refused.code == 2 and "--section" in refused.text, refused.text
    else:
        raise AssertionError("an empty answer was signed")
    assert len(federation.ask("TH", "show", case)["events"]) == 2


def outcome_that_is_none_names_those_that_are(federation):
    for words in ((), ("--outcome", "NOTHING")):
        try:
            federation.command("MM", "close", "0000", *words)
        except Refused as refused:
            assert refused.code == 2 and "VICTIM_SAFE" in refused.text, refused.text
            continue
        raise AssertionError("closed")


def draft_that_is_not_there_is_named(federation):
    refused = refused_with("NOT_FOUND", federation, "KH", "refer", "/nowhere/draft.yaml")
    assert "/nowhere/draft.yaml" in refused.text and refused.code == 5


def evidence_that_was_changed_is_not_proved(federation):
    """With no node: the exit code is what a script reads, and each body that fails is named."""
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt")
    good, root = federation.evidence("KH", case), federation.fingerprint("MM")
    bundle = federation.directory / "bundle"
    bundle.write_bytes(good)
    said = federation.command("KH", "verify", bundle, "--root", root, "--control", "/nowhere")
    assert "DELIVERED, signed by TH's node" in said and "everything in this bundle holds" in said, said
    officer = good.index(b"kh-police-1")
    for changed, words in ((good, ()), (good, ("--root", root.replace(root[:5], "00000", 1))), (b"", ("--root", root)),
                           (good[:-1], ("--root", root)),
                           (good[:officer] + b"\x00" + good[officer + 1:], ("--root", root))):
        bundle.write_bytes(changed)
        try:
            federation.command("KH", "verify", bundle, *words)
        except Refused as refused:
            assert refused.code == 7 and "rule:" in refused.text, refused.text
            continue
        raise AssertionError(f"proved, though changed: {len(changed)} bytes, {words}")


def word_too_many_does_nothing(federation):
    """Two drafts behind one refer: the second must not be passed over in silence."""
    before = federation.sent("KH")
    for words in (("refer", EXAMPLES / "riyadh.yaml", EXAMPLES / "fishing-vessel.yaml"), ("inbox", "KH"),
                  ("reopen", "TH", "MM"), ("agreement", "list", "a"), ("root", "list", "KH"), ("nothing",)):
        try:
            federation.command("KH", *words)
        except Refused as refused:
            assert refused.code == 2 and str(words[-1]) in refused.text, refused.text
            continue
        raise AssertionError(f"not refused: {words}")
    assert federation.sent("KH") == before


def unknown_member_and_office_are_refused(federation):
    draft = (EXAMPLES / "fishing-vessel.yaml").read_text()
    refused_with("NOT_A_MEMBER", federation, "MM", "refer", "-", text=draft.replace("TH/th-ahtd", "XX/th-ahtd"))
    refused_with("NO_OFFICE", federation, "MM", "refer", "-", text=draft.replace("TH/th-ahtd", "TH/nowhere"))


def answer_before_opening_is_refused(federation):
    case = federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    wait_until(lambda: delivered(federation, "MM", case), "Thailand's receipt")
    refused_with("STATE", federation, "TH", "answer", case, EXAMPLES / "riyadh-answer.yaml")


# Doors ------------------------------------------------------------------------------------------


def door_survives_hostile_bytes(federation):
    path = str(federation.directory / "KH" / "door")
    for hostile in [b"", b"\x00", struct.pack(">I", 0xFFFFFFFF), struct.pack(">I", 21 << 20) + b"x" * 100,
                    struct.pack(">I", 5) + b"\xff" * 5, struct.pack(">I", 10) + b"\x0a" * 3,
                    struct.pack(">I", 2) + b"\x12\x7f" + b"trailing", os.urandom(4096)]:
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(path)
            try:
                door.sendall(hostile)
                door.shutdown(socket.SHUT_WR)
                door.recv(4096)
            except OSError:
                pass
    assert federation.nodes["KH"].is_running()
    assert federation.ask("KH", "status")["member"] == "KH"


def hub_refuses_a_strangers_key(federation):
    context = zmq.Context()
    stranger = context.socket(zmq.DEALER)
    public, secret = zmq.curve_keypair()
    stranger.curve_publickey, stranger.curve_secretkey = public, secret
    stranger.curve_serverkey = hub_key(federation)
    stranger.linger = 0
    monitor = stranger.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED)
    stranger.connect(federation.endpoint)
    assert monitor.poll(5000), "no word of the handshake"
    event = struct.unpack("=H", monitor.recv_multipart()[0][:2])[0]
    assert event == zmq.EVENT_HANDSHAKE_FAILED_AUTH
    stranger.disable_monitor()
    context.destroy(linger=0)


def hub_key(federation):
    text = subprocess.run([federation.program("keys", "liaison-keys"), "show", federation.keys / "roster"],
                          capture_output=True, text=True, check=True).stdout
    return z85.encode(bytes.fromhex(text.split("key ")[1].split()[0]))


def hub_survives_garbage_without_a_handshake(federation):
    host, port = federation.endpoint.removeprefix("tcp://").split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port))) as knocker:
            try:
                knocker.sendall(os.urandom(2000))
                knocker.recv(100)
            except OSError:
                pass
    assert federation.hub.is_running()


# Machines ---------------------------------------------------------------------------------------


def courier_carries_a_case_there_and_its_receipt_back(federation):
    federation.hub.kill()
    case = federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    stick = federation.directory / "stick"
    back = federation.directory / "stick-back"
    courier(federation, "MM", "write", "TH", "--out", stick)
    courier(federation, "TH", "read", stick)
    courier(federation, "TH", "read", stick)  # a stick that is read twice changes nothing
    courier(federation, "TH", "write", "MM", "--out", back)
    courier(federation, "MM", "read", back)
    assert delivered(federation, "MM", case)
    assert case in federation.received("TH", "MM")
    federation.hub.start()


def courier(federation, member, *words):
    """Courier files are the operator's; the officer is logged in again afterwards."""
    federation.login(member, f"{member.lower()}-operator-1")
    federation.command(member, "courier", *words)
    federation.login(member, f"{member.lower()}-police-1")


def damaged_courier_file_is_refused(federation):
    good = (federation.directory / "stick").read_bytes()
    damaged = federation.directory / "stick-damaged"
    damaged.write_bytes(good[: len(good) // 2])
    federation.login("TH", "th-operator-1")
    refused_with("TRUNCATED", federation, "TH", "courier", "read", damaged)
    federation.login("TH", "th-police-1")


def hub_that_forgets_everything_loses_nothing(federation):
    federation.nodes["TH"].kill()
    cases = [federation.refer("MM", EXAMPLES / "fishing-vessel.yaml") for _ in range(5)]
    wait_until(lambda: all(federation.deliveries("MM", c) == {"TH": "AT_HUB"} for c in cases), "STORED")
    federation.hub.kill()
    shutil.rmtree(federation.directory / "hub-store")
    federation.hub.start()
    federation.nodes["TH"].start()
    wait_until(lambda: all(delivered(federation, "MM", case) for case in cases), "the receipts", 60)
    federation.login("TH", "th-police-1")


def node_restored_from_a_backup_gets_back_what_it_forgot(federation):
    node, backup = federation.nodes["TH"], federation.directory / "backup"
    node.stop()
    subprocess.run([node.program, node.settings, "--backup", backup], check=True)
    node.start()
    federation.login("TH", "th-police-1")
    case = federation.refer("MM", EXAMPLES / "fishing-vessel.yaml")
    wait_until(lambda: delivered(federation, "MM", case), "Thailand's receipt")
    federation.command("TH", "open", case)
    wait_until(lambda: len(federation.ask("MM", "show", case)["events"]) == 2, "the opening")
    node.stop()
    shutil.rmtree(federation.directory / "TH-store")
    shutil.copytree(backup, federation.directory / "TH-store")
    node.start("--restored")
    federation.login("TH", "th-police-1")
    wait_until(lambda: federation.peer("TH", "MM")["channel"] == "OPEN", "Myanmar's answer", 60)
    wait_until(lambda: case in federation.received("TH", "MM"), "the forgotten case", 60)
    wait_until(lambda: len(federation.ask("TH", "show", case)["events"]) == 2, "its own opening", 60)
    opening = next(event for event in federation.ask("TH", "show", case)["events"] if event["action"] == "OPEN")
    assert [delivery["status"] for delivery in opening["deliveries"]] == ["DELIVERED"], opening
    assert "MM's node signed for it" in federation.command("TH", "show", case)
    federation.command("TH", "answer", case, EXAMPLES / "riyadh-answer.yaml")
    wait_until(lambda: len(federation.ask("MM", "show", case)["events"]) == 3, "the answer", 60)


def reopen(federation, member, other):
    """Two officers open a frozen channel; one alone, even twice, does not."""
    federation.login(member, f"{member.lower()}-police-1")
    assert federation.ask(member, "reopen", other)["open"] is False
    refused_with("SAME_OFFICER", federation, member, "reopen", other)
    federation.login(member, f"{member.lower()}-welfare-1")
    assert federation.ask(member, "reopen", other)["open"] is True
    federation.login(member, f"{member.lower()}-police-1")


def reopening_of_an_open_channel_is_refused(federation, member, other):
    """And not kept: the first officer who reopens it when it is frozen is still the first."""
    federation.login(member, f"{member.lower()}-welfare-1")
    refused_with("NOT_FROZEN", federation, member, "reopen", other)
    federation.login(member, f"{member.lower()}-police-1")
    refused_with("NOT_FROZEN", federation, member, "reopen", other)


def copy_put_back_unsaid_freezes_until_two_officers_reopen(federation):
    """Somebody restores a backup and does not say --restored: the node signs a second letter with a used number."""
    node, backup = federation.nodes["KH"], federation.directory / "KH-backup"
    node.stop()
    subprocess.run([node.program, node.settings, "--backup", backup], check=True)
    node.start()
    federation.login("KH", "kh-police-1")
    first = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", first), "Thailand's receipt")
    reopening_of_an_open_channel_is_refused(federation, "TH", "KH")
    node.stop()
    federation.hub.stop()  # else Thailand's first note tells the node before it has signed anything
    shutil.rmtree(federation.directory / "KH-store")
    shutil.copytree(backup, federation.directory / "KH-store")
    node.start()
    federation.login("KH", "kh-police-1")
    second = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    stick = federation.directory / "second.courier"
    courier(federation, "KH", "write", "TH", "--out", stick)
    courier(federation, "TH", "read", stick)
    assert federation.peer("TH", "KH")["channel"] == "EQUIVOCATION"
    federation.hub.start()
    assert second not in federation.received("TH", "KH")
    reopen(federation, "TH", "KH")

    def is_delivered():
        if federation.peer("KH", "TH")["channel"] == "CHAIN":  # a note of Thailand's has told Cambodia's node
            reopen(federation, "KH", "TH")
        return delivered(federation, "KH", second)

    wait_until(is_delivered, "Thailand's receipt for the second case", 60)
    wait_until(lambda: first in federation.sent("KH"), "the forgotten case", 60)
    assert {first, second} <= federation.received("TH", "KH")
    assert federation.peer("TH", "KH")["channel"] == federation.peer("KH", "TH")["channel"] == "OPEN"


def mail_for_lost_epoch_keys_is_sealed_again(federation):
    """Epoch keys are in no backup: a node that lost them makes an epoch above, and what waits comes again."""
    node = federation.nodes["TH"]
    node.stop()
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "AT_HUB"}, "the hub to take it")
    for key in (federation.keys / "TH" / "node" / "epochs").iterdir():
        key.unlink()
    node.start()
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt", 60)
    federation.login("TH", "th-police-1")
    assert case in federation.received("TH", "KH")
    assert "UNSEALABLE" in federation.command("TH", "status"), "the envelope that did not open is not shown"


def store_put_back_knows_less_than_the_hub_of_its_own_epochs(federation):
    node, backup = federation.nodes["TH"], federation.directory / "TH-backup"
    epochs = federation.keys / "TH" / "node" / "epochs"
    node.stop()
    subprocess.run([node.program, node.settings, "--backup", backup], check=True)
    for _ in range(2):  # two epochs that the backup does not know
        for key in epochs.iterdir():
            key.unlink()
        node.start()
        wait_until(lambda: federation.ask("TH", "status")["hubs"][0]["state"] == "READY", "the hub")
        node.stop()
    for key in epochs.iterdir():
        key.unlink()
    shutil.rmtree(federation.directory / "TH-store")
    shutil.copytree(backup, federation.directory / "TH-store")
    node.start("--restored")
    federation.login("TH", "th-police-1")
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt", 60)


def disk_holds_no_plain_text(federation):
    federation.refer("KH", EXAMPLES / "riyadh.yaml")
    for member in ("KH", "TH"):
        whole = (federation.directory / f"{member}-store" / "data.mdb").read_bytes()
        assert b"Riyadh" not in whole and b"oil industry" not in whole, "plain text on the disk"


def memory_of_daemons_is_bounded(federation):
    for process in [federation.hub, *federation.nodes.values()]:
        limits = pathlib.Path(f"/proc/{process.child.pid}/limits").read_text()
        assert f"Max data size             {2 << 30}" in limits, limits


def words_of_a_command_are_not_in_the_list_of_processes(federation):
    secret = "Somaly-from-Poipet"  # a login lasts long enough to look
    asking = subprocess.Popen(
        [federation.program("node/cli", "liaison"), "login", secret, "--passphrase-file",
         federation.keys / "passphrases" / "kh-police-1", "--control", federation.directory / "KH"],
        stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: b"login" not in pathlib.Path(f"/proc/{asking.pid}/cmdline").read_bytes(), "the wiping", 5)
        assert secret.encode() not in pathlib.Path(f"/proc/{asking.pid}/cmdline").read_bytes()
    finally:
        asking.wait()


def second_node_on_one_store_is_refused(federation):
    node = federation.nodes["KH"]
    done = subprocess.run([node.program, node.settings], capture_output=True, text=True)
    assert done.returncode == 1 and "(BUSY)" in done.stderr, done.stderr


def full_disk_refuses_new_cases_and_recovers(federation):
    if os.geteuid() != 0:
        raise AssertionError("this rule needs root to mount a small file system")
    node, store = federation.nodes["MM"], federation.directory / "MM-store"
    node.stop()
    kept = federation.directory / "MM-kept"
    shutil.move(store, kept)
    store.mkdir(mode=0o700)
    size = sum(f.stat().st_blocks * 512 for f in kept.iterdir()) + (17 << 20)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", store], check=True)
    try:
        subprocess.run(f"cp -a --sparse=always {kept}/. {store}/", shell=True, check=True)
        node.start()
        federation.login("MM", "mm-police-1")
        draft = (EXAMPLES / "fishing-vessel.yaml").read_text().replace("they escaped from", "x" * 20000)
        kept_cases = []
        for _ in range(100):
            try:
                kept_cases.append(federation.refer("MM", draft))
            except Refused as refused:
                assert "(DISK_FULL)" in refused.text, refused.text
                break
        else:
            raise AssertionError("the disk did not fill up")
        assert node.is_running()
        subprocess.run(["mount", "-o", "remount,size=256m", store], check=True)
        kept_cases.append(federation.refer("MM", draft))
        wait_until(lambda: all(delivered(federation, "MM", case) for case in kept_cases), "the receipts", 60)
        node.stop()
        shutil.rmtree(kept)
        shutil.copytree(store, kept)
    finally:
        node.stop()
        subprocess.run(["umount", store], check=True)
        store.rmdir()
        shutil.move(kept, store)
        node.start()
        federation.login("MM", "mm-police-1")


def failing_sync_stops_a_node_that_has_promised_nothing(federation):
    node = federation.nodes["KH"]
    node.stop()
    faults = node.preload_faults(federation.build)
    node.start()
    federation.login("KH", "kh-police-1")
    before = federation.sent("KH")
    faults.write_text("sync")
    refused_with("STORE", federation, "KH", "refer", EXAMPLES / "riyadh.yaml")
    assert node.child.wait(10) == 1, "it goes on after a failed sync"
    faults.write_text("")
    node.start()
    federation.login("KH", "kh-police-1")
    assert federation.sent("KH") == before, "it kept what it had refused"
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt")


def failing_sync_stops_a_hub_that_has_promised_nothing(federation):
    hub = federation.hub
    hub.stop()
    faults = hub.preload_faults(federation.build)
    hub.start()
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt")
    faults.write_text("sync")
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    assert hub.child.wait(30) == 1, "it goes on after a failed sync"
    assert set(federation.deliveries("KH", case).values()) == {"QUEUED"}
    faults.write_text("")
    hub.environment = {}
    hub.start()
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt", 60)
    assert case in federation.received("TH", "KH")


def clock_that_is_wrong_by_a_year_refuses_and_destroys_nothing(federation):
    node = federation.nodes["KH"]
    epochs = sorted(path.name for path in (federation.keys / "KH" / "node" / "epochs").iterdir())
    for seconds in (400 * 86400, -400 * 86400):
        node.stop()
        faults = node.preload_faults(federation.build)
        faults.write_text(f"clock {seconds}")
        node.start()
        case = federation.refer("TH", (EXAMPLES / "riyadh.yaml").read_text()
                                .replace("TH/th-ahtd", "KH/kh-task-force"))
        wait_until(lambda: delivered(federation, "TH", case), f"Cambodia's receipt, {seconds} s off", 60)
    node.stop()
    node.environment = {}
    node.start()
    federation.login("KH", "kh-police-1")
    kept = sorted(path.name for path in (federation.keys / "KH" / "node" / "epochs").iterdir())
    assert set(epochs) <= set(kept), "an epoch key is gone"
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt", 60)


def hook_is_told_of_urgent_arrivals_and_nothing_else(federation):
    """Not by its words, not by what it can read, not by its environment."""
    federation.refer("KH", EXAMPLES / "riyadh.yaml")
    told = federation.directory / "told"
    wait_until(lambda: told.exists() and told.read_text().endswith("end\n"), "the hook")
    lines = set(told.read_text().splitlines())
    assert {"words: URGENT", "read: ", "environment: PATH,PWD,SHLVL,_", "end"} == lines, lines


def logs_and_metrics_name_no_case_and_no_text(federation):
    case = next(iter(federation.sent("KH")))
    for log in [*federation.directory.glob("*.log"), *federation.directory.glob("*.prom")]:
        text = log.read_text()
        for secret in ("Riyadh", "broker", "kh-police-1", case[:6]):
            assert secret not in text, f"{secret} in {log.name}"


def everybody_is_alive_at_the_end(federation):
    assert federation.hub.is_running()
    for member, node in federation.nodes.items():
        assert node.is_running(), member


RULES = [
    refuses_everything_without_a_session,
    delays_grow_after_wrong_passphrases_and_end,
    unknown_officer_is_refused_like_a_wrong_passphrase,
    welfare_officer_cannot_open_intelligence,
    operator_reads_no_case,
    draft_with_an_unknown_entry_names_its_line,
    empty_draft_is_refused,
    draft_with_direction_changing_characters_is_refused,
    urgent_referral_without_a_reason_is_refused,
    beginning_that_several_cases_share_is_ambiguous,
    answer_that_says_nothing_is_not_sent,
    outcome_that_is_none_names_those_that_are,
    draft_that_is_not_there_is_named,
    evidence_that_was_changed_is_not_proved,
    word_too_many_does_nothing,
    unknown_member_and_office_are_refused,
    answer_before_opening_is_refused,
    door_survives_hostile_bytes,
    hub_refuses_a_strangers_key,
    hub_survives_garbage_without_a_handshake,
    courier_carries_a_case_there_and_its_receipt_back,
    damaged_courier_file_is_refused,
    hub_that_forgets_everything_loses_nothing,
    node_restored_from_a_backup_gets_back_what_it_forgot,
    copy_put_back_unsaid_freezes_until_two_officers_reopen,
    mail_for_lost_epoch_keys_is_sealed_again,
    store_put_back_knows_less_than_the_hub_of_its_own_epochs,
    disk_holds_no_plain_text,
    memory_of_daemons_is_bounded,
    words_of_a_command_are_not_in_the_list_of_processes,
    second_node_on_one_store_is_refused,
    full_disk_refuses_new_cases_and_recovers,
    failing_sync_stops_a_node_that_has_promised_nothing,
    failing_sync_stops_a_hub_that_has_promised_nothing,
    clock_that_is_wrong_by_a_year_refuses_and_destroys_nothing,
    hook_is_told_of_urgent_arrivals_and_nothing_else,
    logs_and_metrics_name_no_case_and_no_text,
    everybody_is_alive_at_the_end,
]


def main():
    chosen = rules.chosen(RULES)
    federation = Federation(sys.argv[1])
    hook = federation.directory / "hook"
    hook.write_text(f"""#!/bin/bash
{{ echo "words: $*"; echo "read: $(cat)"; echo "environment: $(env | cut -d= -f1 | sort | paste -sd,)"; echo end; }} \
  >> {federation.directory}/told
""")
    hook.chmod(0o700)
    federation.hook = hook
    with federation:
        for member, officer in (("KH", "kh-police-1"), ("TH", "th-police-1"), ("MM", "mm-police-1")):
            federation.login(member, officer)
        for rule in chosen:
            rules.hold(rule, federation)


if __name__ == "__main__":
    main()
