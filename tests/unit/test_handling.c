/*
 * What a handling code lets be done: everything is tried, against a table written by hand.
 */
#include "handling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct ln_name vietnam = {"VN"}, laos = {"LA"};
static const struct ln_country to_vietnam[] = {{{"VN"}}};

/** By code, H0 to H3: which of READ, COURT, FORWARD, EXPORT it lets pass by itself. */
static const char *const by_code[] = {[LN_HANDLING_H0] = "xxxx",
                                      [LN_HANDLING_H1] = "x-xx",
                                      [LN_HANDLING_H2] = "x--x",
                                      [LN_HANDLING_H3] = "x---"};

/** The uses of the bits of `mask`: bit 0 is COURT. */
static size_t uses_of(unsigned mask, uint32_t out[static LN_USE_FOR_LAST])
{
    size_t count = 0;
    for (uint32_t use = 1; use <= LN_USE_FOR_LAST; use++) {
        if ((mask & (1u << (use - 1))) != 0)
            out[count++] = use;
    }
    return count;
}

static int expected(uint32_t code, unsigned mask, bool names_vietnam, uint32_t use,
                    const struct ln_name *to)
{
    const bool passes =
        by_code[code][use] == 'x' || (use > 0 && (mask & (1u << (use - 1))) != 0);
    if (use != LN_USE_FOR_FORWARD)
        return passes ? 0 : LN_E_HANDLING;
    if (to == NULL)
        return LN_E_ONWARD;
    if (names_vietnam)
        return to == &vietnam ? 0 : LN_E_ONWARD;
    return passes ? 0 : LN_E_HANDLING;
}

static void every_code_use_exception_and_country(void **state)
{
    (void)state;
    const struct ln_name *const countries[] = {NULL, &vietnam, &laos};
    unsigned rows = 0;
    for (uint32_t code = 1; code <= LN_HANDLING_LAST; code++) {
        for (unsigned mask = 0; mask < 1u << LN_USE_FOR_LAST; mask++) {
            uint32_t uses[LN_USE_FOR_LAST];
            struct ln_section_head head = {.compartment = LN_COMPARTMENT_INTELLIGENCE,
                                           .handling = code,
                                           .uses = uses,
                                           .uses_count = uses_of(mask, uses)};
            for (unsigned named = 0; named < 2; named++) {
                head.onward = to_vietnam;
                head.onward_count = named;
                for (uint32_t use = HANDLING_READ; use <= LN_USE_FOR_LAST; use++) {
                    for (size_t c = 0; c < LN_COUNT(countries); c++, rows++)
                        assert_int_equal(handling_allows(&head, use, countries[c], 5),
                                         expected(code, mask, named != 0, use, countries[c]));
                }
            }
        }
    }
    assert_int_equal(rows, 4 * 8 * 2 * 4 * 3);
}

static void section_is_locked_for_everything_from_its_day_on(void **state)
{
    (void)state;
    const uint32_t uses[] = {LN_USE_FOR_COURT, LN_USE_FOR_FORWARD, LN_USE_FOR_EXPORT};
    for (uint32_t code = 1; code <= LN_HANDLING_LAST; code++) {
        const struct ln_section_head head = {.compartment = LN_COMPARTMENT_PROCEDURE,
                                             .handling = code,
                                             .uses = uses,
                                             .uses_count = LN_COUNT(uses),
                                             .onward = to_vietnam,
                                             .onward_count = 1,
                                             .expires_ms = 1000};
        for (uint32_t use = HANDLING_READ; use <= LN_USE_FOR_LAST; use++) {
            assert_int_equal(handling_allows(&head, use, &vietnam, 999), 0);
            assert_int_equal(handling_allows(&head, use, &vietnam, 1000), LN_E_SECTION_EXPIRED);
            assert_int_equal(handling_allows(&head, use, &vietnam, 1001), LN_E_SECTION_EXPIRED);
        }
    }
}

static void every_compartment_has_its_default_where_no_code_was_said(void **state)
{
    (void)state;
    static const uint32_t defaults[] = {
        [LN_COMPARTMENT_PROCEDURE] = LN_HANDLING_H0,
        [LN_COMPARTMENT_IDENTITY] = LN_HANDLING_H2,
        [LN_COMPARTMENT_CONTACT] = LN_HANDLING_H2,
        [LN_COMPARTMENT_MEDICAL] = LN_HANDLING_H2,
        [LN_COMPARTMENT_INTELLIGENCE] = LN_HANDLING_H1,
        [LN_COMPARTMENT_EVIDENCE] = LN_HANDLING_H0,
        [LN_COMPARTMENT_LOGISTICS] = LN_HANDLING_H2,
    };
    for (uint32_t c = 1; c <= LN_COMPARTMENT_LAST; c++) {
        struct ln_section_head head = {.compartment = c};
        assert_int_equal(handling_code(&head), defaults[c]);
        for (uint32_t use = 1; use <= LN_USE_FOR_LAST; use++)
            assert_int_equal(handling_allows(&head, use, &vietnam, 0),
                             by_code[defaults[c]][use] == 'x' ? 0 : LN_E_HANDLING);
        head.handling = LN_HANDLING_H3;
        assert_int_equal(handling_code(&head), LN_HANDLING_H3);
    }
}

static void what_is_not_known_is_not_allowed(void **state)
{
    (void)state;
    struct ln_section_head head = {.compartment = LN_COMPARTMENT_PROCEDURE,
                                   .handling = LN_HANDLING_H0};
    assert_int_equal(handling_allows(&head, LN_USE_FOR_LAST + 1, &vietnam, 0), LN_E_HANDLING);
    assert_int_equal(handling_allows(&head, UINT32_MAX, &vietnam, 0), LN_E_HANDLING);
    head.handling = LN_HANDLING_LAST + 1;
    assert_int_equal(handling_allows(&head, LN_USE_FOR_EXPORT, &vietnam, 0), LN_E_HANDLING);
    head = (struct ln_section_head){.compartment = LN_COMPARTMENT_LAST + 1};
    assert_int_equal(handling_code(&head), LN_HANDLING_H3);
}

/** Each rule of an article against what its originator said of the section. */
static void article_lets_it_go_on_to_whom_it_names_or_with_permission(void **state)
{
    (void)state;
    static const uint32_t forward[] = {LN_USE_FOR_FORWARD}, court[] = {LN_USE_FOR_COURT};
    const struct ln_section_head silent = {.compartment = LN_COMPARTMENT_PROCEDURE},
                                 to_all = {.uses = forward, .uses_count = 1},
                                 for_court = {.uses = court, .uses_count = 1},
                                 to_one = {.onward = to_vietnam, .onward_count = 1};
    const struct ln_article none = {.onward = LN_ONWARD_NONE},
                            asked = {.onward = LN_ONWARD_WITH_PERMISSION},
                            listed = {.onward = LN_ONWARD_LISTED,
                                      .onward_to = to_vietnam,
                                      .onward_to_count = 1},
                            newer = {.onward = LN_ONWARD_LAST + 1};
    const struct {
        const struct ln_article *article;
        const struct ln_section_head *head;
        bool is_granted;
        const struct ln_name *to;
        bool may;
    } rows[] = {
        {NULL, &to_all, true, &vietnam, false},    {&none, &to_all, true, &vietnam, false},
        {&newer, &to_all, true, &vietnam, false},  {&asked, &silent, false, &vietnam, false},
        {&asked, &silent, true, &vietnam, true},   {&asked, &to_all, false, &vietnam, true},
        {&asked, &for_court, false, &laos, false}, {&asked, &to_one, false, &vietnam, true},
        {&asked, &to_one, false, &laos, false},    {&listed, &silent, false, &vietnam, true},
        {&listed, &silent, false, &laos, false},   {&listed, &to_all, true, &laos, false},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const int code =
            handling_onward(rows[i].article, rows[i].head, rows[i].is_granted, rows[i].to);
        if (code != (rows[i].may ? 0 : LN_E_ONWARD))
            fail_msg("row %zu", i);
    }
}

static void article_keeps_it_for_its_days_from_the_signing(void **state)
{
    (void)state;
    const struct ln_article year = {.retention_days = 365}, longest = {.retention_days = 36500};
    assert_int_equal(handling_kept_until_ms(NULL, 1000), 0);
    assert_int_equal(handling_kept_until_ms(&year, 1000), 1000 + 365 * LN_DAY_MS);
    assert_int_equal(handling_kept_until_ms(&longest, 1000), 1000 + 36500 * LN_DAY_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_use_exception_and_country),
        cmocka_unit_test(section_is_locked_for_everything_from_its_day_on),
        cmocka_unit_test(every_compartment_has_its_default_where_no_code_was_said),
        cmocka_unit_test(what_is_not_known_is_not_allowed),
        cmocka_unit_test(article_lets_it_go_on_to_whom_it_names_or_with_permission),
        cmocka_unit_test(article_keeps_it_for_its_days_from_the_signing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
