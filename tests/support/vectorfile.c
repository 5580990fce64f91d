#include "vectorfile.h"

#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { FILES_MAX = 4 };
#define ARENA ((size_t)1 << 30)
#define BUILT_MAX ((size_t)17 << 20)

static const char *directory;
static struct ln_arena arena;
static json_t *files[FILES_MAX];
static size_t files_count, differing;

void vectors_find(int argc, char **argv)
{
    directory = argc > 1 ? argv[1] : VECTORS;
}

int vectors_start(void **state)
{
    (void)state;
    arena = LN_ARENA(ARENA);
    differing = 0;
    return 0;
}

int vectors_stop(void **state)
{
    (void)state;
    while (files_count > 0)
        json_decref(files[--files_count]);
    ln_arena_wipe(&arena);
    return differing == 0 ? 0 : -1;
}

struct ln_arena *vectors_arena(void)
{
    return &arena;
}

json_t *vectors_load(const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s.json", directory, name);
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (file == NULL)
        fail_msg("%s: %s", path, error.text);
    assert_true(files_count < FILES_MAX);
    files[files_count++] = file;
    return file;
}

json_t *vectors_cases(const json_t *file, const char *list)
{
    json_t *rows = list == NULL ? (json_t *)(uintptr_t)file : json_object_get(file, list), *row;
    json_t *names = json_object();
    size_t i;
    assert_true(json_array_size(rows) > 0);
    json_array_foreach(rows, i, row)
    {
        if (json_object_set(names, vector_text(row, "name"), json_true()) != 0 ||
            json_object_size(names) != i + 1)
            fail_msg("\"%s\" stands twice", vector_text(row, "name"));
    }
    json_decref(names);
    return rows;
}

/* Values ----------------------------------------------------------------------------------- */

const char *vector_text(const json_t *row, const char *key)
{
    const char *value = json_string_value(json_object_get(row, key));
    if (value == NULL)
        fail_msg("no text \"%s\"", key);
    return value;
}

uint64_t vector_number(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    if (!json_is_integer(value))
        fail_msg("no number \"%s\"", key);
    return (uint64_t)json_integer_value(value);
}

struct ln_bytes vector_digits(const char *digits)
{
    const size_t size = strlen(digits) / 2;
    uint8_t *bytes = ln_arena_take(&arena, size + 1);
    assert_non_null(bytes);
    assert_int_equal(ln_hex_read(digits, bytes, size), 0);
    return ln_view(bytes, size);
}

static struct ln_bytes repeated(const json_t *pairs)
{
    AUTO(ln_buffer_wipe) struct ln_buffer run = LN_BUFFER(BUILT_MAX);
    const json_t *pair;
    size_t i;
    json_array_foreach(pairs, i, pair)
    {
        const char *digits = json_string_value(json_array_get(pair, 0));
        assert_non_null(digits);
        const struct ln_bytes piece = vector_digits(digits);
        for (json_int_t k = json_integer_value(json_array_get(pair, 1)); k > 0; k--)
            assert_int_equal(ln_buffer_add_bytes(&run, piece), 0);
    }
    assert_true(run.size > 0);
    const uint8_t *copy = ln_arena_copy(&arena, ln_buffer_view(&run));
    assert_non_null(copy);
    return ln_view(copy, run.size);
}

struct ln_bytes vector_bytes(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    return json_is_array(value) ? repeated(value) : vector_digits(vector_text(row, key));
}

void vector_fixed(const json_t *row, const char *key, void *out, size_t size)
{
    const struct ln_bytes value = vector_bytes(row, key);
    assert_int_equal(value.size, size);
    memcpy(out, value.data, size);
}

void vector_same(struct ln_bytes found, const json_t *row, const char *key)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    if (!ln_bytes_equal(found, vector_bytes(row, key)))
        fail_msg("%s: \"%s\" is another one", name == NULL ? "a part" : name, key);
}

enum ln_key_use vector_use(const json_t *row)
{
    static const char *const uses[] = {
        [LN_USE_ROOT] = "root",           [LN_USE_NODE] = "node",
        [LN_USE_OFFICER] = "officer",     [LN_USE_OFFICER_BOX] = "officer-box",
        [LN_USE_EPOCH] = "epoch",         [LN_USE_ROLE] = "role",
        [LN_USE_TRANSPORT] = "transport", [LN_USE_HUB] = "hub"};
    for (unsigned use = 0; use < LN_COUNT(uses); use++) {
        if (strcmp(uses[use], vector_text(row, "use")) == 0)
            return (enum ln_key_use)use;
    }
    fail_msg("use %s", vector_text(row, "use"));
    return LN_USE_ROOT;
}

void vector_answers(int error, const json_t *row)
{
    const char *expected = vector_text(row, "code"),
               *found = error >= 0 ? "" : ln_code_of(error)->name;
    if (strcmp(found, expected) == 0)
        return;
    print_error("%s: expected \"%s\", found \"%s\"\n", vector_text(row, "name"), expected,
                found);
    differing++;
}

/* Messages --------------------------------------------------------------------------------- */

const struct ln_wire *vector_wire(const char *message)
{
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        if (strcmp(ln_wire_name(*wire), message) == 0)
            return *wire;
    }
    fail_msg("no message %s", message);
    return NULL;
}

int vector_open(const struct ln_wire *wire, struct ln_bytes bytes, void **out_shape)
{
    *out_shape = ln_arena_take(&arena, ln_wire_shape_size(wire));
    assert_non_null(*out_shape);
    return ln_wire_open(wire, bytes, &arena, *out_shape);
}

void vector_builds(const struct ln_wire *wire, const void *shape, const json_t *row,
                   const char *key)
{
    AUTO(ln_buffer_wipe) struct ln_buffer built = LN_BUFFER(BUILT_MAX);
    assert_int_equal(ln_wire_build(wire, shape, &built), 0);
    vector_same(ln_buffer_view(&built), row, key);
}

static bool is_list(const struct wire_field *field)
{
    return field->kind >= WIRE_KIND_LIST_CODE;
}

static uint64_t number_at(const struct wire_field *field, const void *place)
{
    const bool is_wide = field->kind == WIRE_KIND_U64 || field->kind == WIRE_KIND_LIST_U64;
    return is_wide ? *(const uint64_t *)place : *(const uint32_t *)place;
}

static struct ln_bytes run_at(const struct wire_field *field, const void *place)
{
    switch (field->kind) {
    case WIRE_KIND_NAME:
        return ln_view(place, strlen(place));
    case WIRE_KIND_FIXED:
    case WIRE_KIND_LIST_FIXED:
        return ln_view(place, field->size);
    default:
        return *(const struct ln_bytes *)place;
    }
}

static const void *part_at(const struct wire_field *field, const void *place)
{
    return field->kind == WIRE_KIND_PART_AT ? *(const void *const *)place : place;
}

/** One value, in the file and in the shape. */
static void has_value(const struct wire_field *field, const void *place, const json_t *value)
{
    if (field->of != NULL) {
        assert_non_null(part_at(field, place));
        vector_has_fields(field->of, part_at(field, place), value);
    } else if (json_is_integer(value)) {
        assert_int_equal(number_at(field, place), json_integer_value(value));
    } else {
        assert_true(json_is_string(value));
        assert_true(
            ln_bytes_equal(run_at(field, place), vector_digits(json_string_value(value))));
    }
}

static void has_entries(const struct wire_field *field, const uint8_t *shape,
                        const json_t *values)
{
    const uint8_t *entries = *(const uint8_t *const *)(const void *)(shape + field->offset);
    const json_t *value;
    size_t i;
    assert_int_equal(*(const size_t *)(const void *)(shape + field->count_offset),
                     json_array_size(values));
    json_array_foreach(values, i, value) has_value(field, entries + i * field->size, value);
}

static bool is_all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;
    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

/** What a shape has where the message has nothing. */
static bool is_absent(const struct wire_field *field, const uint8_t *shape)
{
    const uint8_t *place = shape + field->offset;
    if (is_list(field))
        return *(const size_t *)(const void *)(shape + field->count_offset) == 0;
    if (field->kind == WIRE_KIND_PART_AT)
        return part_at(field, place) == NULL;
    if (field->kind <= WIRE_KIND_CODE)
        return number_at(field, place) == 0;
    const struct ln_bytes run = run_at(field, place);
    return run.size == 0 || (field->kind == WIRE_KIND_FIXED && is_all_zero(run.data, run.size));
}

void vector_has_fields(const struct ln_wire *wire, const void *shape, const json_t *fields)
{
    size_t found = 0;
    for (size_t i = 0; i < wire->fields_count; i++) {
        const struct wire_field *field = &wire->fields[i];
        const char *name =
            protobuf_c_message_descriptor_get_field(wire->descriptor, field->number)->name;
        const json_t *value = json_object_get(fields, name);
        found += value != NULL;
        if (value == NULL && !is_absent(field, shape))
            fail_msg("%s.%s is there", ln_wire_name(wire), name);
        if (value != NULL && is_list(field))
            has_entries(field, shape, value);
        else if (value != NULL)
            has_value(field, (const uint8_t *)shape + field->offset, value);
    }
    assert_int_equal(found, json_object_size(fields));
}
