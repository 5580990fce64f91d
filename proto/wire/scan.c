/*
 * Walks packed bytes against a message's table without allocating anything.
 *
 * protobuf-c lets the last of two values win, keeps unknown fields, has no limit on allocation
 * and none on nesting: two readers could see different things in one signed body. So the bytes
 * are held against the table first, and only a strict message is ever unpacked. It recurses
 * over our own tables, which never contain themselves (a test walks them), not over the input.
 */
#include "scan.h"

#include <assert.h>

enum { WIRETYPE_VARINT = 0, WIRETYPE_LENGTH = 2 };

struct reader {
    const uint8_t *next, *end;
};

static int read_varint(struct reader *reader, uint64_t *out_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (reader->next == reader->end)
            return LN_E_TRUNCATED;
        const uint8_t byte = *reader->next++;
        if (shift == 63 && byte > 1)
            return LN_E_MALFORMED;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out_value = value;
            return 0;
        }
    }
    return LN_E_MALFORMED;
}

static int read_run(struct reader *reader, struct ln_bytes *out_run)
{
    uint64_t size;
    const int error = read_varint(reader, &size);
    if (error != 0)
        return error;
    if (size > (uint64_t)(reader->end - reader->next))
        return LN_E_TRUNCATED;
    *out_run = ln_view(reader->next, (size_t)size);
    reader->next += size;
    return 0;
}

static bool is_list(const struct wire_field *field)
{
    return field->kind >= WIRE_KIND_LIST_CODE;
}

static bool is_number(const struct wire_field *field)
{
    return field->kind <= WIRE_KIND_CODE || field->kind == WIRE_KIND_LIST_CODE ||
           field->kind == WIRE_KIND_LIST_U64;
}

/** A 32-bit number above 32 bits would be cut silently by one reader and refused by another. */
static bool is_wide(const struct wire_field *field)
{
    return field->kind == WIRE_KIND_U64 || field->kind == WIRE_KIND_LIST_U64;
}

static const struct wire_field *find_field(const struct ln_wire *wire, uint64_t number,
                                           size_t *out_index)
{
    for (size_t i = 0; i < wire->fields_count; i++) {
        if (wire->fields[i].number == number) {
            *out_index = i;
            return &wire->fields[i];
        }
    }
    return NULL;
}

static int scan_value(const struct wire_field *field, struct reader *reader)
{
    if (is_number(field)) {
        uint64_t value;
        const int error = read_varint(reader, &value);
        if (error != 0)
            return error;
        return value > UINT32_MAX && !is_wide(field) ? LN_E_MALFORMED : 0;
    }
    struct ln_bytes run;
    const int error = read_run(reader, &run);
    if (error != 0)
        return error;
    if (field->of == NULL)
        return 0;
    return run.size > field->of->size_max ? LN_E_TOO_LARGE : scan_message(field->of, run);
}

static int scan_field(const struct ln_wire *wire, struct reader *reader,
                      uint64_t counts[static WIRE_FIELDS_MAX])
{
    uint64_t tag;
    const int error = read_varint(reader, &tag);
    if (error != 0)
        return error;
    size_t index;
    const struct wire_field *field = find_field(wire, tag >> 3, &index);
    if (field == NULL)
        return LN_E_UNKNOWN_FIELD;
    if ((tag & 7) != (is_number(field) ? WIRETYPE_VARINT : WIRETYPE_LENGTH))
        return LN_E_MALFORMED;
    counts[index]++;
    if (counts[index] > (is_list(field) ? field->max : 1))
        return is_list(field) ? LN_E_TOO_MANY : LN_E_DUPLICATE_FIELD;
    return scan_value(field, reader);
}

int scan_message(const struct ln_wire *wire, struct ln_bytes bytes)
{
    assert(wire->fields_count <= WIRE_FIELDS_MAX);
    uint64_t counts[WIRE_FIELDS_MAX] = {0};
    if (bytes.size == 0)
        return 0;
    struct reader reader = {bytes.data, bytes.data + bytes.size};
    while (reader.next < reader.end) {
        const int error = scan_field(wire, &reader, counts);
        if (error != 0)
            return error;
    }
    return 0;
}
