"""Runs a runbook of docs/drills as the people would: the very lines of its shell blocks, in bash, at a terminal.

A block is named by the heading above it. The test says who sits at the keyboard, that is which passphrases are typed
when one is asked for, and what the site has for the page's variables. `systemctl` is ours: it asks the test to stop,
start or reload a daemon. A page is done when every block of it was run.
"""

import os
import pathlib
import pty
import re
import select
import time

SECONDS = 120
PROMPTS = (b"passphrase", b"the same again")
SYSTEMCTL = """#!/bin/sh
echo "$*" > "{requests}"
read -r answer < "{answers}"
exit "$answer"
"""


class Failed(Exception):
    """A line of a runbook ended with another code than 0: what the terminal showed."""


def blocks_of(page):
    """The shell blocks by heading; those of one heading are one block."""
    found, heading, inside = {}, None, False
    for line in page.read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside:
            found[heading] = found.get(heading, "") + line + "\n"
        elif line.startswith("#"):
            heading = re.sub(r"^#+ (\d+\. )?", "", line)
    return found


class Runbook:
    def __init__(self, page, directory, programs, variables, daemons):
        """`programs` are directories for PATH; `daemons` are Process objects by name of service."""
        self.page, self.directory, self.daemons = page, directory, daemons
        self.blocks = blocks_of(page)
        self.left = list(self.blocks)
        self.bin = pathlib.Path(directory).parent / f"bin-{page.stem}"
        self.bin.mkdir()
        for name in ("requests", "answers"):
            os.mkfifo(self.bin / name)
        stand_in = self.bin / "systemctl"
        stand_in.write_text(SYSTEMCTL.format(requests=self.bin / "requests", answers=self.bin / "answers"))
        stand_in.chmod(0o700)
        path = ":".join([str(self.bin), *map(str, programs), os.environ["PATH"]])
        self.variables = dict(os.environ, TZ="UTC", PATH=path, **variables)

    def run(self, heading, *passphrases):
        """Runs the blocks under a heading; what the terminal showed. Fails if a line fails, or if the passphrases
        that were asked for are not just those."""
        assert heading in self.blocks, f"{self.page.name} has no commands under \"{heading}\": {list(self.blocks)}"
        if heading in self.left:
            self.left.remove(heading)
        return self.type_in(self.blocks[heading], passphrases)

    def is_done(self):
        assert not self.left, f"{self.page.name}: not run: {self.left}"

    # The terminal -----------------------------------------------------------------------------

    def type_in(self, script, passphrases):
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.directory)
            os.execvpe("bash", ["bash", "-euo", "pipefail", "-c", script], self.variables)
        requests = os.open(self.bin / "requests", os.O_RDWR | os.O_NONBLOCK)
        try:
            shown = self.attend(terminal, requests, list(passphrases))
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        finally:
            os.close(requests)
            os.close(terminal)  # not sooner: whoever still ends would be hung up on
        text = shown.decode().replace("\r\n", "\n")
        if code != 0:
            raise Failed(f"{self.page.name}: exit code {code}\n{script}\n{text}")
        return text

    def attend(self, terminal, requests, passphrases):
        """Answers prompts and systemctl until the shell has closed the terminal."""
        shown, answered, deadline = b"", 0, time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal, requests], [], [], 1)
            if requests in ready:
                self.serve(os.read(requests, 1000).decode().split())
            if terminal not in ready:
                continue
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the terminal's other end is closed
                assert not passphrases, f"not asked for: {passphrases}\n{shown.decode()}"
                return shown
            last = shown[answered:].rpartition(b"\n")[2]
            if last.endswith(b": ") and any(prompt in last for prompt in PROMPTS):
                assert passphrases, f"nobody is there to answer: {shown.decode()}"
                again = b"the same again" in last
                os.write(terminal, (passphrases[0] + "\n").encode())
                if again or b"new passphrase" not in last:
                    passphrases.pop(0)
                answered = len(shown)
        raise AssertionError(f"{self.page.name}: not done within {SECONDS} s\n{shown.decode()}")

    def serve(self, words):
        """systemctl VERB SERVICE."""
        verb, service = words
        daemon = self.daemons[service]
        if verb in ("stop", "restart"):
            daemon.stop()
        if verb in ("start", "restart"):
            daemon.start()
        if verb == "reload":
            daemon.reload()
        code = 0 if verb in ("start", "stop", "restart", "reload") else 1
        (self.bin / "answers").write_text(f"{code}\n")
