"""A hub that lies, in the place of the real one: a member's roster names its key, so nodes trust the connection.

It speaks section 22 of the protocol page as far as nodes need it. What it does wrong is set by `twist` and `give`.
"""

import threading
import time

import zmq
from peer import EPOCH, MANIFEST, ROSTER, load_schema
from zmq.utils import z85


class LyingHub:
    def __init__(self, schema):
        self.pb = load_schema(schema)
        self.public, self.secret = zmq.curve_keypair()
        self.routes = {}       # by member, once it has published its own manifest or epoch
        self.mail = {}         # by member
        self.credit = {}       # by route: a node may grant it before it says who it is
        self.given = {}        # by member and number, the envelope
        self.number = 0
        self.statements = []   # all that was published, in order
        self.twist = lambda to, envelope: [(to, envelope)]
        self.give = lambda member, signed: True  # shall this member be given this statement?
        self.lock = threading.Lock()
        self.is_stopping = False

    def start(self, port):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.curve_server = True
        self.socket.curve_secretkey = self.secret
        self.socket.bind(f"tcp://127.0.0.1:{port}")
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def stop(self):
        self.is_stopping = True
        self.thread.join()
        self.context.destroy(linger=0)

    def key(self):
        return z85.decode(self.public)

    def run(self):
        while not self.is_stopping:
            if self.socket.poll(50):
                route, frame = self.socket.recv_multipart()
                with self.lock:
                    self.take(route, self.pb["hub"].ToHub.FromString(frame))
            with self.lock:
                self.deliver()

    def say(self, route, **frame):
        self.socket.send_multipart([route, self.pb["hub"].FromHub(**frame).SerializeToString()])

    def member_of(self, route):
        return next((member for member, known in self.routes.items() if known == route), None)

    def take(self, route, frame):
        hub, kind = self.pb["hub"], frame.ListFields()[0][0].name
        if kind == "hello":
            member = self.member_of(route)
            self.credit[route] = 0
            if member:
                self.mail[member] += self.given.pop(member, {}).values()
            self.say(route, welcome=hub.Welcome(credit=256, envelope_size_max=1 << 18,
                                                time_ms=int(time.time() * 1000)))
            for signed in self.statements:
                self.tell(route, signed)
        elif kind == "put":
            header = self.pb["letter"].EnvelopeHeader.FromString(
                self.pb["letter"].Envelope.FromString(frame.put.envelope).header)
            for to, envelope in self.twist(header.to, frame.put.envelope):
                self.mail.setdefault(to, []).append(envelope)
            self.say(route, stored=hub.Stored(ids=[frame.put.id]))
        elif kind == "publish":
            self.take_statement(route, frame.publish.statement)
        elif kind == "fetch":
            self.credit[route] = self.credit.get(route, 0) + frame.fetch.credit
        elif kind == "ack":
            for number in frame.ack.mails:
                self.given.get(self.member_of(route), {}).pop(number, None)
        elif kind == "ping":
            self.say(route, pong=hub.Pong(nonce=frame.ping.nonce))

    def take_statement(self, route, signed):
        if signed.type in (MANIFEST, EPOCH):  # a node publishes its own
            shape = self.pb["roster"].Manifest if signed.type == MANIFEST else self.pb["roster"].Epoch
            member = shape.FromString(signed.body).member
            self.routes[member] = route
            self.mail.setdefault(member, [])
        if signed not in self.statements:
            self.statements.append(signed)
            for known in self.routes.values():
                self.tell(known, signed)

    def tell(self, route, signed):
        if self.give(self.member_of(route), signed):
            self.say(route, statement=self.pb["hub"].Statement(statement=signed))

    def tell_all(self, signed, members):
        """Says a statement of the test's own to some."""
        with self.lock:
            for member in members:
                self.say(self.routes[member], statement=self.pb["hub"].Statement(statement=signed))

    def deliver(self):
        for member, mails in self.mail.items():
            route = self.routes.get(member)
            while mails and self.credit.get(route, 0) > 0:
                self.number += 1
                self.credit[route] -= 1
                envelope = mails.pop(0)
                self.given.setdefault(member, {})[self.number] = envelope
                self.say(route, deliver=self.pb["hub"].Deliver(mail=self.number, envelope=envelope))

    def roster(self, path):
        signed = self.pb["signed"].Signed.FromString(path.read_bytes())
        assert signed.type == ROSTER
        return signed
