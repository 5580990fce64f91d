/*
 * A letter carries what waits for a member, urgent first, so a backlog costs one signature, one
 * sealing and one receipt for many items. An emergency travels only with emergencies.
 */
#include "compose.h"

#include <assert.h>
#include <string.h>

enum {
    /* of a letter with several items: nine seconds at 64 kbit/s, so that what comes behind it
     * does not wait long */
    ITEMS_SIZE_MAX = 64 * 1024,
    ITEM_EXTRA = 16, /* field headers around an item */
    COMPOSE_ARENA = 4 * 1024 * 1024,
    LETTER_MAX = 40 * 1024,
};

struct chosen {
    struct ln_arena *arena;
    struct store_slot slots[LN_ITEMS_MAX]; /* of the items */
    struct ln_item_record items[LN_ITEMS_MAX];
    size_t count, size;
    struct store_slot doubles[LN_ITEMS_MAX]; /* of what stands in the letter already */
    size_t doubles_count;
};

/* Choosing --------------------------------------------------------------------------------- */

static bool fits(const struct chosen *chosen, const struct store_slot *slot, size_t size)
{
    if (chosen->count == 0)
        return true;
    if (chosen->count == LN_ITEMS_MAX || chosen->size + size > ITEMS_SIZE_MAX)
        return false;
    const bool is_emergency = chosen->slots[0].urgency == LN_URGENCY_EMERGENCY;
    return !is_emergency || slot->urgency == LN_URGENCY_EMERGENCY;
}

/** An event that was given back twice waits twice; a digest stands once in a letter. */
static bool stands_there(const struct chosen *chosen, const struct ln_item_record *item)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (ln_digest_equal(&chosen->items[i].digest, &item->digest))
            return true;
    }
    return false;
}

static int choose(const struct store_slot *slot, const struct ln_item_record *item,
                  void *context)
{
    struct chosen *chosen = context;
    const size_t size = item->size + ITEM_EXTRA;
    if (stands_there(chosen, item)) {
        chosen->doubles[chosen->doubles_count++] = *slot;
        return chosen->doubles_count == LN_ITEMS_MAX ? STORE_STOP : 0;
    }
    if (!fits(chosen, slot, size))
        return STORE_STOP;
    struct ln_item_record *copy = &chosen->items[chosen->count];
    *copy = *item;
    if (item->receipt.size > 0) {
        const uint8_t *bytes = ln_arena_copy(chosen->arena, item->receipt);
        if (bytes == NULL)
            return LN_E_OUT_OF_MEMORY;
        copy->receipt = ln_view(bytes, item->receipt.size);
    }
    chosen->slots[chosen->count++] = *slot;
    chosen->size += size;
    return 0;
}

/* Versions --------------------------------------------------------------------------------- */

static size_t add_version(const struct ln_trust *trust, const struct ln_name *member,
                          struct ln_version_seen *out)
{
    static const struct ln_name roster = {""};
    *out = (struct ln_version_seen){.member = member == NULL ? roster : *member};
    return ln_trust_version(trust, member, &out->version, &out->digest) ? 1 : 0;
}

int compose_versions(const struct local *local, const struct ln_name *peer,
                     struct ln_arena *arena, const struct ln_version_seen **out,
                     size_t *out_count)
{
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    struct ln_version_seen *versions = ln_arena_array(arena, LN_VERSIONS_MAX, sizeof *versions);
    if (versions == NULL)
        return LN_E_OUT_OF_MEMORY;
    size_t count = add_version(local->trust, NULL, versions);
    for (size_t i = 0; roster != NULL && i < roster->members_count; i++) {
        const struct ln_name *member = &roster->members[i].id;
        if (peer == NULL || ln_name_equal(member, peer) ||
            ln_name_equal(member, &local->member))
            count += add_version(local->trust, member, &versions[count]);
    }
    *out = versions;
    *out_count = count;
    return 0;
}

/* Making ----------------------------------------------------------------------------------- */

/** What stands for the highest of theirs that we hold without a gap. */
static const struct ln_place *acknowledged(const struct ln_channel_record *channel,
                                           struct ln_place *place)
{
    if (channel->stored_generation == 0)
        return NULL;
    *place = (struct ln_place){channel->stored_generation, channel->stored_sequence,
                               channel->stored_head};
    return place;
}

static int sign_letter(const struct local *local, const struct ln_name *peer,
                       const struct ln_channel_record *channel, const struct chosen *chosen,
                       struct ln_arena *arena, struct ln_buffer *out)
{
    struct ln_place place;
    struct ln_digest *digests = ln_arena_array(arena, chosen->count, sizeof *digests);
    if (digests == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < chosen->count; i++)
        digests[i] = chosen->items[i].digest;
    struct ln_letter letter = {
        .federation = local->federation,
        .from = local->member,
        .to = *peer,
        .generation = channel->sent_generation,
        .sequence = channel->sent_sequence + 1,
        .previous_head = channel->sent_head,
        .acknowledged = acknowledged(channel, &place),
        .created_ms = ln_now_ms(&local->clock),
        .urgency = chosen->slots[0].urgency,
        .items = digests,
        .items_count = chosen->count,
    };
    int error = compose_versions(local, peer, arena, &letter.versions, &letter.versions_count);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LETTER_MAX);
    if (error == 0)
        error = ln_letter_build(&letter, &body);
    return error == 0 ? ln_sign(LN_TYPE_LETTER, &local->federation, ln_buffer_view(&body),
                                local->signer, out)
                      : error;
}

static bool is_receipt_due(const struct chosen *chosen)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (chosen->items[i].kind != LN_ITEM_RECEIPT)
            return true;
    }
    return false;
}

static int put_letter(struct store_txn *txn, const struct local *local,
                      const struct ln_name *peer, struct ln_channel_record *channel,
                      const struct chosen *chosen, struct ln_bytes letter)
{
    struct ln_signed signed_letter;
    int error = ln_signed_open(letter, chosen->arena, &signed_letter);
    if (error != 0)
        return error;
    struct ln_sent_record sent = {
        .letter = letter,
        .created_ms = ln_now_ms(&local->clock),
        .urgency = chosen->slots[0].urgency,
        .items = chosen->items,
        .items_count = chosen->count,
        .receipt_due = is_receipt_due(chosen),
    };
    ln_signed_digest(&signed_letter, &sent.digest);
    ln_chain_head(&channel->sent_head, &sent.digest, &sent.head);
    channel->sent_sequence++;
    channel->sent_head = sent.head;
    const struct store_letter number = {channel->sent_generation, channel->sent_sequence};
    error = store_sent_put(txn, peer, number, &sent);
    return error == 0 ? store_channel_put(txn, peer, channel) : error;
}

/** Takes the chosen items out of the outbox, and notes which letter carries each event. */
static int move_items(struct store_txn *txn, const struct ln_name *peer,
                      const struct chosen *chosen, struct store_letter number)
{
    int error = 0;
    for (size_t i = 0; i < chosen->count && error == 0; i++) {
        error = store_outbox_remove(txn, peer, &chosen->slots[i]);
        if (error == 0 && chosen->items[i].kind == LN_ITEM_EVENT)
            error = store_carried_add(txn, &chosen->items[i].digest, STORE_SENT, peer, number);
    }
    for (size_t i = 0; i < chosen->doubles_count && error == 0; i++)
        error = store_outbox_remove(txn, peer, &chosen->doubles[i]);
    return error;
}

/** What the peer did wrong does not stop our letters to it; what we did wrong does. */
static bool is_open(const struct ln_channel_record *channel)
{
    static const struct ln_nonce none;
    return channel->doubted_generation == 0 &&
           memcmp(&channel->restore_nonce, &none, sizeof none) == 0;
}

/** All that waits, or what presses where the window is full. */
static int choose_items(struct store_txn *txn, const struct ln_name *peer,
                        const struct ln_channel_record *channel, struct chosen *chosen)
{
    return channel->sent_sequence - channel->settled_sequence < COMPOSE_WINDOW
               ? store_outbox(txn, peer, choose, chosen)
               : store_outbox_pressing(txn, peer, choose, chosen);
}

/** Signs a letter with what was chosen and puts it in its place. */
static int make_letter(struct store_txn *txn, const struct local *local,
                       const struct ln_name *peer, struct ln_channel_record *channel,
                       struct chosen *chosen)
{
    AUTO(ln_buffer_wipe) struct ln_buffer letter = LN_BUFFER(LETTER_MAX);
    if (channel->sent_generation == 0)
        channel->sent_generation = 1;
    int error = sign_letter(local, peer, channel, chosen, chosen->arena, &letter);
    if (error == 0)
        error = put_letter(txn, local, peer, channel, chosen, ln_buffer_view(&letter));
    const struct store_letter number = {channel->sent_generation, channel->sent_sequence};
    return error == 0 ? move_items(txn, peer, chosen, number) : error;
}

static struct composed composed_of(const struct ln_name *peer,
                                   const struct ln_channel_record *channel,
                                   const struct chosen *chosen)
{
    return (struct composed){
        .to = *peer,
        .number = {channel->sent_generation, channel->sent_sequence},
        .urgency = chosen->slots[0].urgency,
        .is_receipt_due = is_receipt_due(chosen),
    };
}

int compose_next(struct store_txn *txn, const struct local *local, const struct ln_name *peer,
                 struct composed *out, bool *out_is_made)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(COMPOSE_ARENA);
    struct ln_channel_record channel;
    int error = store_channel_get(txn, peer, &channel);
    if (error != 0)
        return error;
    *out_is_made = false;
    if (!is_open(&channel))
        return 0;
    struct chosen *chosen = ln_arena_take(&arena, sizeof *chosen);
    if (chosen == NULL)
        return LN_E_OUT_OF_MEMORY;
    chosen->arena = &arena;
    error = choose_items(txn, peer, &channel, chosen);
    if (error != 0 || chosen->count == 0)
        return error;
    error = make_letter(txn, local, peer, &channel, chosen);
    if (error != 0)
        return error;
    *out = composed_of(peer, &channel, chosen);
    *out_is_made = true;
    return 0;
}

int compose_waiting(struct store_txn *txn, const struct local *local,
                    const struct ln_name *peer, struct composed_list *list)
{
    bool is_made = true;
    int error = 0;
    while (error == 0 && is_made && list->count < LN_COUNT(list->letters)) {
        error = compose_next(txn, local, peer, &list->letters[list->count], &is_made);
        list->count += error == 0 && is_made;
    }
    return error;
}

/* Packing ---------------------------------------------------------------------------------- */

static int open_event(struct store_txn *txn, const struct ln_digest *digest,
                      struct ln_arena *arena, struct ln_item *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct ln_event_item *event = ln_arena_take(arena, sizeof *event);
    if (event == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_event_get(txn, digest, &packed);
    if (error == 0)
        error = ln_event_item_open(ln_buffer_view(&packed), arena, event);
    out->event = event;
    return error;
}

static int open_receipt(struct ln_bytes literal, struct ln_arena *arena, struct ln_item *out)
{
    struct ln_signed *receipt = ln_arena_take(arena, sizeof *receipt);
    if (receipt == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->receipt = receipt;
    return ln_signed_open(literal, arena, receipt);
}

static int open_statement(struct store_txn *txn, const struct ln_digest *digest,
                          struct ln_arena *arena, struct ln_item *out)
{
    struct ln_agreement_record record;
    struct ln_signed *statement = ln_arena_take(arena, sizeof *statement);
    if (statement == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->statement = statement;
    const int error = store_agreement_get(txn, digest, arena, &record);
    return error == 0 ? ln_signed_open(record.statement, arena, statement) : error;
}

static int open_item(struct store_txn *txn, const struct ln_item_record *item,
                     struct ln_arena *arena, struct ln_item *out)
{
    switch (item->kind) {
    case LN_ITEM_EVENT:
        return open_event(txn, &item->digest, arena, out);
    case LN_ITEM_STATEMENT:
        return open_statement(txn, &item->digest, arena, out);
    default:
        return open_receipt(item->receipt, arena, out);
    }
}

static int open_items(struct store_txn *txn, const struct ln_sent_record *sent,
                      struct ln_arena *arena, struct ln_item *items)
{
    int error = 0;
    for (size_t i = 0; i < sent->items_count && error == 0; i++)
        error = open_item(txn, &sent->items[i], arena, &items[i]);
    return error;
}

int compose_packet(struct store_txn *txn, const struct ln_name *peer,
                   struct store_letter number, struct ln_buffer *out_packet,
                   uint32_t *out_urgency)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(COMPOSE_ARENA);
    struct ln_sent_record sent;
    int error = store_sent_get(txn, peer, number, &arena, &sent);
    if (error != 0)
        return error;
    struct ln_item *items = ln_arena_array(&arena, sent.items_count, sizeof *items);
    if (items == NULL)
        return LN_E_OUT_OF_MEMORY;
    struct ln_packet packet = {.items = items, .items_count = sent.items_count};
    error = ln_signed_open(sent.letter, &arena, &packet.signed_body);
    if (error == 0)
        error = open_items(txn, &sent, &arena, items);
    if (error == 0)
        error = ln_packet_build(&packet, out_packet);
    if (error == 0)
        *out_urgency = sent.urgency;
    return error;
}

/* A new generation ------------------------------------------------------------------------- */

struct again {
    struct store_txn *txn;
    const struct ln_name *peer;
    uint64_t generation;
};

static int post_again(struct store_letter number, const struct ln_sent_record *sent,
                      void *context)
{
    const struct again *again = context;
    if (number.generation != again->generation || sent->closed)
        return 0;
    int error = 0;
    for (size_t i = 0; i < sent->items_count && error == 0; i++)
        error = store_outbox_add(again->txn, again->peer, sent->urgency, &sent->items[i]);
    return error;
}

int compose_again(struct store_txn *txn, const struct ln_name *peer, uint64_t generation)
{
    struct again again = {txn, peer, generation};
    const struct store_letter first = {generation, 1};
    return store_sent(txn, peer, first, post_again, &again);
}
