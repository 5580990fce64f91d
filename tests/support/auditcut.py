"""Takes entries out of the audit log of a node that is not running, as somebody with its disk would.

Keys stand in clear in the store, so no key is needed. LMDB is used by its library, for which Debian has no Python
module that the tests could rely on.
"""

import ctypes
import struct

LMDB = ctypes.CDLL("liblmdb.so.0")
SHARED_TABLES = 32


class Value(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("data", ctypes.c_void_p)]


def check(result):
    assert result == 0, f"LMDB says {result}"


def value_of(data):
    kept = ctypes.create_string_buffer(data, len(data))
    return Value(len(data), ctypes.cast(kept, ctypes.c_void_p)), kept


def in_table(store, table, work):
    """Runs work(transaction, table) on a table of a store, and commits."""
    environment, transaction, handle = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint()
    check(LMDB.mdb_env_create(ctypes.byref(environment)))
    check(LMDB.mdb_env_set_maxdbs(environment, SHARED_TABLES))
    check(LMDB.mdb_env_open(environment, str(store).encode(), 0, 0o600))
    check(LMDB.mdb_txn_begin(environment, None, 0, ctypes.byref(transaction)))
    check(LMDB.mdb_dbi_open(transaction, table, 0, ctypes.byref(handle)))
    work(transaction, handle)
    check(LMDB.mdb_txn_commit(transaction))
    LMDB.mdb_env_close(environment)


def cut(store, first, last, generation=1):
    """Deletes the entries `first` to `last` of a generation."""
    def work(transaction, table):
        for number in range(first, last + 1):
            key, kept = value_of(struct.pack(">QQ", generation, number))
            check(LMDB.mdb_del(transaction, table, ctypes.byref(key), None))
            del kept

    in_table(store, b"audit", work)
