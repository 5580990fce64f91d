/*
 * What waits for a member, the channel's state both ways, and the letters that crossed it.
 */
#include "table.h"

enum { SMALL_ARENA = 16 * 1024, URGENCY_OFFSET = KEY_NAME_BYTES };

static struct table_key member_key(const struct ln_name *member)
{
    return key_name(key_none(), member);
}

static struct table_key letter_key(const struct ln_name *member, struct store_letter number)
{
    return key_number(key_number(member_key(member), number.generation), number.sequence);
}

static struct store_letter letter_number_at(struct ln_bytes key, size_t offset)
{
    return (struct store_letter){key_number_at(key, offset),
                                 key_number_at(key, offset + KEY_NUMBER_BYTES)};
}

/* Outbox ----------------------------------------------------------------------------------- */

enum { PLACE_RECEIPT = 1, PLACE_EVENT = 2 };

static struct table_key place_key(const struct ln_name *to, uint8_t urgency, uint8_t place)
{
    return key_byte(key_byte(member_key(to), urgency), place);
}

int store_outbox_add(struct store_txn *txn, const struct ln_name *to, uint32_t urgency,
                     const struct ln_item_record *item)
{
    const struct table_key prefix = place_key(
        to, (uint8_t)urgency, item->kind == LN_ITEM_RECEIPT ? PLACE_RECEIPT : PLACE_EVENT);
    uint64_t number;
    const int error = table_next_number(txn, TABLE_OUTBOX, &prefix, &number);
    if (error != 0)
        return error;
    const struct table_key key = key_number(prefix, number);
    return record_put(txn, TABLE_OUTBOX, &key, &ln_wire_item_record, item);
}

struct each_outbox {
    store_each_outbox *each;
    void *context;
    bool is_over;
};

static int give_outbox(struct ln_bytes key, const void *shape, void *context)
{
    struct each_outbox *each = context;
    const struct store_slot slot = {key.data[URGENCY_OFFSET], key.data[URGENCY_OFFSET + 1],
                                    key_number_at(key, URGENCY_OFFSET + 2)};
    const int answer = each->each(&slot, shape, each->context);
    each->is_over = answer != 0;
    return answer;
}

int store_outbox(struct store_txn *txn, const struct ln_name *to, store_each_outbox *each,
                 void *context)
{
    const struct table_key prefix = member_key(to);
    struct each_outbox give = {each, context, false};
    return record_walk(txn, TABLE_OUTBOX, &prefix, NULL, &ln_wire_item_record, give_outbox,
                       &give);
}

int store_outbox_pressing(struct store_txn *txn, const struct ln_name *to,
                          store_each_outbox *each, void *context)
{
    static const uint8_t pressing[][2] = {{LN_URGENCY_EMERGENCY, PLACE_RECEIPT},
                                          {LN_URGENCY_EMERGENCY, PLACE_EVENT},
                                          {LN_URGENCY_URGENT, PLACE_RECEIPT},
                                          {LN_URGENCY_ROUTINE, PLACE_RECEIPT},
                                          {LN_URGENCY_ADMINISTRATIVE, PLACE_RECEIPT}};
    struct each_outbox give = {each, context, false};
    int error = 0;
    for (size_t i = 0; i < LN_COUNT(pressing) && error == 0 && !give.is_over; i++) {
        const struct table_key prefix = place_key(to, pressing[i][0], pressing[i][1]);
        error = record_walk(txn, TABLE_OUTBOX, &prefix, NULL, &ln_wire_item_record, give_outbox,
                            &give);
    }
    return error;
}

int store_outbox_remove(struct store_txn *txn, const struct ln_name *to,
                        const struct store_slot *slot)
{
    const struct table_key key =
        key_number(place_key(to, slot->urgency, slot->place), slot->number);
    return table_delete(txn, TABLE_OUTBOX, &key);
}

/* Channels --------------------------------------------------------------------------------- */

int store_channel_get(struct store_txn *txn, const struct ln_name *peer,
                      struct ln_channel_record *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SMALL_ARENA);
    const struct table_key key = member_key(peer);
    const int error =
        record_get(txn, TABLE_CHANNEL, &key, &ln_wire_channel_record, &arena, out);
    if (error != LN_E_NOT_FOUND)
        return error;
    *out = (struct ln_channel_record){0};
    return 0;
}

int store_channel_put(struct store_txn *txn, const struct ln_name *peer,
                      const struct ln_channel_record *record)
{
    const struct table_key key = member_key(peer);
    return record_put(txn, TABLE_CHANNEL, &key, &ln_wire_channel_record, record);
}

/* Letters ---------------------------------------------------------------------------------- */

int store_sent_get(struct store_txn *txn, const struct ln_name *to, struct store_letter number,
                   struct ln_arena *arena, struct ln_sent_record *out)
{
    const struct table_key key = letter_key(to, number);
    return record_get(txn, TABLE_SENT, &key, &ln_wire_sent_record, arena, out);
}

int store_sent_put(struct store_txn *txn, const struct ln_name *to, struct store_letter number,
                   const struct ln_sent_record *record)
{
    const struct table_key key = letter_key(to, number);
    return record_put(txn, TABLE_SENT, &key, &ln_wire_sent_record, record);
}

int store_taken_get(struct store_txn *txn, const struct ln_name *from,
                    struct store_letter number, struct ln_arena *arena,
                    struct ln_taken_record *out)
{
    const struct table_key key = letter_key(from, number);
    return record_get(txn, TABLE_TAKEN, &key, &ln_wire_taken_record, arena, out);
}

int store_taken_put(struct store_txn *txn, const struct ln_name *from,
                    struct store_letter number, const struct ln_taken_record *record)
{
    const struct table_key key = letter_key(from, number);
    return record_put(txn, TABLE_TAKEN, &key, &ln_wire_taken_record, record);
}

struct each_letter {
    store_each_sent *sent;
    store_each_taken *taken;
    void *context;
};

static int give_letter(struct ln_bytes key, const void *shape, void *context)
{
    const struct each_letter *each = context;
    const struct store_letter number = letter_number_at(key, KEY_NAME_BYTES);
    if (each->sent != NULL)
        return each->sent(number, shape, each->context);
    return each->taken(number, shape, each->context);
}

int store_sent(struct store_txn *txn, const struct ln_name *to, struct store_letter first,
               store_each_sent *each, void *context)
{
    const struct table_key prefix = member_key(to), from = letter_key(to, first);
    struct each_letter give = {.sent = each, .context = context};
    return record_walk(txn, TABLE_SENT, &prefix, &from, &ln_wire_sent_record, give_letter,
                       &give);
}

int store_taken(struct store_txn *txn, const struct ln_name *from_member,
                struct store_letter first, store_each_taken *each, void *context)
{
    const struct table_key prefix = member_key(from_member),
                           from = letter_key(from_member, first);
    struct each_letter give = {.taken = each, .context = context};
    return record_walk(txn, TABLE_TAKEN, &prefix, &from, &ln_wire_taken_record, give_letter,
                       &give);
}

/* Which letters carried an item ------------------------------------------------------------ */

static struct table_key item_key(const struct ln_digest *item)
{
    return key_bytes(key_none(), item->b, sizeof item->b);
}

int store_carried_add(struct store_txn *txn, const struct ln_digest *item,
                      enum store_direction direction, const struct ln_name *peer,
                      struct store_letter number)
{
    const struct table_key to = key_name(key_byte(item_key(item), (uint8_t)direction), peer);
    const struct table_key key = key_number(key_number(to, number.generation), number.sequence);
    return table_put(txn, TABLE_CARRIED, &key, ln_view(NULL, 0));
}

struct each_carried {
    store_each_carried *each;
    void *context;
};

static int give_carried(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)value;
    const struct each_carried *each = context;
    const size_t offset = LN_DIGEST_BYTES;
    const struct ln_name peer = key_name_at(key, offset + 1);
    return each->each((enum store_direction)key.data[offset], &peer,
                      letter_number_at(key, offset + 1 + KEY_NAME_BYTES), each->context);
}

int store_carried(struct store_txn *txn, const struct ln_digest *item, store_each_carried *each,
                  void *context)
{
    const struct table_key prefix = item_key(item);
    struct each_carried give = {each, context};
    return table_walk(txn, TABLE_CARRIED, &prefix, NULL, give_carried, &give);
}
