/*
 * May this be shared? Every question of tests/vectors/policy.json, whose answers the second
 * implementation gave, over the examples of docs/agreements; and what agreements must not be.
 */
#include "agreementsource.h"
#include "ceremony.h"
#include "files.h"
#include "policy.h"
#include "vectorfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { AGREEMENTS_MAX = 8, QUESTIONS_MIN = 200, BODY_MAX = 64 * 1024 };

static const char *vectors_directory;

static struct ln_agreement bodies[AGREEMENTS_MAX];
static struct policy_agreement held[AGREEMENTS_MAX];
static struct policy_agreements agreements = {held, 0};

static void load_agreements(void)
{
    const json_t *row;
    agreements.count = 0;
    VECTOR_EACH(vectors_cases(vectors_load("agreements"), NULL), row)
    {
        const size_t at = agreements.count++;
        assert_int_equal(
            ln_agreement_open(vector_bytes(row, "body"), vectors_arena(), &bodies[at]), 0);
        held[at] =
            (struct policy_agreement){&bodies[at], {{(uint8_t)(at + 1)}}, bodies[at].until_ms};
    }
}

/* Questions -------------------------------------------------------------------------------- */

struct question {
    struct policy_draft draft;
    struct ln_party parties[LN_PARTIES_MAX];
    uint32_t contents[16], safeguards[LN_SAFEGUARDS_MAX];
    struct ln_section_head sections[LN_SECTIONS_MAX];
};

static size_t read_numbers(const json_t *row, const char *key, uint32_t *out)
{
    const json_t *list = json_object_get(row, key);
    assert_true(json_is_array(list));
    for (size_t i = 0; i < json_array_size(list); i++)
        out[i] = (uint32_t)json_integer_value(json_array_get(list, i));
    return json_array_size(list);
}

static uint32_t number_in(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    assert_true(json_is_integer(value) || json_is_boolean(value));
    return json_is_integer(value) ? (uint32_t)json_integer_value(value) : json_is_true(value);
}

static void read_question(const json_t *row, struct question *out)
{
    *out = (struct question){.draft = {.request = number_in(row, "request"),
                                       .purpose = number_in(row, "purpose"),
                                       .urgency = number_in(row, "urgency"),
                                       .consent = number_in(row, "consent"),
                                       .has_ground = number_in(row, "ground"),
                                       .is_child = number_in(row, "child"),
                                       .is_emergency = number_in(row, "emergency"),
                                       .is_referral = number_in(row, "referral"),
                                       .is_referrers = number_in(row, "referrer"),
                                       .parties = out->parties,
                                       .contents = out->contents,
                                       .safeguards = out->safeguards,
                                       .sections = out->sections}};
    assert_int_equal(ln_name_from(vector_text(row, "from"), &out->draft.from), 0);
    out->draft.contents_count = read_numbers(row, "contents", out->contents);
    out->draft.safeguards_count = read_numbers(row, "safeguards", out->safeguards);
    const json_t *parties = json_object_get(row, "parties"), *list;
    for (size_t i = 0; i < json_array_size(parties); i++)
        assert_int_equal(ln_name_from(json_string_value(json_array_get(parties, i)),
                                      &out->parties[out->draft.parties_count++].member),
                         0);
    list = json_object_get(row, "sections");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *section = json_array_get(list, i);
        out->sections[out->draft.sections_count++] = (struct ln_section_head){
            .compartment = number_in(section, "compartment"),
            .handling = number_in(section, "handling"),
            .source_grade = number_in(section, "source_grade"),
            .information_grade = number_in(section, "information_grade")};
    }
}

static void check_names(const struct policy_answer *answer, const json_t *row)
{
    const char *agreement =
        answer->agreement == NULL ? "" : answer->agreement->agreement->id.text;
    assert_string_equal(agreement, vector_text(row, "agreement"));
    assert_int_equal(answer->article == NULL ? 0 : answer->article->number,
                     number_in(row, "article"));
    assert_int_equal(answer->principle == NULL ? 0 : answer->principle->number,
                     number_in(row, "principle"));
}

/** Whoever asks: before sending, and of the event that names the article. */
static void check_event_of(const struct question *question, const struct policy_answer *answer,
                           uint64_t at_ms)
{
    static const struct ln_digest none;
    const struct ln_digest *digest =
        answer->agreement == NULL ? &none : &answer->agreement->digest;
    const struct policy_answer checked =
        policy_check(&agreements, digest, answer->article == NULL ? 0 : answer->article->number,
                     &question->draft, at_ms);
    if (answer->code == 0)
        assert_int_equal(checked.code, 0);
    else
        assert_int_not_equal(checked.code, 0);
}

static void answers_every_question_as_the_second_implementation(void **state)
{
    (void)state;
    const json_t *row;
    size_t count = 0;
    load_agreements();
    VECTOR_EACH(vectors_cases(vectors_load("policy"), NULL), row)
    {
        struct question question;
        read_question(row, &question);
        const uint64_t at_ms = vector_number(row, "at_ms");
        const struct policy_answer answer = policy_permits(&agreements, &question.draft, at_ms);
        vector_answers(answer.code, row);
        check_names(&answer, row);
        check_event_of(&question, &answer, at_ms);
        count++;
    }
    assert_true(count >= QUESTIONS_MIN);
}

/* Sources ---------------------------------------------------------------------------------- */

static void read_source(const char *path, struct ln_agreement *out)
{
    static struct form_error error;
    static struct ln_buffer text = {.size_max = FORM_SIZE_MAX};
    const struct form_node *root;
    const struct agreementsource source = {vectors_arena(), &error, path, out};
    error = (struct form_error){0};
    ln_buffer_clear(&text);
    assert_int_equal(files_read(path, &text), 0);
    assert_int_equal(form_read(ln_buffer_view(&text), vectors_arena(), &root, &error), 0);
    const int result = agreementsource_read(&source, root);
    if (result != 0)
        print_error("%s, line %u: %s\n", path, error.line, error.text);
    assert_int_equal(result, 0);
}

/** docs/agreements: read by both implementations, they give the same bytes. */
static void examples_are_read_as_the_second_implementation_reads_them(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("agreements"), NULL), row)
    {
        AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(BODY_MAX);
        char path[512];
        struct ln_agreement theirs, ours = {.version = 0};
        assert_int_equal(ln_agreement_open(vector_bytes(row, "body"), vectors_arena(), &theirs),
                         0);
        snprintf(path, sizeof path, "%s/../../%s", vectors_directory,
                 vector_text(row, "source"));
        read_source(path, &ours);
        ours.federation = theirs.federation;
        ours.created_ms = theirs.created_ms;
        assert_int_equal(ln_agreement_build(&ours, &body), 0);
        vector_same(ln_buffer_view(&body), row, "body");
        assert_int_equal(ln_agreement_check(&ours, NULL), 0);
        for (size_t i = 0; i < ours.articles_count; i++)
            assert_true(policy_can_be_used(&ours.articles[i]));
    }
}

/* Contradictions --------------------------------------------------------------------------- */

static const struct ln_country parties[] = {{{"KH"}}, {{"TH"}}}, twice[] = {{{"KH"}}, {{"KH"}}};
static const struct ln_country kh[] = {{{"KH"}}}, vn[] = {{{"VN"}}};
static const uint32_t broker[] = {LN_REQUEST_BROKER_NOTICE}, ret[] = {20}, one[] = {1};
static const uint32_t identity[] = {LN_COMPARTMENT_IDENTITY}, medical[] = {4};
static const uint32_t investigation[] = {LN_PURPOSE_INVESTIGATION}, unknown[] = {99};
static const struct ln_bytes english[] = {{(const uint8_t *)"eng", 3}},
                             en[] = {{(const uint8_t *)"en", 2}};
static const struct ln_agreement_text texts[] = {{.language = {(const uint8_t *)"eng", 3}},
                                                 {.language = {(const uint8_t *)"eng", 3}}};
static const struct ln_step step_of_none[] = {{1, {"VN"}, {"office"}}};
static const struct ln_clocks act_first[] = {{3, 2 * LN_HOUR_MS, LN_HOUR_MS}},
                              two_clocks[] = {{3, 1, 2}, {3, 1, 2}}, routine[] = {{3, 1, 2}};

static const struct ln_article plain_article = {
    .number = 1,
    .requests = broker,
    .requests_count = 1,
    .contents = one,
    .contents_count = 1,
    .purposes = investigation,
    .purposes_count = 1,
    .compartments = identity,
    .compartments_count = 1,
    .onward = LN_ONWARD_NONE,
    .children = LN_CHILDREN_FORBIDDEN,
    .retention_days = 1,
};

static struct ln_article article;
static struct ln_agreement agreement;

#define SET(member, value) (article.member = (value), article.member##_count = LN_COUNT(value))
#define SET_ALL(member, value) \
    (agreement.member = (value), agreement.member##_count = LN_COUNT(value))

static void start(void)
{
    article = plain_article;
    agreement = (struct ln_agreement){
        .version = 1, .from_ms = 1, .until_ms = 2, .articles = &article, .articles_count = 1};
    SET_ALL(parties, parties);
    SET_ALL(languages, english);
    agreement.texts = texts;
    agreement.texts_count = 1;
}

/** Each row spoils one thing. */
#define FAULT(name, spoil) \
    static void name(void) \
    {                      \
        spoil;             \
    }
FAULT(party_twice, SET_ALL(parties, twice))
FAULT(ends_first, agreement.from_ms = 2)
FAULT(previous_in_one, agreement.previous.b[0] = 1)
FAULT(no_previous_in_two, agreement.version = 2)
FAULT(ladder_of_others, SET_ALL(ladder, step_of_none))
FAULT(two_letters, SET_ALL(languages, en))
FAULT(text_twice, agreement.texts_count = 2)
FAULT(foreign_sender, SET(from, vn))
FAULT(to_itself, (SET(from, kh), SET(to, kh)))
FAULT(consent_to_nothing, SET(consent, medical))
FAULT(ground_without_consent, article.lawful_ground = 1)
FAULT(listed_without_list, article.onward = LN_ONWARD_LISTED)
FAULT(list_without_listed, SET(onward_to, vn))
FAULT(onward_to_a_party, (article.onward = LN_ONWARD_LISTED, SET(onward_to, kh)))
FAULT(no_safeguards, article.children = LN_CHILDREN_WITH_SAFEGUARDS)
FAULT(idle_safeguards, SET(safeguards, one))
FAULT(grades_nothing, article.graded = 1)
FAULT(acts_first, SET(clocks, act_first))
FAULT(clock_twice, SET(clocks, two_clocks))
FAULT(slow_emergency, (article.emergency = 1, SET(clocks, routine)))

static void refuses_agreement_that_contradicts_itself(void **state)
{
    (void)state;
    static void (*const faults[])(void) = {party_twice,
                                           ends_first,
                                           previous_in_one,
                                           no_previous_in_two,
                                           ladder_of_others,
                                           two_letters,
                                           text_twice,
                                           foreign_sender,
                                           to_itself,
                                           consent_to_nothing,
                                           ground_without_consent,
                                           listed_without_list,
                                           list_without_listed,
                                           onward_to_a_party,
                                           no_safeguards,
                                           idle_safeguards,
                                           grades_nothing,
                                           acts_first,
                                           clock_twice,
                                           slow_emergency};
    start();
    assert_int_equal(ln_agreement_check(&agreement, NULL), 0);
    for (size_t i = 0; i < LN_COUNT(faults); i++) {
        struct ln_agreement_fault fault = {0, NULL};
        start();
        faults[i]();
        if (ln_agreement_check(&agreement, &fault) != LN_E_AGREEMENT_SOURCE)
            fail_msg("fault %zu was taken", i);
        assert_non_null(fault.text);
    }
}

static void article_against_a_principle_cannot_be_used(void **state)
{
    (void)state;
    start();
    assert_true(policy_can_be_used(&article));
    SET(requests, ret); /* a return, for an investigation */
    assert_false(policy_can_be_used(&article));
    SET(requests, unknown); /* what a newer list means by it is not for us to say */
    assert_true(policy_can_be_used(&article));
}

/* Versions and dates ----------------------------------------------------------------------- */

static struct policy_draft plain_draft(void)
{
    static const struct ln_party both[] = {{{"KH"}, {"a"}}, {{"TH"}, {"b"}}};
    static const struct ln_section_head head = {.compartment = LN_COMPARTMENT_IDENTITY};
    return (struct policy_draft){.from = {"KH"},
                                 .parties = both,
                                 .parties_count = 2,
                                 .request = LN_REQUEST_BROKER_NOTICE,
                                 .purpose = LN_PURPOSE_INVESTIGATION,
                                 .contents = one,
                                 .contents_count = 1,
                                 .sections = &head,
                                 .sections_count = 1,
                                 .is_referral = true,
                                 .urgency = LN_URGENCY_ROUTINE};
}

static void newer_version_replaces_the_older_from_its_day_on(void **state)
{
    (void)state;
    start();
    agreement.until_ms = 100 * LN_DAY_MS;
    struct ln_agreement second = agreement;
    second.version = 2;
    second.from_ms = 50 * LN_DAY_MS;
    const struct policy_agreement list[] = {{&agreement, {{1}}, 100 * LN_DAY_MS},
                                            {&second, {{2}}, 100 * LN_DAY_MS}};
    const struct policy_agreements both = {list, 2};
    const struct policy_draft draft = plain_draft();
    assert_ptr_equal(policy_permits(&both, &draft, 50 * LN_DAY_MS - 1).agreement, &list[0]);
    assert_ptr_equal(policy_permits(&both, &draft, 50 * LN_DAY_MS).agreement, &list[1]);
    /* who had not seen its last signature may name the older for a week */
    const uint64_t crossing = 57 * LN_DAY_MS;
    assert_int_equal(policy_check(&both, &list[0].digest, 1, &draft, crossing - 1).code, 0);
    assert_int_equal(policy_check(&both, &list[0].digest, 1, &draft, crossing).code,
                     LN_E_AGREEMENT_DATE);
}

static void version_between_other_parties_replaces_nothing(void **state)
{
    (void)state;
    start();
    agreement.until_ms = 100 * LN_DAY_MS;
    struct ln_agreement other = agreement;
    const struct ln_country others[] = {agreement.parties[0], {{"XX"}}};
    other.version = 2;
    const struct policy_agreement list[] = {{&agreement, {{1}}, 100 * LN_DAY_MS},
                                            {&other, {{2}}, 100 * LN_DAY_MS}};
    const struct policy_agreements both = {list, 2};
    const struct policy_draft draft = plain_draft();
    assert_ptr_equal(policy_permits(&both, &draft, 50 * LN_DAY_MS).agreement, &list[1]);
    other.parties = others;
    other.parties_count = 2;
    assert_ptr_equal(policy_permits(&both, &draft, 50 * LN_DAY_MS).agreement, &list[0]);
    assert_int_equal(policy_check(&both, &list[0].digest, 1, &draft, 50 * LN_DAY_MS).code, 0);
}

static void event_that_names_what_is_not_held_is_refused(void **state)
{
    (void)state;
    start();
    agreement.until_ms = 100;
    const struct policy_agreement list[] = {{&agreement, {{1}}, 100}};
    const struct policy_agreements all = {list, 1};
    const struct policy_draft draft = plain_draft();
    const struct ln_digest other = {{2}}, none = {{0}};
    assert_int_equal(policy_check(&all, &list[0].digest, 1, &draft, 50).code, 0);
    assert_int_equal(policy_check(&all, &other, 1, &draft, 50).code, LN_E_AGREEMENT_VERSION);
    assert_int_equal(policy_check(&all, &none, 1, &draft, 50).code, LN_E_OUTSIDE_AGREEMENT);
    assert_int_equal(policy_check(&all, &list[0].digest, 2, &draft, 50).code,
                     LN_E_OUTSIDE_AGREEMENT);
    assert_int_equal(policy_check(&all, &list[0].digest, 1, &draft, 100).code,
                     LN_E_AGREEMENT_DATE);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VECTOR_RULE(answers_every_question_as_the_second_implementation),
        VECTOR_RULE(examples_are_read_as_the_second_implementation_reads_them),
        cmocka_unit_test(refuses_agreement_that_contradicts_itself),
        cmocka_unit_test(article_against_a_principle_cannot_be_used),
        cmocka_unit_test(newer_version_replaces_the_older_from_its_day_on),
        cmocka_unit_test(version_between_other_parties_replaces_nothing),
        cmocka_unit_test(event_that_names_what_is_not_held_is_refused),
    };
    vectors_find(argc, argv);
    vectors_directory = argc > 1 ? argv[1] : "tests/vectors";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
