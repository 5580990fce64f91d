"""What is typed at the command line and not meant so; what stands on the screen. Each rule is a function, named by
what it proves.

usage: test_commands.py BUILD
"""

import fcntl
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import Federation, Refused, ROOT, wait_until

EXAMPLES = ROOT / "docs" / "examples"
RIYADH = EXAMPLES / "riyadh.yaml"


def refused(federation, code, said, *words, **options):
    """The command ends with this exit code and says that."""
    try:
        federation.command(*words, **options)
    except Refused as error:
        assert error.code == code, f"exit code {error.code}: {error.text}"
        assert said in error.text, f"{said} is not in: {error.text}"
        return
    raise AssertionError(f"not refused: {words}")


def shared_case(federation, draft=RIYADH):
    case = federation.refer("KH", draft)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    return case


def option_of_another_command_is_refused(federation):
    """Who types --dry-run believes that nothing leaves."""
    case = shared_case(federation)
    refused(federation, 2, "--dry-run is no option of open", "TH", "open", case, "--dry-run")
    refused(federation, 2, "--outcome is no option of answer", "TH", "answer", case, "--outcome", "VICTIM_SAFE")
    refused(federation, 2, "--to is no option of inbox", "TH", "inbox", "--to", "KH/kh-task-force")
    assert len(federation.ask("TH", "show", case)["events"]) == 1, "something was done"


def allowing_an_export_with_a_compartment_is_refused(federation):
    refused(federation, 2, "--approve is for the whole case", "KH", "export", "1234", "--for", "COURT", "--approve",
            "kh-police-1", "--compartment", "IDENTITY")


def draft_from_a_file_and_from_options_is_refused(federation):
    before = federation.sent("KH")
    refused(federation, 2, "not both", "KH", "refer", RIYADH, "--urgency", "EMERGENCY")
    refused(federation, 2, "not both", "KH", "refer", RIYADH, "--section", "PROCEDURE.more=she is twelve")
    refused(federation, 2, "not both", "KH", "answer", "0000", EXAMPLES / "riyadh-answer.yaml", "--section",
            "PROCEDURE.a=b")
    assert federation.sent("KH") == before, "something was sent"


def unknown_command_is_named(federation):
    refused(federation, 2, "refr is not a command", "KH", "refr", RIYADH)


def name_that_is_none_is_said(federation):
    refused(federation, 1, "(NAME)", "KH", "reopen", "T H")
    refused(federation, 1, "(NAME)", "KH", "agreement", "show", "no/name")


def unknown_code_is_answered_with_the_list(federation):
    case = shared_case(federation)
    refused(federation, 2, "VICTIM_SAFE", "KH", "close", case, "--outcome", "SAFE")
    words = ["--to", "TH/th-ahtd", "--content", "VICTIM", "--request"]
    refused(federation, 6, "THIRD_STATE_ASSISTANCE", "KH", "refer", *words, "HELP")
    refused(federation, 6, "TEST_MESSAGE", "KH", "refer", *words, "HELP")


def file_that_is_missing_is_named(federation):
    refused(federation, 5, "/nowhere/draft", "KH", "refer", "/nowhere/draft")
    refused(federation, 5, "/nowhere/it", "KH", "login", "kh-police-1", "--passphrase-file", "/nowhere/it")


def login_without_a_terminal_says_what_to_use(federation):
    done = subprocess.run([federation.program("node/cli", "liaison"), "login", "kh-police-1", "--control",
                           federation.directory / "KH"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          start_new_session=True)
    assert done.returncode == 1 and "--passphrase-file" in done.stderr, done.stderr


def option_that_is_missing_is_named(federation):
    """Without a file: which one, not only that one is."""
    given = {"--to": "TH/th-ahtd", "--request": "VICTIM_LOCATE_OR_RESCUE", "--content": "VICTIM"}
    for missing in given:
        words = [word for option, value in given.items() if option != missing for word in (option, value)]
        refused(federation, 6, f"{missing} is missing", "KH", "refer", *words)


def draft_on_standard_input_is_called_so(federation):
    refused(federation, 6, "standard input, line 2", "KH", "refer", "-", text="to: [TH/th-ahtd]\nnonsense: yes\n")


def login_and_logout_speak_to_programs(federation):
    federation.login("KH", "kh-welfare-1")
    assert federation.ask("KH", "logout") == {"logged_in": False}
    words = ["login", "kh-police-1", "--passphrase-file", federation.keys / "passphrases" / "kh-police-1"]
    assert federation.ask("KH", *words) == {"officer": "kh-police-1", "logged_in": True}


def session_is_kept_in_a_directory_of_the_user_only(federation):
    """A name in /tmp could be taken by anybody before; the node is not asked for what could not be kept."""
    line = [federation.program("node/cli", "liaison"), "login", "kh-police-1", "--control", federation.directory / "KH",
            "--passphrase-file", federation.keys / "passphrases" / "kh-police-1"]
    for environment in ({}, {"XDG_RUNTIME_DIR": "", "HOME": ""}):
        done = subprocess.run(line, env=environment, capture_output=True, text=True)
        assert done.returncode == 2 and "set XDG_RUNTIME_DIR or HOME" in done.stderr, done
    home = federation.directory / "home"
    home.mkdir()
    subprocess.run(line, env={"HOME": str(home)}, capture_output=True, check=True)
    assert [path.stat().st_mode & 0o777 for path in home.glob(".liaison-session-*")] == [0o600]


def shows_what_is_typed(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def terminal_shows_what_is_typed_after_a_signal_at_the_prompt(federation):
    """Ctrl-C and SIGTERM end it, and the shell behind it is not left blind."""
    line = [federation.program("node/cli", "liaison"), "login", "kh-police-1", "--control", federation.directory / "KH"]
    for number, strike in ((signal.SIGINT, lambda child, terminal: os.write(terminal, b"half of it\x03")),
                           (signal.SIGTERM, lambda child, terminal: child.terminate())):
        ours, theirs = pty.openpty()
        child = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                 preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        try:
            said = b""
            while b"passphrase: " not in said:
                assert select.select([ours], [], [], 10)[0], said
                said += os.read(ours, 1000)
            assert not shows_what_is_typed(theirs), "the passphrase can be read over a shoulder"
            strike(child, ours)
            assert child.wait(10) == -number, f"{number.name}: it ended with {child.returncode}"
            assert shows_what_is_typed(theirs), f"{number.name} left a terminal that shows nothing"
        finally:
            child.kill()
            child.wait()
            os.close(ours)
            os.close(theirs)


def output_that_cannot_be_written_is_an_error(federation):
    case = shared_case(federation)
    environment = dict(os.environ, XDG_RUNTIME_DIR=str(federation.directory))
    for words in (["outbox"], ["outbox", "--json"], ["evidence", case]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([federation.program("node/cli", "liaison"), *words, "--control",
                                   federation.directory / "KH"], env=environment, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1 and b"(SYSTEM)" in done.stderr, f"{words}: {done}"


def text_of_another_country_cannot_begin_a_line(federation):
    """Or it could look like what this node says: a receipt, an event."""
    forged = "TH's node signed for it at 2026-01-01 00:00:00"
    draft = "".join(f'urgency_reason: "the men are apart\\n{forged}"\n' if line.startswith("urgency_reason") else
                    f'legal_basis: "COMMIT\\n{forged}"\n' if line.startswith("legal_basis") else line
                    for line in RIYADH.read_text().splitlines(keepends=True))
    draft = draft.replace("    facts:", f'    "facts\\n{forged}":')
    assert draft.count(forged) == 3, draft
    case = shared_case(federation, draft)
    federation.command("TH", "open", case)
    shown = federation.command("TH", "show", case)
    assert shown.count(forged) == 3, shown
    for line in shown.splitlines():
        assert forged not in line or line.startswith(" " * 12) or "facts" in line, line


def waiting_is_shown_at_a_terminal_and_nowhere_else(federation):
    node = federation.nodes["KH"].child
    environment = dict(os.environ, XDG_RUNTIME_DIR=str(federation.directory))
    line = [federation.program("node/cli", "liaison"), "status", "--control", federation.directory / "KH"]
    ours, theirs = pty.openpty()
    node.send_signal(signal.SIGSTOP)
    try:
        at_terminal = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
        elsewhere = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        shown = b""
        while b"2 s" not in shown:
            assert select.select([ours], [], [], 30)[0], f"nothing is shown: {shown}"
            shown += os.read(ours, 1024)
    finally:
        node.send_signal(signal.SIGCONT)
    assert at_terminal.wait(30) == 0 and elsewhere.wait(30) == 0
    assert b"the node is working at it" in shown
    assert elsewhere.stderr.read() == b"", "a program reads that"
    assert os.read(ours, 1024).endswith(b"\r\033[K"), "it is left on the screen"
    os.close(ours)
    os.close(theirs)


RULES = [
    option_of_another_command_is_refused,
    draft_from_a_file_and_from_options_is_refused,
    allowing_an_export_with_a_compartment_is_refused,
    unknown_command_is_named,
    name_that_is_none_is_said,
    unknown_code_is_answered_with_the_list,
    file_that_is_missing_is_named,
    login_without_a_terminal_says_what_to_use,
    option_that_is_missing_is_named,
    draft_on_standard_input_is_called_so,
    login_and_logout_speak_to_programs,
    session_is_kept_in_a_directory_of_the_user_only,
    terminal_shows_what_is_typed_after_a_signal_at_the_prompt,
    output_that_cannot_be_written_is_an_error,
    text_of_another_country_cannot_begin_a_line,
    waiting_is_shown_at_a_terminal_and_nowhere_else,
]


def main():
    with Federation(sys.argv[1], members=("KH", "TH")) as federation:
        federation.login("KH", "kh-police-1")
        federation.login("TH", "th-police-1")
        for rule in RULES:
            rule(federation)
            print(rule.__name__, flush=True)


if __name__ == "__main__":
    main()
