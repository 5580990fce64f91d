"""At least 100 random kill -9 of hub and nodes while letters cross both ways: nothing lost, nothing doubled,
everything receipted.

usage: test_crash.py BUILD [LETTERS [KILLS [SEED]]]
"""

import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import Federation, Refused, wait_until

DRAFT = """
to: [{to}]
request: BROKER_NOTICE
purpose: INVESTIGATION
contents: [INFORMATION]
urgency: {urgency}
urgency_reason: a test of crashes
sections:
  PROCEDURE: {{number: "{number}"}}
"""
OFFICES = {"KH": "kh-task-force", "TH": "th-ahtd"}
OFFICERS = {"KH": "kh-police-1", "TH": "th-police-1"}


class Sender(threading.Thread):
    """One officer who keeps referring, and logs in again when the node was killed."""

    def __init__(self, federation, member, other, count, chance):
        super().__init__(daemon=True)
        self.federation, self.member, self.other, self.count = federation, member, other, count
        self.chance = chance
        self.cases, self.doubtful = [], 0

    def run(self):
        while len(self.cases) < self.count:
            draft = DRAFT.format(to=f"{self.other}/{OFFICES[self.other]}", number=len(self.cases),
                                 urgency=self.chance.choice(["EMERGENCY", "URGENT", "ROUTINE"]))
            try:
                self.cases.append(self.federation.refer(self.member, draft))
            except Refused as refused:
                if refused.code == 3:  # killed: whether it was taken is not known, and does not matter
                    self.doubtful += 1
                    time.sleep(0.1)
                self.login()

    def login(self):
        while True:
            try:
                self.federation.login(self.member, OFFICERS[self.member])
                return
            except Refused:
                time.sleep(0.1)


def kill_at_random(federation, senders, kills, chance):
    done = 0
    while done < kills or any(sender.is_alive() for sender in senders):
        if done >= kills:
            time.sleep(0.2)
            continue
        victim = chance.choice([federation.hub, federation.nodes["KH"], federation.nodes["TH"]])
        time.sleep(chance.uniform(0.0, 0.25))
        victim.kill()
        victim.start()
        done += 1
    return done


def is_settled(peer):
    return peer["open_letters"] == 0 and peer["waiting"] == 0


def main():
    build, letters, kills, seed = (sys.argv[1:] + [None] * 4)[:4]
    letters, kills = int(letters or 2000), int(kills or 100)
    seed = int(seed or time.time())
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Federation(build, members=("KH", "TH")) as federation:
        senders = [Sender(federation, "KH", "TH", letters // 2, random.Random(seed + 1)),
                   Sender(federation, "TH", "KH", letters // 2, random.Random(seed + 2))]
        for sender in senders:
            sender.login()
            sender.start()
        done = kill_at_random(federation, senders, kills, chance)
        for sender in senders:
            sender.login()
        for sender in senders:
            wait_until(lambda: is_settled(federation.peer(sender.member, sender.other)),
                       f"{sender.member}: all receipted", 180)
        for sender in senders:
            arrived = federation.received(sender.other, sender.member)
            sent = federation.sent(sender.member)
            assert set(sender.cases) <= sent, "a case that an officer was told of is not in the outbox"
            assert sent == arrived, f"lost {len(sent - arrived)}, invented {len(arrived - sent)}"
            print(f"{sender.member}: {len(sent)} sent, {len(arrived)} arrived, {sender.doubtful} cut off")
        print(f"{done} kills, 0 lost, 0 doubled, all receipted")


if __name__ == "__main__":
    main()
