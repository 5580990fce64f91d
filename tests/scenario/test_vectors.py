"""The files of tests/vectors/ are what the second implementation makes of the protocol page, byte by byte.

usage: test_vectors.py BUILD
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import vectors

vectors.main([])
