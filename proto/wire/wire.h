/*
 * How a message's table is written: one row a field, the one place that says what must be
 * there, of which kind, how long and in which range. The engine (wire.c) reads these tables and
 * protobuf-c's descriptors; docs/protocol.md's field tables say the same in words.
 *
 * A shape's members by kind:
 *   WIRE_U32 WIRE_U64      uint32_t / uint64_t, min..max
 *   WIRE_CODE              uint32_t, 1..max, closed: another one is LN_E_UNKNOWN_CODE
 *   WIRE_VOCABULARY        uint32_t, any but 0, open: kept as it is
 *   WIRE_FIXED             a struct of exactly so many bytes
 *   WIRE_NAME              struct ln_name
 *   WIRE_BYTES WIRE_TEXT   struct ln_bytes, min..max bytes; text is checked
 *   WIRE_PART              a nested shape, inline
 *   WIRE_PART_AT           a nested shape by pointer, NULL when absent
 *   WIRE_LIST_...          pointer and count, min..max entries
 */
#ifndef WIRE_H
#define WIRE_H

#include <liaison/wire.h>

#include <protobuf-c/protobuf-c.h>

enum wire_kind {
    WIRE_KIND_U32,
    WIRE_KIND_U64,
    WIRE_KIND_CODE,
    WIRE_KIND_FIXED,
    WIRE_KIND_NAME,
    WIRE_KIND_BYTES,
    WIRE_KIND_TEXT,
    WIRE_KIND_PART,
    WIRE_KIND_PART_AT,
    WIRE_KIND_LIST_CODE,
    WIRE_KIND_LIST_U64,
    WIRE_KIND_LIST_FIXED,
    WIRE_KIND_LIST_TEXT,
    WIRE_KIND_LIST_PART,
};

enum wire_presence { REQUIRED, OPTIONAL };

struct wire_field {
    uint32_t number; /* in the schema */
    enum wire_kind kind;
    enum wire_presence presence;
    size_t offset;       /* in the shape */
    size_t count_offset; /* lists: of the count */
    size_t size;         /* FIXED: its bytes; lists: of one entry in the shape */
    uint64_t min, max;   /* numbers: range; bytes and text: length; lists: entries */
    uint64_t entry_max;  /* LIST_TEXT: bytes of an entry; LIST_CODE: highest code */
    const struct ln_wire *of;
};

enum { WIRE_FIELDS_MAX = 48 };

struct ln_wire {
    const char *name;
    const ProtobufCMessageDescriptor *descriptor;
    size_t shape_size;
    size_t size_max; /* bytes when packed */
    const struct wire_field *fields;
    size_t fields_count;
    bool is_choice; /* exactly one field is there */
};

#define WIRE_SIZE_OF(shape, member) sizeof(((struct shape *)NULL)->member)
#define WIRE_ENTRY_SIZE(shape, member) sizeof(*((struct shape *)NULL)->member)

/* clang-format off */
#define WIRE_ROW(n, k, p, shape, member)                   \
    .number = (n), .kind = WIRE_KIND_##k, .presence = (p), \
    .offset = offsetof(struct shape, member)
#define WIRE_LIST_ROW(n, k, shape, member, least, most)         \
    .number = (n), .kind = WIRE_KIND_##k, .presence = OPTIONAL, \
    .offset = offsetof(struct shape, member),                   \
    .count_offset = offsetof(struct shape, member##_count),     \
    .size = WIRE_ENTRY_SIZE(shape, member), .min = (least), .max = (most)

#define WIRE_U32(n, p, shape, member, least, most)                        \
    {                                                                     \
        WIRE_ROW(n, U32, p, shape, member), .min = (least), .max = (most) \
    }
#define WIRE_U64(n, p, shape, member, least, most)                        \
    {                                                                     \
        WIRE_ROW(n, U64, p, shape, member), .min = (least), .max = (most) \
    }
#define WIRE_TIME(n, p, shape, member) WIRE_U64(n, p, shape, member, 1, WIRE_TIME_MAX)
#define WIRE_CODE(n, p, shape, member, last)                         \
    {                                                                \
        WIRE_ROW(n, CODE, p, shape, member), .min = 1, .max = (last) \
    }
#define WIRE_VOCABULARY(n, p, shape, member) WIRE_CODE(n, p, shape, member, UINT32_MAX)
#define WIRE_FIXED(n, p, shape, member)                                           \
    {                                                                             \
        WIRE_ROW(n, FIXED, p, shape, member), .size = WIRE_SIZE_OF(shape, member) \
    }
#define WIRE_NAME(n, p, shape, member)      \
    {                                       \
        WIRE_ROW(n, NAME, p, shape, member) \
    }
#define WIRE_BYTES(n, p, shape, member, least, most)                        \
    {                                                                       \
        WIRE_ROW(n, BYTES, p, shape, member), .min = (least), .max = (most) \
    }
#define WIRE_TEXT(n, p, shape, member, least, most)                        \
    {                                                                      \
        WIRE_ROW(n, TEXT, p, shape, member), .min = (least), .max = (most) \
    }
#define WIRE_PART(n, shape, member, message)                         \
    {                                                                \
        WIRE_ROW(n, PART, REQUIRED, shape, member), .of = &(message) \
    }
#define WIRE_PART_AT(n, shape, member, message)                         \
    {                                                                   \
        WIRE_ROW(n, PART_AT, OPTIONAL, shape, member), .of = &(message) \
    }
#define WIRE_LIST_CODE(n, shape, member, least, most, last)                          \
    {                                                                                \
        WIRE_LIST_ROW(n, LIST_CODE, shape, member, least, most), .entry_max = (last) \
    }
#define WIRE_LIST_U64(n, shape, member, least, most)           \
    {                                                          \
        WIRE_LIST_ROW(n, LIST_U64, shape, member, least, most) \
    }
#define WIRE_LIST_FIXED(n, shape, member, least, most)           \
    {                                                            \
        WIRE_LIST_ROW(n, LIST_FIXED, shape, member, least, most) \
    }
#define WIRE_LIST_TEXT(n, shape, member, least, most, text_max)                          \
    {                                                                                    \
        WIRE_LIST_ROW(n, LIST_TEXT, shape, member, least, most), .entry_max = (text_max) \
    }
#define WIRE_LIST_PART(n, shape, member, least, most, message)                    \
    {                                                                             \
        WIRE_LIST_ROW(n, LIST_PART, shape, member, least, most), .of = &(message) \
    }
/* clang-format on */

/** Times are milliseconds; the limit is the year 9999, so that no sum of them overflows. */
#define WIRE_TIME_MAX UINT64_C(253402300799999)
#define WIRE_VERSION_MAX (UINT64_C(1) << 53)

/** Of a message that stands in others only: docs/protocol.md, Limits, has none for it. */
#define WIRE_NO_LIMIT SIZE_MAX

/** Defines ln_wire_NAME for struct ln_NAME from NAME_fields. */
#define WIRE_MESSAGE(message, schema, most, choice) \
    const struct ln_wire ln_wire_##message = {      \
        .name = #message,                           \
        .descriptor = &pb__##schema##__descriptor,  \
        .shape_size = sizeof(struct ln_##message),  \
        .size_max = (most),                         \
        .fields = message##_fields,                 \
        .fields_count = LN_COUNT(message##_fields), \
        .is_choice = (choice),                      \
    }

#endif
