/*
 * The hub's rules without a socket: mailboxes over a real database, and the front fed with
 * fabricated messages. What the hub would send is decoded and kept in order; the clock is
 * injected.
 */
#include "crypto.h"
#include "front.h"
#include "metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COUNTRIES = 5, ANSWERS_MAX = 8192, LARGE_SIZE = 200 * 1024 };
enum { KH, TH, VN, LA, MM };
enum test_table { TABLE_MAIL, TABLE_STATEMENT };

#define TEST_ARENA ((size_t)64 << 20)

/* Five countries, and what is signed about them -------------------------------------------- */

struct country {
    struct ln_name name;
    uint8_t root[CRYPTO_SIGN_SECRET_BYTES], node[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key root_key, node_key, transport_key, new_transport_key, epoch_key;
    struct ln_digest manifest_digest;
};

static struct country countries[COUNTRIES];
static struct ln_id federation;
static uint64_t test_now_ms;

static uint64_t now_ms(void *context)
{
    (void)context;
    return test_now_ms;
}

static const struct ln_clock test_clock = {now_ms, NULL};

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

static struct ln_signer root_of(struct country *country)
{
    struct ln_signer signer = {.sign = sign_with, .context = country->root};
    ln_key_id_of(LN_USE_ROOT, &country->root_key, &signer.key_id);
    return signer;
}

static void make_country(struct country *country, const char *name)
{
    uint8_t unused[CRYPTO_SIGN_SECRET_BYTES];
    assert_int_equal(ln_name_from(name, &country->name), 0);
    sign_keys_make(&country->root_key, country->root);
    sign_keys_make(&country->node_key, country->node);
    seal_keys_make(&country->transport_key, unused);
    seal_keys_make(&country->new_transport_key, unused);
    seal_keys_make(&country->epoch_key, unused);
}

static void sign_roster(struct ln_buffer *out)
{
    struct ln_member members[COUNTRIES];
    struct ln_signature signatures[COUNTRIES];
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    for (size_t i = 0; i < COUNTRIES; i++)
        members[i] = (struct ln_member){.id = countries[i].name,
                                        .threshold = 1,
                                        .roots = &countries[i].root_key,
                                        .roots_count = 1};
    const struct ln_roster roster = {.federation = federation,
                                     .version = 1,
                                     .created_ms = test_now_ms,
                                     .expires_ms = test_now_ms + 365 * LN_DAY_MS,
                                     .threshold = COUNTRIES,
                                     .members = members,
                                     .members_count = COUNTRIES,
                                     .code_lists = 1};
    assert_int_equal(ln_roster_build(&roster, &body), 0);
    for (size_t i = 0; i < COUNTRIES; i++) {
        const struct ln_signer root = root_of(&countries[i]);
        assert_int_equal(ln_sign_shape(LN_TYPE_ROSTER, &federation, ln_buffer_view(&body),
                                       &root, &signatures[i]),
                         0);
    }
    const struct ln_signed shape = {LN_TYPE_ROSTER, ln_buffer_view(&body), signatures,
                                    COUNTRIES};
    assert_int_equal(ln_signed_build(&shape, out), 0);
}

static void sign_manifest(struct country *country, const struct ln_manifest *manifest,
                          struct ln_buffer *out)
{
    const struct ln_signer root = root_of(country);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    assert_int_equal(ln_manifest_build(manifest, &body), 0);
    assert_int_equal(ln_sign(LN_TYPE_MANIFEST, &federation, ln_buffer_view(&body), &root, out),
                     0);
    const struct ln_signed shape = {.type = LN_TYPE_MANIFEST, .body = ln_buffer_view(&body)};
    ln_signed_digest(&shape, &country->manifest_digest);
}

/** With titles so long that a manifest of all of them takes pages of its own in the database.
 */
static void make_offices(struct ln_office offices[static LN_OFFICES_MAX])
{
    for (size_t i = 0; i < LN_OFFICES_MAX; i++) {
        offices[i] = (struct ln_office){
            .title =
                LN_LITERAL("an office with a title that fills a page with sixty-three others"),
            .kind = LN_AUTHORITY_TASK_FORCE};
        snprintf(offices[i].id.text, sizeof offices[i].id.text, "office-%zu", i);
    }
}

/** Version 1 has the transport key; version 2 revokes it and names the new one. */
static void make_manifest(struct country *country, uint64_t version, struct ln_buffer *out)
{
    const uint64_t from = test_now_ms, until = test_now_ms + 365 * LN_DAY_MS;
    const struct ln_node_key keys[] = {
        {LN_NODE_SIGNING, country->node_key, from, until, LN_KEY_ACTIVE},
        {LN_NODE_TRANSPORT, country->transport_key, from, until,
         version == 1 ? LN_KEY_ACTIVE : LN_KEY_REVOKED},
        {LN_NODE_TRANSPORT, country->new_transport_key, from, until, LN_KEY_ACTIVE}};
    const struct ln_collection collection = {.hub = {"hub-1"}, .priority = 1};
    struct ln_office offices[LN_OFFICES_MAX];
    make_offices(offices);
    struct ln_manifest manifest = {.federation = federation,
                                   .member = country->name,
                                   .version = version,
                                   .created_ms = from,
                                   .expires_ms = until,
                                   .node_keys = keys,
                                   .node_keys_count = version == 1 ? 2 : 3,
                                   .collections = &collection,
                                   .collections_count = 1,
                                   .offices = offices,
                                   .offices_count = version == 1 ? 1 : LN_OFFICES_MAX};
    if (version > 1)
        manifest.previous = country->manifest_digest;
    sign_manifest(country, &manifest, out);
}

/* A hub without a socket ------------------------------------------------------------------- */

/** Something that the hub sent, and to which route. */
struct answer {
    uint8_t route;
    struct ln_from_hub frame;
};

struct hub {
    char directory[64];
    char fingerprint[LN_FINGERPRINT_SIZE];
    struct database *database;
    struct rosterkeeper *keeper;
    struct mailbox *mailbox;
    struct front *front;
    struct answer answers[ANSWERS_MAX];
    size_t answers_count;
    uint8_t deaf_route;         /* takes no answers; 0: all do */
    uint64_t mails_when_stored; /* what was on disk when the first STORED left */
    struct ln_arena arena;      /* of frames, both ways */
};

static struct hub hub;

static const struct mailbox_limits wide_limits = {1000000, UINT64_C(1) << 40, 1000000};

static int count_record(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)key;
    (void)value;
    ++*(uint64_t *)context;
    return 0;
}

/** Mails that are committed: a read transaction sees nothing else. */
static uint64_t mails_on_disk(void)
{
    struct database_txn *txn;
    uint64_t count = 0;
    assert_int_equal(database_read(hub.database, &txn), 0);
    for (size_t i = 0; i < COUNTRIES; i++)
        assert_int_equal(database_walk(txn, TABLE_MAIL,
                                       ln_view(&countries[i].name, sizeof countries[i].name),
                                       ln_view(NULL, 0), count_record, &count),
                         0);
    database_abort(&txn);
    return count;
}

static int keep_answer(void *context, const struct socket_route *route, struct ln_bytes payload)
{
    (void)context;
    if (route->bytes[0] == hub.deaf_route)
        return LN_E_UNAVAILABLE;
    assert_true(hub.answers_count < ANSWERS_MAX);
    struct answer *answer = &hub.answers[hub.answers_count++];
    answer->route = route->bytes[0];
    assert_int_equal(ln_from_hub_open(payload, &hub.arena, &answer->frame), 0);
    if (answer->frame.stored != NULL && hub.mails_when_stored == 0)
        hub.mails_when_stored = mails_on_disk();
    return 0;
}

static void open_database(size_t size_max)
{
    static const char *const tables[] = {"mail", "statement", NULL};
    char path[96];
    snprintf(path, sizeof path, "%s/store", hub.directory);
    const struct database_options options = {path, tables, size_max};
    assert_int_equal(database_open(&options, &hub.database), 0);
}

static void start_hub(const struct mailbox_limits *limits)
{
    assert_int_equal(
        rosterkeeper_open(hub.database, TABLE_STATEMENT, hub.fingerprint, &hub.keeper), 0);
    assert_int_equal(mailbox_open(hub.database, TABLE_MAIL, limits, &test_clock, &hub.mailbox),
                     0);
    const struct front_options options = {hub.mailbox, hub.keeper, test_clock, keep_answer,
                                          NULL};
    hub.front = front_new(&options);
}

static void stop_hub(void)
{
    front_destroy(&hub.front);
    mailbox_close(&hub.mailbox);
    rosterkeeper_close(&hub.keeper);
}

static void limit_to(const struct mailbox_limits *limits)
{
    stop_hub();
    start_hub(limits);
}

static void reopen(const struct mailbox_limits *limits, size_t size_max)
{
    stop_hub();
    database_close(&hub.database);
    open_database(size_max);
    start_hub(limits);
}

static void take_statements(void)
{
    AUTO(ln_buffer_wipe) struct ln_buffer roster = LN_BUFFER(LN_BODY_MAX);
    sign_roster(&roster);
    assert_int_equal(rosterkeeper_take(hub.keeper, ln_buffer_view(&roster)), LN_TRUST_NEW);
    for (size_t i = 0; i < COUNTRIES; i++) {
        AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
        make_manifest(&countries[i], 1, &manifest);
        assert_int_equal(rosterkeeper_take(hub.keeper, ln_buffer_view(&manifest)),
                         LN_TRUST_NEW);
    }
}

static int set_up(void **state)
{
    (void)state;
    static const char *const names[COUNTRIES] = {"KH", "TH", "VN", "LA", "MM"};
    struct ln_digest digest;
    memset(&hub, 0, sizeof hub);
    hub.arena = LN_ARENA(TEST_ARENA);
    test_now_ms = UINT64_C(1764000000000);
    crypto_random(federation.b, sizeof federation.b);
    for (size_t i = 0; i < COUNTRIES; i++)
        make_country(&countries[i], names[i]);
    ln_roots_fingerprint(&countries[KH].root_key, 1, &digest);
    ln_fingerprint_text(&digest, hub.fingerprint);
    snprintf(hub.directory, sizeof hub.directory, "/tmp/liaison-test-XXXXXX");
    assert_non_null(mkdtemp(hub.directory));
    open_database(0);
    start_hub(&wide_limits);
    take_statements();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[96];
    stop_hub();
    database_close(&hub.database);
    ln_arena_wipe(&hub.arena);
    snprintf(command, sizeof command, "rm -rf %s", hub.directory);
    return system(command);
}

static int start_group(void **state)
{
    (void)state;
    return crypto_start();
}

/* Mailbox: saying things briefly ----------------------------------------------------------- */

static struct mailbox_change putting(size_t from, size_t to, uint8_t urgency, const char *text)
{
    return (struct mailbox_change){.is_put = true,
                                   .sender = countries[from].name,
                                   .addressee = countries[to].name,
                                   .envelope = ln_view(text, strlen(text)),
                                   .place = {.urgency = urgency}};
}

static struct mailbox_change deleting(size_t addressee, struct mailbox_place place)
{
    return (struct mailbox_change){.addressee = countries[addressee].name, .place = place};
}

/** Commits one mail; what became of it. */
static int put_one(size_t from, size_t to, const char *text)
{
    struct mailbox_change change = putting(from, to, LN_URGENCY_URGENT, text);
    assert_int_equal(mailbox_commit(hub.mailbox, &change, 1), 0);
    return change.result;
}

static struct mailbox_place put_placed(size_t from, size_t to, uint8_t urgency,
                                       const char *text)
{
    struct mailbox_change change = putting(from, to, urgency, text);
    assert_int_equal(mailbox_commit(hub.mailbox, &change, 1), 0);
    assert_int_equal(change.result, 0);
    return change.place;
}

static void delete_one(size_t addressee, struct mailbox_place place)
{
    struct mailbox_change change = deleting(addressee, place);
    assert_int_equal(mailbox_commit(hub.mailbox, &change, 1), 0);
}

static const struct mailbox_given nothing_given = {{0}};

struct listing {
    char text[256];
};

static int list_mail(const struct mailbox_place *place, struct ln_bytes envelope, void *context)
{
    (void)place;
    struct listing *listing = context;
    const size_t length = strlen(listing->text);
    snprintf(listing->text + length, sizeof listing->text - length, "%.*s ", (int)envelope.size,
             (const char *)envelope.data);
    return 0;
}

/** The envelopes that wait for a country, in the order of the mailbox, a space behind each. */
static struct listing listed(size_t addressee)
{
    struct listing listing = {""};
    assert_int_equal(mailbox_walk(hub.mailbox, &countries[addressee].name, &nothing_given,
                                  list_mail, &listing),
                     0);
    return listing;
}

/* Mailbox: order and durability ------------------------------------------------------------ */

static void put_three_urgencies(void)
{
    put_placed(KH, TH, LN_URGENCY_ADMINISTRATIVE, "form");
    put_placed(KH, TH, LN_URGENCY_URGENT, "first");
    put_placed(VN, TH, LN_URGENCY_URGENT, "second");
    put_placed(VN, TH, LN_URGENCY_EMERGENCY, "child");
}

static void gives_most_urgent_first_then_oldest(void **state)
{
    (void)state;
    put_three_urgencies();
    assert_string_equal(listed(TH).text, "child first second form ");
}

static void keeps_mail_and_its_order_over_a_reopen(void **state)
{
    (void)state;
    put_three_urgencies();
    reopen(&wide_limits, 0);
    assert_string_equal(listed(TH).text, "child first second form ");
}

static void puts_new_mail_behind_old_mail_after_a_reopen(void **state)
{
    (void)state;
    put_one(KH, TH, "old");
    reopen(&wide_limits, 0);
    put_one(KH, TH, "new");
    assert_string_equal(listed(TH).text, "old new ");
}

static void gives_nobody_the_mail_of_another(void **state)
{
    (void)state;
    put_one(KH, TH, "for-thailand");
    assert_string_equal(listed(VN).text, "");
}

static int stop_at_once(const struct mailbox_place *place, struct ln_bytes envelope,
                        void *context)
{
    (void)place;
    (void)envelope;
    ++*(unsigned *)context;
    return DATABASE_STOP;
}

static void ends_a_walk_when_told_to(void **state)
{
    (void)state;
    unsigned calls = 0;
    put_three_urgencies();
    assert_int_equal(
        mailbox_walk(hub.mailbox, &countries[TH].name, &nothing_given, stop_at_once, &calls),
        0);
    assert_int_equal(calls, 1);
}

static int put_short_record(struct database_txn *txn, void *context)
{
    (void)context;
    return database_put(txn, TABLE_MAIL, LN_LITERAL("KH"), LN_LITERAL("x"));
}

static void refuses_to_open_over_a_damaged_record(void **state)
{
    (void)state;
    struct mailbox *other = NULL;
    assert_int_equal(database_run(hub.database, put_short_record, NULL), 0);
    assert_int_equal(mailbox_open(hub.database, TABLE_MAIL, &wide_limits, &test_clock, &other),
                     LN_E_STORE_DAMAGED);
    assert_null(other);
}

static int put_record_under_a_short_key(struct database_txn *txn, void *context)
{
    static const uint8_t value[256];
    (void)context;
    return database_put(txn, TABLE_MAIL, LN_LITERAL("KH"), ln_view(value, sizeof value));
}

static void refuses_to_open_over_a_damaged_key(void **state)
{
    (void)state;
    struct mailbox *other = NULL;
    assert_int_equal(database_run(hub.database, put_record_under_a_short_key, NULL), 0);
    assert_int_equal(mailbox_open(hub.database, TABLE_MAIL, &wide_limits, &test_clock, &other),
                     LN_E_STORE_DAMAGED);
    assert_null(other);
}

/* Mailbox: quotas -------------------------------------------------------------------------- */

static void takes_as_many_mails_as_the_quota_and_not_one_more(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){2, 1000, 1000});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(KH, TH, "b"), 0);
    assert_int_equal(put_one(KH, TH, "c"), LN_E_MAILBOX_FULL);
}

static void takes_as_many_bytes_as_the_quota_and_not_one_more(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1000, 8, 1000});
    assert_int_equal(put_one(KH, TH, "12345"), 0);
    assert_int_equal(put_one(KH, TH, "1234"), LN_E_MAILBOX_FULL);
    assert_int_equal(put_one(KH, TH, "123"), 0);
}

static void counts_the_quota_within_one_batch(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000, 1000});
    struct mailbox_change changes[] = {putting(KH, TH, LN_URGENCY_URGENT, "a"),
                                       putting(KH, TH, LN_URGENCY_URGENT, "b"),
                                       putting(VN, TH, LN_URGENCY_URGENT, "c")};
    assert_int_equal(mailbox_commit(hub.mailbox, changes, LN_COUNT(changes)), 0);
    assert_int_equal(changes[0].result, 0);
    assert_int_equal(changes[1].result, LN_E_MAILBOX_FULL);
    assert_int_equal(changes[2].result, 0);
    assert_string_equal(listed(TH).text, "a c ");
}

static void one_member_cannot_fill_a_mailbox_for_the_rest(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000, 1000});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(KH, TH, "b"), LN_E_MAILBOX_FULL);
    assert_int_equal(put_one(VN, TH, "c"), 0);
}

static void a_full_mailbox_does_not_close_the_senders_others(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000, 1000});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(KH, VN, "b"), 0);
}

static void a_deleted_mail_makes_room(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000, 1000});
    delete_one(TH, put_placed(KH, TH, LN_URGENCY_URGENT, "a"));
    assert_int_equal(put_one(KH, TH, "b"), 0);
}

static void counts_anew_after_a_reopen(void **state)
{
    (void)state;
    const struct mailbox_limits limits = {2, 8, 1000};
    put_one(KH, TH, "12345");
    reopen(&limits, 0);
    assert_int_equal(mailbox_count(hub.mailbox), 1);
    assert_int_equal(mailbox_bytes(hub.mailbox), 5);
    assert_int_equal(put_one(KH, TH, "1234"), LN_E_MAILBOX_FULL);
    assert_int_equal(put_one(KH, TH, "123"), 0);
}

static void takes_the_rate_of_a_minute_and_not_one_more(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1000, 1000, 2});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(KH, TH, "b"), 0);
    assert_int_equal(put_one(KH, TH, "c"), LN_E_RATE);
}

static void takes_mail_again_in_the_next_minute(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1000, 1000, 1});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(KH, TH, "b"), LN_E_RATE);
    test_now_ms += LN_MINUTE_MS;
    assert_int_equal(put_one(KH, TH, "b"), 0);
}

static void the_rate_of_one_sender_does_not_slow_another(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1000, 1000, 1});
    assert_int_equal(put_one(KH, TH, "a"), 0);
    assert_int_equal(put_one(VN, TH, "b"), 0);
}

/* Mailbox: deleting and expiring ----------------------------------------------------------- */

static void deletes_only_the_mail_that_is_named(void **state)
{
    (void)state;
    const struct mailbox_place place = put_placed(KH, TH, LN_URGENCY_URGENT, "a");
    put_one(KH, TH, "b");
    delete_one(TH, place);
    assert_string_equal(listed(TH).text, "b ");
}

static void deletes_nothing_of_another_addressee(void **state)
{
    (void)state;
    const struct mailbox_place place = put_placed(KH, TH, LN_URGENCY_URGENT, "a");
    delete_one(VN, place);
    assert_string_equal(listed(TH).text, "a ");
    assert_int_equal(mailbox_count(hub.mailbox), 1);
}

static void deleting_what_is_gone_changes_no_count(void **state)
{
    (void)state;
    const struct mailbox_place place = put_placed(KH, TH, LN_URGENCY_URGENT, "a");
    delete_one(TH, place);
    delete_one(TH, place);
    assert_int_equal(mailbox_count(hub.mailbox), 0);
    assert_int_equal(mailbox_bytes(hub.mailbox), 0);
}

static uint64_t expire_after(uint64_t elapsed_ms)
{
    uint64_t count = UINT64_MAX;
    assert_int_equal(mailbox_expire(hub.mailbox, elapsed_ms, &count), 0);
    return count;
}

static void keeps_a_mail_for_all_of_35_days(void **state)
{
    (void)state;
    put_one(KH, TH, "a");
    assert_int_equal(expire_after(MAILBOX_EXPIRY_MS), 0);
    assert_string_equal(listed(TH).text, "a ");
}

static void drops_a_mail_after_35_days_and_only_that(void **state)
{
    (void)state;
    put_one(KH, TH, "old");
    assert_int_equal(expire_after(1), 0);
    put_one(KH, TH, "new");
    assert_int_equal(expire_after(MAILBOX_EXPIRY_MS), 1);
    assert_string_equal(listed(TH).text, "new ");
}

static void clock_that_jumps_drops_nothing_and_a_reopen_forgets_no_age(void **state)
{
    (void)state;
    put_one(KH, TH, "a");
    test_now_ms += 2 * MAILBOX_EXPIRY_MS;
    assert_int_equal(expire_after(MAILBOX_EXPIRY_MS), 0);
    reopen(&wide_limits, 0);
    assert_int_equal(expire_after(0), 0);
    assert_int_equal(expire_after(1), 1);
}

static void an_expired_mail_makes_room(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000, 1000});
    put_one(KH, TH, "old");
    assert_int_equal(expire_after(MAILBOX_EXPIRY_MS + 1), 1);
    assert_int_equal(put_one(KH, TH, "new"), 0);
}

static void put_many(size_t count)
{
    static struct mailbox_change changes[MAILBOX_BATCH_MAX];
    assert_true(count <= LN_COUNT(changes));
    for (size_t i = 0; i < count; i++)
        changes[i] = putting(KH, TH, LN_URGENCY_ROUTINE, "x");
    assert_int_equal(mailbox_commit(hub.mailbox, changes, count), 0);
}

static void expires_more_than_fits_one_batch(void **state)
{
    (void)state;
    put_many(MAILBOX_BATCH_MAX);
    put_many(1);
    assert_int_equal(expire_after(MAILBOX_EXPIRY_MS + 1), MAILBOX_BATCH_MAX + 1);
    assert_int_equal(mailbox_count(hub.mailbox), 0);
}

/* Mailbox: a full disk --------------------------------------------------------------------- */

/** Puts until the database, which may not grow above its first size, has no room left. */
static void fill_disk(void)
{
    uint8_t *large = ln_allocate(LARGE_SIZE);
    int result = 0;
    memset(large, 'x', LARGE_SIZE);
    while (result == 0) {
        struct mailbox_change change = putting(KH, TH, LN_URGENCY_ROUTINE, "");
        change.envelope = ln_view(large, LARGE_SIZE);
        assert_int_equal(mailbox_commit(hub.mailbox, &change, 1), 0);
        result = change.result;
    }
    ln_release(large, LARGE_SIZE);
    assert_int_equal(result, LN_E_DISK_FULL);
}

static void a_full_disk_refuses_puts_and_carries_out_deletions(void **state)
{
    (void)state;
    reopen(&wide_limits, 1);
    const struct mailbox_place place = put_placed(VN, TH, LN_URGENCY_URGENT, "a");
    fill_disk();
    const uint64_t mails = mails_on_disk();
    uint8_t *large = ln_allocate(LARGE_SIZE);
    memset(large, 'x', LARGE_SIZE);
    struct mailbox_change changes[] = {deleting(TH, place),
                                       putting(KH, TH, LN_URGENCY_ROUTINE, "")};
    changes[1].envelope = ln_view(large, LARGE_SIZE);
    assert_int_equal(mailbox_commit(hub.mailbox, changes, LN_COUNT(changes)), 0);
    ln_release(large, LARGE_SIZE);
    assert_int_equal(changes[1].result, LN_E_DISK_FULL);
    assert_int_equal(mails_on_disk(), mails - 1);
}

static void counts_nothing_that_a_full_disk_refused(void **state)
{
    (void)state;
    reopen(&wide_limits, 1);
    fill_disk();
    assert_int_equal(mailbox_count(hub.mailbox), mails_on_disk());
    assert_int_equal(mailbox_bytes(hub.mailbox), LARGE_SIZE * mails_on_disk());
}

/* Front: saying things briefly ------------------------------------------------------------- */

/** A connection: whose, over which route. A route is never 0 here. */
struct line {
    size_t country;
    uint8_t route;
};

static const struct line kh = {KH, 1}, th = {TH, 2}, vn = {VN, 3}, la = {LA, 4}, mm = {MM, 5};
static const struct line th_newer = {TH, 6};

static struct socket_message message_of(const struct line *line)
{
    return (struct socket_message){.route = {.bytes = {line->route}, .size = 1},
                                   .user = countries[line->country].name,
                                   .key = countries[line->country].transport_key};
}

static void say_bytes(const struct line *line, struct ln_bytes payload)
{
    struct socket_message message = message_of(line);
    message.payload = payload;
    front_take(hub.front, &message, 0);
}

/** The payload lives in the arena: until the batch is finished, as the front asks. */
static struct ln_bytes packed(const struct ln_to_hub *frame)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_HUB_FRAME_MAX);
    assert_int_equal(ln_to_hub_build(frame, &bytes), 0);
    const uint8_t *copy = ln_arena_copy(&hub.arena, ln_buffer_view(&bytes));
    assert_non_null(copy);
    return ln_view(copy, bytes.size);
}

static void say(const struct line *line, const struct ln_to_hub *frame)
{
    say_bytes(line, packed(frame));
}

static void finish(void)
{
    assert_int_equal(front_finish(hub.front), 0);
}

/** The front may leave acknowledgements alone until then: they cost no commit of their own. */
static void pass_time(void)
{
    assert_int_equal(front_deliver(hub.front), 0);
}

static void forget_answers(void)
{
    hub.answers_count = 0;
}

static void say_hello(const struct line *line)
{
    const struct ln_hello hello = {LN_HUB_PROTOCOL, federation, NULL, 0};
    say(line, &(struct ln_to_hub){.hello = &hello});
}

static void greet(const struct line *line)
{
    say_hello(line);
    finish();
    forget_answers();
}

static struct ln_bytes sealed_to(const struct ln_name *to, uint32_t urgency)
{
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX);
    assert_int_equal(ln_envelope_seal(&federation, to, 1, &countries[TH].epoch_key, urgency,
                                      LN_LITERAL("a packet"), &envelope),
                     0);
    const uint8_t *copy = ln_arena_copy(&hub.arena, ln_buffer_view(&envelope));
    assert_non_null(copy);
    return ln_view(copy, envelope.size);
}

static void say_put(const struct line *line, uint64_t id, struct ln_bytes envelope)
{
    const struct ln_put put = {id, envelope};
    say(line, &(struct ln_to_hub){.put = &put});
}

static void say_put_to(const struct line *line, uint64_t id, size_t to)
{
    say_put(line, id, sealed_to(&countries[to].name, LN_URGENCY_URGENT));
}

static void say_fetch(const struct line *line, uint32_t credit)
{
    const struct ln_fetch fetch = {credit};
    say(line, &(struct ln_to_hub){.fetch = &fetch});
}

static void say_ack(const struct line *line, uint64_t id)
{
    const struct ln_ids ack = {&id, 1};
    say(line, &(struct ln_to_hub){.ack = &ack});
}

static void say_ping(const struct line *line)
{
    const struct ln_ping ping = {77};
    say(line, &(struct ln_to_hub){.ping = &ping});
}

static void say_publish(const struct line *line, struct ln_bytes literal)
{
    struct ln_statement publish;
    assert_int_equal(ln_signed_open(literal, &hub.arena, &publish.statement), 0);
    say(line, &(struct ln_to_hub){.publish = &publish});
}

/* Front: looking at answers ---------------------------------------------------------------- */

/** How many frames of one kind went to a line; `kind` is the offset of its pointer. */
static size_t count_of(const struct line *line, size_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < hub.answers_count; i++) {
        const struct answer *answer = &hub.answers[i];
        const void *const *part = (const void *)((const uint8_t *)&answer->frame + kind);
        count += answer->route == line->route && *part != NULL;
    }
    return count;
}

#define COUNT_OF(line, kind) count_of(line, offsetof(struct ln_from_hub, kind))

/** The code of the one refusal that a line got; 0: it got none. */
static int refusal_of(const struct line *line, uint64_t *out_id)
{
    int code = 0;
    for (size_t i = 0; i < hub.answers_count; i++) {
        const struct ln_hub_refusal *refused = hub.answers[i].frame.refused;
        if (hub.answers[i].route != line->route || refused == NULL)
            continue;
        assert_int_equal(code, 0);
        code = -(int)refused->code;
        *out_id = refused->id;
    }
    return code;
}

static void expect_refusal(const struct line *line, int code, uint64_t id)
{
    uint64_t refused_id = UINT64_MAX;
    assert_int_equal(refusal_of(line, &refused_id), code);
    assert_int_equal(refused_id, id);
}

/** The only answer to the line is a refusal of the frame as such. */
static void expect_only_refusal(const struct line *line, int code)
{
    assert_int_equal(hub.answers_count, 1);
    expect_refusal(line, code, 0);
}

static const struct ln_deliver *delivered(const struct line *line, size_t index)
{
    for (size_t i = 0; i < hub.answers_count; i++) {
        if (hub.answers[i].route != line->route || hub.answers[i].frame.deliver == NULL)
            continue;
        if (index-- == 0)
            return hub.answers[i].frame.deliver;
    }
    fail_msg("it was not delivered");
    return NULL;
}

static const struct ln_welcome *welcome_of(const struct line *line)
{
    assert_int_equal(COUNT_OF(line, welcome), 1);
    assert_int_equal(hub.answers[0].route, line->route);
    return hub.answers[0].frame.welcome;
}

/* Front: who may speak --------------------------------------------------------------------- */

static void refuses_a_put_before_hello(void **state)
{
    (void)state;
    say_put_to(&kh, 1, TH);
    finish();
    expect_only_refusal(&kh, LN_E_HELLO_FIRST);
    assert_int_equal(mails_on_disk(), 0);
}

static void refuses_a_fetch_before_hello(void **state)
{
    (void)state;
    say_fetch(&kh, 1);
    expect_only_refusal(&kh, LN_E_HELLO_FIRST);
}

static void refuses_an_ack_before_hello(void **state)
{
    (void)state;
    say_ack(&kh, 1);
    expect_only_refusal(&kh, LN_E_HELLO_FIRST);
}

static void refuses_a_ping_before_hello(void **state)
{
    (void)state;
    say_ping(&kh);
    expect_only_refusal(&kh, LN_E_HELLO_FIRST);
}

static void refuses_a_publish_before_hello(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
    make_manifest(&countries[KH], 2, &manifest);
    say_publish(&kh, ln_buffer_view(&manifest));
    expect_only_refusal(&kh, LN_E_HELLO_FIRST);
}

static void refuses_a_key_that_nobody_in_the_roster_has(void **state)
{
    (void)state;
    struct socket_message message = message_of(&kh);
    crypto_random(message.key.b, sizeof message.key.b);
    message.payload = packed(&(struct ln_to_hub){.ping = &(struct ln_ping){1}});
    front_take(hub.front, &message, 0);
    expect_only_refusal(&kh, LN_E_STRANGER);
    assert_int_equal(front_counters(hub.front)->strangers, 1);
}

static void refuses_a_connection_that_the_door_named_nobody(void **state)
{
    (void)state;
    struct socket_message message = message_of(&kh);
    message.user = (struct ln_name){0};
    message.payload = packed(&(struct ln_to_hub){.ping = &(struct ln_ping){1}});
    front_take(hub.front, &message, 0);
    expect_only_refusal(&kh, LN_E_STRANGER);
}

static void takes_the_member_from_the_key_and_not_from_the_user_name(void **state)
{
    (void)state;
    greet(&kh);
    put_one(VN, TH, "for-thailand");
    struct socket_message message = message_of(&kh);
    message.user = countries[TH].name;
    message.payload = packed(&(struct ln_to_hub){.fetch = &(struct ln_fetch){10}});
    front_take(hub.front, &message, 0);
    finish();
    assert_int_equal(COUNT_OF(&kh, deliver), 0);
}

static void refuses_a_route_of_another_member(void **state)
{
    (void)state;
    greet(&th);
    const struct line thief = {KH, th.route};
    say_fetch(&thief, 10);
    expect_only_refusal(&thief, LN_E_HELLO_FIRST);
}

static void welcomes_with_credit_size_and_time(void **state)
{
    (void)state;
    say_hello(&kh);
    const struct ln_welcome *welcome = welcome_of(&kh);
    assert_int_equal(welcome->credit, FRONT_CREDIT);
    assert_int_equal(welcome->envelope_size_max, LN_ENVELOPE_MAX);
    assert_int_equal(welcome->time_ms, test_now_ms);
}

static void refuses_another_protocol_version(void **state)
{
    (void)state;
    const struct ln_hello hello = {LN_HUB_PROTOCOL + 1, federation, NULL, 0};
    say(&kh, &(struct ln_to_hub){.hello = &hello});
    expect_only_refusal(&kh, LN_E_PROTOCOL_VERSION);
}

static void refuses_another_federation(void **state)
{
    (void)state;
    struct ln_hello hello = {LN_HUB_PROTOCOL, federation, NULL, 0};
    hello.federation.b[0] ^= 1;
    say(&kh, &(struct ln_to_hub){.hello = &hello});
    expect_only_refusal(&kh, LN_E_WRONG_FEDERATION);
}

static void greets_with_every_statement_that_is_not_known(void **state)
{
    (void)state;
    say_hello(&kh);
    assert_int_equal(COUNT_OF(&kh, statement), 1 + COUNTRIES);
}

static void greets_with_only_what_is_not_known(void **state)
{
    (void)state;
    const struct ln_known known[] = {{LN_TYPE_ROSTER, {{0}}, 1},
                                     {LN_TYPE_MANIFEST, countries[KH].name, 1},
                                     {LN_TYPE_MANIFEST, countries[TH].name, 1}};
    const struct ln_hello hello = {LN_HUB_PROTOCOL, federation, known, LN_COUNT(known)};
    say(&kh, &(struct ln_to_hub){.hello = &hello});
    assert_int_equal(COUNT_OF(&kh, statement), COUNTRIES - 2);
}

static void answers_a_ping_with_its_nonce(void **state)
{
    (void)state;
    greet(&kh);
    say_ping(&kh);
    assert_int_equal(hub.answers_count, 1);
    assert_int_equal(hub.answers[0].frame.pong->nonce, 77);
}

/* Front: bad input ------------------------------------------------------------------------- */

static void refuses_a_frame_that_cannot_be_decoded_and_keeps_the_connection(void **state)
{
    (void)state;
    greet(&kh);
    say_bytes(&kh, LN_LITERAL("\xff\xff\xff"));
    assert_int_equal(COUNT_OF(&kh, refused), 1);
    forget_answers();
    say_ping(&kh);
    assert_int_equal(COUNT_OF(&kh, pong), 1);
}

static void refuses_an_empty_frame(void **state)
{
    (void)state;
    greet(&kh);
    say_bytes(&kh, ln_view(NULL, 0));
    assert_int_equal(COUNT_OF(&kh, refused), 1);
}

static void refuses_and_counts_a_message_of_many_parts(void **state)
{
    (void)state;
    greet(&kh);
    const struct socket_message message = message_of(&kh);
    front_take(hub.front, &message, LN_E_MANY_PARTS);
    expect_only_refusal(&kh, LN_E_MANY_PARTS);
    assert_int_equal(front_counters(hub.front)->many_parts, 1);
}

static void refuses_an_envelope_that_is_none_with_the_puts_number(void **state)
{
    (void)state;
    greet(&kh);
    say_put(&kh, 9, LN_LITERAL("not an envelope"));
    finish();
    uint64_t id = 0;
    assert_int_not_equal(refusal_of(&kh, &id), 0);
    assert_int_equal(id, 9);
    assert_int_equal(mails_on_disk(), 0);
}

static void refuses_a_put_to_somebody_who_is_not_a_member(void **state)
{
    (void)state;
    greet(&kh);
    say_put(&kh, 9, sealed_to(&(struct ln_name){"CN"}, LN_URGENCY_URGENT));
    finish();
    expect_refusal(&kh, LN_E_NO_MAILBOX, 9);
    assert_int_equal(mails_on_disk(), 0);
}

static void one_refused_put_does_not_hold_up_the_batch(void **state)
{
    (void)state;
    greet(&kh);
    say_put(&kh, 1, LN_LITERAL("not an envelope"));
    say_put_to(&kh, 2, TH);
    finish();
    assert_int_equal(COUNT_OF(&kh, stored), 1);
    assert_int_equal(mails_on_disk(), 1);
}

/* Front: STORED ---------------------------------------------------------------------------- */

static void answers_no_put_before_the_commit(void **state)
{
    (void)state;
    greet(&kh);
    say_put_to(&kh, 1, TH);
    assert_int_equal(hub.answers_count, 0);
    assert_int_equal(mails_on_disk(), 0);
}

static void says_stored_when_all_of_the_batch_is_on_disk(void **state)
{
    (void)state;
    greet(&kh);
    say_put_to(&kh, 1, TH);
    say_put_to(&kh, 2, VN);
    finish();
    assert_int_equal(hub.mails_when_stored, 2);
}

static void answers_the_puts_of_a_connection_in_one_frame(void **state)
{
    (void)state;
    greet(&kh);
    greet(&vn);
    say_put_to(&kh, 11, TH);
    say_put_to(&vn, 21, TH);
    say_put_to(&kh, 12, TH);
    finish();
    assert_int_equal(hub.answers_count, 2);
    const struct ln_ids *stored = hub.answers[0].frame.stored;
    assert_int_equal(hub.answers[0].route, kh.route);
    assert_int_equal(stored->ids_count, 2);
    assert_int_equal(stored->ids[0], 11);
    assert_int_equal(stored->ids[1], 12);
}

static void says_mailbox_full_with_the_puts_number(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1, 1000000, 1000});
    greet(&kh);
    say_put_to(&kh, 1, TH);
    say_put_to(&kh, 2, TH);
    finish();
    expect_refusal(&kh, LN_E_MAILBOX_FULL, 2);
    assert_int_equal(COUNT_OF(&kh, stored), 1);
}

static void says_rate_with_the_puts_number(void **state)
{
    (void)state;
    limit_to(&(struct mailbox_limits){1000, 1000000, 1});
    greet(&kh);
    say_put_to(&kh, 1, TH);
    say_put_to(&kh, 2, TH);
    finish();
    expect_refusal(&kh, LN_E_RATE, 2);
}

static void says_disk_full_and_goes_on_serving(void **state)
{
    (void)state;
    reopen(&wide_limits, 1);
    fill_disk();
    greet(&kh);
    while (refusal_of(&kh, &(uint64_t){0}) == 0) {
        forget_answers();
        say_put_to(&kh, 5, TH);
        finish();
    }
    expect_refusal(&kh, LN_E_DISK_FULL, 5);
    assert_int_equal(COUNT_OF(&kh, stored), 0);
    say_ping(&kh);
    assert_int_equal(COUNT_OF(&kh, pong), 1);
}

/* Front: delivery -------------------------------------------------------------------------- */

static void put_for_thailand(size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_one(KH, TH, "mail");
}

static void delivers_nothing_without_credit(void **state)
{
    (void)state;
    put_for_thailand(1);
    greet(&th);
    pass_time();
    assert_int_equal(hub.answers_count, 0);
}

static void delivers_as_many_as_were_granted(void **state)
{
    (void)state;
    put_for_thailand(3);
    greet(&th);
    say_fetch(&th, 2);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 2);
}

static void adds_credit_to_credit(void **state)
{
    (void)state;
    put_for_thailand(3);
    greet(&th);
    say_fetch(&th, 1);
    say_fetch(&th, 1);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 2);
}

static void credit_counts_no_higher_than_the_most_there_is(void **state)
{
    (void)state;
    greet(&th);
    say_fetch(&th, LN_HUB_CREDIT_MAX);
    assert_int_equal(hub.answers_count, 0);
    say_fetch(&th, LN_HUB_CREDIT_MAX);
    assert_int_equal(hub.answers_count, 0);
}

static void delivers_the_most_urgent_first(void **state)
{
    (void)state;
    put_three_urgencies();
    greet(&th);
    say_fetch(&th, 1);
    finish();
    const struct ln_bytes envelope = delivered(&th, 0)->envelope;
    assert_true(ln_bytes_equal(envelope, LN_LITERAL("child")));
}

static void delivers_what_was_put_in_the_same_batch(void **state)
{
    (void)state;
    greet(&kh);
    greet(&th);
    say_fetch(&th, 1);
    say_put_to(&kh, 1, TH);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 1);
}

static void delivers_a_mail_once_on_a_connection(void **state)
{
    (void)state;
    put_for_thailand(1);
    greet(&th);
    say_fetch(&th, 10);
    finish();
    finish();
    pass_time();
    assert_int_equal(COUNT_OF(&th, deliver), 1);
}

static void delivers_again_what_was_not_acknowledged_after_a_new_hello(void **state)
{
    (void)state;
    put_for_thailand(1);
    greet(&th);
    say_fetch(&th, 10);
    finish();
    greet(&th);
    say_fetch(&th, 10);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 1);
}

static void a_hello_ends_the_credit_that_was_granted(void **state)
{
    (void)state;
    greet(&th);
    say_fetch(&th, 10);
    greet(&th);
    put_for_thailand(1);
    pass_time();
    assert_int_equal(hub.answers_count, 0);
}

static void the_newest_hello_of_a_member_gets_the_mail(void **state)
{
    (void)state;
    put_for_thailand(1);
    greet(&th);
    say_fetch(&th, 10);
    greet(&th_newer);
    say_fetch(&th_newer, 10);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 0);
    assert_int_equal(COUNT_OF(&th_newer, deliver), 1);
}

static void a_replaced_connection_must_greet_again(void **state)
{
    (void)state;
    greet(&th);
    greet(&th_newer);
    say_ping(&th);
    expect_only_refusal(&th, LN_E_HELLO_FIRST);
}

static void keeps_the_mail_of_a_connection_that_takes_no_answers(void **state)
{
    (void)state;
    put_for_thailand(1);
    greet(&th);
    say_fetch(&th, 10);
    hub.deaf_route = th.route;
    finish();
    hub.deaf_route = 0;
    greet(&th);
    say_fetch(&th, 10);
    finish();
    assert_int_equal(COUNT_OF(&th, deliver), 1);
}

/* Front: acknowledging --------------------------------------------------------------------- */

/** Thailand is given one mail; its number. */
static uint64_t deliver_one_to_thailand(void)
{
    put_for_thailand(1);
    greet(&th);
    say_fetch(&th, 10);
    finish();
    const uint64_t number = delivered(&th, 0)->mail;
    forget_answers();
    return number;
}

static void deletes_what_was_acknowledged(void **state)
{
    (void)state;
    say_ack(&th, deliver_one_to_thailand());
    finish();
    pass_time();
    assert_int_equal(hub.answers_count, 0);
    assert_int_equal(mailbox_count(hub.mailbox), 0);
}

static void deletes_the_mail_that_was_acknowledged_and_no_other(void **state)
{
    (void)state;
    put_one(KH, TH, "first");
    put_one(KH, TH, "second");
    put_one(KH, TH, "third");
    greet(&th);
    say_fetch(&th, 10);
    finish();
    say_ack(&th, delivered(&th, 1)->mail);
    finish();
    pass_time();
    assert_string_equal(listed(TH).text, "first third ");
}

static void an_acknowledgement_of_anothers_mail_does_nothing(void **state)
{
    (void)state;
    const uint64_t number = deliver_one_to_thailand();
    put_one(TH, KH, "for-cambodia");
    greet(&kh);
    say_fetch(&kh, 10);
    finish();
    forget_answers();
    say_ack(&kh, number);
    finish();
    pass_time();
    assert_int_equal(hub.answers_count, 0);
    assert_string_equal(listed(TH).text, "mail ");
}

static void an_acknowledgement_of_what_was_not_given_does_nothing(void **state)
{
    (void)state;
    const uint64_t id = put_placed(KH, TH, LN_URGENCY_URGENT, "mail").id;
    greet(&th);
    say_ack(&th, id);
    finish();
    pass_time();
    assert_string_equal(listed(TH).text, "mail ");
}

static void an_acknowledgement_said_twice_is_passed_over(void **state)
{
    (void)state;
    const uint64_t number = deliver_one_to_thailand();
    say_ack(&th, number);
    say_ack(&th, number);
    finish();
    pass_time();
    assert_int_equal(hub.answers_count, 0);
    assert_int_equal(mailbox_count(hub.mailbox), 0);
}

/* Front: statements ------------------------------------------------------------------------ */

/** Cambodia's manifest 2, in which its transport key is revoked. */
static void publish_revocation(const struct line *line)
{
    AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
    make_manifest(&countries[KH], 2, &manifest);
    say_publish(line, ln_buffer_view(&manifest));
}

static void hands_a_new_statement_to_everybody_at_once(void **state)
{
    (void)state;
    greet(&th);
    greet(&vn);
    publish_revocation(&vn);
    assert_int_equal(COUNT_OF(&th, statement), 1);
    assert_int_equal(COUNT_OF(&vn, statement), 1);
}

static void greets_with_the_version_above_the_known_one(void **state)
{
    (void)state;
    const struct ln_known known[] = {{LN_TYPE_ROSTER, {{0}}, 1},
                                     {LN_TYPE_MANIFEST, countries[KH].name, 1},
                                     {LN_TYPE_MANIFEST, countries[TH].name, 1},
                                     {LN_TYPE_MANIFEST, countries[VN].name, 1},
                                     {LN_TYPE_MANIFEST, countries[LA].name, 1},
                                     {LN_TYPE_MANIFEST, countries[MM].name, 1}};
    const struct ln_hello hello = {LN_HUB_PROTOCOL, federation, known, LN_COUNT(known)};
    greet(&vn);
    publish_revocation(&vn);
    say(&th, &(struct ln_to_hub){.hello = &hello});
    assert_int_equal(COUNT_OF(&th, statement), 1);
}

static void says_nothing_of_a_statement_that_is_known(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer roster = LN_BUFFER(LN_BODY_MAX);
    sign_roster(&roster);
    greet(&vn);
    say_publish(&vn, ln_buffer_view(&roster));
    assert_int_equal(hub.answers_count, 0);
}

static void refuses_a_statement_whose_signature_does_not_hold(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
    make_manifest(&countries[KH], 2, &manifest);
    manifest.data[manifest.size - 1] ^= 1;
    greet(&vn);
    say_publish(&vn, ln_buffer_view(&manifest));
    expect_only_refusal(&vn, LN_E_SIGNATURE);
}

static void a_revoked_keys_next_message_gets_nothing_but_stranger(void **state)
{
    (void)state;
    put_one(VN, KH, "for-cambodia");
    greet(&kh);
    greet(&vn);
    publish_revocation(&vn);
    finish();
    forget_answers();
    say_fetch(&kh, 10);
    finish();
    expect_only_refusal(&kh, LN_E_STRANGER);
}

static void stores_nothing_that_a_revoked_key_puts(void **state)
{
    (void)state;
    greet(&kh);
    greet(&vn);
    publish_revocation(&vn);
    say_put_to(&kh, 1, TH);
    finish();
    assert_int_equal(mails_on_disk(), 0);
}

static void a_members_new_key_gets_the_mail_that_waits(void **state)
{
    (void)state;
    put_one(VN, KH, "for-cambodia");
    greet(&vn);
    publish_revocation(&vn);
    countries[KH].transport_key = countries[KH].new_transport_key;
    greet(&kh);
    say_fetch(&kh, 10);
    finish();
    assert_int_equal(COUNT_OF(&kh, deliver), 1);
}

static void a_revocation_holds_after_a_restart(void **state)
{
    (void)state;
    greet(&vn);
    publish_revocation(&vn);
    reopen(&wide_limits, 0);
    forget_answers();
    say_hello(&kh);
    expect_only_refusal(&kh, LN_E_STRANGER);
}

static void refuses_a_first_roster_of_another_fingerprint(void **state)
{
    (void)state;
    static const char other[] = "00000 00000 00000 00000 00000 00000 00000 00000";
    AUTO(ln_buffer_wipe) struct ln_buffer roster = LN_BUFFER(LN_BODY_MAX);
    struct rosterkeeper *keeper = NULL;
    sign_roster(&roster);
    assert_int_equal(rosterkeeper_open(hub.database, TABLE_STATEMENT, other, &keeper),
                     LN_E_FINGERPRINT);
    assert_null(keeper);
}

/* Batches and metrics ---------------------------------------------------------------------- */

static void stores_more_puts_than_fit_one_commit(void **state)
{
    (void)state;
    enum { PUTS = MAILBOX_BATCH_MAX + 1 };
    const struct line *const lines[] = {&kh, &th, &vn, &la, &mm};
    size_t answered = 0;
    for (size_t i = 0; i < LN_COUNT(lines); i++)
        greet(lines[i]);
    const struct ln_bytes envelope = sealed_to(&countries[TH].name, LN_URGENCY_ROUTINE);
    for (size_t i = 0; i < PUTS; i++)
        say_put(lines[i % LN_COUNT(lines)], i + 1, envelope);
    finish();
    for (size_t i = 0; i < hub.answers_count; i++)
        answered +=
            hub.answers[i].frame.stored == NULL ? 0 : hub.answers[i].frame.stored->ids_count;
    assert_int_equal(answered, PUTS);
    assert_int_equal(mails_on_disk(), PUTS);
}

static void read_metrics(char *out, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "%s/metrics", hub.directory);
    assert_int_equal(metrics_write(path, front_counters(hub.front), hub.mailbox, 5), 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void metrics_show_counts(void **state)
{
    (void)state;
    char text[8192];
    put_for_thailand(2);
    read_metrics(text, sizeof text);
    assert_non_null(strstr(text, "\nliaison_hub_mails 2\n"));
    assert_non_null(strstr(text, "\nliaison_hub_knocks_refused 5\n"));
}

static void metrics_name_no_member(void **state)
{
    (void)state;
    char text[8192];
    greet(&th);
    put_for_thailand(1);
    read_metrics(text, sizeof text);
    for (size_t i = 0; i < COUNTRIES; i++)
        assert_null(strstr(text, countries[i].name.text));
}

/* What a member could do to the rest ------------------------------------------------------- */

static void a_revoked_key_gets_no_mail_for_credit_it_still_has(void **state)
{
    (void)state;
    greet(&kh);
    say_fetch(&kh, 10);
    greet(&vn);
    publish_revocation(&vn);
    say_put_to(&vn, 1, KH);
    finish();
    assert_int_equal(COUNT_OF(&kh, deliver), 0);
}

static void mail_that_is_left_at_the_hub_holds_up_nothing_urgent(void **state)
{
    (void)state;
    enum { LEFT = 5 * MAILBOX_BATCH_MAX };
    greet(&th);
    for (size_t i = 0; i < LEFT / MAILBOX_BATCH_MAX; i++) {
        put_many(MAILBOX_BATCH_MAX);
        say_fetch(&th, LN_HUB_CREDIT_MAX);
        finish();
    }
    forget_answers();
    put_placed(VN, TH, LN_URGENCY_EMERGENCY, "child");
    say_fetch(&th, 1);
    finish();
    assert_true(ln_bytes_equal(delivered(&th, 0)->envelope, LN_LITERAL("child")));
}

static void a_mails_number_is_not_used_again_after_a_reopen(void **state)
{
    (void)state;
    const struct mailbox_place place = put_placed(KH, TH, LN_URGENCY_URGENT, "a");
    delete_one(TH, place);
    reopen(&wide_limits, 0);
    assert_true(put_placed(KH, TH, LN_URGENCY_URGENT, "b").id > place.id);
}

static void deleting_a_mail_twice_in_a_batch_counts_once(void **state)
{
    (void)state;
    const struct mailbox_place place = put_placed(KH, TH, LN_URGENCY_URGENT, "a");
    struct mailbox_change changes[] = {deleting(TH, place), deleting(TH, place)};
    assert_int_equal(mailbox_commit(hub.mailbox, changes, LN_COUNT(changes)), 0);
    assert_int_equal(mailbox_count(hub.mailbox), 0);
}

static void takes_as_many_puts_as_the_credit_and_not_one_more(void **state)
{
    (void)state;
    greet(&kh);
    const struct ln_bytes envelope = sealed_to(&countries[TH].name, LN_URGENCY_ROUTINE);
    for (uint64_t id = 1; id <= FRONT_CREDIT + 1; id++)
        say_put(&kh, id, envelope);
    finish();
    expect_refusal(&kh, LN_E_CREDIT, FRONT_CREDIT + 1);
    assert_int_equal(mails_on_disk(), FRONT_CREDIT);
}

static void gives_credit_back_with_the_answer(void **state)
{
    (void)state;
    greet(&kh);
    const struct ln_bytes envelope = sealed_to(&countries[TH].name, LN_URGENCY_ROUTINE);
    for (uint64_t id = 1; id <= FRONT_CREDIT; id++)
        say_put(&kh, id, envelope);
    finish();
    say_put(&kh, FRONT_CREDIT + 1, envelope);
    finish();
    assert_int_equal(COUNT_OF(&kh, refused), 0);
}

static void refuses_an_envelope_of_another_federation(void **state)
{
    (void)state;
    greet(&kh);
    federation.b[0] ^= 1;
    const struct ln_bytes envelope = sealed_to(&countries[TH].name, LN_URGENCY_URGENT);
    say_put(&kh, 3, envelope);
    finish();
    expect_refusal(&kh, LN_E_WRONG_FEDERATION, 3);
}

static void says_nothing_of_an_older_connections_puts_on_a_newer_one(void **state)
{
    (void)state;
    greet(&th);
    say_put_to(&th, 1, KH);
    say_hello(&th_newer);
    finish();
    assert_int_equal(COUNT_OF(&th_newer, stored), 0);
    assert_int_equal(mails_on_disk(), 1);
}

static void acknowledgements_alone_cost_no_commit(void **state)
{
    (void)state;
    say_ack(&th, deliver_one_to_thailand());
    finish();
    assert_int_equal(mails_on_disk(), 1);
    assert_int_equal(hub.answers_count, 0);
    pass_time();
    assert_int_equal(mails_on_disk(), 0);
}

/* A full disk down to the last page. */
static void fill_disk_wholly(void)
{
    fill_disk();
    while (put_one(KH, TH, "x") == 0)
        continue;
}

/** Cambodia's manifests follow one another: version 2, then 3. */
static void publish_next(uint64_t version)
{
    AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
    make_manifest(&countries[KH], version, &manifest);
    say_publish(&vn, ln_buffer_view(&manifest));
}

static int keep_last(const struct mailbox_place *place, struct ln_bytes envelope, void *context)
{
    (void)envelope;
    *(struct mailbox_place *)context = *place;
    return 0;
}

/** Somebody collects a large mail: a little room. */
static void make_room(void)
{
    struct mailbox_place place;
    assert_int_equal(
        mailbox_walk(hub.mailbox, &countries[TH].name, &nothing_given, keep_last, &place), 0);
    delete_one(TH, place);
}

static void starts_again_after_statements_that_a_full_disk_did_not_take(void **state)
{
    (void)state;
    reopen(&wide_limits, 1);
    fill_disk_wholly();
    greet(&vn);
    publish_next(2);
    forget_answers();
    for (unsigned i = 0; i < 4; i++)
        make_room();
    publish_next(3);
    stop_hub();
    assert_int_equal(
        rosterkeeper_open(hub.database, TABLE_STATEMENT, hub.fingerprint, &hub.keeper), 0);
    const struct ln_manifest *manifest =
        ln_trust_manifest(rosterkeeper_trust(hub.keeper), &countries[KH].name);
    assert_int_equal(manifest->version, 3);
}

static void publish_epoch(uint64_t number)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(1024);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(4096);
    struct country *country = &countries[VN];
    struct ln_signer signer = {.sign = sign_with, .context = country->node};
    const struct ln_epoch epoch = {.federation = federation,
                                   .member = country->name,
                                   .number = number,
                                   .key = country->epoch_key,
                                   .starts_ms = test_now_ms,
                                   .ends_ms = test_now_ms + 7 * LN_DAY_MS,
                                   .oldest_openable = 1};
    ln_key_id_of(LN_USE_NODE, &country->node_key, &signer.key_id);
    assert_int_equal(ln_epoch_build(&epoch, &body), 0);
    assert_int_equal(
        ln_sign(LN_TYPE_EPOCH, &federation, ln_buffer_view(&body), &signer, &statement), 0);
    say_publish(&vn, ln_buffer_view(&statement));
}

static uint64_t epoch_in_force(void)
{
    const struct ln_epoch *epoch =
        ln_trust_epoch(rosterkeeper_trust(hub.keeper), &countries[VN].name);
    return epoch == NULL ? 0 : epoch->number;
}

static void takes_some_new_statements_of_a_member_at_once_then_one_a_minute(void **state)
{
    (void)state;
    uint64_t number = 1;
    greet(&vn);
    for (; epoch_in_force() == number - 1 && number < 1000; number++)
        publish_epoch(number);
    assert_int_equal(epoch_in_force(), 32);
    forget_answers();
    publish_epoch(33);
    expect_only_refusal(&vn, LN_E_RATE);
    test_now_ms += LN_MINUTE_MS;
    publish_epoch(33);
    assert_int_equal(epoch_in_force(), 33);
    publish_epoch(34);
    assert_int_equal(epoch_in_force(), 33);
}

static void epochs_that_were_replaced_do_not_fill_the_disk(void **state)
{
    (void)state;
    uint64_t rows;
    struct database_txn *txn;
    greet(&vn);
    for (uint64_t number = 1; number <= 300; number++) {
        publish_epoch(number);
        test_now_ms += LN_MINUTE_MS;
    }
    assert_int_equal(epoch_in_force(), 300);
    assert_int_equal(database_read(hub.database, &txn), 0);
    assert_int_equal(database_count(txn, TABLE_STATEMENT, &rows), 0);
    database_abort(&txn);
    assert_true(rows < 100);
    stop_hub();
    assert_int_equal(
        rosterkeeper_open(hub.database, TABLE_STATEMENT, hub.fingerprint, &hub.keeper), 0);
    assert_int_equal(epoch_in_force(), 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(gives_most_urgent_first_then_oldest),
        TEST(keeps_mail_and_its_order_over_a_reopen),
        TEST(puts_new_mail_behind_old_mail_after_a_reopen),
        TEST(gives_nobody_the_mail_of_another),
        TEST(ends_a_walk_when_told_to),
        TEST(refuses_to_open_over_a_damaged_record),
        TEST(refuses_to_open_over_a_damaged_key),
        TEST(takes_as_many_mails_as_the_quota_and_not_one_more),
        TEST(takes_as_many_bytes_as_the_quota_and_not_one_more),
        TEST(counts_the_quota_within_one_batch),
        TEST(one_member_cannot_fill_a_mailbox_for_the_rest),
        TEST(a_full_mailbox_does_not_close_the_senders_others),
        TEST(a_deleted_mail_makes_room),
        TEST(counts_anew_after_a_reopen),
        TEST(takes_the_rate_of_a_minute_and_not_one_more),
        TEST(takes_mail_again_in_the_next_minute),
        TEST(the_rate_of_one_sender_does_not_slow_another),
        TEST(deletes_only_the_mail_that_is_named),
        TEST(deletes_nothing_of_another_addressee),
        TEST(deleting_what_is_gone_changes_no_count),
        TEST(keeps_a_mail_for_all_of_35_days),
        TEST(drops_a_mail_after_35_days_and_only_that),
        TEST(clock_that_jumps_drops_nothing_and_a_reopen_forgets_no_age),
        TEST(an_expired_mail_makes_room),
        TEST(expires_more_than_fits_one_batch),
        TEST(a_full_disk_refuses_puts_and_carries_out_deletions),
        TEST(counts_nothing_that_a_full_disk_refused),
        TEST(refuses_a_put_before_hello),
        TEST(refuses_a_fetch_before_hello),
        TEST(refuses_an_ack_before_hello),
        TEST(refuses_a_ping_before_hello),
        TEST(refuses_a_publish_before_hello),
        TEST(takes_some_new_statements_of_a_member_at_once_then_one_a_minute),
        TEST(epochs_that_were_replaced_do_not_fill_the_disk),
        TEST(refuses_a_key_that_nobody_in_the_roster_has),
        TEST(refuses_a_connection_that_the_door_named_nobody),
        TEST(takes_the_member_from_the_key_and_not_from_the_user_name),
        TEST(refuses_a_route_of_another_member),
        TEST(welcomes_with_credit_size_and_time),
        TEST(refuses_another_protocol_version),
        TEST(refuses_another_federation),
        TEST(greets_with_every_statement_that_is_not_known),
        TEST(greets_with_only_what_is_not_known),
        TEST(answers_a_ping_with_its_nonce),
        TEST(refuses_a_frame_that_cannot_be_decoded_and_keeps_the_connection),
        TEST(refuses_an_empty_frame),
        TEST(refuses_and_counts_a_message_of_many_parts),
        TEST(refuses_an_envelope_that_is_none_with_the_puts_number),
        TEST(refuses_a_put_to_somebody_who_is_not_a_member),
        TEST(one_refused_put_does_not_hold_up_the_batch),
        TEST(answers_no_put_before_the_commit),
        TEST(says_stored_when_all_of_the_batch_is_on_disk),
        TEST(answers_the_puts_of_a_connection_in_one_frame),
        TEST(says_mailbox_full_with_the_puts_number),
        TEST(says_rate_with_the_puts_number),
        TEST(says_disk_full_and_goes_on_serving),
        TEST(delivers_nothing_without_credit),
        TEST(delivers_as_many_as_were_granted),
        TEST(adds_credit_to_credit),
        TEST(credit_counts_no_higher_than_the_most_there_is),
        TEST(delivers_the_most_urgent_first),
        TEST(delivers_what_was_put_in_the_same_batch),
        TEST(delivers_a_mail_once_on_a_connection),
        TEST(delivers_again_what_was_not_acknowledged_after_a_new_hello),
        TEST(a_hello_ends_the_credit_that_was_granted),
        TEST(the_newest_hello_of_a_member_gets_the_mail),
        TEST(a_replaced_connection_must_greet_again),
        TEST(keeps_the_mail_of_a_connection_that_takes_no_answers),
        TEST(deletes_what_was_acknowledged),
        TEST(deletes_the_mail_that_was_acknowledged_and_no_other),
        TEST(an_acknowledgement_of_anothers_mail_does_nothing),
        TEST(an_acknowledgement_of_what_was_not_given_does_nothing),
        TEST(an_acknowledgement_said_twice_is_passed_over),
        TEST(hands_a_new_statement_to_everybody_at_once),
        TEST(greets_with_the_version_above_the_known_one),
        TEST(says_nothing_of_a_statement_that_is_known),
        TEST(refuses_a_statement_whose_signature_does_not_hold),
        TEST(a_revoked_keys_next_message_gets_nothing_but_stranger),
        TEST(stores_nothing_that_a_revoked_key_puts),
        TEST(a_members_new_key_gets_the_mail_that_waits),
        TEST(a_revocation_holds_after_a_restart),
        TEST(refuses_a_first_roster_of_another_fingerprint),
        TEST(stores_more_puts_than_fit_one_commit),
        TEST(a_revoked_key_gets_no_mail_for_credit_it_still_has),
        TEST(mail_that_is_left_at_the_hub_holds_up_nothing_urgent),
        TEST(a_mails_number_is_not_used_again_after_a_reopen),
        TEST(deleting_a_mail_twice_in_a_batch_counts_once),
        TEST(takes_as_many_puts_as_the_credit_and_not_one_more),
        TEST(gives_credit_back_with_the_answer),
        TEST(refuses_an_envelope_of_another_federation),
        TEST(says_nothing_of_an_older_connections_puts_on_a_newer_one),
        TEST(acknowledgements_alone_cost_no_commit),
        TEST(starts_again_after_statements_that_a_full_disk_did_not_take),
        TEST(metrics_show_counts),
        TEST(metrics_name_no_member),
    };
    return cmocka_run_group_tests(tests, start_group, NULL);
}
