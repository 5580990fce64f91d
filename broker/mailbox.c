/*
 * One table: addressee, urgency class, number of arrival -> sender, the hub's age, envelope; in
 * front of all, under keys that no name has, the last number, which would else be given again
 * when the newest mail was deleted before a start, and the hub's age, the time for which it has
 * run. What each pair may still put is counted in memory and counted anew at a start.
 */
#include "mailbox.h"

#include <assert.h>
#include <string.h>

enum {
    NAME_BYTES = sizeof(struct ln_name),
    KEY_BYTES = NAME_BYTES + 1 + 8,
    HEAD_BYTES = NAME_BYTES + 8,
};

struct pair {
    struct ln_name sender, addressee;
    uint64_t count, bytes;
    uint64_t minute, in_minute; /* which minute, and how many PUTs it has seen */
};

struct mailbox {
    struct database *database;
    unsigned table;
    struct mailbox_limits limits;
    struct ln_clock clock;
    struct pair *pairs;
    size_t pairs_count, pairs_capacity;
    uint64_t last_id, count, bytes;
    uint64_t age_ms; /* how long the hub has run, in all */
};

struct key {
    uint8_t bytes[KEY_BYTES];
};

/* No name begins with these. */
static const uint8_t last_id_key[] = {0}, age_key[] = {1};

static struct ln_bytes make_key(const struct ln_name *addressee,
                                const struct mailbox_place *place, struct key *out)
{
    memcpy(out->bytes, addressee->text, NAME_BYTES);
    out->bytes[NAME_BYTES] = place->urgency;
    ln_put_u64(out->bytes + NAME_BYTES + 1, place->id);
    return ln_view(out->bytes, sizeof out->bytes);
}

static struct mailbox_place place_of(struct ln_bytes key)
{
    return (struct mailbox_place){key.data[NAME_BYTES], ln_get_u64(key.data + NAME_BYTES + 1)};
}

static struct ln_name name_at(const uint8_t *bytes)
{
    struct ln_name name;
    memcpy(name.text, bytes, NAME_BYTES);
    return name;
}

/* Pairs ------------------------------------------------------------------------------------ */

static void grow_pairs(struct mailbox *mailbox)
{
    const size_t capacity = mailbox->pairs_capacity == 0 ? 16 : 2 * mailbox->pairs_capacity;
    struct pair *larger = ln_allocate(capacity * sizeof *larger);
    if (mailbox->pairs_count > 0)
        memcpy(larger, mailbox->pairs, mailbox->pairs_count * sizeof *larger);
    ln_release(mailbox->pairs, mailbox->pairs_capacity * sizeof *mailbox->pairs);
    mailbox->pairs = larger;
    mailbox->pairs_capacity = capacity;
}

/** Members are few and rostered: the pairs are bounded by their square. */
static struct pair *pair_of(struct mailbox *mailbox, const struct ln_name *sender,
                            const struct ln_name *addressee)
{
    for (size_t i = 0; i < mailbox->pairs_count; i++) {
        struct pair *pair = &mailbox->pairs[i];
        if (ln_name_equal(&pair->sender, sender) && ln_name_equal(&pair->addressee, addressee))
            return pair;
    }
    if (mailbox->pairs_count == mailbox->pairs_capacity)
        grow_pairs(mailbox);
    struct pair *pair = &mailbox->pairs[mailbox->pairs_count++];
    *pair = (struct pair){.sender = *sender, .addressee = *addressee};
    return pair;
}

static void count_in(struct mailbox *mailbox, struct pair *pair, size_t size)
{
    pair->count++;
    pair->bytes += size;
    mailbox->count++;
    mailbox->bytes += size;
}

static void count_out(struct mailbox *mailbox, struct pair *pair, size_t size)
{
    pair->count--;
    pair->bytes -= size;
    mailbox->count--;
    mailbox->bytes -= size;
}

/** What a sender has waiting at this hub, for whomever. */
static uint64_t bytes_of_sender(const struct mailbox *mailbox, const struct ln_name *sender)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < mailbox->pairs_count; i++) {
        if (ln_name_equal(&mailbox->pairs[i].sender, sender))
            bytes += mailbox->pairs[i].bytes;
    }
    return bytes;
}

static int check_quota(struct mailbox *mailbox, struct pair *pair, size_t size)
{
    const uint64_t minute = ln_now_ms(&mailbox->clock) / LN_MINUTE_MS;
    if (pair->minute != minute) {
        pair->minute = minute;
        pair->in_minute = 0;
    }
    if (pair->in_minute >= mailbox->limits.minute_max)
        return LN_E_RATE;
    if (pair->count >= mailbox->limits.count_max ||
        bytes_of_sender(mailbox, &pair->sender) + size > mailbox->limits.bytes_max)
        return LN_E_MAILBOX_FULL;
    pair->in_minute++;
    return 0;
}

/* Opening ---------------------------------------------------------------------------------- */

static bool is_number_of_ours(struct ln_bytes key)
{
    return key.size == 1;
}

static int take_number(struct mailbox *mailbox, struct ln_bytes key, struct ln_bytes value)
{
    if (value.size != 8)
        return LN_E_STORE_DAMAGED;
    *(key.data[0] == age_key[0] ? &mailbox->age_ms : &mailbox->last_id) =
        ln_get_u64(value.data);
    return 0;
}

static int count_mail(struct ln_bytes key, struct ln_bytes value, void *context)
{
    struct mailbox *mailbox = context;
    if (is_number_of_ours(key))
        return take_number(mailbox, key, value);
    if (key.size != KEY_BYTES || value.size < HEAD_BYTES)
        return LN_E_STORE_DAMAGED;
    const struct ln_name sender = name_at(value.data), addressee = name_at(key.data);
    const struct mailbox_place place = place_of(key);
    count_in(mailbox, pair_of(mailbox, &sender, &addressee), value.size - HEAD_BYTES);
    if (place.id > mailbox->last_id)
        mailbox->last_id = place.id;
    return 0;
}

int mailbox_open(struct database *database, unsigned table, const struct mailbox_limits *limits,
                 const struct ln_clock *clock, struct mailbox **out)
{
    struct mailbox *mailbox = ln_allocate(sizeof *mailbox);
    *mailbox = (struct mailbox){
        .database = database, .table = table, .limits = *limits, .clock = *clock};
    struct database_txn *txn;
    int error = database_read(database, &txn);
    if (error == 0) {
        error =
            database_walk(txn, table, ln_view(NULL, 0), ln_view(NULL, 0), count_mail, mailbox);
        database_abort(&txn);
    }
    if (error != 0)
        mailbox_close(&mailbox);
    else
        *out = mailbox;
    return error;
}

void mailbox_close(struct mailbox **mailbox_p)
{
    struct mailbox *mailbox = *mailbox_p;
    if (mailbox == NULL)
        return;
    ln_release(mailbox->pairs, mailbox->pairs_capacity * sizeof *mailbox->pairs);
    ln_release(mailbox, sizeof *mailbox);
    *mailbox_p = NULL;
}

/* Changing --------------------------------------------------------------------------------- */

struct batch {
    struct mailbox *mailbox;
    struct mailbox_change *changes;
    size_t count;
    bool has_puts; /* false on a full disk: deletions only */
};

static int put_mail(struct database_txn *txn, const struct mailbox *mailbox,
                    const struct mailbox_change *change)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(LN_ENVELOPE_MAX + HEAD_BYTES);
    struct key key;
    int error = ln_buffer_add(&value, change->sender.text, NAME_BYTES);
    if (error == 0)
        error = ln_buffer_add_u64(&value, mailbox->age_ms);
    if (error == 0)
        error = ln_buffer_add_bytes(&value, change->envelope);
    return error == 0 ? database_put(txn, mailbox->table,
                                     make_key(&change->addressee, &change->place, &key),
                                     ln_buffer_view(&value))
                      : error;
}

/** Looked up here and not before, so that a mail that is named twice is given back once. */
static int delete_mail(struct database_txn *txn, const struct mailbox *mailbox,
                       struct mailbox_change *change)
{
    struct ln_bytes value;
    struct key key;
    const struct ln_bytes name = make_key(&change->addressee, &change->place, &key);
    change->result = database_get(txn, mailbox->table, name, &value);
    if (change->result == LN_E_NOT_FOUND)
        return 0;
    if (change->result != 0)
        return change->result;
    change->sender = name_at(value.data);
    change->freed_size = value.size - HEAD_BYTES;
    return database_delete(txn, mailbox->table, name);
}

static int make_change(struct database_txn *txn, const struct batch *batch,
                       struct mailbox_change *change)
{
    if (!change->is_put)
        return delete_mail(txn, batch->mailbox, change);
    return change->result == 0 && batch->has_puts ? put_mail(txn, batch->mailbox, change) : 0;
}

static int put_last_id(struct database_txn *txn, const struct mailbox *mailbox)
{
    uint8_t last_id[8];
    ln_put_u64(last_id, mailbox->last_id);
    return database_put(txn, mailbox->table, ln_view(last_id_key, sizeof last_id_key),
                        ln_view(last_id, sizeof last_id));
}

static int make_changes(struct database_txn *txn, void *context)
{
    const struct batch *batch = context;
    int error = batch->has_puts ? put_last_id(txn, batch->mailbox) : 0;
    for (size_t i = 0; i < batch->count && error == 0; i++)
        error = make_change(txn, batch, &batch->changes[i]);
    return error;
}

/**
 * Quotas are decided before the transaction, in the order of the batch. True if the mail is to
 * be put.
 */
static bool admit(struct mailbox *mailbox, struct mailbox_change *change)
{
    if (!change->is_put)
        return false;
    struct pair *pair = pair_of(mailbox, &change->sender, &change->addressee);
    change->result = check_quota(mailbox, pair, change->envelope.size);
    if (change->result != 0)
        return false;
    change->place.id = ++mailbox->last_id;
    count_in(mailbox, pair, change->envelope.size);
    return true;
}

static void take_back(struct mailbox *mailbox, struct mailbox_change *change, int result)
{
    if (!change->is_put || change->result != 0)
        return;
    change->result = result;
    count_out(mailbox, pair_of(mailbox, &change->sender, &change->addressee),
              change->envelope.size);
}

static void give_back(struct mailbox *mailbox, const struct mailbox_change *change)
{
    if (!change->is_put && change->result == 0)
        count_out(mailbox, pair_of(mailbox, &change->sender, &change->addressee),
                  change->freed_size);
}

/** The disk is full: nothing is put, and what can be deleted is. */
static int delete_only(struct batch *batch)
{
    batch->has_puts = false;
    for (size_t i = 0; i < batch->count; i++)
        take_back(batch->mailbox, &batch->changes[i], LN_E_DISK_FULL);
    return database_run(batch->mailbox->database, make_changes, batch);
}

int mailbox_commit(struct mailbox *mailbox, struct mailbox_change *changes, size_t count)
{
    struct batch batch = {mailbox, changes, count, false};
    assert(count <= MAILBOX_BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        batch.has_puts |= admit(mailbox, &changes[i]);
    int error = database_run(mailbox->database, make_changes, &batch);
    if (error == LN_E_DISK_FULL)
        error = delete_only(&batch);
    if (error == LN_E_DISK_FULL)
        return 0; /* the mails stay, and are given again on the next connection */
    for (size_t i = 0; i < count && error == 0; i++)
        give_back(mailbox, &changes[i]);
    return error;
}

/* Walking ---------------------------------------------------------------------------------- */

struct walk {
    mailbox_each *each;
    void *context;
    bool is_over;
};

static int give_mail(struct ln_bytes key, struct ln_bytes value, void *context)
{
    struct walk *walk = context;
    const struct mailbox_place place = place_of(key);
    const int answer = walk->each(
        &place, ln_view(value.data + HEAD_BYTES, value.size - HEAD_BYTES), walk->context);
    walk->is_over = answer != 0;
    return answer;
}

int mailbox_walk(struct mailbox *mailbox, const struct ln_name *addressee,
                 const struct mailbox_given *given, mailbox_each *each, void *context)
{
    struct database_txn *txn;
    struct walk walk = {each, context, false};
    int error = database_read(mailbox->database, &txn);
    if (error != 0)
        return error;
    for (uint8_t urgency = 1; urgency <= LN_URGENCY_LAST && error == 0 && !walk.is_over;
         urgency++) {
        const struct mailbox_place next = {urgency, given->id[urgency] + 1};
        struct key from;
        const struct ln_bytes start = make_key(addressee, &next, &from);
        error = database_walk(txn, mailbox->table, ln_view(start.data, NAME_BYTES + 1), start,
                              give_mail, &walk);
    }
    database_abort(&txn);
    return error;
}

struct expiring {
    uint64_t before_ms;
    struct mailbox_change changes[MAILBOX_BATCH_MAX];
    size_t count;
};

static int list_old(struct ln_bytes key, struct ln_bytes value, void *context)
{
    struct expiring *expiring = context;
    if (is_number_of_ours(key) || ln_get_u64(value.data + NAME_BYTES) >= expiring->before_ms)
        return 0;
    if (expiring->count == MAILBOX_BATCH_MAX)
        return DATABASE_STOP;
    expiring->changes[expiring->count++] = (struct mailbox_change){
        .is_put = false, .addressee = name_at(key.data), .place = place_of(key)};
    return 0;
}

static int expire_some(struct mailbox *mailbox, struct expiring *expiring)
{
    struct database_txn *txn;
    int error = database_read(mailbox->database, &txn);
    if (error != 0)
        return error;
    expiring->count = 0;
    error = database_walk(txn, mailbox->table, ln_view(NULL, 0), ln_view(NULL, 0), list_old,
                          expiring);
    database_abort(&txn);
    return error == 0 ? mailbox_commit(mailbox, expiring->changes, expiring->count) : error;
}

static int put_age(struct database_txn *txn, void *context)
{
    const struct mailbox *mailbox = context;
    uint8_t age[8];
    ln_put_u64(age, mailbox->age_ms);
    return database_put(txn, mailbox->table, ln_view(age_key, sizeof age_key),
                        ln_view(age, sizeof age));
}

int mailbox_expire(struct mailbox *mailbox, uint64_t elapsed_ms, uint64_t *out_count)
{
    uint64_t count = 0;
    mailbox->age_ms += elapsed_ms;
    int error = database_run(mailbox->database, put_age, mailbox);
    *out_count = 0;
    if (error != 0 && error != LN_E_DISK_FULL)
        return error;
    struct expiring *expiring = ln_allocate(sizeof *expiring);
    expiring->before_ms =
        mailbox->age_ms < MAILBOX_EXPIRY_MS ? 0 : mailbox->age_ms - MAILBOX_EXPIRY_MS;
    do {
        error = expire_some(mailbox, expiring);
        count += expiring->count;
    } while (error == 0 && expiring->count == MAILBOX_BATCH_MAX);
    ln_release(expiring, sizeof *expiring);
    *out_count = count;
    return error;
}

uint64_t mailbox_count(const struct mailbox *mailbox)
{
    return mailbox->count;
}

uint64_t mailbox_bytes(const struct mailbox *mailbox)
{
    return mailbox->bytes;
}
