/*
 * A frozen channel is opened again by two officers, who have spoken with the counterpart. What
 * the first one asked for is kept for a day.
 */
#include "channel.h"
#include "note.h"
#include "officer.h"
#include "request.h"
#include "second.h"

#include <stdio.h>

struct reopening {
    const struct local *local;
    struct ln_name member, officer;
    struct ln_door_reply *reply;
};

/**
 * As status says it. What one officer said of an open channel would else be the first word for
 * a freeze that comes later, of which that officer knows nothing.
 */
static int check_frozen(struct store_txn *txn, const struct ln_name *member)
{
    struct ln_channel_record channel;
    const int error = store_channel_get(txn, member, &channel);
    if (error != 0)
        return error;
    return note_why_frozen(&channel) == 0 ? LN_E_NOT_FROZEN : 0;
}

static int reopen(struct store_txn *txn, void *context)
{
    struct reopening *reopening = context;
    struct ln_name first;
    char fact[SECOND_FACT_SIZE];
    snprintf(fact, sizeof fact, "reopen/%s", reopening->member.text);
    int error = check_frozen(txn, &reopening->member);
    if (error == 0)
        error = second_find(txn, reopening->local, fact, &first);
    if (error != 0)
        return error;
    if (first.text[0] == '\0') {
        reopening->reply->count = 1;
        return second_keep(txn, reopening->local, fact, &reopening->officer);
    }
    if (ln_name_equal(&first, &reopening->officer))
        return LN_E_SAME_OFFICER;
    reopening->reply->count = 2;
    error = channel_reopen(txn, &reopening->member);
    return error == 0 ? second_forget(txn, fact) : error;
}

int request_reopen(struct request *request)
{
    const struct ln_name *member = &request->body->reopen->member;
    if (ln_trust_member(request->local->trust, member) == NULL ||
        ln_name_equal(member, &request->local->member))
        return request_say(request, LN_E_NOT_A_MEMBER, "%s", member->text);
    struct reopening reopening = {request->local, *member,
                                  *officer_name(request->session->officer), request->reply};
    const int error = link_run(request->link, reopen, &reopening);
    return error == 0 ? link_changed(request->link, member) : error;
}
