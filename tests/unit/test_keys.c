/*
 * Key files, the ring, officers: nothing unsealed on the disk, nothing taken that was changed.
 */
#include "crypto.h"
#include "files.h"
#include "hubkey.h"
#include "keyfile.h"
#include "officer.h"
#include "ring.h"
#include "roleshare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSPHRASE LN_LITERAL("correct horse battery staple")
#define WRONG LN_LITERAL("incorrect horse battery stable")

static char directory[64];
static uint64_t test_now_ms;

static uint64_t now_ms(void *context)
{
    (void)context;
    return test_now_ms;
}

static const struct ln_clock test_clock = {now_ms, NULL};

static const char *path_of(const char *name)
{
    static char path[FILES_PATH_SIZE];
    assert_int_equal(files_path(path, "%s/%s", directory, name), 0);
    return path;
}

static int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-keys-XXXXXX");
    test_now_ms = UINT64_C(1764000000000);
    return mkdtemp(directory) == NULL;
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static void write_key(const char *name, enum ln_key_kind kind, const uint8_t *secrets,
                      size_t count, const struct keyfile_lock *lock)
{
    struct ln_public_key keys[2] = {{{0}}};
    uint8_t box[CRYPTO_BOX_SECRET_BYTES];
    seal_keys_make(&keys[0], box);
    seal_keys_make(&keys[1], box);
    const struct ln_key_header header = {.kind = kind,
                                         .member = {"KH"},
                                         .name = {"officer-1"},
                                         .public_keys = keys,
                                         .public_keys_count = count == 4 ? 2 : 1};
    assert_int_equal(keyfile_write(path_of(name), &header, secrets, count, lock), 0);
}

static int open_key(const char *name, enum ln_key_kind kind, const struct keyfile_lock *lock,
                    uint8_t *out, size_t count)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(64 * 1024);
    struct ln_key_header header;
    return keyfile_open(path_of(name), kind, lock, &arena, &header, out, count);
}

/* Key files -------------------------------------------------------------------------------- */

static void opens_what_was_sealed(void **state)
{
    (void)state;
    uint8_t secret[32], opened[32];
    const struct keyfile_lock lock = {.passphrase = PASSPHRASE}, wrong = {.passphrase = WRONG};
    crypto_random(secret, sizeof secret);
    write_key("hub.key", LN_KEY_HUB, secret, 1, &lock);
    assert_int_equal(open_key("hub.key", LN_KEY_HUB, &lock, opened, 1), 0);
    assert_memory_equal(opened, secret, sizeof secret);
    assert_int_equal(open_key("hub.key", LN_KEY_HUB, &wrong, opened, 1), LN_E_PASSPHRASE);
    assert_int_equal(open_key("hub.key", LN_KEY_ROOT, &lock, opened, 1), LN_E_WRONG_TYPE);
    assert_int_equal(open_key("none.key", LN_KEY_HUB, &lock, opened, 1), LN_E_NOT_FOUND);
}

static void file_holds_no_secret_in_plain(void **state)
{
    (void)state;
    uint8_t secret[32];
    const struct keyfile_lock lock = {.passphrase = PASSPHRASE};
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_KEY_FILE_MAX);
    crypto_random(secret, sizeof secret);
    write_key("hub.key", LN_KEY_HUB, secret, 1, &lock);
    assert_int_equal(files_read(path_of("hub.key"), &file), 0);
    assert_null(memmem(file.data, file.size, secret, 8));
    assert_null(memmem(file.data, file.size, "horse", 5));
}

/* Sealed under a key, so that every byte can be tried without an Argon2id each. */
static void refuses_file_with_any_byte_changed(void **state)
{
    (void)state;
    static const uint8_t key[32] = {7}, secret[32] = {9};
    uint8_t opened[32];
    const struct keyfile_lock lock = {.key = key};
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_KEY_FILE_MAX);
    write_key("epoch.key", LN_KEY_EPOCH, secret, 1, &lock);
    assert_int_equal(files_read(path_of("epoch.key"), &file), 0);
    for (size_t i = 0; i < file.size; i++) {
        file.data[i] ^= 0x21;
        assert_int_equal(
            files_write(path_of("epoch.key"), ln_buffer_view(&file), 0600, FILES_REPLACE), 0);
        assert_int_not_equal(open_key("epoch.key", LN_KEY_EPOCH, &lock, opened, 1), 0);
        file.data[i] ^= 0x21;
    }
}

static void refuses_truncated_file(void **state)
{
    (void)state;
    static const uint8_t key[32] = {7}, secret[32] = {9};
    uint8_t opened[32];
    const struct keyfile_lock lock = {.key = key};
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_KEY_FILE_MAX);
    write_key("epoch.key", LN_KEY_EPOCH, secret, 1, &lock);
    assert_int_equal(files_read(path_of("epoch.key"), &file), 0);
    for (size_t size = 0; size < file.size; size++) {
        assert_int_equal(
            files_write(path_of("epoch.key"), ln_view(file.data, size), 0600, FILES_REPLACE),
            0);
        assert_int_not_equal(open_key("epoch.key", LN_KEY_EPOCH, &lock, opened, 1), 0);
    }
}

static void refuses_file_that_others_can_read(void **state)
{
    (void)state;
    static const uint8_t key[32] = {7}, secret[32] = {9};
    uint8_t opened[32];
    const struct keyfile_lock lock = {.key = key};
    write_key("epoch.key", LN_KEY_EPOCH, secret, 1, &lock);
    assert_int_equal(chmod(path_of("epoch.key"), 0640), 0);
    assert_int_equal(open_key("epoch.key", LN_KEY_EPOCH, &lock, opened, 1), LN_E_FILE_MODE);
}

static void never_writes_over_a_key(void **state)
{
    (void)state;
    static const uint8_t key[32] = {7}, secret[32] = {9};
    const struct keyfile_lock lock = {.key = key};
    const struct ln_key_header header = {.kind = LN_KEY_EPOCH};
    write_key("epoch.key", LN_KEY_EPOCH, secret, 1, &lock);
    assert_int_equal(keyfile_write(path_of("epoch.key"), &header, secret, 1, &lock),
                     LN_E_EXISTS);
}

/* The ring --------------------------------------------------------------------------------- */

static struct ring *open_ring(void)
{
    struct ring *ring;
    if (access(path_of("node.key"), F_OK) != 0) {
        uint8_t secrets[4 * 32];
        const struct keyfile_lock lock = {.passphrase = PASSPHRASE};
        crypto_random(secrets, sizeof secrets);
        write_key("node.key", LN_KEY_NODE, secrets, 4, &lock);
    }
    assert_int_equal(ring_open(directory, PASSPHRASE, &test_clock, &ring), 0);
    return ring;
}

static void epoch_is_kept_until_a_day_before_its_end(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch first, same, next;
    assert_int_equal(ring_epoch_current(ring, NULL, &first), 0);
    test_now_ms += RING_EPOCH_MS - RING_EPOCH_AHEAD_MS;
    assert_int_equal(ring_epoch_current(ring, NULL, &same), 0);
    assert_int_equal(same.number, first.number);
    test_now_ms += 1;
    assert_int_equal(ring_epoch_current(ring, NULL, &next), 0);
    assert_int_equal(next.number, first.number + 1);
    assert_int_equal(next.oldest_openable, first.number);
    ring_close(&ring);
}

static void epochs_survive_a_restart_and_open_what_was_sealed(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch epoch;
    struct ln_public_key encapsulated;
    struct ln_key_id key_id;
    uint8_t sealed[1 + 16], opened[1];
    const struct ln_bytes info = LN_LITERAL("i"), aad = LN_LITERAL("a");
    assert_int_equal(ring_epoch_current(ring, NULL, &epoch), 0);
    assert_int_equal(seal_to(&epoch.key, info, aad, LN_LITERAL("x"), &encapsulated, sealed), 0);
    ring_close(&ring);
    ring = open_ring();
    ln_key_id_of(LN_USE_EPOCH, &epoch.key, &key_id);
    const struct ln_unsealer *unsealer = ring_unsealer(ring);
    assert_int_equal(unsealer->unseal(unsealer->context, &key_id, &encapsulated, info, aad,
                                      ln_view(sealed, sizeof sealed), opened),
                     0);
    assert_int_equal(opened[0], 'x');
    ring_close(&ring);
}

static void forgotten_epochs_are_gone_from_the_disk_and_the_newest_is_kept(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch first, second;
    assert_int_equal(ring_epoch_current(ring, NULL, &first), 0);
    test_now_ms += RING_EPOCH_MS;
    assert_int_equal(ring_epoch_current(ring, NULL, &second), 0);
    assert_int_equal(ring_epoch_forget(ring, first.ends_ms),
                     0); /* not before it: nothing yet */
    assert_int_equal(access(path_of("epochs/1.key"), F_OK), 0);
    assert_int_equal(ring_epoch_forget(ring, UINT64_MAX), 0);
    assert_int_not_equal(access(path_of("epochs/1.key"), F_OK), 0);
    assert_int_equal(access(path_of("epochs/2.key"), F_OK), 0);
    ring_close(&ring);
}

static void epoch_that_a_wrong_clock_made_is_replaced_and_destroys_no_other(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch before, ahead, after;
    assert_int_equal(ring_epoch_current(ring, NULL, &before), 0);
    const uint64_t right_ms = test_now_ms;
    test_now_ms += 400 * LN_DAY_MS;
    assert_int_equal(ring_epoch_current(ring, NULL, &ahead), 0);
    test_now_ms = right_ms;
    assert_int_equal(ring_epoch_current(ring, NULL, &after), 0);
    assert_int_equal(after.number, ahead.number + 1);
    assert_int_equal(after.ends_ms, right_ms + RING_EPOCH_MS);
    assert_int_equal(ring_epoch_forget(ring, right_ms), 0);
    assert_int_equal(access(path_of("epochs/1.key"), F_OK), 0);
    assert_int_equal(ring_epoch_forget(ring, ahead.starts_ms), 0);
    assert_int_not_equal(access(path_of("epochs/1.key"), F_OK), 0);
    assert_int_equal(access(path_of("epochs/2.key"), F_OK), 0);
    ring_close(&ring);
}

static void epoch_above_the_announced_one_is_made_where_its_key_is_gone(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch first, next;
    const struct ln_epoch elsewhere = {.number = 9, .key = {{1}}};
    assert_int_equal(ring_epoch_current(ring, NULL, &first), 0);
    assert_int_equal(ring_epoch_current(ring, &first, &next), 0);
    assert_int_equal(next.number, first.number);
    assert_int_equal(ring_epoch_current(ring, &elsewhere, &next), 0);
    assert_int_equal(next.number, 10);
    struct ln_epoch other = next;
    other.key.b[0] ^= 1; /* the same number, another key */
    assert_int_equal(ring_epoch_current(ring, &other, &next), 0);
    assert_int_equal(next.number, 11);
    ring_close(&ring);
}

static void ring_that_is_full_keeps_its_newest_epoch(void **state)
{
    (void)state;
    struct ring *ring = open_ring();
    struct ln_epoch epoch;
    for (unsigned i = 0; i < RING_EPOCHS_MAX + 2; i++) {
        test_now_ms += RING_EPOCH_MS;
        assert_int_equal(ring_epoch_current(ring, NULL, &epoch), 0);
    }
    assert_int_equal(epoch.number, RING_EPOCHS_MAX);
    ring_close(&ring);
    ring = open_ring();
    assert_int_equal(ring_epoch_current(ring, NULL, &epoch), 0);
    assert_int_equal(epoch.number, RING_EPOCHS_MAX);
    ring_close(&ring);
}

/* Officers --------------------------------------------------------------------------------- */

static void make_officer(const char *name, struct ln_public_key *out_box)
{
    uint8_t secrets[2 * 32], expanded[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key keys[2];
    char path[128];
    const struct keyfile_lock lock = {.passphrase = PASSPHRASE};
    struct ln_key_header header = {
        .kind = LN_KEY_OFFICER, .public_keys = keys, .public_keys_count = 2};
    crypto_random(secrets, 32);
    sign_keys_from_seed(secrets, &keys[0], expanded);
    seal_keys_make(&keys[1], secrets + 32);
    assert_int_equal(ln_name_from(name, &header.name), 0);
    mkdir(path_of("officers"), 0700);
    snprintf(path, sizeof path, "officers/%s.key", name);
    assert_int_equal(keyfile_write(path_of(path), &header, secrets, 2, &lock), 0);
    *out_box = keys[1];
}

static int unlock(const char *name, struct ln_bytes passphrase, struct officer **out)
{
    struct ln_name officer;
    assert_int_equal(ln_name_from(name, &officer), 0);
    return officer_unlock(directory, &officer, passphrase, out);
}

static void unknown_officer_and_wrong_passphrase_get_one_answer(void **state)
{
    (void)state;
    struct ln_public_key box;
    struct officer *officer;
    make_officer("officer-1", &box);
    assert_int_equal(unlock("officer-1", WRONG, &officer), LN_E_LOGIN);
    assert_int_equal(unlock("nobody", PASSPHRASE, &officer), LN_E_LOGIN);
    assert_int_equal(unlock("officer-1", PASSPHRASE, &officer), 0);
    officer_lock(&officer);
}

static void role_key_opens_for_its_holders_alone(void **state)
{
    (void)state;
    struct rolefile_holder holder = {.officer = {"officer-1"}};
    const struct rolefile_plan plan = {.office = {"office"},
                                       .compartment = LN_COMPARTMENT_IDENTITY,
                                       .holders = &holder,
                                       .holders_count = 1};
    struct ln_public_key other_box, role_key, encapsulated;
    struct ln_key_id key_id;
    uint8_t sealed[1 + 16], opened[1];
    struct officer *one, *two;
    make_officer("officer-1", &holder.box_key);
    make_officer("officer-2", &other_box);
    mkdir(path_of("roles"), 0700);
    assert_int_equal(rolefile_write(path_of("roles/office-IDENTITY.key"), &plan, &role_key), 0);
    assert_int_equal(seal_to(&role_key, LN_LITERAL("i"), LN_LITERAL("a"), LN_LITERAL("x"),
                             &encapsulated, sealed),
                     0);
    ln_key_id_of(LN_USE_ROLE, &role_key, &key_id);
    assert_int_equal(unlock("officer-1", PASSPHRASE, &one), 0);
    assert_int_equal(unlock("officer-2", PASSPHRASE, &two), 0);
    const struct ln_unsealer *first = officer_unsealer(one), *second = officer_unsealer(two);
    assert_int_equal(first->unseal(first->context, &key_id, &encapsulated, LN_LITERAL("i"),
                                   LN_LITERAL("a"), ln_view(sealed, sizeof sealed), opened),
                     0);
    assert_int_equal(second->unseal(second->context, &key_id, &encapsulated, LN_LITERAL("i"),
                                    LN_LITERAL("a"), ln_view(sealed, sizeof sealed), opened),
                     LN_E_ROLE_KEY);
    officer_lock(&one);
    officer_lock(&two);
}

/* Wraps that come and go ------------------------------------------------------------------- */

static const struct rolefile_plan police_plan = {.office = {"office"},
                                                 .compartment = LN_COMPARTMENT_PROCEDURE};

/** Box keys of people, without key files. */
struct person {
    struct rolefile_holder holder;
    uint8_t secret[CRYPTO_BOX_SECRET_BYTES];
};

static void make_person(const char *name, struct person *out)
{
    assert_int_equal(ln_name_from(name, &out->holder.officer), 0);
    seal_keys_make(&out->holder.box_key, out->secret);
}

/** What the person's role file gives: 0 if the secret is the public key's. */
static int open_role(const char *name, const struct person *person)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    struct ln_public_key key, made;
    uint8_t secret[LN_KEY_SECRET_BYTES];
    assert_int_equal(files_read_secret(path_of(name), &bytes), 0);
    const int error = rolefile_open(ln_buffer_view(&bytes), &person->holder.officer,
                                    person->secret, &key, secret);
    if (error != 0)
        return error;
    seal_keys_from_secret(secret, &made);
    assert_memory_equal(&made, &key, sizeof key);
    return 0;
}

static void secret_of(const char *name, const struct person *person, uint8_t *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    struct ln_public_key key;
    assert_int_equal(files_read_secret(path_of(name), &bytes), 0);
    assert_int_equal(rolefile_open(ln_buffer_view(&bytes), &person->holder.officer,
                                   person->secret, &key, out),
                     0);
}

static void role_key_is_wrapped_to_one_more_and_dropped_from_one_who_leaves(void **state)
{
    (void)state;
    struct person one, two;
    uint8_t secret[LN_KEY_SECRET_BYTES];
    struct ln_public_key key;
    make_person("officer-1", &one);
    make_person("officer-2", &two);
    struct rolefile_plan plan = police_plan;
    plan.holders = &one.holder;
    plan.holders_count = 1;
    assert_int_equal(rolefile_write(path_of("role.key"), &plan, &key), 0);
    assert_int_equal(open_role("role.key", &two), LN_E_ROLE_KEY);
    secret_of("role.key", &one, secret);
    assert_int_equal(rolefile_wrap(path_of("role.key"), secret, &two.holder), 0);
    assert_int_equal(open_role("role.key", &two), 0);
    assert_int_equal(open_role("role.key", &one), 0);
    assert_int_equal(rolefile_drop(path_of("role.key"), &one.holder.officer), 0);
    assert_int_equal(open_role("role.key", &one), LN_E_ROLE_KEY);
    assert_int_equal(open_role("role.key", &two), 0);
    assert_int_equal(rolefile_drop(path_of("role.key"), &one.holder.officer), LN_E_ROLE_KEY);
}

static void wrap_to_an_officers_new_keys_replaces_the_old_one(void **state)
{
    (void)state;
    struct person before, after;
    uint8_t secret[LN_KEY_SECRET_BYTES];
    struct ln_public_key key;
    make_person("officer-1", &before);
    make_person("officer-1", &after);
    struct rolefile_plan plan = police_plan;
    plan.holders = &before.holder;
    plan.holders_count = 1;
    assert_int_equal(rolefile_write(path_of("role.key"), &plan, &key), 0);
    secret_of("role.key", &before, secret);
    assert_int_equal(rolefile_wrap(path_of("role.key"), secret, &after.holder), 0);
    assert_int_equal(open_role("role.key", &after), 0);
    assert_int_equal(open_role("role.key", &before), LN_E_UNSEALABLE);
}

static void every_generation_of_a_role_key_opens_for_its_holder(void **state)
{
    (void)state;
    struct rolefile_holder holder = {.officer = {"officer-1"}};
    struct ln_public_key keys[3], encapsulated;
    struct officer *officer;
    struct rolefile_plan plan = police_plan;
    char name[64];
    make_officer("officer-1", &holder.box_key);
    plan.holders = &holder;
    plan.holders_count = 1;
    mkdir(path_of("roles"), 0700);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "roles/office-PROCEDURE-%u.key", i + 1);
        assert_int_equal(rolefile_write(path_of(name), &plan, &keys[i]), 0);
    }
    assert_int_equal(unlock("officer-1", PASSPHRASE, &officer), 0);
    const struct ln_unsealer *unsealer = officer_unsealer(officer);
    for (unsigned i = 0; i < 3; i++) {
        struct ln_key_id key_id;
        uint8_t sealed[1 + 16], opened[1];
        assert_int_equal(seal_to(&keys[i], LN_LITERAL("i"), LN_LITERAL("a"), LN_LITERAL("x"),
                                 &encapsulated, sealed),
                         0);
        ln_key_id_of(LN_USE_ROLE, &keys[i], &key_id);
        assert_int_equal(unsealer->unseal(unsealer->context, &key_id, &encapsulated,
                                          LN_LITERAL("i"), LN_LITERAL("a"),
                                          ln_view(sealed, sizeof sealed), opened),
                         0);
    }
    officer_lock(&officer);
}

/* Recovery --------------------------------------------------------------------------------- */

enum { RECOVERERS = 4, NEEDED = 3 };

static struct person recoverers[RECOVERERS];

/** A role key that its only holder has, and of which three of four officers have shares. */
static void make_recoverable(const char *name, uint32_t compartment, struct person *out_holder)
{
    struct rolefile_holder holders[RECOVERERS];
    struct rolefile_plan plan = police_plan;
    struct ln_public_key key;
    char officer[32];
    make_person("officer-1", out_holder);
    for (unsigned i = 0; i < RECOVERERS; i++) {
        snprintf(officer, sizeof officer, "recovery-%u", i + 1);
        if (recoverers[i].holder.officer.text[0] == '\0')
            make_person(officer, &recoverers[i]);
        holders[i] = recoverers[i].holder;
    }
    plan.compartment = compartment;
    plan.holders = &out_holder->holder;
    plan.holders_count = 1;
    plan.recoverers = holders;
    plan.recoverers_count = RECOVERERS;
    plan.shares_needed = NEEDED;
    assert_int_equal(rolefile_write(path_of(name), &plan, &key), 0);
}

static int open_share(const struct ln_role_file *file, unsigned index,
                      struct roleshare_set *set)
{
    return roleshare_open(file, &recoverers[index].holder.officer, recoverers[index].secret,
                          set);
}

/** Opens the shares of the recoverers whose bits are set, and joins them. */
static int join(const struct ln_role_file *file, unsigned who, uint8_t *out)
{
    AUTO(roleshare_wipe) struct roleshare_set set;
    roleshare_init(&set);
    for (unsigned i = 0; i < RECOVERERS; i++) {
        if ((who >> i & 1) != 0)
            assert_int_equal(open_share(file, i, &set), 0);
    }
    return roleshare_join(file, &set, out);
}

static void any_k_of_n_shares_give_the_role_key_and_fewer_do_not(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    struct person holder;
    struct ln_role_file file;
    uint8_t secret[LN_KEY_SECRET_BYTES], joined[LN_KEY_SECRET_BYTES];
    make_recoverable("role.key", LN_COMPARTMENT_PROCEDURE, &holder);
    secret_of("role.key", &holder, secret);
    assert_int_equal(rolefile_read(path_of("role.key"), &arena, &file), 0);
    for (unsigned who = 0; who < 1U << RECOVERERS; who++) {
        const bool is_enough = __builtin_popcount(who) >= NEEDED;
        assert_int_equal(join(&file, who, joined), is_enough ? 0 : LN_E_TOO_FEW_SHARES);
        if (is_enough)
            assert_memory_equal(joined, secret, sizeof secret);
    }
}

static void one_officer_who_comes_twice_counts_once(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(roleshare_wipe) struct roleshare_set set;
    struct person holder;
    struct ln_role_file file;
    uint8_t joined[LN_KEY_SECRET_BYTES];
    make_recoverable("role.key", LN_COMPARTMENT_PROCEDURE, &holder);
    assert_int_equal(rolefile_read(path_of("role.key"), &arena, &file), 0);
    roleshare_init(&set);
    for (unsigned i = 0; i < NEEDED; i++)
        assert_int_equal(open_share(&file, 0, &set), 0);
    assert_int_equal(set.count, 1);
    assert_int_equal(roleshare_join(&file, &set, joined), LN_E_TOO_FEW_SHARES);
}

static void changed_share_is_found_and_is_that_officers(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(roleshare_wipe) struct roleshare_set set;
    struct person holder;
    struct ln_role_file file;
    make_recoverable("role.key", LN_COMPARTMENT_PROCEDURE, &holder);
    assert_int_equal(rolefile_read(path_of("role.key"), &arena, &file), 0);
    struct ln_role_share *shares = (struct ln_role_share *)(uintptr_t)file.shares;
    roleshare_init(&set);
    shares[0].sealed_share.b[7] ^= 1;
    shares[1].check.b[7] ^= 1;
    assert_int_equal(open_share(&file, 0, &set), LN_E_UNSEALABLE);
    assert_int_equal(open_share(&file, 1, &set), LN_E_SHARE);
    assert_int_equal(open_share(&file, 2, &set), 0);
    assert_int_equal(open_share(&file, 3, &set), 0);
}

static void share_of_another_role_key_does_not_pass(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(roleshare_wipe) struct roleshare_set set;
    struct person holder;
    struct ln_role_file one, two;
    make_recoverable("one.key", LN_COMPARTMENT_PROCEDURE, &holder);
    make_recoverable("two.key", LN_COMPARTMENT_MEDICAL, &holder);
    assert_int_equal(rolefile_read(path_of("one.key"), &arena, &one), 0);
    assert_int_equal(rolefile_read(path_of("two.key"), &arena, &two), 0);
    ((struct ln_role_share *)(uintptr_t)one.shares)[0] = two.shares[0];
    roleshare_init(&set);
    assert_int_equal(open_share(&one, 0, &set), LN_E_UNSEALABLE);
}

static void shares_that_give_another_key_than_the_files_are_refused(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(roleshare_wipe) struct roleshare_set set;
    struct person holder;
    struct ln_role_file file;
    uint8_t joined[LN_KEY_SECRET_BYTES];
    make_recoverable("role.key", LN_COMPARTMENT_PROCEDURE, &holder);
    assert_int_equal(rolefile_read(path_of("role.key"), &arena, &file), 0);
    roleshare_init(&set);
    for (unsigned i = 0; i < NEEDED; i++)
        assert_int_equal(open_share(&file, i, &set), 0);
    set.shares[3] ^= 1;
    assert_int_equal(roleshare_join(&file, &set, joined), LN_E_SHARE);
}

static void recovery_needs_two_officers_at_least_and_no_more_than_there_are(void **state)
{
    (void)state;
    struct person one, two;
    struct rolefile_plan plan = police_plan;
    struct ln_public_key key;
    make_person("recovery-1", &one);
    make_person("recovery-2", &two);
    const struct rolefile_holder both[] = {one.holder, two.holder};
    static const struct {
        size_t count, needed;
        int error;
    } rows[] = {{2, 1, LN_E_TOO_FEW_SHARES}, {2, 3, LN_E_TOO_FEW_SHARES},
                {1, 2, LN_E_TOO_FEW_SHARES}, {2, 0, LN_E_TOO_FEW_SHARES},
                {0, 2, LN_E_TOO_FEW_SHARES}, {2, 2, 0}};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        plan.recoverers = both;
        plan.recoverers_count = rows[i].count;
        plan.shares_needed = rows[i].needed;
        assert_int_equal(rolefile_write(path_of("role.key"), &plan, &key), rows[i].error);
    }
}

static void hub_key_opens_with_its_passphrase(void **state)
{
    (void)state;
    uint8_t secret[32];
    struct hubkey key;
    const struct keyfile_lock lock = {.passphrase = PASSPHRASE};
    crypto_random(secret, sizeof secret);
    write_key("hub.key", LN_KEY_HUB, secret, 1, &lock);
    assert_int_equal(hubkey_open(path_of("hub.key"), WRONG, &key), LN_E_PASSPHRASE);
    assert_int_equal(hubkey_open(path_of("hub.key"), PASSPHRASE, &key), 0);
    assert_memory_equal(key.secret, secret, sizeof secret);
    hubkey_wipe(&key);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(opens_what_was_sealed),
        RULE(file_holds_no_secret_in_plain),
        RULE(refuses_file_with_any_byte_changed),
        RULE(refuses_truncated_file),
        RULE(refuses_file_that_others_can_read),
        RULE(never_writes_over_a_key),
        RULE(epoch_is_kept_until_a_day_before_its_end),
        RULE(epochs_survive_a_restart_and_open_what_was_sealed),
        RULE(forgotten_epochs_are_gone_from_the_disk_and_the_newest_is_kept),
        RULE(epoch_that_a_wrong_clock_made_is_replaced_and_destroys_no_other),
        RULE(epoch_above_the_announced_one_is_made_where_its_key_is_gone),
        RULE(ring_that_is_full_keeps_its_newest_epoch),
        RULE(unknown_officer_and_wrong_passphrase_get_one_answer),
        RULE(role_key_opens_for_its_holders_alone),
        RULE(role_key_is_wrapped_to_one_more_and_dropped_from_one_who_leaves),
        RULE(wrap_to_an_officers_new_keys_replaces_the_old_one),
        RULE(every_generation_of_a_role_key_opens_for_its_holder),
        RULE(any_k_of_n_shares_give_the_role_key_and_fewer_do_not),
        RULE(one_officer_who_comes_twice_counts_once),
        RULE(changed_share_is_found_and_is_that_officers),
        RULE(share_of_another_role_key_does_not_pass),
        RULE(shares_that_give_another_key_than_the_files_are_refused),
        RULE(recovery_needs_two_officers_at_least_and_no_more_than_there_are),
        RULE(hub_key_opens_with_its_passphrase),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
