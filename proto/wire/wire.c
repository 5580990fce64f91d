/*
 * The engine between bytes and shapes: one function a kind of field, driven by the messages'
 * tables.
 *
 * Shapes and generated structs differ only in how they say "there or not" and "how many"; a
 * table row and protobuf-c's own descriptor know where both stand, so no message needs code of
 * its own.
 */
#include "wire.h"

#include "scan.h"

#include <assert.h>
#include <string.h>

/* Where a field stands in the generated struct --------------------------------------------- */

struct place {
    const struct wire_field *field;
    void *shape;    /* the member in the shape */
    void *value;    /* the member in the generated struct */
    void *quantity; /* its has_ or n_ member; NULL for a nested message */
};

static struct place place_of(const struct ln_wire *wire, const struct wire_field *field,
                             void *shape, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *descriptor =
        protobuf_c_message_descriptor_get_field(wire->descriptor, field->number);
    assert(descriptor != NULL);
    return (struct place){
        .field = field,
        .shape = (uint8_t *)shape + field->offset,
        .value = (uint8_t *)message + descriptor->offset,
        .quantity = descriptor->quantifier_offset == 0
                        ? NULL
                        : (uint8_t *)message + descriptor->quantifier_offset,
    };
}

static size_t *shape_count(const struct wire_field *field, void *shape)
{
    return (size_t *)(void *)((uint8_t *)shape + field->count_offset);
}

/* From generated structs to shapes --------------------------------------------------------- */

static int open_parts(const struct ln_wire *wire, ProtobufCMessage *message,
                      struct ln_arena *arena, void *out_shape);

static int open_number(const struct place *place, uint64_t value)
{
    const struct wire_field *field = place->field;
    if (value < field->min || value > field->max)
        return field->kind == WIRE_KIND_CODE ? LN_E_UNKNOWN_CODE : LN_E_FIELD_LENGTH;
    if (field->kind == WIRE_KIND_U64)
        *(uint64_t *)place->shape = value;
    else
        *(uint32_t *)place->shape = (uint32_t)value;
    return 0;
}

static int open_bytes(const struct place *place, struct ln_bytes bytes)
{
    const struct wire_field *field = place->field;
    switch (field->kind) {
    case WIRE_KIND_FIXED:
        if (bytes.size != field->size)
            return LN_E_FIELD_LENGTH;
        memcpy(place->shape, bytes.data, bytes.size);
        return 0;
    case WIRE_KIND_NAME:
        return ln_name_from_bytes(bytes, place->shape);
    default:
        if (bytes.size < field->min || bytes.size > field->max)
            return LN_E_FIELD_LENGTH;
        *(struct ln_bytes *)place->shape = bytes;
        return field->kind == WIRE_KIND_TEXT ? ln_text_check(bytes) : 0;
    }
}

static int open_part(const struct place *place, struct ln_arena *arena)
{
    const struct ln_wire *of = place->field->of;
    ProtobufCMessage *message = *(ProtobufCMessage **)place->value;
    if (place->field->kind == WIRE_KIND_PART)
        return message == NULL ? LN_E_MISSING_FIELD
                               : open_parts(of, message, arena, place->shape);
    if (message == NULL)
        return 0;
    void *part = ln_arena_take(arena, of->shape_size);
    if (part == NULL)
        return LN_E_OUT_OF_MEMORY;
    *(void **)place->shape = part;
    return open_parts(of, message, arena, part);
}

static struct ln_bytes run_of(const ProtobufCBinaryData *data)
{
    return ln_view(data->data, data->len);
}

static int open_entry(const struct place *place, size_t index, void *entry,
                      struct ln_arena *arena)
{
    const struct wire_field *field = place->field;
    void *values = *(void **)place->value;
    switch (field->kind) {
    case WIRE_KIND_LIST_CODE: {
        const uint32_t code = ((const uint32_t *)values)[index];
        if (code == 0 || code > field->entry_max)
            return LN_E_UNKNOWN_CODE;
        *(uint32_t *)entry = code;
        return 0;
    }
    case WIRE_KIND_LIST_U64:
        *(uint64_t *)entry = ((const uint64_t *)values)[index];
        return 0;
    case WIRE_KIND_LIST_PART:
        return open_parts(field->of, ((ProtobufCMessage **)values)[index], arena, entry);
    default:
        break;
    }
    const struct ln_bytes run = run_of(&((const ProtobufCBinaryData *)values)[index]);
    if (field->kind == WIRE_KIND_LIST_FIXED) {
        if (run.size != field->size)
            return LN_E_FIELD_LENGTH;
        memcpy(entry, run.data, run.size);
        return 0;
    }
    if (run.size == 0 || run.size > field->entry_max)
        return LN_E_FIELD_LENGTH;
    *(struct ln_bytes *)entry = run;
    return ln_text_check(run);
}

static int open_list(const struct place *place, void *shape, struct ln_arena *arena)
{
    const struct wire_field *field = place->field;
    const size_t count = *(const size_t *)place->quantity;
    if (count < field->min)
        return LN_E_MISSING_FIELD;
    if (count > field->max)
        return LN_E_TOO_MANY;
    if (count == 0)
        return 0;
    uint8_t *entries = ln_arena_array(arena, count, field->size);
    if (entries == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const int error = open_entry(place, i, entries + i * field->size, arena);
        if (error != 0)
            return error;
    }
    *(void **)place->shape = entries;
    *shape_count(field, shape) = count;
    return 0;
}

static int open_field(const struct ln_wire *wire, const struct wire_field *field,
                      ProtobufCMessage *message, struct ln_arena *arena, void *shape)
{
    const struct place place = place_of(wire, field, shape, message);
    if (field->kind >= WIRE_KIND_LIST_CODE)
        return open_list(&place, shape, arena);
    if (field->kind == WIRE_KIND_PART || field->kind == WIRE_KIND_PART_AT)
        return open_part(&place, arena);
    if (!*(const protobuf_c_boolean *)place.quantity)
        return field->presence == REQUIRED ? LN_E_MISSING_FIELD : 0;
    switch (field->kind) {
    case WIRE_KIND_U64:
        return open_number(&place, *(const uint64_t *)place.value);
    case WIRE_KIND_U32:
    case WIRE_KIND_CODE:
        return open_number(&place, *(const uint32_t *)place.value);
    default:
        return open_bytes(&place, run_of(place.value));
    }
}

/** A choice's fields are all nested messages: how many of them are there? */
static size_t count_parts(const struct ln_wire *wire, const ProtobufCMessage *message)
{
    size_t count = 0;
    for (size_t i = 0; i < wire->fields_count; i++) {
        const ProtobufCFieldDescriptor *descriptor =
            protobuf_c_message_descriptor_get_field(wire->descriptor, wire->fields[i].number);
        const uint8_t *value = (const uint8_t *)message + descriptor->offset;
        count += *(ProtobufCMessage *const *)(const void *)value != NULL;
    }
    return count;
}

static int open_parts(const struct ln_wire *wire, ProtobufCMessage *message,
                      struct ln_arena *arena, void *out_shape)
{
    if (wire->is_choice && count_parts(wire, message) != 1)
        return LN_E_MALFORMED;
    for (size_t i = 0; i < wire->fields_count; i++) {
        const int error = open_field(wire, &wire->fields[i], message, arena, out_shape);
        if (error != 0)
            return error;
    }
    return 0;
}

/* protobuf-c takes its memory from the arena, which wipes and frees it all at once. */

static void *arena_alloc(void *arena, size_t size)
{
    return ln_arena_take(arena, size);
}

static void arena_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

int ln_wire_open(const struct ln_wire *wire, struct ln_bytes bytes, struct ln_arena *arena,
                 void *out_shape)
{
    if (bytes.size > wire->size_max)
        return LN_E_TOO_LARGE;
    int error = scan_message(wire, bytes);
    if (error != 0)
        return error;
    ProtobufCAllocator allocator = {arena_alloc, arena_free, arena};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(wire->descriptor, &allocator, bytes.size, bytes.data);
    void *shape = ln_arena_take(arena, wire->shape_size);
    if (message == NULL || shape == NULL)
        return LN_E_OUT_OF_MEMORY; /* the scan has passed: only the budget can be the reason */
    error = open_parts(wire, message, arena, shape);
    if (error == 0)
        memcpy(out_shape, shape, wire->shape_size);
    return error;
}

/* From shapes to generated structs --------------------------------------------------------- */

static ProtobufCMessage *build_parts(const struct ln_wire *wire, const void *shape,
                                     struct ln_arena *arena);

/**
 * Our own shapes fit in memory, or we have made a mistake: the scratch arena has no real
 * budget.
 */
static void *scratch(struct ln_arena *arena, size_t count, size_t size)
{
    void *memory = ln_arena_array(arena, count, size);
    assert(memory != NULL);
    return memory;
}

static ProtobufCBinaryData data_of(struct ln_bytes bytes)
{
    return (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
}

static struct ln_bytes shape_run(const struct place *place)
{
    const struct wire_field *field = place->field;
    switch (field->kind) {
    case WIRE_KIND_NAME:
        return ln_view(place->shape, strlen(place->shape));
    case WIRE_KIND_FIXED:
        return ln_view(place->shape, field->size);
    default:
        return *(const struct ln_bytes *)place->shape;
    }
}

static bool is_zero(struct ln_bytes run)
{
    uint8_t any = 0;
    for (size_t i = 0; i < run.size; i++)
        any |= run.data[i];
    return any == 0;
}

static void build_number(const struct place *place, uint64_t value)
{
    const bool is_there = value != 0 || place->field->presence == REQUIRED;
    *(protobuf_c_boolean *)place->quantity = is_there;
    if (place->field->kind == WIRE_KIND_U64)
        *(uint64_t *)place->value = value;
    else
        *(uint32_t *)place->value = (uint32_t)value;
}

static void build_bytes(const struct place *place)
{
    const struct ln_bytes run = shape_run(place);
    const bool is_empty = place->field->kind == WIRE_KIND_FIXED ? is_zero(run) : run.size == 0;
    *(protobuf_c_boolean *)place->quantity = !is_empty || place->field->presence == REQUIRED;
    *(ProtobufCBinaryData *)place->value = data_of(run);
}

static void build_part(const struct place *place, struct ln_arena *arena)
{
    const void *part = place->field->kind == WIRE_KIND_PART
                           ? place->shape
                           : *(const void *const *)place->shape;
    if (part != NULL)
        *(ProtobufCMessage **)place->value = build_parts(place->field->of, part, arena);
}

static void build_list(const struct place *place, const void *shape, struct ln_arena *arena)
{
    const struct wire_field *field = place->field;
    const size_t count = *shape_count(field, (void *)(uintptr_t)shape);
    const uint8_t *entries = *(const uint8_t *const *)place->shape;
    *(size_t *)place->quantity = count;
    if (count == 0)
        return;
    if (field->kind == WIRE_KIND_LIST_CODE || field->kind == WIRE_KIND_LIST_U64) {
        *(void **)place->value = (void *)(uintptr_t)entries;
        return;
    }
    if (field->kind == WIRE_KIND_LIST_PART) {
        ProtobufCMessage **parts = scratch(arena, count, sizeof *parts);
        for (size_t i = 0; i < count; i++)
            parts[i] = build_parts(field->of, entries + i * field->size, arena);
        *(ProtobufCMessage ***)place->value = parts;
        return;
    }
    ProtobufCBinaryData *runs = scratch(arena, count, sizeof *runs);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = entries + i * field->size;
        runs[i] = data_of(field->kind == WIRE_KIND_LIST_FIXED
                              ? ln_view(entry, field->size)
                              : *(const struct ln_bytes *)(const void *)entry);
    }
    *(ProtobufCBinaryData **)place->value = runs;
}

static void build_field(const struct ln_wire *wire, const struct wire_field *field,
                        const void *shape, ProtobufCMessage *message, struct ln_arena *arena)
{
    const struct place place = place_of(wire, field, (void *)(uintptr_t)shape, message);
    switch (field->kind) {
    case WIRE_KIND_U64:
        build_number(&place, *(const uint64_t *)place.shape);
        break;
    case WIRE_KIND_U32:
    case WIRE_KIND_CODE:
        build_number(&place, *(const uint32_t *)place.shape);
        break;
    case WIRE_KIND_FIXED:
    case WIRE_KIND_NAME:
    case WIRE_KIND_BYTES:
    case WIRE_KIND_TEXT:
        build_bytes(&place);
        break;
    case WIRE_KIND_PART:
    case WIRE_KIND_PART_AT:
        build_part(&place, arena);
        break;
    default:
        build_list(&place, shape, arena);
    }
}

static ProtobufCMessage *build_parts(const struct ln_wire *wire, const void *shape,
                                     struct ln_arena *arena)
{
    ProtobufCMessage *message = scratch(arena, 1, wire->descriptor->sizeof_message);
    protobuf_c_message_init(wire->descriptor, message);
    for (size_t i = 0; i < wire->fields_count; i++)
        build_field(wire, &wire->fields[i], shape, message, arena);
    assert(!wire->is_choice || count_parts(wire, message) == 1);
    return message;
}

int ln_wire_build(const struct ln_wire *wire, const void *shape, struct ln_buffer *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SIZE_MAX);
    const ProtobufCMessage *message = build_parts(wire, shape, &arena);
    const size_t size = protobuf_c_message_get_packed_size(message);
    if (size > wire->size_max)
        return LN_E_TOO_LARGE;
    uint8_t *place;
    const int error = ln_buffer_extend(out, size, &place);
    if (error != 0)
        return error;
    const size_t packed_size = protobuf_c_message_pack(message, place);
    assert(packed_size == size);
    return 0;
}

const char *ln_wire_name(const struct ln_wire *wire)
{
    return wire->name;
}

size_t ln_wire_size_max(const struct ln_wire *wire)
{
    return wire->size_max;
}

size_t ln_wire_shape_size(const struct ln_wire *wire)
{
    return wire->shape_size;
}
