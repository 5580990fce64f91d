"""The benchmark still runs, and prints all that docs/testing.md says; no figure of it passes or fails.

usage: test_bench.py BUILD
"""

import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parents[1] / "bench" / "bench.py"
SAID = ["sign 1 KiB", "verify 1 KiB", "seal 1 KiB", "durable write", "to the signed receipt", "one at a time", "p50 / p99",
        "bytes a referral", "hub ", "node KH", "node TH", "MiB of memory"]


def main():
    done = subprocess.run(["/usr/bin/python3", BENCH, sys.argv[1], "200"], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout
    missing = [word for word in SAID if word not in done.stdout]
    assert not missing, f"it does not say {missing}:\n{done.stdout}"
    assert done.stdout.count("to the signed receipt") == 2, done.stdout
    print("the benchmark says what it should")


if __name__ == "__main__":
    main()
