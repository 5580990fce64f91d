"""The rules of a scenario: functions, each named by what it proves. All are run, or those that are named behind BUILD."""

import sys
import time


def chosen(rules):
    """In the scenario's order. A name that is none ends it: a typing error must not pass for a rule that holds."""
    names = sys.argv[2:]
    unknown = set(names) - {rule.__name__ for rule in rules}
    if unknown:
        sys.exit(f"no rule of {sys.argv[0]}: {', '.join(sorted(unknown))}")
    return [rule for rule in rules if not names or rule.__name__ in names]


def hold(rule, *given):
    started = time.monotonic()
    rule(*given)
    print(f"{rule.__name__} {time.monotonic() - started:.1f} s", flush=True)
