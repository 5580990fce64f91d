/*
 * A node from which the rules were taken out: a modified sender, for tests and the demo. It
 * links instead of node/case/policy.c and permits everything, naming the first article that it
 * finds. What it sends must be refused where it arrives.
 */
#include "policy.h"

static const struct ln_article *any_article(const struct policy_agreement *agreement)
{
    return agreement == NULL ? NULL : &agreement->agreement->articles[0];
}

struct policy_answer policy_permits(const struct policy_agreements *agreements,
                                    const struct policy_draft *draft, uint64_t at_ms)
{
    (void)draft, (void)at_ms;
    const struct policy_agreement *first = agreements->count == 0 ? NULL : agreements->list;
    return (struct policy_answer){.agreement = first, .article = any_article(first)};
}

struct policy_answer policy_check(const struct policy_agreements *agreements,
                                  const struct ln_digest *agreement, uint32_t article,
                                  const struct policy_draft *draft, uint64_t at_ms)
{
    (void)agreement, (void)article;
    return policy_permits(agreements, draft, at_ms);
}

struct policy_draft policy_draft_of(const struct ln_event *event, const struct ln_event *refer)
{
    return (struct policy_draft){.from = event->author.member, .parties = refer->parties};
}

const struct policy_agreement *policy_find(const struct policy_agreements *agreements,
                                           const struct ln_digest *digest)
{
    for (size_t i = 0; i < agreements->count; i++) {
        if (ln_digest_equal(&agreements->list[i].digest, digest))
            return &agreements->list[i];
    }
    return NULL;
}

bool policy_is_in_force(const struct policy_agreements *agreements,
                        const struct policy_agreement *agreement, uint64_t at_ms)
{
    (void)agreements, (void)agreement, (void)at_ms;
    return true;
}

uint64_t policy_winds_down_ms(const struct policy_agreement *agreement)
{
    return agreement->ends_ms;
}

bool policy_can_be_used(const struct ln_article *article)
{
    (void)article;
    return true;
}
