/*
 * Text, buffers, arenas, ids and the table of codes, at their limits and one past them.
 */
#include <liaison/error.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void text_takes_what_people_write(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",        "a\tb\nc", "ភ្នំពេញ", "ນະຄອນຫຼວງວຽງຈັນ", "ရန်ကုန်",
        "กรุงเทพฯ", "Hà Nội",  "北京",  "\xe2\x80\x8b",  "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < LN_COUNT(good); i++)
        assert_int_equal(ln_text_check(ln_view(good[i], strlen(good[i]))), 0);
}

static void text_refuses_what_deceives_or_is_no_utf_8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"\0", 1},
        {"\x01", 1},
        {"\x1b[2J", 4},
        {"\x7f", 1},
        {"\r", 1},
        {"\xc2\x85", 2},
        {"\x80", 1},
        {"\xc0\xaf", 2},
        {"\xc1\xbf", 2},
        {"\xe0\x80\xaf", 3},
        {"\xed\xa0\x80", 3},
        {"\xf0\x80\x80\xaf", 4},
        {"\xf4\x90\x80\x80", 4},
        {"\xf5\x80\x80\x80", 4},
        {"\xff", 1},
        {"\xe1\x80", 2},
        {"\xe2\x80\xae", 3},
        {"\xe2\x81\xa6", 3},
        {"\xe2\x80\x8e", 3},
        {"\xef\xbb\xbf", 3},
        {"\xe2\x80\xa8", 3},
        {"\xf3\xa0\x80\x81", 4},
    };
    for (size_t i = 0; i < LN_COUNT(bad); i++)
        assert_int_equal(ln_text_check(ln_view(bad[i].bytes, bad[i].size)), LN_E_TEXT);
}

static void names_are_1_to_32_plain_characters(void **state)
{
    (void)state;
    struct ln_name name;
    assert_int_equal(ln_name_from("kh-police-1", &name), 0);
    assert_int_equal(ln_name_from("abcdefghijklmnopqrstuvwxyzABCDEF", &name), 0);
    assert_int_equal(ln_name_from("abcdefghijklmnopqrstuvwxyzABCDEFG", &name), LN_E_NAME);
    static const char *const bad[] = {"", "a b", "a/b", "../x", "a.b", "\xc3\xa9", "a_b"};
    for (size_t i = 0; i < LN_COUNT(bad); i++)
        assert_int_equal(ln_name_from(bad[i], &name), LN_E_NAME);
}

static void buffer_takes_its_maximum_and_not_one_more(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer buffer = LN_BUFFER(1000);
    assert_int_equal(ln_buffer_add_zeros(&buffer, 999), 0);
    assert_int_equal(ln_buffer_add(&buffer, "x", 1), 0);
    assert_int_equal(ln_buffer_add(&buffer, "y", 1), LN_E_TOO_LARGE);
    assert_int_equal(buffer.size, 1000);
    assert_int_equal(buffer.data[999], 'x');
}

static void buffer_keeps_its_bytes_while_it_grows(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer buffer = LN_BUFFER(100000);
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(ln_buffer_add_u32(&buffer, i), 0);
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(ln_get_u32(buffer.data + 4 * (size_t)i), i);
}

static void formatted_text_counts_no_nul(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer buffer = LN_BUFFER(9);
    assert_int_equal(ln_buffer_format(&buffer, "%s-%d", "abc", 1234), 0);
    assert_int_equal(buffer.size, 8);
    assert_int_equal(ln_buffer_format(&buffer, "%d", 12), LN_E_TOO_LARGE);
}

static void arena_gives_its_budget_and_not_one_more(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024);
    assert_non_null(ln_arena_take(&arena, 1000));
    assert_null(ln_arena_take(&arena, 32));
    assert_non_null(ln_arena_take(&arena, 16));
    assert_null(ln_arena_array(&arena, SIZE_MAX / 2, 3));
}

static void arena_gives_zeroed_and_aligned_memory(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    for (size_t size = 1; size < 600; size += 7) {
        const uint8_t *memory = ln_arena_take(&arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
    }
}

static void ids_read_as_they_were_written(void **state)
{
    (void)state;
    struct ln_id id, back;
    char text[LN_ID_TEXT_SIZE];
    for (unsigned bit = 0; bit < 128; bit++) {
        memset(&id, 0, sizeof id);
        id.b[bit / 8] = (uint8_t)(1u << bit % 8);
        ln_id_text(&id, text);
        assert_int_equal(ln_id_read(text, &back), 0);
        assert_true(ln_id_equal(&id, &back));
    }
    static const char *const bad[] = {"", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
                                      "0000000000000000000000000U", "0000000000000000000000000",
                                      "000000000000000000000000000"};
    for (size_t i = 0; i < LN_COUNT(bad); i++)
        assert_int_equal(ln_id_read(bad[i], &back), LN_E_MALFORMED);
}

static void fingerprints_are_compared_digit_by_digit(void **state)
{
    (void)state;
    struct ln_digest digest = {{0xff, 0xff, 0, 1}};
    char text[LN_FINGERPRINT_SIZE];
    ln_fingerprint_text(&digest, text);
    assert_string_equal(text, "65535 00001 00000 00000 00000 00000 00000 00000");
    assert_int_equal(ln_fingerprint_matches(text, &digest), 0);
    assert_int_equal(
        ln_fingerprint_matches("6553500001000000000000000000000000000000", &digest), 0);
    assert_int_equal(
        ln_fingerprint_matches("65535-00001-00000-00000-00000-00000-00000-0000", &digest),
        LN_E_FINGERPRINT);
    assert_int_equal(ln_fingerprint_matches("", &digest), LN_E_FINGERPRINT);
    text[strlen(text) - 1] = '1';
    assert_int_equal(ln_fingerprint_matches(text, &digest), LN_E_FINGERPRINT);
}

static void every_code_has_a_number_of_its_own_and_all_its_texts(void **state)
{
    (void)state;
    for (const struct ln_code *a = ln_codes(); a->name != NULL; a++) {
        assert_true(a->number > 0 && a->number < 200);
        assert_true(strlen(a->rule) > 0 && strlen(a->rule) <= 80 &&
                    strchr(a->rule, ':') != NULL);
        assert_true(strlen(a->text) > 0 && strlen(a->advice) > 0);
        assert_ptr_equal(ln_code_of(-a->number), a);
        for (const struct ln_code *b = a + 1; b->name != NULL; b++)
            assert_true(a->number != b->number && strcmp(a->name, b->name) != 0);
    }
    assert_string_equal(ln_code_of(-9999)->name, "UNKNOWN");
}

static void times_are_iso_8601(void **state)
{
    (void)state;
    char text[LN_TIME_TEXT_SIZE];
    ln_time_text(UINT64_C(1411444800123), text);
    assert_string_equal(text, "2014-09-23T04:00:00.123Z");
}

static void day_is_read_exactly_as_it_is_written(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "2027-3-31", "2027-03-32", "31-03-2027", "2027-03-31Z", "1970-01-01", "soon"};
    uint64_t day_ms = 0;
    assert_true(ln_day_read("2014-09-23", &day_ms));
    assert_int_equal(day_ms, UINT64_C(1411430400000));
    for (size_t i = 0; i < LN_COUNT(wrong); i++)
        assert_false(ln_day_read(wrong[i], &day_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_takes_what_people_write),
        cmocka_unit_test(text_refuses_what_deceives_or_is_no_utf_8),
        cmocka_unit_test(names_are_1_to_32_plain_characters),
        cmocka_unit_test(buffer_takes_its_maximum_and_not_one_more),
        cmocka_unit_test(buffer_keeps_its_bytes_while_it_grows),
        cmocka_unit_test(formatted_text_counts_no_nul),
        cmocka_unit_test(arena_gives_its_budget_and_not_one_more),
        cmocka_unit_test(arena_gives_zeroed_and_aligned_memory),
        cmocka_unit_test(ids_read_as_they_were_written),
        cmocka_unit_test(fingerprints_are_compared_digit_by_digit),
        cmocka_unit_test(every_code_has_a_number_of_its_own_and_all_its_texts),
        cmocka_unit_test(times_are_iso_8601),
        cmocka_unit_test(day_is_read_exactly_as_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
