/*
 * The channel between two and three nodes in one process: real stores, real signatures, a hub
 * that loses, doubles, reorders and cuts, an injected clock. Each property runs from a seed
 * that is printed when it fails.
 */
#include "agreementkeeper.h"
#include "agreements.h"
#include "apply.h"
#include "auditcheck.h"
#include "case.h"
#include "channel.h"
#include "compose.h"
#include "crypto.h"
#include "erasing.h"
#include "mailbag.h"
#include "note.h"
#include "receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { NODES = 2, WIRE_MAX = 4096, TRUST_YEARS = 2 };

/* A clock and a source of chance that belong to the test ----------------------------------- */

static uint64_t test_now_ms = UINT64_C(1764000000000);

static uint64_t now_ms(void *context)
{
    (void)context;
    return ++test_now_ms;
}

static const struct ln_clock test_clock = {now_ms, NULL};

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance_state >> 33) % below;
}

/* A country with everything that the channel needs of it ----------------------------------- */

struct country {
    struct ln_name name;
    uint8_t root[CRYPTO_SIGN_SECRET_BYTES], node[CRYPTO_SIGN_SECRET_BYTES];
    uint8_t officer[CRYPTO_SIGN_SECRET_BYTES];
    uint8_t epoch[CRYPTO_BOX_SECRET_BYTES], store_key[32];
    struct ln_public_key root_key, node_key, officer_key, box_key, transport_key, epoch_key;
    struct ln_signer signer, officer_signer;
    struct ln_unsealer unsealer;
    struct local local;
    struct ln_digest manifest_digest;
    char directory[64];
};

/* What is on its way: what the hub would hold. */
struct wire {
    struct ln_bytes envelopes[WIRE_MAX];
    size_t count;
};

static struct country countries[NODES];
static struct wire wires[NODES]; /* by destination */
static struct ln_id federation;

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

static int unseal_with(void *context, const struct ln_key_id *key_id,
                       const struct ln_public_key *encapsulated, struct ln_bytes info,
                       struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    (void)key_id;
    const struct country *country = context;
    return seal_open(country->epoch, encapsulated, info, aad, ciphertext, out);
}

static void make_keys(struct country *country, const char *name)
{
    uint8_t unused[CRYPTO_BOX_SECRET_BYTES];
    assert_int_equal(ln_name_from(name, &country->name), 0);
    sign_keys_make(&country->root_key, country->root);
    sign_keys_make(&country->node_key, country->node);
    sign_keys_make(&country->officer_key, country->officer);
    seal_keys_make(&country->box_key, unused);
    seal_keys_make(&country->transport_key, unused);
    seal_keys_make(&country->epoch_key, country->epoch);
    crypto_random(country->store_key, sizeof country->store_key);
    country->signer = (struct ln_signer){.sign = sign_with, .context = country->node};
    country->officer_signer =
        (struct ln_signer){.sign = sign_with, .context = country->officer};
    ln_key_id_of(LN_USE_NODE, &country->node_key, &country->signer.key_id);
    ln_key_id_of(LN_USE_OFFICER, &country->officer_key, &country->officer_signer.key_id);
    country->unsealer = (struct ln_unsealer){unseal_with, country};
}

/** A version of the roster, signed by every member's one root. */
static void sign_roster_of(struct country *const *list, size_t count, uint64_t version,
                           const struct ln_digest *previous, struct ln_buffer *out)
{
    struct ln_member members[NODES + 1];
    struct ln_signature signatures[NODES + 1];
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    for (size_t i = 0; i < count; i++)
        members[i] = (struct ln_member){
            .id = list[i]->name, .threshold = 1, .roots = &list[i]->root_key, .roots_count = 1};
    const struct ln_roster roster = {.federation = federation,
                                     .version = version,
                                     .previous = *previous,
                                     .created_ms = test_now_ms,
                                     .expires_ms = test_now_ms + TRUST_YEARS * 365 * LN_DAY_MS,
                                     .threshold = (uint32_t)count,
                                     .members = members,
                                     .members_count = count,
                                     .code_lists = 1};
    assert_int_equal(ln_roster_build(&roster, &body), 0);
    for (size_t i = 0; i < count; i++) {
        struct ln_signer root = {.sign = sign_with, .context = list[i]->root};
        ln_key_id_of(LN_USE_ROOT, &list[i]->root_key, &root.key_id);
        assert_int_equal(ln_sign_shape(LN_TYPE_ROSTER, &federation, ln_buffer_view(&body),
                                       &root, &signatures[i]),
                         0);
    }
    const struct ln_signed signed_roster = {LN_TYPE_ROSTER, ln_buffer_view(&body), signatures,
                                            count};
    assert_int_equal(ln_signed_build(&signed_roster, out), 0);
}

static void sign_roster(struct ln_buffer *out)
{
    static const struct ln_digest none;
    struct country *const both[NODES] = {&countries[0], &countries[1]};
    sign_roster_of(both, NODES, 1, &none, out);
}

static void sign_manifest(struct country *country, struct ln_buffer *out)
{
    const uint64_t from = test_now_ms, until = test_now_ms + 365 * LN_DAY_MS;
    const struct ln_node_key keys[] = {
        {LN_NODE_SIGNING, country->node_key, from, until, LN_KEY_ACTIVE},
        {LN_NODE_TRANSPORT, country->transport_key, from, until, LN_KEY_ACTIVE}};
    const struct ln_collection collection = {.hub = {"hub-1"}, .priority = 1};
    const struct ln_office office = {.id = {"office"}, .kind = LN_AUTHORITY_TASK_FORCE};
    static const uint32_t roles[] = {LN_ROLE_POLICE};
    const struct ln_officer officer = {.id = {"officer"},
                                       .office = {"office"},
                                       .roles = roles,
                                       .roles_count = 1,
                                       .signing_key = country->officer_key,
                                       .box_key = country->box_key,
                                       .valid_from_ms = from,
                                       .valid_until_ms = until,
                                       .status = LN_KEY_ACTIVE};
    const struct ln_manifest manifest = {.federation = federation,
                                         .member = country->name,
                                         .version = 1,
                                         .created_ms = from,
                                         .expires_ms = until,
                                         .node_keys = keys,
                                         .node_keys_count = 2,
                                         .collections = &collection,
                                         .collections_count = 1,
                                         .offices = &office,
                                         .offices_count = 1,
                                         .officers = &officer,
                                         .officers_count = 1};
    struct ln_signer root = {.sign = sign_with, .context = country->root};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    ln_key_id_of(LN_USE_ROOT, &country->root_key, &root.key_id);
    assert_int_equal(ln_manifest_build(&manifest, &body), 0);
    assert_int_equal(ln_sign(LN_TYPE_MANIFEST, &federation, ln_buffer_view(&body), &root, out),
                     0);
    const struct ln_signed shape = {.type = LN_TYPE_MANIFEST, .body = ln_buffer_view(&body)};
    ln_signed_digest(&shape, &country->manifest_digest);
}

static void open_store(struct country *country)
{
    char path[96];
    snprintf(path, sizeof path, "%s/store", country->directory);
    assert_int_equal(store_open(path, country->store_key, &country->local.store), 0);
}

static void start_country(struct country *country, struct ln_bytes roster)
{
    struct ln_digest digest;
    char fingerprint[LN_FINGERPRINT_SIZE];
    snprintf(country->directory, sizeof country->directory, "/tmp/liaison-test-XXXXXX");
    assert_non_null(mkdtemp(country->directory));
    country->local = (struct local){.federation = federation,
                                    .member = country->name,
                                    .trust = ln_trust_new(),
                                    .agreements = agreements_new(),
                                    .signer = &country->signer,
                                    .unsealer = &country->unsealer,
                                    .oldest_openable_epoch = 1,
                                    .clock = test_clock};
    open_store(country);
    ln_roots_fingerprint(&countries[0].root_key, 1, &digest);
    ln_fingerprint_text(&digest, fingerprint);
    assert_int_equal(ln_trust_anchor(country->local.trust, roster, fingerprint), 0);
}

static int start_all(void **state)
{
    (void)state;
    static const char *const names[NODES] = {"KH", "TH"};
    AUTO(ln_buffer_wipe) struct ln_buffer roster = LN_BUFFER(LN_BODY_MAX);
    crypto_random(federation.b, sizeof federation.b);
    for (size_t i = 0; i < NODES; i++)
        make_keys(&countries[i], names[i]);
    sign_roster(&roster);
    for (size_t i = 0; i < NODES; i++)
        start_country(&countries[i], ln_buffer_view(&roster));
    for (size_t i = 0; i < NODES; i++) {
        AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
        sign_manifest(&countries[i], &manifest);
        for (size_t k = 0; k < NODES; k++)
            assert_int_equal(ln_trust_take(countries[k].local.trust, ln_buffer_view(&manifest)),
                             0);
    }
    return 0;
}

static void empty_wire(struct wire *wire)
{
    while (wire->count > 0) {
        wire->count--;
        free((void *)(uintptr_t)wire->envelopes[wire->count].data);
    }
}

static int stop_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < NODES; i++) {
        char command[96];
        empty_wire(&wires[i]);
        store_close(&countries[i].local.store);
        ln_trust_destroy(&countries[i].local.trust);
        agreements_destroy(&countries[i].local.agreements);
        snprintf(command, sizeof command, "rm -rf %s", countries[i].directory);
        assert_int_equal(system(command), 0);
    }
    return 0;
}

/* What officers do ------------------------------------------------------------------------- */

struct posting {
    struct country *from, *to;
    uint32_t urgency;
    uint32_t request;           /* 0: a test message, which needs no agreement */
    struct ln_digest agreement; /* that it names */
    struct ln_digest digest;
    bool spoil;       /* the officer's signature is broken */
    bool names_third; /* Myanmar is a party too */
    /* what the case holds already; the size is what this event leaves room for, and some more
     */
    uint32_t events_before;
    bool has_size_before;
    uint64_t size_above;
};

static int fill_case(struct store_txn *txn, const struct posting *posting,
                     const struct ln_id *case_id, size_t event_size)
{
    const struct ln_case_record row = {
        .updated_ms = test_now_ms,
        .events = posting->events_before,
        .size =
            posting->has_size_before ? CASE_SIZE_MAX - event_size + posting->size_above : 0};
    return store_case_put(txn, case_id, &row);
}

static int post_event(struct store_txn *txn, void *context)
{
    struct posting *posting = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const struct ln_party parties[] = {{posting->from->name, {"office"}},
                                       {posting->to->name, {"office"}},
                                       {{"MM"}, {"office"}}};
    static const uint32_t contents[] = {LN_CONTENT_INFORMATION};
    struct ln_event event = {.federation = federation,
                             .case_kind = LN_CASE_KIND_REFERRAL,
                             .action = LN_ACTION_REFER,
                             .author = {posting->from->name, {"office"}, {"officer"}},
                             .number = 1,
                             .created_ms = test_now_ms,
                             .urgency = posting->urgency,
                             .parties = parties,
                             .parties_count = posting->names_third ? 3 : 2,
                             .request = posting->request != 0 ? posting->request
                                                              : LN_REQUEST_TEST_MESSAGE,
                             .contents = contents,
                             .contents_count = 1,
                             .agreement = posting->agreement,
                             .article = ln_digest_is_zero(&posting->agreement) ? 0 : 1,
                             .purpose = LN_PURPOSE_INVESTIGATION,
                             .manifest_version = 1,
                             .manifest_digest = posting->from->manifest_digest};
    struct ln_signature signature;
    struct apply_event applied;
    crypto_random(event.case_id.b, sizeof event.case_id.b);
    memcpy(event.case_id.b + CASE_ID_MEMBER_OFFSET, posting->from->name.text,
           CASE_ID_MEMBER_BYTES);
    assert_int_equal(ln_event_build(&event, &body), 0);
    assert_int_equal(ln_sign_shape(LN_TYPE_EVENT, &federation, ln_buffer_view(&body),
                                   &posting->from->officer_signer, &signature),
                     0);
    signature.signature.b[0] ^= posting->spoil;
    const struct ln_event_item item = {
        .event = {LN_TYPE_EVENT, ln_buffer_view(&body), &signature, 1}};
    assert_int_equal(ln_event_item_build(&item, &packed), 0);
    assert_int_equal(apply_open(ln_buffer_view(&packed), &arena, &applied), 0);
    posting->digest = applied.digest;
    int error = 0;
    if (posting->events_before > 0 || posting->has_size_before)
        error = fill_case(txn, posting, &event.case_id, packed.size);
    if (error == 0)
        error = apply_event(txn, &posting->from->local, &applied);
    return error == 0 ? apply_post(txn, &posting->to->name, &applied) : error;
}

static struct ln_digest post(unsigned from, unsigned to, uint32_t urgency)
{
    struct posting posting = {
        .from = &countries[from], .to = &countries[to], .urgency = urgency};
    assert_int_equal(store_run(countries[from].local.store, post_event, &posting), 0);
    return posting.digest;
}

static bool holds(unsigned country, const struct ln_digest *event)
{
    struct store_txn *txn;
    assert_int_equal(store_read(countries[country].local.store, &txn), 0);
    const bool has = store_event_has(txn, event);
    store_end(&txn);
    return has;
}

static uint64_t count_cases(unsigned country);

static int count_case(const struct ln_id *case_id, const struct ln_case_record *record,
                      void *context)
{
    (void)case_id;
    (void)record;
    ++*(uint64_t *)context;
    return 0;
}

static uint64_t count_cases(unsigned country)
{
    struct store_txn *txn;
    uint64_t count = 0;
    assert_int_equal(store_read(countries[country].local.store, &txn), 0);
    assert_int_equal(store_cases(txn, NULL, count_case, &count), 0);
    store_end(&txn);
    return count;
}

static struct ln_channel_record channel_of(unsigned country, unsigned peer)
{
    struct store_txn *txn;
    struct ln_channel_record channel;
    assert_int_equal(store_read(countries[country].local.store, &txn), 0);
    assert_int_equal(store_channel_get(txn, &countries[peer].name, &channel), 0);
    store_end(&txn);
    return channel;
}

/* What the link does, without its sockets -------------------------------------------------- */

static void put_on_wire(unsigned to, struct ln_bytes packet)
{
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX);
    assert_int_equal(ln_envelope_seal(&federation, &countries[to].name, 1,
                                      &countries[to].epoch_key, LN_URGENCY_ROUTINE, packet,
                                      &envelope),
                     0);
    assert_true(wires[to].count < WIRE_MAX);
    uint8_t *copy = malloc(envelope.size);
    memcpy(copy, envelope.data, envelope.size);
    wires[to].envelopes[wires[to].count++] = ln_view(copy, envelope.size);
}

struct making {
    unsigned from, to;
};

static int make_letters(struct store_txn *txn, void *context)
{
    const struct making *making = context;
    for (;;) {
        struct composed made;
        bool is_made;
        const int error = compose_next(txn, &countries[making->from].local,
                                       &countries[making->to].name, &made, &is_made);
        if (error != 0 || !is_made)
            return error;
    }
}

static void compose(unsigned from, unsigned to)
{
    struct making making = {from, to};
    assert_int_equal(store_run(countries[from].local.store, make_letters, &making), 0);
}

struct sending {
    unsigned from, to;
    struct store_txn *txn;
};

static int send_open(struct store_letter number, const struct ln_sent_record *sent,
                     void *context)
{
    const struct sending *sending = context;
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    uint32_t urgency;
    if (sent->closed)
        return 0;
    assert_int_equal(
        compose_packet(sending->txn, &countries[sending->to].name, number, &packet, &urgency),
        0);
    put_on_wire(sending->to, ln_buffer_view(&packet));
    return 0;
}

/** Sends everything that is open, as after a reconnection. */
static void send_all(unsigned from, unsigned to)
{
    struct sending sending = {.from = from, .to = to};
    const struct ln_channel_record channel = channel_of(from, to);
    const struct store_letter first = {channel.sent_generation, channel.settled_sequence + 1};
    assert_int_equal(store_read(countries[from].local.store, &sending.txn), 0);
    assert_int_equal(store_sent(sending.txn, &countries[to].name, first, send_open, &sending),
                     0);
    store_end(&sending.txn);
}

static void send_note(unsigned from, unsigned to, const struct ln_nonce *answer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    struct store_txn *txn;
    assert_int_equal(store_read(countries[from].local.store, &txn), 0);
    assert_int_equal(
        note_make(txn, &countries[from].local, &countries[to].name, answer, &packet), 0);
    store_end(&txn);
    put_on_wire(to, ln_buffer_view(&packet));
}

/** Takes one envelope off the wire; what came of it. */
static int take(unsigned to, size_t index, struct mailbag_mail *out_mail)
{
    struct mailbag bag;
    const struct ln_bytes envelope = wires[to].envelopes[index];
    wires[to].envelopes[index] = wires[to].envelopes[--wires[to].count];
    assert_int_equal(mailbag_take(&countries[to].local, &envelope, 1, &bag), 0);
    const int result = bag.mails[0].result;
    if (out_mail != NULL)
        *out_mail = bag.mails[0];
    mailbag_wipe(&bag);
    free((void *)(uintptr_t)envelope.data);
    return result;
}

static void take_all(unsigned to)
{
    while (wires[to].count > 0) {
        const int result = take(to, 0, NULL);
        assert_true(result == 0 || result == LN_E_REPLAY);
    }
}

/** Both directions until nothing is open. */
static void settle(void)
{
    for (unsigned round = 0; round < 6; round++) {
        for (unsigned i = 0; i < NODES; i++) {
            compose(i, 1 - i);
            send_all(i, 1 - i);
        }
        for (unsigned i = 0; i < NODES; i++)
            take_all(i);
    }
}

/* Rules ------------------------------------------------------------------------------------ */

static void delivers_event_and_closes_letter_on_receipt(void **state)
{
    (void)state;
    const struct ln_digest event = post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    send_all(0, 1);
    assert_int_equal(take(1, 0, NULL), 0);
    assert_true(holds(1, &event));
    assert_int_equal(channel_of(0, 1).settled_sequence, 0);
    send_all(1, 0);
    assert_int_equal(take(0, 0, NULL), 0);
    assert_int_equal(channel_of(0, 1).settled_sequence, 1);
}

static void keeps_letter_open_until_its_receipt_comes(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    for (unsigned i = 0; i < 3; i++) {
        send_all(0, 1);
        empty_wire(&wires[1]); /* lost */
        assert_int_equal(channel_of(0, 1).settled_sequence, 0);
    }
    settle();
    assert_int_equal(channel_of(0, 1).settled_sequence, channel_of(0, 1).sent_sequence);
}

static void applies_replayed_letter_once(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    send_all(0, 1);
    send_all(0, 1);
    struct mailbag_mail mail;
    assert_int_equal(take(1, 0, NULL), 0);
    assert_int_equal(take(1, 0, &mail), 0);
    assert_true(mail.news.is_duplicate);
    assert_int_equal(count_cases(1), 1);
}

static void answers_replayed_letter_with_the_receipt_again(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    send_all(0, 1);
    assert_int_equal(take(1, 0, NULL), 0);
    send_all(1, 0);
    empty_wire(&wires[0]); /* the receipt is lost */
    test_now_ms += 2 * LN_MINUTE_MS;
    send_all(0, 1);
    assert_int_equal(take(1, 0, NULL), 0);
    compose(1, 0);
    send_all(1, 0);
    while (wires[0].count > 1) { /* the newest letter has the receipt that went out again */
        wires[0].count--;
        free((void *)(uintptr_t)wires[0].envelopes[wires[0].count].data);
    }
    assert_int_equal(take(0, 0, NULL), 0);
    assert_int_equal(channel_of(0, 1).settled_sequence, 1);
}

static void applies_later_letter_before_the_missing_one(void **state)
{
    (void)state;
    const struct ln_digest first = post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    const struct ln_digest second = post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    send_all(0, 1); /* 1.1, then 1.2 */
    struct mailbag_mail mail;
    assert_int_equal(take(1, 1, &mail), 0);
    assert_true(mail.news.has_gap);
    assert_true(holds(1, &second));
    assert_false(holds(1, &first));
    assert_int_equal(channel_of(1, 0).stored_sequence, 0);
    assert_int_equal(take(1, 0, &mail), 0);
    assert_false(mail.news.has_gap);
    assert_int_equal(channel_of(1, 0).stored_sequence, 2);
}

static void note_names_the_missing_letters(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        post(0, 1, LN_URGENCY_ROUTINE);
        compose(0, 1);
    }
    send_all(0, 1);
    assert_int_equal(take(1, 3, NULL), 0); /* only 1.4 arrives */
    empty_wire(&wires[1]);
    send_note(1, 0, NULL);
    struct mailbag_mail mail = {.is_note = false};
    while (wires[0].count > 0) {
        assert_int_equal(take(0, wires[0].count - 1, &mail), 0);
        if (mail.is_note)
            break;
    }
    assert_true(mail.is_note);
    assert_int_equal(mail.wish.again[0].first, 1);
    assert_int_equal(mail.wish.again[0].last, 3);
}

static void refuses_note_older_than_the_newest(void **state)
{
    (void)state;
    send_note(1, 0, NULL);
    send_note(1, 0, NULL);
    assert_int_equal(take(0, 1, NULL), 0);
    assert_int_equal(take(0, 0, NULL), LN_E_REPLAY);
}

static void emergency_leaves_alone_and_first(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    const struct ln_digest emergency = post(0, 1, LN_URGENCY_EMERGENCY);
    compose(0, 1);
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct store_txn *txn;
    struct ln_sent_record sent;
    assert_int_equal(store_read(countries[0].local.store, &txn), 0);
    assert_int_equal(
        store_sent_get(txn, &countries[1].name, (struct store_letter){1, 1}, &arena, &sent), 0);
    store_end(&txn);
    assert_int_equal(sent.items_count, 1);
    assert_true(ln_digest_equal(&sent.items[0].digest, &emergency));
}

static void backlog_travels_in_one_letter(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    assert_int_equal(channel_of(0, 1).sent_sequence, 1);
}

/** Each event in a letter of its own, as when each was made while a hub was there. */
static void fill_window(unsigned from, unsigned to)
{
    for (unsigned i = 0; i < COMPOSE_WINDOW; i++) {
        post(from, to, LN_URGENCY_ROUTINE);
        compose(from, to);
    }
}

static void receipts_get_through_where_both_windows_are_full(void **state)
{
    (void)state;
    fill_window(0, 1);
    fill_window(1, 0);
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    assert_int_equal(channel_of(0, 1).sent_sequence, COMPOSE_WINDOW);
    for (unsigned i = 0; i < 2 * NODES; i++) {
        settle();
        send_note(i % 2, 1 - i % 2, NULL); /* closes what carried only receipts */
        assert_int_equal(take(1 - i % 2, 0, NULL), 0);
        test_now_ms++;
    }
    for (unsigned i = 0; i < NODES; i++) {
        const struct ln_channel_record channel = channel_of(i, 1 - i);
        assert_int_equal(channel.settled_sequence, channel.sent_sequence);
    }
    assert_int_equal(count_cases(0), 2 * COMPOSE_WINDOW + 1);
    assert_int_equal(count_cases(1), 2 * COMPOSE_WINDOW + 1);
}

static void emergency_leaves_though_the_window_is_full(void **state)
{
    (void)state;
    fill_window(0, 1);
    post(0, 1, LN_URGENCY_EMERGENCY);
    compose(0, 1);
    assert_int_equal(channel_of(0, 1).sent_sequence, COMPOSE_WINDOW + 1);
}

static void refuses_event_with_a_broken_signature_by_receipt(void **state)
{
    (void)state;
    struct posting posting = {.from = &countries[0],
                              .to = &countries[1],
                              .urgency = LN_URGENCY_ROUTINE,
                              .spoil = true};
    assert_int_equal(store_run(countries[0].local.store, post_event, &posting), 0);
    compose(0, 1);
    send_all(0, 1);
    assert_int_equal(take(1, 0, NULL), 0); /* the letter is good, its item is not */
    assert_false(holds(1, &posting.digest));
    settle();
    assert_int_equal(channel_of(0, 1).settled_sequence, channel_of(0, 1).sent_sequence);
}

/* Agreements ------------------------------------------------------------------------------- */

#define AGREEMENT_UNTIL_MS UINT64_C(2000000000000)

/** Both countries may send each other a BROKER_NOTICE; signed by those of `signers`. */
static void sign_agreement(const bool signers[static NODES], const char *title,
                           struct ln_buffer *out, struct ln_digest *out_digest)
{
    static const uint32_t requests[] = {LN_REQUEST_BROKER_NOTICE},
                          contents[] = {LN_CONTENT_INFORMATION},
                          purposes[] = {LN_PURPOSE_INVESTIGATION};
    const struct ln_country parties[NODES] = {{countries[0].name}, {countries[1].name}};
    const struct ln_article article = {.number = 1,
                                       .title = LN_LITERAL("Brokers"),
                                       .requests = requests,
                                       .requests_count = 1,
                                       .contents = contents,
                                       .contents_count = 1,
                                       .purposes = purposes,
                                       .purposes_count = 1,
                                       .onward = LN_ONWARD_NONE,
                                       .children = LN_CHILDREN_FORBIDDEN,
                                       .retention_days = 1};
    const struct ln_agreement_text text = {.language = LN_LITERAL("eng"),
                                           .title = LN_LITERAL("Text")};
    const struct ln_bytes language = LN_LITERAL("eng");
    const struct ln_agreement agreement = {.federation = federation,
                                           .id = {"KH-TH"},
                                           .version = 1,
                                           .created_ms = 1,
                                           .from_ms = 1,
                                           .until_ms = AGREEMENT_UNTIL_MS,
                                           .parties = parties,
                                           .parties_count = NODES,
                                           .title = ln_view(title, strlen(title)),
                                           .texts = &text,
                                           .texts_count = 1,
                                           .languages = &language,
                                           .languages_count = 1,
                                           .articles = &article,
                                           .articles_count = 1};
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    struct ln_signature signatures[NODES];
    struct ln_signed shape = {.type = LN_TYPE_AGREEMENT, .signatures = signatures};
    assert_int_equal(ln_agreement_build(&agreement, &body), 0);
    shape.body = ln_buffer_view(&body);
    for (size_t i = 0; i < NODES; i++) {
        struct ln_signer root = {.sign = sign_with, .context = countries[i].root};
        ln_key_id_of(LN_USE_ROOT, &countries[i].root_key, &root.key_id);
        if (signers[i])
            assert_int_equal(ln_sign_shape(LN_TYPE_AGREEMENT, &federation, shape.body, &root,
                                           &signatures[shape.signatures_count++]),
                             0);
    }
    ln_signed_digest(&shape, out_digest);
    assert_int_equal(ln_signed_build(&shape, out), 0);
}

static int propose(unsigned at, const struct ln_buffer *literal)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct ln_signed shape;
    assert_int_equal(ln_signed_open(ln_buffer_view(literal), &arena, &shape), 0);
    return agreementkeeper_take(&countries[at].local, &shape, AGREEMENTKEEPER_OFFICER, NULL);
}

static struct ln_digest propose_signed_by(unsigned at, bool first, bool second)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX);
    struct ln_digest digest;
    sign_agreement((const bool[NODES]){first, second}, "An agreement", &literal, &digest);
    assert_int_equal(propose(at, &literal), AGREEMENTS_NEW);
    return digest;
}

static bool is_in_force(unsigned at, const struct ln_digest *agreement)
{
    return policy_find(agreements_policies(countries[at].local.agreements), agreement) != NULL;
}

static struct ln_digest post_under(const struct ln_digest *agreement)
{
    struct posting posting = {.from = &countries[0],
                              .to = &countries[1],
                              .urgency = LN_URGENCY_EMERGENCY,
                              .request = LN_REQUEST_BROKER_NOTICE,
                              .agreement = *agreement};
    assert_int_equal(store_run(countries[0].local.store, post_event, &posting), 0);
    return posting.digest;
}

struct refusal {
    struct store_txn *txn;
    struct ln_digest event;
    uint32_t code;
};

static int find_refusal(struct ln_bytes literal, void *context)
{
    struct refusal *refusal = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(16 * 1024);
    struct ln_signed shape;
    struct ln_receipt receipt;
    assert_int_equal(ln_signed_open(literal, &arena, &shape), 0);
    assert_int_equal(ln_receipt_open(shape.body, &arena, &receipt), 0);
    if (receipt.kind == LN_RECEIPT_REFUSED && ln_digest_equal(&receipt.item, &refusal->event))
        refusal->code = receipt.code;
    return 0;
}

static int look_in_letter(enum store_direction direction, const struct ln_name *peer,
                          struct store_letter number, void *context)
{
    const struct refusal *refusal = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_sent_record sent;
    assert_int_equal(direction, STORE_SENT);
    assert_int_equal(store_sent_get(refusal->txn, peer, number, &arena, &sent), 0);
    return store_receipts(refusal->txn, &sent.digest, find_refusal, context);
}

/** With which code Thailand refused Cambodia's event; 0: it did not. */
static int refused_with(const struct ln_digest *event)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    assert_int_equal(store_read(countries[0].local.store, &txn), 0);
    struct refusal refusal = {.txn = txn, .event = *event};
    assert_int_equal(store_carried(txn, event, look_in_letter, &refusal), 0);
    return -(int)refusal.code;
}

static void event_that_no_agreement_permits_keeps_its_place_and_is_refused(void **state)
{
    (void)state;
    const struct ln_digest none = {{0}}, unknown = {{7}};
    const struct ln_digest bare = post_under(&none), invented = post_under(&unknown);
    settle();
    assert_int_equal(refused_with(&bare), LN_E_OUTSIDE_AGREEMENT);
    assert_int_equal(refused_with(&invented), LN_E_AGREEMENT_VERSION);
    assert_true(holds(1, &bare)); /* its header: what its author says next still follows */
    assert_true(holds(1, &invented));
}

static void agreement_travels_and_what_rests_on_it_is_taken(void **state)
{
    (void)state;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    const struct ln_digest event = post_under(&agreement);
    settle();
    assert_true(is_in_force(1, &agreement));
    assert_true(holds(1, &event));
    assert_int_equal(refused_with(&event), 0);
}

static void agreement_signed_in_two_places_is_complete_in_both(void **state)
{
    (void)state;
    const struct ln_digest agreement = propose_signed_by(0, true, false);
    settle();
    assert_false(is_in_force(0, &agreement) || is_in_force(1, &agreement));
    propose_signed_by(1, false, true);
    settle();
    assert_true(is_in_force(0, &agreement) && is_in_force(1, &agreement));
}

static void half_signed_agreement_permits_nothing(void **state)
{
    (void)state;
    const struct ln_digest agreement = propose_signed_by(0, true, false);
    const struct ln_digest event = post_under(&agreement);
    settle();
    assert_int_equal(refused_with(&event), LN_E_AGREEMENT_VERSION);
}

static void event_waits_for_the_letter_that_its_agreement_may_be_in(void **state)
{
    (void)state;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    compose(0, 1); /* letter 1: the agreement */
    const struct ln_digest event = post_under(&agreement);
    compose(0, 1); /* letter 2: what rests on it */
    send_all(0, 1);
    struct mailbag_mail mail;
    assert_int_equal(take(1, 1, &mail), LN_E_VERSION_GAP);
    assert_false(holds(1, &event));
    settle();
    assert_true(holds(1, &event));
    assert_int_equal(refused_with(&event), 0);
}

static int mark_restored(struct store_txn *txn, void *context)
{
    return apply_mark_restored(txn, context);
}

/** An event made while the agreement was in force, which arrives so long after its end. */
static int code_when_taken_after_the_end(uint64_t after_ms, bool is_restored)
{
    const uint64_t before_ms = test_now_ms;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    settle();
    const struct ln_digest event = post_under(&agreement);
    test_now_ms = AGREEMENT_UNTIL_MS + after_ms;
    if (is_restored)
        assert_int_equal(
            store_run(countries[1].local.store, mark_restored, &countries[1].local), 0);
    settle();
    test_now_ms = before_ms;
    return refused_with(&event);
}

static void event_that_was_long_on_its_way_is_taken_after_the_end(void **state)
{
    (void)state;
    assert_int_equal(code_when_taken_after_the_end(29 * LN_DAY_MS, false), 0);
}

static void sender_whose_clock_was_set_back_reaches_nothing_that_ended_long_ago(void **state)
{
    (void)state;
    assert_int_equal(code_when_taken_after_the_end(31 * LN_DAY_MS, false), LN_E_AGREEMENT_DATE);
}

static void restored_node_takes_back_what_came_before_the_end(void **state)
{
    (void)state;
    assert_int_equal(code_when_taken_after_the_end(400 * LN_DAY_MS, true), 0);
}

static void agreement_outlives_a_start(void **state)
{
    (void)state;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    settle();
    for (unsigned i = 0; i < NODES; i++) {
        agreements_destroy(&countries[i].local.agreements);
        countries[i].local.agreements = agreements_new();
        assert_false(is_in_force(i, &agreement));
        assert_int_equal(agreementkeeper_load(&countries[i].local), 0);
        assert_true(is_in_force(i, &agreement));
    }
}

static void same_version_with_another_digest_is_a_fork_in_force_nowhere(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer other = LN_BUFFER(LN_BODY_MAX);
    struct ln_digest forked;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    settle();
    sign_agreement((const bool[NODES]){true, true}, "Another text", &other, &forked);
    assert_int_equal(propose(0, &other), LN_E_FORK);
    settle();
    for (unsigned i = 0; i < NODES; i++) {
        struct store_txn *txn;
        uint64_t proofs;
        assert_false(is_in_force(i, &agreement) || is_in_force(i, &forked));
        assert_int_equal(store_read(countries[i].local.store, &txn), 0);
        assert_int_equal(store_proofs_count(txn, &proofs), 0);
        assert_true(proofs > 0);
        store_end(&txn);
    }
}

/** One of many versions of one agreement, each another: forks, which are kept as they come. */
static int propose_another(unsigned number, bool first, bool second)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX);
    struct ln_digest digest;
    char title[32];
    snprintf(title, sizeof title, "Text %u", number);
    sign_agreement((const bool[NODES]){first, second}, title, &literal, &digest);
    return propose(0, &literal);
}

static void fill_quota_of_second_country(void)
{
    for (unsigned i = 0; i < AGREEMENTS_OF_ONE_MAX; i++)
        assert_int_equal(propose_another(i, false, true), i == 0 ? AGREEMENTS_NEW : LN_E_FORK);
}

static void refuses_a_proposal_beyond_its_countrys_quota(void **state)
{
    (void)state;
    fill_quota_of_second_country();
    assert_int_equal(propose_another(AGREEMENTS_OF_ONE_MAX, false, true), LN_E_AGREEMENT_QUOTA);
    agreements_destroy(&countries[0].local.agreements);
    countries[0].local.agreements = agreements_new();
    assert_int_equal(agreementkeeper_load(&countries[0].local), 0);
    assert_int_equal(propose_another(AGREEMENTS_OF_ONE_MAX, false, true), LN_E_AGREEMENT_QUOTA);
}

static void full_quota_of_one_country_stops_neither_the_other_nor_what_both_sign(void **state)
{
    (void)state;
    fill_quota_of_second_country();
    assert_int_equal(propose_another(1000, true, false), LN_E_FORK);
    assert_int_equal(propose_another(1001, true, true), AGREEMENTS_NEW);
    assert_int_equal(propose_another(0, true, false), LN_E_FORK);    /* both have signed two */
    assert_int_equal(propose_another(1002, false, true), LN_E_FORK); /* one counts no more */
}

/** What one party adds to a fork of two complete bodies does not hide the one from the other.
 */
static void third_body_of_a_version_brings_no_forked_one_into_force(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe)
    struct ln_buffer other = LN_BUFFER(LN_BODY_MAX), third = LN_BUFFER(LN_BODY_MAX);
    struct ln_digest forked, incomplete;
    const struct ln_digest agreement = propose_signed_by(0, true, true);
    sign_agreement((const bool[NODES]){true, true}, "Another text", &other, &forked);
    assert_int_equal(propose(0, &other), LN_E_FORK);
    sign_agreement((const bool[NODES]){true, false}, "A third text", &third, &incomplete);
    assert_int_equal(propose(0, &third), LN_E_FORK);
    assert_false(is_in_force(0, &agreement) || is_in_force(0, &forked));
    assert_false(is_in_force(0, &incomplete));
}

static int post_into_case(const struct posting *filled)
{
    struct posting posting = *filled;
    posting.from = &countries[0];
    posting.to = &countries[1];
    posting.urgency = LN_URGENCY_ROUTINE;
    return store_run(countries[0].local.store, post_event, &posting);
}

static void refuses_event_beyond_what_a_case_may_hold(void **state)
{
    (void)state;
    assert_int_equal(post_into_case(&(struct posting){.events_before = CASE_EVENTS_MAX - 1}),
                     0);
    assert_int_equal(post_into_case(&(struct posting){.events_before = CASE_EVENTS_MAX}),
                     LN_E_TOO_MANY);
}

static void refuses_event_beyond_the_bytes_a_case_may_hold(void **state)
{
    (void)state;
    assert_int_equal(
        post_into_case(&(struct posting){.has_size_before = true, .size_above = 0}), 0);
    assert_int_equal(
        post_into_case(&(struct posting){.has_size_before = true, .size_above = 1}),
        LN_E_TOO_LARGE);
}

/* Faults of a counterpart ------------------------------------------------------------------ */

static void put_letter(unsigned from, unsigned to, const struct ln_letter *letter,
                       const struct ln_item *items, size_t items_count,
                       const struct ln_signer *signer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer packet_bytes = LN_BUFFER(LN_PACKET_MAX);
    struct ln_signature signature;
    (void)from;
    assert_int_equal(ln_letter_build(letter, &body), 0);
    assert_int_equal(
        ln_sign_shape(LN_TYPE_LETTER, &federation, ln_buffer_view(&body), signer, &signature),
        0);
    const struct ln_packet packet = {
        {LN_TYPE_LETTER, ln_buffer_view(&body), &signature, 1}, items, items_count};
    assert_int_equal(ln_packet_build(&packet, &packet_bytes), 0);
    put_on_wire(to, ln_buffer_view(&packet_bytes));
}

/** A letter from KH to TH with one receipt about nothing as its item. */
static void forge_letter(struct ln_letter *letter, uint64_t sequence,
                         const struct ln_signer *signer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer receipt = LN_BUFFER(4096);
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(65536);
    const struct receipt_subject subject = {
        &countries[1].name, {{(uint8_t)test_now_ms}}, {1, 1}};
    struct ln_signed signed_receipt;
    struct ln_digest digest;
    assert_int_equal(receipt_delivered(&countries[0].local, &subject, &receipt), 0);
    assert_int_equal(ln_signed_open(ln_buffer_view(&receipt), &arena, &signed_receipt), 0);
    const struct ln_item item = {.receipt = &signed_receipt};
    ln_item_digest(&item, &digest);
    letter->federation = federation;
    letter->from = countries[0].name;
    if (letter->to.text[0] == '\0')
        letter->to = countries[1].name;
    letter->generation = 1;
    letter->sequence = sequence;
    letter->created_ms = ++test_now_ms;
    letter->urgency = LN_URGENCY_ROUTINE;
    letter->items = &digest;
    letter->items_count = 1;
    put_letter(0, 1, letter, &item, 1, signer);
}

static uint64_t proofs_of(unsigned at)
{
    struct store_txn *txn;
    uint64_t proofs;
    assert_int_equal(store_read(countries[at].local.store, &txn), 0);
    assert_int_equal(store_proofs_count(txn, &proofs), 0);
    store_end(&txn);
    return proofs;
}

static void freezes_channel_when_one_number_has_two_letters(void **state)
{
    (void)state;
    struct ln_letter one = {.sequence = 0}, other = {.sequence = 0};
    forge_letter(&one, 1, &countries[0].signer);
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), 0);
    assert_int_equal(take(1, 0, NULL), LN_E_EQUIVOCATION);
    assert_int_equal(channel_of(1, 0).frozen, -LN_E_EQUIVOCATION);
    assert_int_equal(proofs_of(1), 2); /* both are kept */
    post(0, 1, LN_URGENCY_ROUTINE);
    struct ln_letter next = {.sequence = 0};
    forge_letter(&next, 2, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_FROZEN);
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_FROZEN);
    assert_int_equal(proofs_of(1), 2); /* and no more, however often it comes */
}

static int count_waiting(const struct store_slot *slot, const struct ln_item_record *item,
                         void *context)
{
    (void)slot;
    (void)item;
    ++*(size_t *)context;
    return 0;
}

static size_t waiting_for(unsigned at, const char *member)
{
    struct store_txn *txn;
    struct ln_name name;
    size_t count = 0;
    assert_int_equal(ln_name_from(member, &name), 0);
    assert_int_equal(store_read(countries[at].local.store, &txn), 0);
    assert_int_equal(store_outbox(txn, &name, count_waiting, &count), 0);
    store_end(&txn);
    return count;
}

static int check_key(struct store_txn *txn, void *context)
{
    return channel_check_key(txn, context, &countries[1].name);
}

static void letters_under_a_replaced_key_go_out_again_in_a_new_generation(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    struct local local = countries[0].local;
    assert_int_equal(store_run(local.store, check_key, &local), 0);
    assert_int_equal(channel_of(0, 1).sent_generation, 1);
    struct ln_signer renewed = countries[0].signer;
    renewed.key_id.b[0] ^= 1;
    local.signer = &renewed;
    assert_int_equal(store_run(local.store, check_key, &local), 0);
    assert_int_equal(channel_of(0, 1).sent_generation, 2);
    assert_int_equal(channel_of(0, 1).sent_sequence, 0);
    assert_int_equal(waiting_for(0, "TH"), 1);
}

/** An event with one section, sealed to so many readers. */
struct copying {
    struct ln_digest digest;
    size_t wraps_count;
    bool is_header; /* what is left of it elsewhere */
};

static int take_copy(struct store_txn *txn, void *context)
{
    struct copying *copying = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    static const uint8_t ciphertext[64] = {1};
    const struct ln_wrap wraps[] = {{.role_key_id = {{1}}}, {.role_key_id = {{2}}}};
    const struct ln_section section = {ln_view(ciphertext, sizeof ciphertext), wraps,
                                       copying->wraps_count};
    const struct ln_section_head head = {
        .compartment = 1, .commitment = {{1}}, .ciphertext_digest = {{2}}};
    const struct ln_event event = {.federation = federation,
                                   .case_id = {{1}},
                                   .case_kind = LN_CASE_KIND_REFERRAL,
                                   .action = LN_ACTION_ANSWER,
                                   .author = {{"TH"}, {"office"}, {"officer"}},
                                   .number = 1,
                                   .created_ms = 1,
                                   .urgency = LN_URGENCY_ROUTINE,
                                   .manifest_version = 1,
                                   .manifest_digest = {{1}},
                                   .sections = &head,
                                   .sections_count = 1};
    const struct ln_signature signature = {.key_id = {{1}}};
    struct apply_event applied;
    assert_int_equal(ln_event_build(&event, &body), 0);
    const struct ln_event_item item = {
        {LN_TYPE_EVENT, ln_buffer_view(&body), &signature, 1}, &section, 1};
    assert_int_equal(ln_event_item_build(&item, &packed), 0);
    assert_int_equal(apply_open(ln_buffer_view(&packed), &arena, &applied), 0);
    copying->digest = applied.digest;
    if (copying->is_header)
        return apply_refused(txn, &countries[0].local, &applied, LN_E_ERASED);
    return apply_event(txn, &countries[0].local, &applied);
}

enum { NO_SECTIONS = 1000 };

/** How many wraps its section has here after that. */
static size_t wraps_after(struct copying copying)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    const struct ln_id case_id = {{1}};
    struct ln_case_event_record record;
    struct ln_event_item kept;
    struct store_txn *txn;
    assert_int_equal(store_run(countries[0].local.store, take_copy, &copying), 0);
    assert_int_equal(store_read(countries[0].local.store, &txn), 0);
    assert_int_equal(store_event_get(txn, &copying.digest, &packed), 0);
    assert_int_equal(store_event_record(txn, &case_id, &copying.digest, &record), 0);
    store_end(&txn);
    assert_int_equal(ln_event_item_open(ln_buffer_view(&packed), &arena, &kept), 0);
    assert_int_equal(record.refused, kept.sections_count == 0 ? -LN_E_ERASED : 0);
    return kept.sections_count == 0 ? NO_SECTIONS : kept.sections[0].wraps_count;
}

static size_t wraps_after_a_copy_with(size_t wraps_count)
{
    return wraps_after((struct copying){.wraps_count = wraps_count});
}

static void header_that_another_left_over_hides_nothing(void **state)
{
    (void)state;
    const struct copying header = {.wraps_count = 2, .is_header = true};
    assert_int_equal(wraps_after(header), NO_SECTIONS);
    assert_int_equal(wraps_after_a_copy_with(1), 1);
    assert_int_equal(wraps_after(header), 1);
    assert_int_equal(wraps_after_a_copy_with(2), 2);
}

static int erase_first(struct store_txn *txn, void *context)
{
    static const struct ln_id case_id = {{1}};
    (void)context;
    return erasing_case(txn, &countries[0].local, &case_id);
}

static void what_was_erased_here_does_not_come_back(void **state)
{
    (void)state;
    assert_int_equal(wraps_after_a_copy_with(2), 2);
    assert_int_equal(store_run(countries[0].local.store, erase_first, NULL), 0);
    assert_int_equal(wraps_after_a_copy_with(2), NO_SECTIONS);
}

static void copy_without_wraps_shuts_nobody_out(void **state)
{
    (void)state;
    assert_int_equal(wraps_after_a_copy_with(0), 0);
    assert_int_equal(wraps_after_a_copy_with(2), 2);
    assert_int_equal(wraps_after_a_copy_with(1), 2);
    assert_int_equal(wraps_after_a_copy_with(0), 2);
}

static void other_direction_goes_on_where_one_is_frozen(void **state)
{
    (void)state;
    struct ln_letter one = {.sequence = 0}, other = {.sequence = 0};
    forge_letter(&one, 1, &countries[0].signer);
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), 0);
    assert_int_equal(take(1, 0, NULL), LN_E_EQUIVOCATION);
    const struct ln_digest event = post(1, 0, LN_URGENCY_EMERGENCY);
    compose(1, 0);
    send_all(1, 0);
    while (wires[0].count > 0)
        assert_int_equal(take(0, 0, NULL), 0);
    assert_true(holds(0, &event));
}

static void refuses_letter_that_names_an_item_twice(void **state)
{
    (void)state;
    struct posting posting = {.from = &countries[0], .to = &countries[1], .urgency = 3};
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct ln_event_item event;
    struct store_txn *txn;
    assert_int_equal(store_run(countries[0].local.store, post_event, &posting), 0);
    assert_int_equal(store_read(countries[0].local.store, &txn), 0);
    assert_int_equal(store_event_get(txn, &posting.digest, &packed), 0);
    store_end(&txn);
    assert_int_equal(ln_event_item_open(ln_buffer_view(&packed), &arena, &event), 0);
    const struct ln_item items[] = {{.event = &event}, {.event = &event}};
    const struct ln_digest digests[] = {posting.digest, posting.digest};
    const struct ln_letter letter = {.federation = federation,
                                     .from = countries[0].name,
                                     .to = countries[1].name,
                                     .generation = 1,
                                     .sequence = 1,
                                     .created_ms = test_now_ms,
                                     .urgency = LN_URGENCY_ROUTINE,
                                     .items = digests,
                                     .items_count = 2};
    put_letter(0, 1, &letter, items, 2, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_ITEM_DIGEST);
    assert_false(holds(1, &posting.digest));
}

static void freezes_channel_when_the_chain_breaks(void **state)
{
    (void)state;
    struct ln_letter one = {.sequence = 0}, two = {.previous_head = {{1, 2, 3}}};
    forge_letter(&one, 1, &countries[0].signer);
    forge_letter(&two, 2, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), 0);
    assert_int_equal(take(1, 0, NULL), LN_E_CHAIN);
    assert_int_equal(channel_of(1, 0).frozen, -LN_E_CHAIN);
}

static void refuses_letter_to_somebody_else(void **state)
{
    (void)state;
    struct ln_letter letter = {.to = {"MM"}};
    forge_letter(&letter, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_WRONG_DESTINATION);
}

static void refuses_letter_signed_by_another_key(void **state)
{
    (void)state;
    struct ln_letter letter = {.sequence = 0};
    forge_letter(&letter, 1, &countries[0].officer_signer);
    assert_int_equal(take(1, 0, NULL), LN_E_UNKNOWN_KEY);
    assert_int_equal(channel_of(1, 0).highest_sequence, 0);
}

static void refuses_letter_too_far_ahead(void **state)
{
    (void)state;
    struct ln_letter at_limit = {.sequence = 0}, beyond = {.sequence = 0};
    forge_letter(&at_limit, CHANNEL_AHEAD_MAX, &countries[0].signer);
    forge_letter(&beyond, CHANNEL_AHEAD_MAX + 1, &countries[0].signer);
    assert_int_equal(take(1, 1, NULL), LN_E_TOO_FAR_AHEAD);
    assert_int_equal(take(1, 0, NULL), 0);
}

static void refuses_envelope_with_any_byte_changed(void **state)
{
    (void)state;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    for (unsigned i = 0; i < 300; i++) {
        send_all(0, 1);
        const struct ln_bytes envelope = wires[1].envelopes[0];
        ((uint8_t *)(uintptr_t)envelope.data)[chance((uint32_t)envelope.size)] ^=
            (uint8_t)(1 + chance(255));
        assert_int_not_equal(take(1, 0, NULL), 0);
    }
    assert_int_equal(count_cases(1), 0);
}

static int reopen(struct store_txn *txn, void *context)
{
    return channel_reopen(txn, context);
}

static void reopened_channel_goes_on_in_a_new_generation(void **state)
{
    (void)state;
    struct ln_letter other = {.sequence = 0};
    post(0, 1, LN_URGENCY_ROUTINE);
    settle();
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_EQUIVOCATION);
    assert_int_equal(store_run(countries[1].local.store, reopen, &countries[0].name), 0);
    assert_int_equal(store_run(countries[0].local.store, reopen, &countries[1].name), 0);
    const struct ln_digest event = post(0, 1, LN_URGENCY_ROUTINE);
    settle();
    assert_true(holds(1, &event));
    assert_int_equal(channel_of(0, 1).frozen, 0);
}

static void reopened_channel_waits_for_the_new_generation(void **state)
{
    (void)state;
    struct ln_letter other = {.sequence = 0}, late = {.previous_head = {{1, 2, 3}}};
    post(0, 1, LN_URGENCY_ROUTINE);
    settle();
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_EQUIVOCATION);
    assert_int_equal(store_run(countries[1].local.store, reopen, &countries[0].name), 0);
    forge_letter(&late, 2, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_OLD_GENERATION);
    forge_letter(&other, 1, &countries[0].signer);
    assert_int_equal(take(1, 0, NULL), LN_E_OLD_GENERATION);
    assert_int_equal(channel_of(1, 0).frozen, 0);
}

/* A backup that was restored --------------------------------------------------------------- */

static int ask_all(struct store_txn *txn, void *context)
{
    const struct country *country = context;
    return note_ask_all(txn, &country->local);
}

/** What Cambodia's node has forgotten once its store was put back. */
struct forgotten {
    struct ln_digest own, theirs;
};

static void put_copy_back(const char *copy)
{
    char command[300];
    store_close(&countries[0].local.store);
    snprintf(command, sizeof command,
             "cp %s/data.mdb %s/store/data.mdb && rm -f %s/store/lock.mdb", copy,
             countries[0].directory, countries[0].directory);
    assert_int_equal(system(command), 0);
    open_store(&countries[0]);
}

static struct forgotten put_back_an_older_store(void)
{
    char copy[96];
    post(0, 1, LN_URGENCY_ROUTINE);
    settle();
    snprintf(copy, sizeof copy, "%s/copy", countries[0].directory);
    assert_int_equal(store_copy(countries[0].local.store, copy), 0);
    const struct forgotten forgotten = {post(0, 1, LN_URGENCY_ROUTINE),
                                        post(1, 0, LN_URGENCY_ROUTINE)};
    settle();
    put_copy_back(copy);
    assert_int_equal(count_cases(0), 1);
    assert_false(holds(0, &forgotten.own));
    return forgotten;
}

/** It asks, is answered, and has everything again. */
static void regains(const struct forgotten *forgotten)
{
    struct mailbag_mail mail;
    post(0, 1, LN_URGENCY_ROUTINE);
    compose(0, 1);
    assert_int_equal(channel_of(0, 1).sent_sequence, 1); /* nothing before the answer */
    send_note(0, 1, NULL);
    assert_int_equal(take(1, 0, &mail), 0);
    assert_true(mail.wish.has_answer);
    send_note(1, 0, &mail.wish.answer_nonce);
    while (wires[0].count > 0)
        assert_int_equal(take(0, 0, NULL), 0);
    assert_int_equal(channel_of(0, 1).sent_generation, 2);
    settle();
    assert_true(holds(0, &forgotten->own));
    assert_true(holds(0, &forgotten->theirs));
    assert_int_equal(count_cases(0), 4);
    assert_int_equal(count_cases(1), 4);
}

static void restored_node_gets_back_what_it_forgot(void **state)
{
    (void)state;
    const struct forgotten forgotten = put_back_an_older_store();
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    regains(&forgotten);
}

static void node_that_does_not_know_it_was_restored_is_told_by_a_note(void **state)
{
    (void)state;
    struct mailbag_mail mail;
    const struct forgotten forgotten = put_back_an_older_store();
    send_note(0, 1, NULL);
    assert_int_equal(take(1, 0, &mail), 0);
    assert_true(mail.wish.wants_note);
    send_note(1, 0, NULL);
    assert_int_equal(take(0, 0, NULL), 0);
    regains(&forgotten);
}

/* Audit logs and their witnesses ----------------------------------------------------------- */

enum { FINDINGS_MAX = 8 };

struct findings {
    struct audit_finding list[FINDINGS_MAX];
    size_t count;
};

static int append_entry(struct store_txn *txn, void *context)
{
    const struct ln_audit_entry *entry = context;
    return audit_append(txn, entry);
}

/** Each is another: the clock goes on. */
static void write_entries(unsigned country, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ln_audit_entry entry = {.when_ms = now_ms(NULL), .action = LN_AUDIT_SHOW};
        assert_int_equal(store_run(countries[country].local.store, append_entry, &entry), 0);
    }
}

static struct ln_place log_end(unsigned country)
{
    struct store_txn *txn;
    struct ln_place place;
    assert_int_equal(store_read(countries[country].local.store, &txn), 0);
    assert_int_equal(audit_head(txn, &place), 0);
    store_end(&txn);
    return place;
}

static int add_finding(const struct audit_finding *finding, void *context)
{
    struct findings *findings = context;
    assert_true(findings->count < FINDINGS_MAX);
    findings->list[findings->count++] = *finding;
    return 0;
}

static struct findings check_log(unsigned country)
{
    struct findings findings = {.count = 0};
    struct store_txn *txn;
    uint64_t entries;
    assert_int_equal(store_read(countries[country].local.store, &txn), 0);
    assert_int_equal(audit_check(txn, add_finding, &findings, &entries), 0);
    store_end(&txn);
    return findings;
}

static void note_from(unsigned from)
{
    send_note(from, 1 - from, NULL);
    assert_int_equal(take(1 - from, 0, NULL), 0);
}

/** Thailand holds a word of Cambodia's log, and Cambodia has held it against the log. */
static void exchange_words(void)
{
    note_from(0);
    note_from(1);
    note_from(0);
}

/** What Thailand has seen is 5 entries more than what is put back. */
static void put_back_an_older_log(void)
{
    char copy[96];
    write_entries(0, 10);
    exchange_words();
    snprintf(copy, sizeof copy, "%s/copy", countries[0].directory);
    assert_int_equal(store_copy(countries[0].local.store, copy), 0);
    write_entries(0, 5);
    exchange_words();
    put_copy_back(copy);
}

static void assert_finding(const struct findings *findings, int code, const char *witness,
                           uint64_t count)
{
    assert_int_equal(findings->count, 1);
    assert_int_equal(findings->list[0].code, code);
    assert_string_equal(findings->list[0].witness.text, witness);
    assert_int_equal(findings->list[0].place.generation, 1);
    assert_int_equal(findings->list[0].place.sequence, 15);
    assert_int_equal(findings->list[0].count, count);
}

static void assert_accused(int code)
{
    const struct findings findings = check_log(1);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.list[0].code, code);
    assert_string_equal(findings.list[0].about.text, "KH");
}

static void logs_that_are_whole_meet_their_witnesses_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        write_entries(chance(2), chance(5) + 1);
        note_from(chance(2));
    }
    exchange_words();
    assert_int_equal(check_log(0).count, 0);
    assert_int_equal(check_log(1).count, 0);
    assert_int_equal(log_end(0).generation, 1);
}

static void log_put_back_unsaid_is_found_by_a_counterparts_note(void **state)
{
    (void)state;
    put_back_an_older_log();
    assert_int_equal(check_log(0).count, 0); /* alone it cannot know */
    note_from(1);
    const struct findings findings = check_log(0);
    assert_finding(&findings, LN_E_AUDIT_ROLLED_BACK, "TH", 5);
    assert_int_equal(log_end(0).generation, 2);
    exchange_words();
    write_entries(0, 20);
    exchange_words();
    assert_int_equal(check_log(0).count, 1); /* found once, and never forgotten */
}

static void log_put_back_that_outgrew_its_witnesses_is_found_all_the_same(void **state)
{
    (void)state;
    struct mailbag_mail mail;
    put_back_an_older_log();
    write_entries(0, 30);
    send_note(0, 1, NULL); /* the first to speak is the one whose log was put back */
    assert_int_equal(take(1, 0, &mail), 0);
    assert_true(mail.wish.wants_note);
    assert_accused(LN_E_AUDIT_ROLLED_BACK);
    note_from(1);
    const struct findings findings = check_log(0);
    assert_finding(&findings, LN_E_AUDIT_REWRITTEN, "TH", 0);
}

static void log_put_back_is_known_to_the_counterpart_at_its_first_note(void **state)
{
    (void)state;
    uint64_t proofs;
    struct store_txn *txn;
    put_back_an_older_log();
    note_from(0);
    assert_accused(LN_E_AUDIT_ROLLED_BACK);
    note_from(0);
    assert_accused(LN_E_AUDIT_ROLLED_BACK);
    assert_int_equal(store_read(countries[1].local.store, &txn), 0);
    assert_int_equal(store_proofs_count(txn, &proofs), 0);
    store_end(&txn);
    assert_int_equal(proofs, 2); /* what it signed then, and what it signs now; once */
}

static void restore_that_is_said_shows_what_was_lost_and_accuses_nobody(void **state)
{
    (void)state;
    put_back_an_older_log();
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    assert_int_equal(log_end(0).generation, 2);
    write_entries(0, 30);
    exchange_words();
    const struct findings findings = check_log(0);
    assert_finding(&findings, 0, "TH", 5);
    exchange_words();
    assert_int_equal(check_log(0).count, 1);
    assert_int_equal(check_log(1).count, 0);
}

static void store_lost_whole_goes_on_above_all_that_was_seen(void **state)
{
    (void)state;
    write_entries(0, 15);
    exchange_words();
    char command[128];
    store_close(&countries[0].local.store);
    snprintf(command, sizeof command, "rm -rf %s/store", countries[0].directory);
    assert_int_equal(system(command), 0);
    open_store(&countries[0]);
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    note_from(1);
    const struct findings findings = check_log(0);
    assert_finding(&findings, 0, "TH", 14); /* the restore's own entry has number 1 */
    assert_int_equal(log_end(0).generation, 2);
}

static void store_put_back_twice_is_found_the_second_time(void **state)
{
    (void)state;
    char copy[96];
    put_back_an_older_log();
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    exchange_words();
    snprintf(copy, sizeof copy, "%s/copy-2", countries[0].directory);
    assert_int_equal(store_copy(countries[0].local.store, copy), 0);
    write_entries(0, 3);
    exchange_words();
    put_copy_back(copy); /* this time nobody says so */
    test_now_ms += LN_HOUR_MS;
    note_from(1);
    const struct findings findings = check_log(0);
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.list[0].code, 0);
    assert_int_equal(findings.list[1].code, LN_E_AUDIT_ROLLED_BACK);
    assert_int_equal(findings.list[1].count, 3);
}

/** Thailand's word of Cambodia's log becomes what it likes. */
static int lie(struct store_txn *txn, void *context)
{
    const struct ln_witness_record record = {.theirs = context};
    return audit_witness_put(txn, &countries[0].name, &record);
}

static void counterpart_that_lies_fills_no_log_and_drives_no_number_to_its_limit(void **state)
{
    (void)state;
    write_entries(0, 10);
    for (uint64_t i = 0; i < 50; i++) {
        struct ln_place word = {.generation = (UINT64_C(1) << 53) - i, .sequence = 1 + i};
        assert_int_equal(store_run(countries[1].local.store, lie, &word), 0);
        note_from(1);
    }
    assert_int_equal(check_log(0).count, 1);
    assert_int_equal(log_end(0).generation, 2);
    note_from(0);
}

static int ask_anew(struct store_txn *txn, void *context)
{
    const struct country *country = context;
    struct ln_channel_record channel;
    int error = store_channel_get(txn, &countries[1].name, &channel);
    channel.restore_nonce = (struct ln_nonce){0};
    if (error == 0)
        error = store_channel_put(txn, &countries[1].name, &channel);
    return error == 0 ? note_ask_all(txn, &country->local) : error;
}

static bool is_answered(void)
{
    struct mailbag_mail mail;
    test_now_ms++;
    send_note(0, 1, NULL);
    assert_int_equal(take(1, 0, &mail), 0);
    return mail.wish.has_answer;
}

/** Its wish is an answer each time, but only the first costs anything. */
static void repeated_question_is_given_back_once_and_new_ones_seldom(void **state)
{
    (void)state;
    put_back_an_older_store();
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    assert_true(is_answered());
    const uint64_t carried = channel_of(1, 0).sent_sequence;
    assert_true(is_answered());
    assert_int_equal(channel_of(1, 0).sent_sequence, carried);
    assert_int_equal(waiting_for(1, "KH"), 0);
    assert_int_equal(store_run(countries[0].local.store, ask_anew, &countries[0]), 0);
    assert_false(is_answered());
    test_now_ms += 5 * LN_SECOND_MS;
    assert_true(is_answered());
}

static void what_is_given_back_is_handed_on_to_the_third_party(void **state)
{
    (void)state;
    char copy[96];
    snprintf(copy, sizeof copy, "%s/copy", countries[0].directory);
    assert_int_equal(store_copy(countries[0].local.store, copy), 0);
    struct posting posting = {.from = &countries[0],
                              .to = &countries[1],
                              .urgency = LN_URGENCY_ROUTINE,
                              .names_third = true};
    assert_int_equal(store_run(countries[0].local.store, post_event, &posting), 0);
    settle();
    put_copy_back(copy);
    assert_int_equal(waiting_for(0, "MM"), 0);
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    assert_true(is_answered());
    send_all(1, 0);
    while (wires[0].count > 0)
        assert_int_equal(take(0, 0, NULL), 0);
    assert_true(holds(0, &posting.digest));
    assert_int_equal(waiting_for(0, "MM"), 1);
}

static void answer_that_names_the_last_generation_is_refused(void **state)
{
    (void)state;
    struct mailbag_mail mail;
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(32 * 1024);
    AUTO(ln_buffer_wipe) struct ln_buffer packet_bytes = LN_BUFFER(LN_PACKET_MAX);
    const struct ln_place last = {UINT64_C(1) << 53, 1, {{1}}};
    post(0, 1, LN_URGENCY_ROUTINE);
    settle();
    assert_int_equal(store_run(countries[0].local.store, ask_all, &countries[0]), 0);
    const struct ln_restore_answer answer = {channel_of(0, 1).restore_nonce, NULL, &last};
    const struct ln_note note = {.federation = federation,
                                 .from = countries[1].name,
                                 .to = countries[0].name,
                                 .nonce = {{1}},
                                 .created_ms = ++test_now_ms,
                                 .restore_answer = &answer,
                                 .oldest_openable_epoch = 1};
    struct ln_signature signature;
    assert_int_equal(ln_note_build(&note, &body), 0);
    assert_int_equal(ln_sign_shape(LN_TYPE_NOTE, &federation, ln_buffer_view(&body),
                                   &countries[1].signer, &signature),
                     0);
    const struct ln_packet packet = {
        {LN_TYPE_NOTE, ln_buffer_view(&body), &signature, 1}, NULL, 0};
    assert_int_equal(ln_packet_build(&packet, &packet_bytes), 0);
    put_on_wire(0, ln_buffer_view(&packet_bytes));
    assert_int_equal(take(0, 0, &mail), LN_E_FIELD_LENGTH);
    assert_int_equal(channel_of(0, 1).sent_generation, 1); /* and can be read */
}

/* Properties ------------------------------------------------------------------------------- */

/**
 * A hub that loses, doubles and reorders; in the end both hold everything once and nothing is
 * open.
 */
static void run_history(uint64_t seed)
{
    enum { STEPS = 120, POSTS_MAX = STEPS };
    struct ln_digest posted[POSTS_MAX];
    size_t posts = 0;
    chance_state = seed;
    for (unsigned step = 0; step < STEPS; step++) {
        const unsigned from = chance(2), to = 1 - from;
        switch (chance(6)) {
        case 0:
            posted[posts++] = post(from, to, 1 + chance(4));
            break;
        case 1:
            compose(from, to);
            break;
        case 2:
            send_all(from, to);
            break;
        case 3:
            send_note(from, to, NULL);
            break;
        case 4:
            if (wires[to].count > 0) { /* lost */
                const size_t index = chance((uint32_t)wires[to].count);
                free((void *)(uintptr_t)wires[to].envelopes[index].data);
                wires[to].envelopes[index] = wires[to].envelopes[--wires[to].count];
            }
            break;
        default:
            for (unsigned i = 0; i < 4 && wires[to].count > 0; i++) {
                const int result = take(to, chance((uint32_t)wires[to].count), NULL);
                if (result != 0 && result != LN_E_REPLAY)
                    fail_msg("seed %llu, step %u: %s", (unsigned long long)seed, step,
                             ln_code_of(result)->name);
            }
        }
    }
    test_now_ms += LN_DAY_MS;
    settle();
    for (size_t i = 0; i < posts; i++) {
        if (!holds(0, &posted[i]) || !holds(1, &posted[i]))
            fail_msg("seed %llu: event %zu is lost", (unsigned long long)seed, i);
    }
    if (count_cases(0) != posts || count_cases(1) != posts)
        fail_msg("seed %llu: something stands twice", (unsigned long long)seed);
    for (unsigned i = 0; i < NODES; i++) {
        const struct ln_channel_record channel = channel_of(i, 1 - i);
        if (channel.frozen != 0 || channel.stored_sequence != channel.highest_sequence)
            fail_msg("seed %llu: the channel of %u is frozen or has a gap",
                     (unsigned long long)seed, i);
    }
}

static void loses_and_doubles_nothing_whatever_the_hub_does(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        run_history(seed);
        stop_all(NULL);
        start_all(NULL);
    }
}

/* Countries whose root is not accepted ----------------------------------------------------- */

static void anchor_in(struct ln_trust *trust, const struct country *country,
                      struct ln_bytes roster)
{
    struct ln_digest digest;
    char fingerprint[LN_FINGERPRINT_SIZE];
    ln_roots_fingerprint(&country->root_key, 1, &digest);
    ln_fingerprint_text(&digest, fingerprint);
    assert_int_equal(ln_trust_anchor(trust, roster, fingerprint), 0);
}

static void take_manifest_of(struct ln_trust *trust, struct country *country)
{
    AUTO(ln_buffer_wipe) struct ln_buffer manifest = LN_BUFFER(LN_BODY_MAX);
    sign_manifest(country, &manifest);
    assert_int_equal(ln_trust_take(trust, ln_buffer_view(&manifest)), LN_TRUST_NEW);
}

/**
 * Thailand's node begins anew: its first roster names `before` of the list, its second all. The
 * last one's root is not accepted.
 */
static void thailand_knows(struct country *const *list, size_t before, size_t count)
{
    static const struct ln_digest none;
    AUTO(ln_buffer_wipe) struct ln_buffer first = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer second = LN_BUFFER(LN_BODY_MAX);
    struct local *local = &countries[1].local;
    struct ln_digest digest;
    uint64_t version;
    ln_trust_destroy(&local->trust);
    local->trust = ln_trust_new();
    sign_roster_of(list, before, 1, &none, &first);
    anchor_in(local->trust, &countries[1], ln_buffer_view(&first));
    assert_true(ln_trust_version(local->trust, NULL, &version, &digest));
    sign_roster_of(list, count, 2, &digest, &second);
    assert_int_equal(ln_trust_take(local->trust, ln_buffer_view(&second)), LN_TRUST_NEW);
    for (size_t i = 0; i < count; i++)
        take_manifest_of(local->trust, list[i]);
    ln_trust_demand_acceptance(local->trust, &local->member);
}

static void thailand_accepts(const struct country *country)
{
    struct ln_digest digest;
    ln_roots_fingerprint(&country->root_key, 1, &digest);
    assert_int_equal(ln_trust_accept(countries[1].local.trust, &country->name, 2, &digest), 0);
}

static void letter_of_a_country_that_is_not_accepted_stays_at_the_hub(void **state)
{
    (void)state;
    struct country *const list[] = {&countries[1], &countries[0]};
    struct mailbag_mail mail;
    thailand_knows(list, 1, 2);
    const struct ln_digest event = post(0, 1, LN_URGENCY_EMERGENCY);
    compose(0, 1);
    send_all(0, 1);
    assert_int_equal(take(1, 0, &mail), LN_E_ROOT_NOT_ACCEPTED);
    assert_true(mailbag_keeps(&mail));
    assert_false(holds(1, &event));
    thailand_accepts(&countries[0]);
    send_all(0, 1); /* as the hub gives it again */
    assert_int_equal(take(1, 0, NULL), 0);
    assert_true(holds(1, &event));
}

static void note_of_a_country_that_is_not_accepted_is_dropped(void **state)
{
    (void)state;
    struct country *const list[] = {&countries[1], &countries[0]};
    struct mailbag_mail mail;
    thailand_knows(list, 1, 2);
    send_note(0, 1, NULL);
    assert_int_equal(take(1, 0, &mail), LN_E_ROOT_NOT_ACCEPTED);
    assert_false(mailbag_keeps(&mail));
    assert_int_equal(channel_of(1, 0).heard_ms, 0);
}

/** Myanmar's officer has stated something, and Cambodia hands it on to Thailand. */
static struct ln_digest post_of(struct country *third)
{
    struct posting posting = {
        .from = third, .to = &countries[1], .urgency = LN_URGENCY_EMERGENCY};
    third->local = countries[0].local;
    third->local.member = third->name;
    assert_int_equal(store_run(countries[0].local.store, post_event, &posting), 0);
    return posting.digest;
}

static void event_of_a_country_that_is_not_accepted_makes_its_letter_wait(void **state)
{
    (void)state;
    static struct country third;
    struct country *const list[] = {&countries[1], &countries[0], &third};
    struct mailbag_mail mail;
    make_keys(&third, "MM");
    thailand_knows(list, 2, 3);
    const struct ln_digest event = post_of(&third);
    compose(0, 1);
    const struct ln_digest own = post(0, 1, LN_URGENCY_EMERGENCY);
    compose(0, 1);
    send_all(0, 1);
    assert_int_equal(take(1, 0, &mail), LN_E_ROOT_NOT_ACCEPTED);
    assert_true(mailbag_keeps(&mail));
    assert_int_equal(take(1, 0, NULL), 0); /* what comes behind it does not wait */
    assert_true(holds(1, &own));
    assert_false(holds(1, &event));
    thailand_accepts(&third);
    send_all(0, 1);
    assert_int_equal(take(1, 0, NULL), 0);
    assert_true(holds(1, &event));
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start_all, stop_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(delivers_event_and_closes_letter_on_receipt),
        RULE(keeps_letter_open_until_its_receipt_comes),
        RULE(applies_replayed_letter_once),
        RULE(answers_replayed_letter_with_the_receipt_again),
        RULE(applies_later_letter_before_the_missing_one),
        RULE(note_names_the_missing_letters),
        RULE(refuses_note_older_than_the_newest),
        RULE(emergency_leaves_alone_and_first),
        RULE(backlog_travels_in_one_letter),
        RULE(receipts_get_through_where_both_windows_are_full),
        RULE(emergency_leaves_though_the_window_is_full),
        RULE(refuses_event_with_a_broken_signature_by_receipt),
        RULE(event_that_no_agreement_permits_keeps_its_place_and_is_refused),
        RULE(agreement_travels_and_what_rests_on_it_is_taken),
        RULE(agreement_signed_in_two_places_is_complete_in_both),
        RULE(half_signed_agreement_permits_nothing),
        RULE(event_waits_for_the_letter_that_its_agreement_may_be_in),
        RULE(agreement_outlives_a_start),
        RULE(event_that_was_long_on_its_way_is_taken_after_the_end),
        RULE(sender_whose_clock_was_set_back_reaches_nothing_that_ended_long_ago),
        RULE(restored_node_takes_back_what_came_before_the_end),
        RULE(same_version_with_another_digest_is_a_fork_in_force_nowhere),
        RULE(refuses_a_proposal_beyond_its_countrys_quota),
        RULE(full_quota_of_one_country_stops_neither_the_other_nor_what_both_sign),
        RULE(third_body_of_a_version_brings_no_forked_one_into_force),
        RULE(refuses_event_beyond_what_a_case_may_hold),
        RULE(refuses_event_beyond_the_bytes_a_case_may_hold),
        RULE(freezes_channel_when_one_number_has_two_letters),
        RULE(letters_under_a_replaced_key_go_out_again_in_a_new_generation),
        RULE(copy_without_wraps_shuts_nobody_out),
        RULE(header_that_another_left_over_hides_nothing),
        RULE(what_was_erased_here_does_not_come_back),
        RULE(other_direction_goes_on_where_one_is_frozen),
        RULE(refuses_letter_that_names_an_item_twice),
        RULE(freezes_channel_when_the_chain_breaks),
        RULE(refuses_letter_to_somebody_else),
        RULE(refuses_letter_signed_by_another_key),
        RULE(refuses_letter_too_far_ahead),
        RULE(refuses_envelope_with_any_byte_changed),
        RULE(reopened_channel_goes_on_in_a_new_generation),
        RULE(reopened_channel_waits_for_the_new_generation),
        RULE(logs_that_are_whole_meet_their_witnesses_words),
        RULE(log_put_back_unsaid_is_found_by_a_counterparts_note),
        RULE(log_put_back_that_outgrew_its_witnesses_is_found_all_the_same),
        RULE(log_put_back_is_known_to_the_counterpart_at_its_first_note),
        RULE(restore_that_is_said_shows_what_was_lost_and_accuses_nobody),
        RULE(store_lost_whole_goes_on_above_all_that_was_seen),
        RULE(store_put_back_twice_is_found_the_second_time),
        RULE(counterpart_that_lies_fills_no_log_and_drives_no_number_to_its_limit),
        RULE(restored_node_gets_back_what_it_forgot),
        RULE(node_that_does_not_know_it_was_restored_is_told_by_a_note),
        RULE(repeated_question_is_given_back_once_and_new_ones_seldom),
        RULE(what_is_given_back_is_handed_on_to_the_third_party),
        RULE(answer_that_names_the_last_generation_is_refused),
        RULE(letter_of_a_country_that_is_not_accepted_stays_at_the_hub),
        RULE(note_of_a_country_that_is_not_accepted_is_dropped),
        RULE(event_of_a_country_that_is_not_accepted_makes_its_letter_wait),
        RULE(loses_and_doubles_nothing_whatever_the_hub_does),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
