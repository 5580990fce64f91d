"""Somebody with a copy of a node's key directory and some passphrases, who tries every secret on everything: made from
docs/protocol.md, Key files, and proto/schema alone. No table of roles is asked."""

import pathlib

import nacl.bindings as sodium
import nacl.pwhash
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from nacl.exceptions import CryptoError

import schema
from peer import hpke_open, raw

ROLE_INFO = b"liaison/1 role key"


class Box:
    """Any 32 secret bytes, tried as a private key of X25519."""

    def __init__(self, secret):
        self.secret = X25519PrivateKey.from_private_bytes(secret)
        self.public = raw(self.secret.public_key())


class Thief:
    def __init__(self, schemas, keys):
        self.pb, self.keys = schema.load(schemas, ["keyfile"])["keyfile"], pathlib.Path(keys)
        self.opened = {}  # by file, the secrets in it: Argon2id is paid once
        self.roles = [self.pb.RoleFile.FromString(path.read_bytes()) for path in sorted((self.keys / "roles").iterdir())]

    def open_file(self, path, passphrase=None, keys=()):
        """The secrets of a key file, under a passphrase or one of these keys; [] if none opens it."""
        if path in self.opened:
            return self.opened[path]
        file = self.pb.KeyFile.FromString(path.read_bytes())
        header = self.pb.KeyHeader.FromString(file.header)
        if passphrase:
            keys = [nacl.pwhash.argon2id.kdf(32, passphrase.encode(), header.salt, header.operations,
                                             header.memory_kib * 1024)]
        for key in keys:
            try:
                text = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(file.sealed[24:], file.header,
                                                                         file.sealed[:24], key)
            except CryptoError:
                continue
            self.opened[path] = [text[at:at + 32] for at in range(0, len(text), 32)]
            return self.opened[path]
        return []

    def secrets_of(self, passphrases):
        """All secrets that these passphrases give, by key file's name; the node's keys give the epochs'."""
        secrets = []
        for name, passphrase in passphrases.items():
            path = self.keys / "node.key" if name == "node" else self.keys / "officers" / f"{name}.key"
            secrets += self.open_file(path, passphrase)
        for path in (self.keys / "epochs").iterdir():
            secrets += self.open_file(path, keys=secrets)
        return secrets

    def compartments_opened(self, secrets):
        """The compartments whose role key is had in the end: every secret on every wrap under every officer's name,
        and what that gives on all the rest, until nothing new is given."""
        found, boxes, tried = set(), [Box(secret) for secret in secrets], 0
        while tried < len(boxes):
            box, tried = boxes[tried], tried + 1
            for role in self.roles:
                for wrap in role.wraps:
                    aad = role.office + b"\0" + role.compartment.to_bytes(4, "big") + wrap.officer + b"\0"
                    try:
                        secret = hpke_open(box, wrap.encapsulated, ROLE_INFO, aad, wrap.sealed_key)
                    except (InvalidTag, ValueError):
                        continue
                    if role.compartment not in found:
                        boxes.append(Box(secret))
                    assert Box(secret).public == role.public_key
                    found.add(role.compartment)
        return found
