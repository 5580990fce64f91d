/*
 * From bytes to plain C shapes and back, for every message of proto/schema.
 *
 * `..._open` takes a stranger's bytes: size limit first; then a scan of the bytes against the
 * schema (nothing truncated, unknown, doubled, of the wrong wire type, or in a list longer than
 * allowed); only then are they unpacked, within the arena's budget, and every field checked
 * against its row in the message's table (presence, length, range, UTF-8). The shape borrows
 * from the arena and lives as long; nothing of `bytes` is kept. On an error the shape is as it
 * was.
 *
 * `..._build` appends the packed form of a shape of our own making; it fails only with
 * LN_E_TOO_LARGE when `out` is full or the message is above its limit. Zero and empty optional
 * fields are left out. What was received is never built again: keep the received bytes.
 *
 * Errors of open: LN_E_TRUNCATED, TOO_LARGE, MALFORMED, MISSING_FIELD, UNKNOWN_FIELD,
 * UNKNOWN_CODE, FIELD_LENGTH, TOO_MANY, TEXT, NAME, DUPLICATE_FIELD, OUT_OF_MEMORY. Source:
 * docs/protocol.md, Decoding.
 */
#ifndef LIAISON_WIRE_H
#define LIAISON_WIRE_H

#include <liaison/base.h>
#include <liaison/error.h>

struct ln_wire;

LN_CHECKED int ln_wire_open(const struct ln_wire *wire, struct ln_bytes bytes,
                            struct ln_arena *arena, void *out_shape);
LN_CHECKED int ln_wire_build(const struct ln_wire *wire, const void *shape,
                             struct ln_buffer *out);

/** The message's name in the schema, and its size limit in bytes. */
const char *ln_wire_name(const struct ln_wire *wire);
size_t ln_wire_size_max(const struct ln_wire *wire);
/** Bytes of the message's shape. */
size_t ln_wire_shape_size(const struct ln_wire *wire);
/**
 * Every message that a stranger's bytes may be opened as, ended by NULL: fuzzing and docs walk
 * it.
 */
const struct ln_wire *const *ln_wire_all(void);

/** Declares ln_NAME_open and ln_NAME_build for struct ln_NAME, typed. */
#define LN_WIRE(name)                                                             \
    extern const struct ln_wire ln_wire_##name;                                   \
    LN_CHECKED static inline int ln_##name##_open(                                \
        struct ln_bytes bytes, struct ln_arena *arena, struct ln_##name *out)     \
    {                                                                             \
        return ln_wire_open(&ln_wire_##name, bytes, arena, out);                  \
    }                                                                             \
    LN_CHECKED static inline int ln_##name##_build(const struct ln_##name *shape, \
                                                   struct ln_buffer *out)         \
    {                                                                             \
        return ln_wire_build(&ln_wire_##name, shape, out);                        \
    }

#endif
