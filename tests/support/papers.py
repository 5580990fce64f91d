"""A country's papers, as its people keep them: the manifest's source, versions that its roots sign, and the node that
is told by SIGHUP."""

import datetime
import re
import subprocess


def day(days):
    """The day so many days from now, as a source says it; UTC."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


class Papers:
    def __init__(self, federation, member):
        self.federation, self.member = federation, member
        self.place = federation.keys / member

    def keys_command(self, *words, holder=None):
        """Runs liaison-keys; what it prints, or AssertionError with what it said."""
        if holder:
            words += ("--passphrase-file", self.federation.keys / "passphrases" / holder)
        done = subprocess.run([self.federation.program("keys", "liaison-keys"), *map(str, words)], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def printed(self, *words, holder=None):
        """What is printed as "name: value", by name."""
        return dict(line.split(": ", 1) for line in self.keys_command(*words, holder=holder).splitlines()
                    if ": " in line)

    def edit(self, change):
        """The source as `change` makes it of what it was; the version is left to `manifest make`."""
        source = self.place / "manifest.yaml"
        source.write_text(change(re.sub(r"^version: .*\n", "", source.read_text(), flags=re.M)))

    def sign(self, file):
        for root in (1, 2):
            self.keys_command("sign", file, "--key", self.place / f"root-{root}.key",
                              holder=f"{self.member}-root-{root}")

    def next_manifest(self, change=lambda text: text):
        """Made from the changed source, signed, and put in the place of the one before."""
        self.edit(change)
        new = self.place / "manifest.new"
        told = self.keys_command("manifest", "make", "--source", self.place / "manifest.yaml", "--previous",
                                 self.place / "manifest", "--out", new)
        self.sign(new)
        new.replace(self.place / "manifest")
        return told

    def reload(self):
        self.federation.nodes[self.member].reload()


def change_officer(name, line):
    """A change of the source: one more entry for an officer."""
    return lambda text: text.replace(f"  - id: {name}\n", f"  - id: {name}\n    {line}\n")
