/*
 * Of the events whose references are all placed, the smallest by (country, number, digest)
 * comes next, until none is left: an order that depends on the events alone.
 */
#include "case.h"

#include <stdlib.h>
#include <string.h>

enum { REFERENCES_MAX = 1 + LN_SEEN_MAX, MISSING = -1 };

struct node {
    const struct case_fact *fact;
    size_t index; /* of the fact */
    bool is_placed;
    int references[REFERENCES_MAX]; /* places in the sorted array, or MISSING */
    size_t references_count;
};

static int compare_nodes(const void *a, const void *b)
{
    const struct case_fact *x = ((const struct node *)a)->fact,
                           *y = ((const struct node *)b)->fact;
    const int by_member = memcmp(x->event->author.member.text, y->event->author.member.text,
                                 sizeof x->event->author.member.text);
    if (by_member != 0)
        return by_member;
    if (x->event->number != y->event->number)
        return x->event->number < y->event->number ? -1 : 1;
    return memcmp(x->digest.b, y->digest.b, sizeof x->digest.b);
}

/* Finding an event by its digest ----------------------------------------------------------- */

struct index_row {
    struct ln_digest digest;
    int place;
};

static int compare_rows(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ln_digest));
}

static int place_of(const struct index_row *rows, size_t count, const struct ln_digest *digest)
{
    const struct index_row *row = bsearch(digest, rows, count, sizeof *rows, compare_rows);
    return row == NULL ? MISSING : row->place;
}

static void resolve(struct node *node, const struct index_row *rows, size_t count)
{
    const struct ln_event *event = node->fact->event;
    if (!ln_digest_is_zero(&event->previous))
        node->references[node->references_count++] = place_of(rows, count, &event->previous);
    for (size_t i = 0; i < event->seen_count; i++)
        node->references[node->references_count++] =
            place_of(rows, count, &event->seen[i].digest);
}

static bool is_ready(const struct node *nodes, const struct node *node)
{
    for (size_t i = 0; i < node->references_count; i++) {
        if (node->references[i] == MISSING || !nodes[node->references[i]].is_placed)
            return false;
    }
    return true;
}

static struct node *next_ready(struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!nodes[i].is_placed && is_ready(nodes, &nodes[i]))
            return &nodes[i];
    }
    return NULL;
}

/* Placing ---------------------------------------------------------------------------------- */

/** What a member's next event must follow; members beyond the case's own have no tip. */
static void move_tip(struct case_state *state, const struct case_fact *fact)
{
    const struct ln_name *member = &fact->event->author.member;
    struct case_tip *tip = (struct case_tip *)(uintptr_t)case_tip_of(state, member);
    if (tip == NULL) {
        if (state->tips_count == LN_PARTIES_MAX)
            return;
        tip = &state->tips[state->tips_count++];
    }
    *tip = (struct case_tip){*member, fact->event->number, fact->digest};
}

/** An event of a party keeps its place in that party's order, with effect or without. */
static bool counts_in_order(const struct case_state *state, const struct case_fact *fact,
                            int code)
{
    if (code == 0)
        return true;
    return code != LN_E_DISPUTED && code != LN_E_EVENT_ORDER && code != LN_E_NOT_A_PARTY &&
           case_party_of(state, &fact->event->author.member) != NULL;
}

static struct case_entry place(struct case_state *state, const struct node *node)
{
    const int code = case_allows(state, node->fact);
    if (code == LN_E_DISPUTED)
        state->is_disputed = true;
    if (code == 0)
        case_apply(state, node->fact);
    if (counts_in_order(state, node->fact, code))
        move_tip(state, node->fact);
    return (struct case_entry){node->index, code == 0 ? CASE_PLACED : CASE_WITHOUT_EFFECT,
                               code};
}

static void place_all(struct case_state *state, struct node *nodes, size_t count,
                      struct case_entry *entries)
{
    struct node *node;
    while ((node = next_ready(nodes, count)) != NULL) {
        node->is_placed = true;
        const struct case_entry entry = place(state, node);
        entries[state->entries_count++] = entry;
    }
    for (size_t i = 0; i < count; i++) {
        if (nodes[i].is_placed)
            continue;
        entries[state->entries_count++] = (struct case_entry){nodes[i].index, CASE_WAITING, 0};
        state->waiting_count++;
    }
}

int case_fold(const struct case_fact *facts, size_t facts_count,
              const struct policy_agreements *agreements, struct ln_arena *arena,
              struct case_state *out)
{
    if (facts_count > CASE_EVENTS_MAX)
        return LN_E_TOO_MANY;
    struct node *nodes = ln_arena_array(arena, facts_count + 1, sizeof *nodes);
    struct index_row *rows = ln_arena_array(arena, facts_count + 1, sizeof *rows);
    struct case_entry *entries = ln_arena_array(arena, facts_count + 1, sizeof *entries);
    struct case_mark *marks = ln_arena_array(arena, facts_count + 1, sizeof *marks);
    if (nodes == NULL || rows == NULL || entries == NULL || marks == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < facts_count; i++)
        nodes[i] = (struct node){.fact = &facts[i], .index = i};
    qsort(nodes, facts_count, sizeof *nodes, compare_nodes);
    for (size_t i = 0; i < facts_count; i++)
        rows[i] = (struct index_row){nodes[i].fact->digest, (int)i};
    qsort(rows, facts_count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < facts_count; i++)
        resolve(&nodes[i], rows, facts_count);
    struct case_state state = {
        .facts = facts, .marks = marks, .entries = entries, .agreements = agreements};
    place_all(&state, nodes, facts_count, entries);
    *out = state;
    return 0;
}
