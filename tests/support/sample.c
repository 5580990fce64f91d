/*
 * Writes protobuf bytes by hand, so that the samples do not depend on the code that they test.
 */
#include "sample.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, PART_MAX = 1024 * 1024 };

static int add_varint(struct ln_buffer *out, uint64_t value)
{
    int error = 0;
    do {
        const uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
        error = ln_buffer_add(out, &byte, 1);
    } while (value > 0 && error == 0);
    return error;
}

static int add_tag(struct ln_buffer *out, uint32_t number, unsigned type)
{
    return add_varint(out, (uint64_t)number << 3 | type);
}

static int add_run(struct ln_buffer *out, uint32_t number, struct ln_bytes run)
{
    int error = add_tag(out, number, LENGTH);
    if (error == 0)
        error = add_varint(out, run.size);
    return error == 0 ? ln_buffer_add_bytes(out, run) : error;
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

static bool is_text(const struct wire_field *field)
{
    return field->kind == WIRE_KIND_TEXT || field->kind == WIRE_KIND_NAME ||
           field->kind == WIRE_KIND_LIST_TEXT;
}

/** The shortest that is allowed, or one longer than allowed. */
static size_t run_size(const struct wire_field *field, bool is_too_long)
{
    switch (field->kind) {
    case WIRE_KIND_FIXED:
    case WIRE_KIND_LIST_FIXED:
        return field->size + is_too_long;
    case WIRE_KIND_NAME:
        return is_too_long ? LN_NAME_MAX + 1 : 2;
    case WIRE_KIND_LIST_TEXT:
        return is_too_long ? field->entry_max + 1 : 1;
    default:
        return is_too_long ? field->max + 1 : field->min > 0 ? field->min : 1;
    }
}

static int add_bytes(struct ln_buffer *out, const struct wire_field *field,
                     enum sample_fault fault)
{
    AUTO(ln_buffer_wipe) struct ln_buffer run = LN_BUFFER((size_t)32 << 20);
    const size_t size = run_size(field, fault == SAMPLE_TOO_LONG);
    uint8_t *place;
    int error = ln_buffer_extend(&run, size, &place);
    if (error != 0)
        return error;
    memset(place, is_text(field) ? 'K' : 0x5a, size);
    if (fault == SAMPLE_BAD_TEXT)
        place[0] = '\0';
    return add_run(out, field->number, ln_buffer_view(&run));
}

static int add_full(const struct ln_wire *wire, struct ln_buffer *out, unsigned depth,
                    bool is_full);

static int add_value(struct ln_buffer *out, const struct wire_field *field,
                     enum sample_fault fault, unsigned depth, bool is_full)
{
    if (fault == SAMPLE_WRONG_TYPE) {
        static const uint8_t eight[8];
        const int error = add_tag(out, field->number, FIXED64);
        return error == 0 ? ln_buffer_add(out, eight, sizeof eight) : error;
    }
    if (is_number(field)) {
        const int error = add_tag(out, field->number, VARINT);
        const uint64_t value = is_list(field) || field->min == 0 ? 1 : field->min;
        return error == 0 ? add_varint(out, value) : error;
    }
    if (field->of == NULL)
        return add_bytes(out, field, fault);
    AUTO(ln_buffer_wipe) struct ln_buffer part = LN_BUFFER(PART_MAX);
    const int error = add_full(field->of, &part, depth + 1, is_full);
    return error == 0 ? add_run(out, field->number, ln_buffer_view(&part)) : error;
}

static size_t times_of(const struct wire_field *field, enum sample_fault fault, bool is_wanted)
{
    if (fault == SAMPLE_WITHOUT)
        return 0;
    if (fault == SAMPLE_TWICE)
        return 2;
    if (fault == SAMPLE_TOO_MANY)
        return (size_t)field->max + 1;
    if (is_list(field))
        return field->min > 0 ? (size_t)field->min : is_wanted;
    return is_wanted;
}

/** Of a choice only the field in question is there; of other messages, what must be. */
static bool is_wanted(const struct ln_wire *wire, size_t index, size_t asked, bool is_full)
{
    if (wire->is_choice)
        return index == asked;
    const struct wire_field *field = &wire->fields[index];
    return index == asked || is_full || (!is_list(field) && field->presence == REQUIRED);
}

static int add_fields(const struct ln_wire *wire, size_t asked, enum sample_fault fault,
                      struct ln_buffer *out, unsigned depth, bool is_full)
{
    int error = 0;
    for (size_t i = 0; i < wire->fields_count && error == 0; i++) {
        const enum sample_fault here = i == asked ? fault : SAMPLE_VALID;
        const size_t times =
            times_of(&wire->fields[i], here, is_wanted(wire, i, asked, is_full));
        for (size_t k = 0; k < times && error == 0; k++)
            error = add_value(out, &wire->fields[i], here, depth, is_full);
    }
    return error;
}

static int add_full(const struct ln_wire *wire, struct ln_buffer *out, unsigned depth,
                    bool is_full)
{
    return depth > SAMPLE_DEPTH_MAX ? LN_E_TOO_LARGE
                                    : add_fields(wire, 0, SAMPLE_VALID, out, depth, is_full);
}

int sample_build(const struct ln_wire *wire, size_t field, enum sample_fault fault,
                 struct ln_buffer *out)
{
    return add_fields(wire, field, fault, out, 0, false);
}

int sample_build_full(const struct ln_wire *wire, struct ln_buffer *out)
{
    return add_full(wire, out, 0, true);
}
