"""The demo runs to its end, and what --keep says can be typed as it stands.

usage: test_demo.py BUILD
"""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, wait_until


def typed(commands):
    done = subprocess.run(["bash", "-e", "-c", commands], capture_output=True, text=True)
    assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
    return done.stdout


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # whose parent is gone and not yet waited for


def main():
    done = subprocess.run(["/usr/bin/python3", ROOT / "tests" / "support" / "demo.py", sys.argv[1], "--keep"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    said, kept = done.stdout.split("It is still running")
    stop = re.search(r"^  (kill .*)$", kept, re.M)[1]
    pids = re.findall(r" (\d+)", stop.split(";")[0])
    try:
        assert "20 sent, 20 arrived, 0 lost, 0 doubled" in said and "everything in this bundle holds" in said
        look, again = kept.split("Stop it")[0].split("Another officer")
        shown = typed(look[look.index("  export"):])
        assert "hub-1 READY" in shown and "VICTIM_LOCATE_OR_RESCUE" in shown, shown
        assert "is logged in" in typed(look[look.index("  export"):].splitlines()[0] + again[again.index("\n\n"):])
        assert len(pids) == 4
    finally:
        typed(stop)
    wait_until(lambda: not any(is_running(pid) for pid in pids), "their end")
    assert not os.path.exists(re.search(r"rm -r (\S+)", stop)[1])
    print("the demo does what it says")


if __name__ == "__main__":
    main()
