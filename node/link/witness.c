/*
 * A fork changes nothing by itself: the letter is taken all the same, and people must talk.
 */
#include "witness.h"

enum { LITERAL_MAX = 64 * 1024 };

int witness_keep(struct store_txn *txn, const struct ln_name *from,
                 const struct ln_signed *body)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LITERAL_MAX);
    const int error = ln_signed_build(body, &literal);
    return error == 0 ? store_proof_add(txn, from, ln_buffer_view(&literal)) : error;
}

int witness_compare(struct store_txn *txn, const struct local *local,
                    const struct ln_name *from, const struct ln_version_seen *versions,
                    size_t versions_count, const struct ln_signed *body,
                    struct witness_view *out_view)
{
    bool is_forked = false;
    *out_view = (struct witness_view){.is_said = true};
    for (size_t i = 0; i < versions_count; i++) {
        const int view = ln_trust_compare(local->trust, &versions[i].member,
                                          versions[i].version, &versions[i].digest);
        is_forked |= view == LN_E_FORK;
        if (view == LN_TRUST_BEHIND && out_view->version == 0) {
            out_view->version = versions[i].version;
            out_view->member = versions[i].member;
        }
    }
    return is_forked ? witness_keep(txn, from, body) : 0;
}
