/*
 * Whose roots this node has accepted, and one of two officers who accepts another. The list
 * shows no digits of a root that is not accepted: they would be copied, and nothing compared.
 */
#include "acceptance.h"
#include "log.h"
#include "officer.h"
#include "request.h"

#include <string.h>

/* Listing ---------------------------------------------------------------------------------- */

static int describe(struct store_txn *txn, const struct local *local,
                    const struct ln_member *member, struct ln_door_root *out)
{
    const int standing = ln_trust_standing(local->trust, &member->id);
    struct acceptance acceptance;
    *out = (struct ln_door_root){.member = member->id,
                                 .standing = (uint32_t)-standing,
                                 .threshold = member->threshold,
                                 .roots = (uint32_t)member->roots_count};
    if (standing == 0)
        ln_roots_fingerprint(member->roots, member->roots_count, &out->fingerprint);
    const int error = acceptance_get(txn, &member->id, &acceptance);
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (standing != 0 && acceptance_is_complete(&acceptance))
        return 0; /* of the time before it left */
    out->first = acceptance.first;
    out->second = acceptance.second;
    out->when_ms = acceptance.when_ms;
    return 0;
}

int request_root_list(struct request *request)
{
    const struct ln_roster *roster = ln_trust_roster(request->local->trust);
    struct ln_door_root *roots =
        ln_arena_array(request->arena, roster->members_count, sizeof *roots);
    AUTO(store_end) struct store_txn *txn = NULL;
    if (roots == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_read(request->local->store, &txn);
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = describe(txn, request->local, &roster->members[i], &roots[i]);
    request->reply->roots = roots;
    request->reply->roots_count = error == 0 ? roster->members_count : 0;
    return error;
}

/* Accepting -------------------------------------------------------------------------------- */

struct voting {
    const struct local *local;
    struct acceptance_vote vote;
    struct acceptance acceptance;
};

static int vote(struct store_txn *txn, void *context)
{
    struct voting *voting = context;
    return acceptance_vote(txn, voting->local, &voting->vote, &voting->acceptance);
}

int request_root_accept(struct request *request)
{
    const struct ln_door_root_accept *asked = request->body->root_accept;
    char digits[LN_DOOR_DIGITS_MAX + 1] = "";
    memcpy(digits, asked->digits.data, asked->digits.size);
    struct voting voting = {
        request->local, {asked->member, *officer_name(request->session->officer), digits}, {0}};
    int error = link_run(request->link, vote, &voting);
    if (error != 0) {
        log_line(LOG_AS_WARNING, "root not accepted member=%s code=%s", asked->member.text,
                 ln_code_of(error)->name);
        return request_say(request, error, "%s", asked->member.text);
    }
    request->reply->count = 1;
    if (!acceptance_is_complete(&voting.acceptance))
        return 0;
    request->reply->count = 2;
    log_line(LOG_AS_NOTICE, "root accepted member=%s", asked->member.text);
    error = acceptance_tell(request->local, &asked->member, &voting.acceptance);
    return error == 0 ? link_changed(request->link, &asked->member) : error;
}
