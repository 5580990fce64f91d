/*
 * From an article to what an officer is told of it.
 */
#include "permit.h"

#include "agreements.h"
#include "delivery.h"

struct ln_clocks permit_clocks(const struct ln_article *article, uint32_t urgency)
{
    for (size_t i = 0; article != NULL && i < article->clocks_count; i++) {
        if (article->clocks[i].urgency == urgency)
            return article->clocks[i];
    }
    return (struct ln_clocks){urgency, delivery_acknowledge_ms(urgency),
                              delivery_act_ms(urgency)};
}

struct policy_answer permit_of(const struct local *local, const struct ln_event *event)
{
    struct policy_answer answer = {
        .agreement = policy_find(agreements_policies(local->agreements), &event->agreement)};
    if (answer.agreement != NULL)
        answer.article = ln_agreement_article(answer.agreement->agreement, event->article);
    return answer;
}

int permit_show(struct request *request, const struct policy_answer *answer, uint32_t urgency,
                const struct ln_door_permit **out)
{
    *out = NULL;
    if (answer->article == NULL)
        return 0;
    struct ln_door_permit *permit = ln_arena_take(request->arena, sizeof *permit);
    if (permit == NULL)
        return LN_E_OUT_OF_MEMORY;
    const struct ln_clocks clocks = permit_clocks(answer->article, urgency);
    *permit = (struct ln_door_permit){
        .agreement = answer->agreement->agreement->id,
        .version = answer->agreement->agreement->version,
        .article = answer->article->number,
        .title = answer->article->title,
        .acknowledge_ms = clocks.acknowledge_ms,
        .act_ms = clocks.act_ms,
        .retention_days = answer->article->retention_days,
        .onward = answer->article->onward,
    };
    *out = permit;
    return 0;
}
