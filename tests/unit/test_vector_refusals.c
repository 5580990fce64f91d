/*
 * What the files of tests/vectors/ say must be refused, and with which code, against the code:
 * messages by the rules of decoding and by the protocol page's tables, text, items, statements.
 */
#include "vectorfile.h"

#include "crypto.h"

#include <liaison/letter.h>
#include <liaison/roster.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void opens_or_not(const char *file)
{
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load(file), NULL), row)
    {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA((size_t)256 << 20);
        const struct ln_wire *wire = vector_wire(vector_text(row, "message"));
        void *shape = ln_arena_take(&arena, ln_wire_shape_size(wire));
        assert_non_null(shape);
        vector_answers(ln_wire_open(wire, vector_bytes(row, "bytes"), &arena, shape), row);
    }
}

static void messages_are_refused_with_the_files_codes(void **state)
{
    (void)state;
    opens_or_not("refused");
}

static void fields_keep_to_the_pages_tables(void **state)
{
    (void)state;
    opens_or_not("tables");
}

static void text_is_taken_or_refused_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("text"), NULL), row)
    vector_answers(ln_text_check(vector_bytes(row, "text")), row);
}

static void items_are_those_that_the_letter_names(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("items"), NULL), row)
    {
        struct ln_packet packet;
        struct ln_letter letter;
        assert_int_equal(ln_packet_open(vector_bytes(row, "packet"), vectors_arena(), &packet),
                         0);
        assert_int_equal(ln_letter_open(packet.signed_body.body, vectors_arena(), &letter), 0);
        vector_answers(ln_letter_items_check(&letter, &packet), row);
    }
}

static void first_rosters_are_anchored_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("statements"), "anchored"), row)
    {
        AUTO(ln_trust_destroy) struct ln_trust *trust = ln_trust_new();
        vector_answers(ln_trust_anchor(trust, vector_bytes(row, "roster"),
                                       vector_text(row, "fingerprint")),
                       row);
    }
}

/** The first is the anchored roster, the others follow in order. */
static void hold(struct ln_trust *trust, const json_t *file)
{
    const json_t *held = json_object_get(file, "held"), *statement;
    size_t i;
    assert_true(json_array_size(held) > 0);
    json_array_foreach(held, i, statement)
    {
        const struct ln_bytes bytes = vector_digits(json_string_value(statement));
        assert_int_equal(i == 0
                             ? ln_trust_anchor(trust, bytes, vector_text(file, "fingerprint"))
                             : ln_trust_take(trust, bytes),
                         0);
    }
}

static void statements_are_taken_or_not_as_in_the_file(void **state)
{
    (void)state;
    json_t *file = vectors_load("statements");
    const json_t *row;
    VECTOR_EACH(vectors_cases(file, "taken"), row)
    {
        AUTO(ln_trust_destroy) struct ln_trust *trust = ln_trust_new();
        hold(trust, file);
        vector_answers(ln_trust_take(trust, vector_bytes(row, "statement")), row);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VECTOR_RULE(messages_are_refused_with_the_files_codes),
        VECTOR_RULE(fields_keep_to_the_pages_tables),
        VECTOR_RULE(text_is_taken_or_refused_as_in_the_file),
        VECTOR_RULE(items_are_those_that_the_letter_names),
        VECTOR_RULE(first_rosters_are_anchored_or_not_as_in_the_file),
        VECTOR_RULE(statements_are_taken_or_not_as_in_the_file),
    };
    vectors_find(argc, argv);
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
