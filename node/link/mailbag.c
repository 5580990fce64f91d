/*
 * Opening is done before the transaction, so that it is short; taking and the letters that
 * follow from it are one transaction, so that a batch costs one sync.
 */
#include "mailbag.h"

#include "agreementkeeper.h"
#include "apply.h"
#include "keeper.h"

#include <string.h>

#define BAG_ARENA ((size_t)256 << 20)
#define PACKET_ARENA (LN_PACKET_MAX + 1024)

void mailbag_wipe(struct mailbag *bag)
{
    ln_arena_wipe(&bag->arena);
    bag->count = 0;
}

bool mailbag_keeps(const struct mailbag_mail *mail)
{
    if (mail->result == LN_E_ROOT_NOT_ACCEPTED)
        return !mail->is_note; /* notes come again, and the newest says all */
    return mail->result == LN_E_UNKNOWN_KEY || mail->result == LN_E_VERSION_GAP ||
           mail->result == LN_E_TOO_FAR_AHEAD || mail->result == LN_E_FROZEN;
}

static int open_mail(const struct local *local, struct ln_bytes envelope, struct mailbag *bag,
                     struct mailbag_mail *mail)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(PACKET_ARENA);
    const int error = ln_envelope_open(envelope, &local->federation, &local->member,
                                       local->unsealer, &packet);
    if (error != 0)
        return error;
    return ln_packet_open(ln_buffer_view(&packet), &bag->arena, &mail->packet);
}

/** Who says that it sent this; nobody if it does not open: the channel will see to that. */
static struct ln_name sender_of(const struct ln_packet *packet)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA((size_t)256 * 1024);
    struct ln_letter letter;
    return ln_letter_open(packet->signed_body.body, &arena, &letter) == 0
               ? letter.from
               : (struct ln_name){{0}};
}

static int take_statement(const struct local *local, const struct ln_packet *packet,
                          const struct ln_signed *statement)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_PACKET_MAX);
    if (agreementkeeper_keeps(statement->type)) {
        const struct ln_name from = sender_of(packet);
        return agreementkeeper_take(local, statement, AGREEMENTKEEPER_LETTER, &from);
    }
    const int error = ln_signed_build(statement, &literal);
    return error == 0 ? keeper_take(local, ln_buffer_view(&literal)) : error;
}

/** Statements prove themselves: taken before the letter, whose events may need them. */
static int take_statements(const struct local *local, const struct ln_packet *packet)
{
    int error = 0;
    for (size_t i = 0; i < packet->items_count && !apply_is_fatal(error); i++) {
        if (packet->items[i].statement != NULL)
            error = take_statement(local, packet, packet->items[i].statement);
    }
    return apply_is_fatal(error) ? error : 0;
}

struct taking {
    const struct local *local;
    struct mailbag *bag;
};

static int take_mail(struct store_txn *txn, const struct local *local,
                     struct mailbag_mail *mail)
{
    mail->is_note = mail->packet.signed_body.type == LN_TYPE_NOTE;
    mail->result = mail->is_note ? note_take(txn, local, &mail->packet, &mail->wish)
                                 : channel_take(txn, local, &mail->packet, &mail->news);
    return apply_is_fatal(mail->result) ? mail->result : 0;
}

/** What is urgent and new is to be told to somebody: the hook runs after the commit. */
static int keep_ring(struct store_txn *txn, const struct mailbag *bag)
{
    uint8_t urgency = LN_URGENCY_LAST;
    for (size_t i = 0; i < bag->count; i++) {
        const uint32_t news = bag->mails[i].news.urgency;
        if (news != 0 && news < urgency)
            urgency = (uint8_t)news;
    }
    return urgency > LN_URGENCY_URGENT
               ? 0
               : store_fact_put(txn, MAILBAG_RING, ln_view(&urgency, sizeof urgency));
}

static int take_all(struct store_txn *txn, void *context)
{
    const struct taking *taking = context;
    struct mailbag *bag = taking->bag;
    int error = 0;
    bag->made->count = 0; /* the transaction may run again */
    for (size_t i = 0; i < bag->count && error == 0; i++) {
        if (bag->mails[i].packet.signed_body.body.size > 0)
            error = take_mail(txn, taking->local, &bag->mails[i]);
    }
    if (error == 0)
        error = keep_ring(txn, bag);
    for (size_t i = 0; i < bag->count && error == 0; i++) {
        const struct mailbag_mail *mail = &bag->mails[i];
        if (mail->result == 0)
            error =
                compose_waiting(txn, taking->local,
                                mail->is_note ? &mail->wish.from : &mail->news.from, bag->made);
    }
    return error;
}

int mailbag_take(const struct local *local, const struct ln_bytes *envelopes, size_t count,
                 struct mailbag *out_bag)
{
    *out_bag = (struct mailbag){.arena = LN_ARENA(BAG_ARENA), .count = count};
    out_bag->mails = ln_arena_array(&out_bag->arena, count, sizeof *out_bag->mails);
    out_bag->made = ln_arena_take(&out_bag->arena, sizeof *out_bag->made);
    if (out_bag->mails == NULL || out_bag->made == NULL) {
        mailbag_wipe(out_bag);
        return LN_E_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        out_bag->mails[i].result = open_mail(local, envelopes[i], out_bag, &out_bag->mails[i]);
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        if (out_bag->mails[i].result == 0)
            error = take_statements(local, &out_bag->mails[i].packet);
    }
    struct taking taking = {local, out_bag};
    if (error == 0)
        error = store_run(local->store, take_all, &taking);
    if (error != 0)
        mailbag_wipe(out_bag);
    return error;
}
