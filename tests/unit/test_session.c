/*
 * Officers' sessions on an injected clock: who is let in, how long, and how mistakes are
 * slowed.
 */
#include "session.h"

#include "crypto.h"
#include "keyfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define RIGHT LN_LITERAL("correct horse battery")
#define WRONG LN_LITERAL("battery horse correct")
#define IDLE_MS (15 * LN_MINUTE_MS)

static char directory[64];
static uint64_t test_now_ms;
static struct sessions *sessions;
static const struct ln_name OFFICER = {"kh-police-1"}, NOBODY = {"nobody"};

static uint64_t now_ms(void *context)
{
    (void)context;
    return test_now_ms;
}

static const struct ln_clock test_clock = {now_ms, NULL};

/* What is done behind the doors, counted by the linker's --wrap -------------------------- */

static uint64_t work_done; /* passes over KiB, of all derivations */
static int secrets_in_use; /* blocks of locked memory */

int __real_derive_from_passphrase(struct ln_bytes passphrase,
                                  const uint8_t salt[static CRYPTO_SALT_BYTES],
                                  const struct crypto_cost *cost,
                                  uint8_t out_key[static CRYPTO_SYMMETRIC_BYTES]);
int __wrap_derive_from_passphrase(struct ln_bytes passphrase,
                                  const uint8_t salt[static CRYPTO_SALT_BYTES],
                                  const struct crypto_cost *cost,
                                  uint8_t out_key[static CRYPTO_SYMMETRIC_BYTES]);
void *__real_secret_take(size_t size);
void *__wrap_secret_take(size_t size);
void __real_secret_release(void *secret);
void __wrap_secret_release(void *secret);

int __wrap_derive_from_passphrase(struct ln_bytes passphrase,
                                  const uint8_t salt[static CRYPTO_SALT_BYTES],
                                  const struct crypto_cost *cost,
                                  uint8_t out_key[static CRYPTO_SYMMETRIC_BYTES])
{
    work_done += (uint64_t)cost->operations * cost->memory_kib;
    return __real_derive_from_passphrase(passphrase, salt, cost, out_key);
}

void *__wrap_secret_take(size_t size)
{
    secrets_in_use++;
    return __real_secret_take(size);
}

void __wrap_secret_release(void *secret)
{
    secrets_in_use -= secret != NULL;
    __real_secret_release(secret);
}

static void make_officer(void)
{
    uint8_t secrets[2 * LN_KEY_SECRET_BYTES];
    uint8_t expanded[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key keys[2];
    char path[128];
    crypto_random(secrets, LN_KEY_SECRET_BYTES);
    sign_keys_from_seed(secrets, &keys[0], expanded);
    seal_keys_make(&keys[1], secrets + LN_KEY_SECRET_BYTES);
    const struct ln_key_header header = {.kind = LN_KEY_OFFICER,
                                         .member = {"KH"},
                                         .name = OFFICER,
                                         .public_keys = keys,
                                         .public_keys_count = 2};
    const struct keyfile_lock lock = {.passphrase = RIGHT};
    snprintf(path, sizeof path, "%s/officers", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/officers/%s.key", directory, OFFICER.text);
    assert_int_equal(keyfile_write(path, &header, secrets, 2, &lock), 0);
}

/** One officer for all: making a key file costs an Argon2id. */
static int start_all(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-session-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return 1;
    make_officer();
    return 0;
}

static int stop_all(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static int start(void **state)
{
    (void)state;
    test_now_ms = 1000 * LN_DAY_MS;
    sessions = sessions_new(directory, &test_clock, IDLE_MS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    sessions_destroy(&sessions);
    return 0;
}

static int login(const struct ln_name *name, struct ln_bytes passphrase,
                 struct ln_door_token *out)
{
    return sessions_login(sessions, name, passphrase, out);
}

static void token_finds_its_session_until_logout(void **state)
{
    (void)state;
    struct ln_door_token token, other;
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    const struct session *session = sessions_find(sessions, &token);
    assert_non_null(session);
    assert_string_equal(officer_name(session->officer)->text, OFFICER.text);
    other = token;
    other.b[31] ^= 1;
    assert_null(sessions_find(sessions, &other));
    sessions_logout(sessions, &token);
    assert_null(sessions_find(sessions, &token));
}

static void session_lives_while_it_is_used_and_not_a_millisecond_longer(void **state)
{
    (void)state;
    struct ln_door_token token;
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    for (unsigned i = 0; i < 3; i++) {
        test_now_ms += IDLE_MS;
        assert_non_null(sessions_find(sessions, &token));
    }
    test_now_ms += IDLE_MS + 1;
    assert_null(sessions_find(sessions, &token));
}

static void officers_own_oldest_session_makes_place(void **state)
{
    (void)state;
    struct ln_door_token tokens[SESSIONS_OF_ONE_MAX + 1];
    for (size_t i = 0; i < LN_COUNT(tokens); i++) {
        assert_int_equal(login(&OFFICER, RIGHT, &tokens[i]), 0);
        test_now_ms++;
    }
    assert_null(sessions_find(sessions, &tokens[0]));
    for (size_t i = 1; i < LN_COUNT(tokens); i++)
        assert_non_null(sessions_find(sessions, &tokens[i]));
}

static void wrong_passphrase_and_unknown_name_are_one_answer(void **state)
{
    (void)state;
    struct ln_door_token token = {{0}};
    static const struct ln_door_token none;
    assert_int_equal(login(&OFFICER, WRONG, &token), LN_E_LOGIN);
    assert_int_equal(login(&NOBODY, RIGHT, &token), LN_E_LOGIN);
    assert_memory_equal(&token, &none, sizeof none);
}

static void delays_double_and_end_with_the_right_passphrase(void **state)
{
    (void)state;
    struct ln_door_token token;
    for (uint64_t delay_ms = LN_SECOND_MS; delay_ms <= 4 * LN_SECOND_MS; delay_ms *= 2) {
        assert_int_equal(login(&OFFICER, WRONG, &token), LN_E_LOGIN);
        test_now_ms += delay_ms - 1;
        assert_int_equal(login(&OFFICER, RIGHT, &token), LN_E_LOGIN_DELAY);
        test_now_ms += 1;
    }
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    assert_int_equal(login(&OFFICER, WRONG, &token), LN_E_LOGIN);
    test_now_ms += LN_SECOND_MS; /* it begins anew */
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
}

static void delay_of_one_name_is_none_of_another(void **state)
{
    (void)state;
    struct ln_door_token token;
    assert_int_equal(login(&NOBODY, WRONG, &token), LN_E_LOGIN);
    assert_int_equal(login(&NOBODY, WRONG, &token), LN_E_LOGIN_DELAY);
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
}

static void nobody_waits_longer_than_five_minutes(void **state)
{
    (void)state;
    struct ln_door_token token;
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(login(&NOBODY, WRONG, &token), LN_E_LOGIN);
        test_now_ms += 5 * LN_MINUTE_MS;
    }
}

/** The clock was a year ahead, and is right again. */
static void clock_set_back_neither_locks_out_nor_leaves_open(void **state)
{
    (void)state;
    struct ln_door_token token;
    test_now_ms += 365 * LN_DAY_MS;
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    assert_int_equal(login(&OFFICER, WRONG, &(struct ln_door_token){{0}}), LN_E_LOGIN);
    test_now_ms -= 365 * LN_DAY_MS;
    assert_null(sessions_find(sessions, &token));
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
}

static uint64_t work_of_login(const struct ln_name *name, struct ln_bytes passphrase, int code)
{
    struct ln_door_token token;
    work_done = 0;
    assert_int_equal(login(name, passphrase, &token), code);
    return work_done;
}

static void unknown_name_costs_the_work_of_a_known_one(void **state)
{
    (void)state;
    const uint64_t right = work_of_login(&OFFICER, RIGHT, 0);
    assert_true(right > 0);
    assert_int_equal(work_of_login(&OFFICER, WRONG, LN_E_LOGIN), right);
    assert_int_equal(work_of_login(&NOBODY, WRONG, LN_E_LOGIN), right);
    assert_int_equal(work_of_login(&OFFICER, RIGHT, LN_E_LOGIN_DELAY), 0);
    assert_int_equal(work_of_login(&NOBODY, RIGHT, LN_E_LOGIN_DELAY), 0);
}

static void wrong_passphrase_ends_nobodys_session(void **state)
{
    (void)state;
    struct ln_door_token tokens[SESSIONS_OF_ONE_MAX], none;
    for (size_t i = 0; i < LN_COUNT(tokens); i++)
        assert_int_equal(login(&OFFICER, RIGHT, &tokens[i]), 0);
    assert_int_equal(login(&OFFICER, WRONG, &none), LN_E_LOGIN);
    for (size_t i = 0; i < LN_COUNT(tokens); i++)
        assert_non_null(sessions_find(sessions, &tokens[i]));
}

static void keys_are_in_memory_only_while_a_session_lives(void **state)
{
    (void)state;
    struct ln_door_token token;
    const int before = secrets_in_use;
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    assert_true(secrets_in_use > before);
    sessions_logout(sessions, &token);
    assert_int_equal(secrets_in_use, before);
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    test_now_ms += IDLE_MS + 1;
    sessions_expire(sessions); /* the door's tick: nobody needs to ask for anything */
    assert_int_equal(secrets_in_use, before);
    assert_int_equal(login(&OFFICER, WRONG, &token), LN_E_LOGIN);
    assert_int_equal(login(&NOBODY, WRONG, &token), LN_E_LOGIN);
    assert_int_equal(secrets_in_use, before);
    test_now_ms += LN_SECOND_MS;
    assert_int_equal(login(&OFFICER, RIGHT, &token), 0);
    sessions_destroy(&sessions);
    assert_int_equal(secrets_in_use, before);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(token_finds_its_session_until_logout),
        RULE(session_lives_while_it_is_used_and_not_a_millisecond_longer),
        RULE(officers_own_oldest_session_makes_place),
        RULE(wrong_passphrase_and_unknown_name_are_one_answer),
        RULE(delays_double_and_end_with_the_right_passphrase),
        RULE(delay_of_one_name_is_none_of_another),
        RULE(nobody_waits_longer_than_five_minutes),
        RULE(clock_set_back_neither_locks_out_nor_leaves_open),
        RULE(unknown_name_costs_the_work_of_a_known_one),
        RULE(wrong_passphrase_ends_nobodys_session),
        RULE(keys_are_in_memory_only_while_a_session_lives),
    };
    return crypto_start() == 0 ? cmocka_run_group_tests(tests, start_all, stop_all) : 1;
}
