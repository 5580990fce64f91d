"""Protobuf by hand: what a library would not write. Bytes that are long and of one pattern stay pairs of bytes and
how often they stand there (docs/testing.md, Vectors)."""


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def parts(value):
    return value if isinstance(value, list) else [(value, 1)] if value else []


def size(value):
    return sum(len(data) * times for data, times in parts(value))


def join(*values):
    """One run of bytes; neighbours that stand once grow together."""
    out = []
    for data, times in (pair for value in values for pair in parts(value)):
        if times == 1 and out and out[-1][1] == 1:
            out[-1] = (out[-1][0] + data, 1)
        elif times > 0:
            out.append((data, times))
    return out


def repeat(value, times):
    """So often, if it is not made of runs itself."""
    flat = flatten(value)
    return [(flat, times)] if times > 0 and flat else []


def flatten(value):
    return b"".join(data * times for data, times in parts(value))


def field(number, value):
    """One field: a number as varint, bytes or runs as bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    head = varint(number << 3 | 2) + varint(size(value))
    return head + value if isinstance(value, bytes) else join(head, value)


def shown(value):
    """For the file: plain bytes if they are short, else the runs."""
    return flatten(value) if size(value) <= 4096 else [[data, times] for data, times in parts(value)]
