/*
 * Every message that a stranger's bytes may be opened as, against every way in which a field
 * can be wrong. The tables are the test's only input: a message that is added is tested.
 */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <liaison/letter.h>
#include <liaison/roster.h>

#define BUFFER_MAX ((size_t)64 << 20)
#define BUDGET ((size_t)256 << 20)

static int open_bytes(const struct ln_wire *wire, struct ln_bytes bytes)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(BUDGET);
    uint8_t shape[1024];
    assert_true(ln_wire_shape_size(wire) <= sizeof shape);
    return ln_wire_open(wire, bytes, &arena, shape);
}

static int open_sample(const struct ln_wire *wire, size_t field, enum sample_fault fault)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(BUFFER_MAX);
    assert_int_equal(sample_build(wire, field, fault, &bytes), 0);
    return open_bytes(wire, ln_buffer_view(&bytes));
}

typedef void field_test(const struct ln_wire *wire, size_t field);

static void for_all_fields(field_test *test)
{
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        for (size_t i = 0; i < (*wire)->fields_count; i++)
            test(*wire, i);
    }
}

static void expect(const struct ln_wire *wire, size_t field, int got, int want)
{
    if (got != want)
        fail_msg("%s, field %u: %s, not %s", wire->name, wire->fields[field].number,
                 ln_code_of(got)->name, ln_code_of(want)->name);
}

static bool is_list(const struct wire_field *field)
{
    return field->kind >= WIRE_KIND_LIST_CODE;
}

static void check_valid(const struct ln_wire *wire, size_t field)
{
    expect(wire, field, open_sample(wire, field, SAMPLE_VALID), 0);
}

static void takes_smallest_valid_message(void **state)
{
    (void)state;
    for_all_fields(check_valid);
}

static void check_missing(const struct ln_wire *wire, size_t field)
{
    const struct wire_field *row = &wire->fields[field];
    const bool is_needed = is_list(row) ? row->min > 0 : row->presence == REQUIRED;
    int want = is_needed ? LN_E_MISSING_FIELD : 0;
    if (wire->is_choice)
        want = LN_E_MALFORMED; /* none of them is there */
    expect(wire, field, open_sample(wire, field, SAMPLE_WITHOUT), want);
}

static void refuses_message_without_a_needed_field(void **state)
{
    (void)state;
    for_all_fields(check_missing);
}

static void check_twice(const struct ln_wire *wire, size_t field)
{
    if (!is_list(&wire->fields[field]))
        expect(wire, field, open_sample(wire, field, SAMPLE_TWICE), LN_E_DUPLICATE_FIELD);
}

static void refuses_single_field_that_stands_twice(void **state)
{
    (void)state;
    for_all_fields(check_twice);
}

static void check_too_many(const struct ln_wire *wire, size_t field)
{
    if (!is_list(&wire->fields[field]))
        return;
    const int got = open_sample(wire, field, SAMPLE_TOO_MANY);
    if (got != LN_E_TOO_LARGE) /* the message's own limit may come first */
        expect(wire, field, got, LN_E_TOO_MANY);
}

static void refuses_list_with_one_entry_too_many(void **state)
{
    (void)state;
    for_all_fields(check_too_many);
}

static void check_too_long(const struct ln_wire *wire, size_t field)
{
    const struct wire_field *row = &wire->fields[field];
    if (row->of != NULL || row->kind <= WIRE_KIND_CODE || row->kind == WIRE_KIND_LIST_CODE ||
        row->kind == WIRE_KIND_LIST_U64)
        return;
    const int got = open_sample(wire, field, SAMPLE_TOO_LONG);
    const int want = row->kind == WIRE_KIND_NAME ? LN_E_NAME : LN_E_FIELD_LENGTH;
    if (got != LN_E_TOO_LARGE)
        expect(wire, field, got, want);
}

static void refuses_bytes_longer_by_one_than_allowed(void **state)
{
    (void)state;
    for_all_fields(check_too_long);
}

static void check_wrong_type(const struct ln_wire *wire, size_t field)
{
    expect(wire, field, open_sample(wire, field, SAMPLE_WRONG_TYPE), LN_E_MALFORMED);
}

static void refuses_another_wire_type(void **state)
{
    (void)state;
    for_all_fields(check_wrong_type);
}

static void check_bad_text(const struct ln_wire *wire, size_t field)
{
    const struct wire_field *row = &wire->fields[field];
    if (row->kind == WIRE_KIND_TEXT || row->kind == WIRE_KIND_LIST_TEXT)
        expect(wire, field, open_sample(wire, field, SAMPLE_BAD_TEXT), LN_E_TEXT);
    if (row->kind == WIRE_KIND_NAME)
        expect(wire, field, open_sample(wire, field, SAMPLE_BAD_TEXT), LN_E_NAME);
}

static void refuses_text_with_a_nul(void **state)
{
    (void)state;
    for_all_fields(check_bad_text);
}

static void refuses_field_that_is_not_known(void **state)
{
    (void)state;
    static const uint8_t unknown[] = {0xf8, 0x07, 0x01}; /* field 127, varint 1 */
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(BUFFER_MAX);
        assert_int_equal(sample_build(*wire, 0, SAMPLE_VALID, &bytes), 0);
        assert_int_equal(ln_buffer_add(&bytes, unknown, sizeof unknown), 0);
        assert_int_equal(open_bytes(*wire, ln_buffer_view(&bytes)), LN_E_UNKNOWN_FIELD);
    }
}

static void refuses_message_cut_inside_a_field(void **state)
{
    (void)state;
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(BUFFER_MAX);
        assert_int_equal(sample_build_full(*wire, &bytes), 0);
        if (bytes.size > 0)
            assert_int_equal(open_bytes(*wire, ln_view(bytes.data, bytes.size - 1)),
                             LN_E_TRUNCATED);
        for (size_t size = 0; size < bytes.size && size < 512; size++) {
            const int error = open_bytes(*wire, ln_view(bytes.data, size));
            assert_true(error <= 0); /* whatever it says, it does not crash */
        }
    }
}

static void refuses_message_above_its_size(void **state)
{
    (void)state;
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        static const uint8_t nothing[1];
        assert_int_equal(open_bytes(*wire, ln_view(nothing, ln_wire_size_max(*wire) + 1)),
                         LN_E_TOO_LARGE);
    }
}

static void refuses_number_of_more_than_ten_bytes(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x18, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    assert_int_equal(open_bytes(&ln_wire_letter, ln_view(bytes, sizeof bytes)), LN_E_MALFORMED);
}

static void refuses_32_bit_number_above_32_bits(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x08, 0x80, 0x80,
                                    0x80, 0x80, 0x10}; /* Signed.type = 2^32 */
    assert_int_equal(open_bytes(&ln_wire_signed, ln_view(bytes, sizeof bytes)), LN_E_MALFORMED);
}

static void refuses_what_does_not_fit_the_arena(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(BUFFER_MAX);
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(64);
    struct ln_roster roster;
    assert_int_equal(sample_build(&ln_wire_roster, 0, SAMPLE_VALID, &bytes), 0);
    assert_int_equal(ln_roster_open(ln_buffer_view(&bytes), &arena, &roster),
                     LN_E_OUT_OF_MEMORY);
}

/* Opening and building again gives the same bytes where fields stand in their order. */
static void builds_what_it_opened(void **state)
{
    (void)state;
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(BUDGET);
        AUTO(ln_buffer_wipe)
        struct ln_buffer bytes = LN_BUFFER(BUFFER_MAX), again = LN_BUFFER(BUFFER_MAX);
        uint8_t shape[1024];
        assert_int_equal(sample_build_full(*wire, &bytes), 0);
        const int error = ln_wire_open(*wire, ln_buffer_view(&bytes), &arena, shape);
        if (error != 0)
            fail_msg("%s: %s", (*wire)->name, ln_code_of(error)->name);
        assert_int_equal(ln_wire_build(*wire, shape, &again), 0);
        assert_true(ln_bytes_equal(ln_buffer_view(&bytes), ln_buffer_view(&again)));
    }
}

/* protobuf-c has no recursion limit: no message may contain itself. */
static bool contains(const struct ln_wire *wire, const struct ln_wire *sought, unsigned depth)
{
    assert_true(depth < SAMPLE_DEPTH_MAX);
    for (size_t i = 0; i < wire->fields_count; i++) {
        const struct ln_wire *of = wire->fields[i].of;
        if (of != NULL && (of == sought || contains(of, sought, depth + 1)))
            return true;
    }
    return false;
}

static void no_message_contains_itself(void **state)
{
    (void)state;
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++)
        assert_false(contains(*wire, *wire, 0));
}

static void tables_have_the_fields_of_their_schema(void **state)
{
    (void)state;
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++)
        assert_int_equal((*wire)->fields_count, (*wire)->descriptor->n_fields);
}

/* Envelopes -------------------------------------------------------------------------------- */

static void pads_as_padme(void **state)
{
    (void)state;
    static const struct {
        size_t packet, padded;
    } rows[] = {{0, 4096},    {4092, 4096},   {4093, 4352},
                {5000, 5120}, {65532, 65536}, {65533, 67584}};
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        assert_int_equal(ln_padded_size(rows[i].packet), rows[i].padded);
}

static void padding_costs_at_most_twelve_percent(void **state)
{
    (void)state;
    for (size_t size = 5000; size < LN_PACKET_MAX; size += 997)
        assert_true(ln_padded_size(size) <= (size + 4) * 112 / 100 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_smallest_valid_message),
        cmocka_unit_test(refuses_message_without_a_needed_field),
        cmocka_unit_test(refuses_single_field_that_stands_twice),
        cmocka_unit_test(refuses_list_with_one_entry_too_many),
        cmocka_unit_test(refuses_bytes_longer_by_one_than_allowed),
        cmocka_unit_test(refuses_another_wire_type),
        cmocka_unit_test(refuses_text_with_a_nul),
        cmocka_unit_test(refuses_field_that_is_not_known),
        cmocka_unit_test(refuses_message_cut_inside_a_field),
        cmocka_unit_test(refuses_message_above_its_size),
        cmocka_unit_test(refuses_number_of_more_than_ten_bytes),
        cmocka_unit_test(refuses_32_bit_number_above_32_bits),
        cmocka_unit_test(refuses_what_does_not_fit_the_arena),
        cmocka_unit_test(builds_what_it_opened),
        cmocka_unit_test(no_message_contains_itself),
        cmocka_unit_test(tables_have_the_fields_of_their_schema),
        cmocka_unit_test(pads_as_padme),
        cmocka_unit_test(padding_costs_at_most_twelve_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
