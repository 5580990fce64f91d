/*
 * The rules are asked before anything is sealed, so that a refusal costs nothing and names its
 * rule.
 */
#include "draft.h"

#include "agreements.h"
#include "apply.h"
#include "handling.h"
#include "note.h"

#include <string.h>

enum { KEYS_MAX = LN_WRAPS_MAX };

void draft_terms(struct draft *draft, const struct ln_door_terms *terms)
{
    struct ln_event *event = &draft->event;
    if (terms == NULL)
        return;
    event->purpose = terms->purpose;
    event->consent = terms->consent;
    event->consent_ground = terms->consent_ground;
    event->child = terms->child;
    event->safeguards = terms->safeguards;
    event->safeguards_count = terms->safeguards_count;
    event->emergency = terms->emergency;
}

/* Preparing -------------------------------------------------------------------------------- */

static int cite_others(struct request *request, struct draft *draft)
{
    const struct case_state *state = draft->state;
    struct ln_cited *seen = ln_arena_array(request->arena, LN_PARTIES_MAX, sizeof *seen);
    if (seen == NULL)
        return LN_E_OUT_OF_MEMORY;
    draft->event.seen = seen;
    for (size_t i = 0; i < state->tips_count; i++) {
        if (!ln_name_equal(&state->tips[i].member, &request->local->member))
            seen[draft->event.seen_count++] =
                (struct ln_cited){state->tips[i].member, state->tips[i].digest};
    }
    return 0;
}

static void head_handling(const struct ln_door_section *section, struct ln_section_head *out)
{
    static const struct ln_door_handling nothing_said;
    const struct ln_door_handling *said =
        section->handling == NULL ? &nothing_said : section->handling;
    *out = (struct ln_section_head){
        .compartment = section->compartment,
        .handling = said->handling,
        .source_grade = said->source_grade,
        .information_grade = said->information_grade,
        .uses = said->uses,
        .uses_count = said->uses_count,
        .onward = said->onward,
        .onward_count = said->onward_count,
        .expires_ms = said->expires_ms,
    };
    out->handling = handling_code(out);
}

/** The rules see sections by compartment; their seals are made afterwards. */
static int head_sections(struct request *request, struct draft *draft)
{
    struct ln_section_head *heads =
        ln_arena_array(request->arena, draft->sections_count + 1, sizeof *heads);
    if (heads == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < draft->sections_count; i++) {
        head_handling(&draft->sections[i], &heads[i]);
        for (size_t k = 0; k < i; k++) {
            if (heads[k].compartment == heads[i].compartment)
                return LN_E_DUPLICATE_FIELD;
        }
    }
    draft->event.sections = heads;
    draft->event.sections_count = draft->sections_count;
    return 0;
}

static void author(struct request *request, struct draft *draft)
{
    const struct local *local = request->local;
    struct ln_event *event = &draft->event;
    const struct case_tip *tip = case_tip_of(draft->state, &local->member);
    event->federation = local->federation;
    event->author =
        (struct ln_author){local->member, request->person->office, request->person->id};
    event->number = tip == NULL ? 1 : tip->number + 1;
    if (tip != NULL)
        event->previous = tip->digest;
    event->created_ms = ln_now_ms(&local->clock);
    const bool has_manifest = ln_trust_version(
        local->trust, &local->member, &event->manifest_version, &event->manifest_digest);
    (void)has_manifest; /* the officer was found in it */
}

/** Expired trust still receives; it sends no event. */
static int check_expiry(const struct request *request)
{
    const uint64_t now_ms = ln_now_ms(&request->local->clock);
    const struct ln_manifest *manifest =
        ln_trust_manifest(request->local->trust, &request->local->member);
    if (now_ms > ln_trust_roster(request->local->trust)->expires_ms ||
        now_ms > manifest->expires_ms)
        return LN_E_EXPIRED;
    return now_ms > request->person->valid_until_ms ? LN_E_KEY_EXPIRED : 0;
}

/** A node that was restored may have forgotten what it signed in this case. */
static int check_restored(const struct request *request, const struct draft *draft)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    int error = store_read(request->local->store, &txn);
    for (size_t i = 0; i < draft->parties_count && error == 0; i++) {
        struct ln_channel_record channel;
        error = store_channel_get(txn, &draft->parties[i].member, &channel);
        if (error == 0 && note_is_restoring(&channel))
            error = LN_E_RESTORING;
    }
    return error;
}

/** The first article that permits it is named in the event, for every reader to check. */
static int find_article(struct request *request, struct draft *draft)
{
    struct ln_event *event = &draft->event;
    const struct ln_event *refer = draft->state->has_begun ? draft->state->first : event;
    const struct policy_draft asked = policy_draft_of(event, refer);
    draft->permit = policy_permits(agreements_policies(request->local->agreements), &asked,
                                   event->created_ms);
    if (draft->permit.code != 0)
        return draft_refuse(request, &draft->permit);
    if (draft->permit.article != NULL) {
        event->agreement = draft->permit.agreement->digest;
        event->article = draft->permit.article->number;
    }
    return 0;
}

int draft_refuse(struct request *request, const struct policy_answer *answer)
{
    if (answer->principle != NULL)
        return request_say(request, answer->code, "principle %u: %s (%s)",
                           answer->principle->number, answer->principle->title,
                           answer->principle->source);
    if (answer->article != NULL)
        return request_say(request, answer->code, "%s, version %llu, article %u came nearest",
                           answer->agreement->agreement->id.text,
                           (unsigned long long)answer->agreement->agreement->version,
                           answer->article->number);
    return answer->code;
}

/** Roles and states first: who may not act at all is not told about articles. */
static int check_rules(struct request *request, struct draft *draft)
{
    const struct case_fact fact = {.event = &draft->event,
                                   .roles = request->person->roles,
                                   .roles_count = request->person->roles_count};
    int error = case_allows_action(draft->state, &fact);
    if (error == 0)
        error = find_article(request, draft);
    return error == 0 ? case_allows(draft->state, &fact) : error;
}

int draft_prepare(struct request *request, struct draft *draft)
{
    author(request, draft);
    int error = ln_trust_standing(request->local->trust, &request->local->member);
    if (error == 0)
        error = check_expiry(request);
    if (error == 0)
        error = check_restored(request, draft);
    if (error == 0)
        error = cite_others(request, draft);
    if (error == 0)
        error = head_sections(request, draft);
    if (error == 0)
        error = check_rules(request, draft);
    return error;
}

/* Sealing ---------------------------------------------------------------------------------- */

/** The active key of an office for a compartment; NULL: nobody there may read it. */
static const struct ln_public_key *role_key_of(const struct local *local,
                                               const struct ln_party *party,
                                               uint32_t compartment)
{
    const bool is_trusted = ln_trust_standing(local->trust, &party->member) == 0;
    const struct ln_manifest *manifest =
        is_trusted ? ln_trust_manifest(local->trust, &party->member) : NULL;
    for (size_t i = 0; manifest != NULL && i < manifest->role_keys_count; i++) {
        const struct ln_role_key *key = &manifest->role_keys[i];
        if (key->compartment == compartment && key->status == LN_KEY_ACTIVE &&
            ln_name_equal(&key->office, &party->office))
            return &key->key;
    }
    return NULL;
}

/**
 * To every party's office that may read it, our own included; a counterpart at least must be
 * able to.
 */
static int collect_keys(struct request *request, const struct draft *draft,
                        uint32_t compartment, struct ln_public_key *out, size_t *out_count)
{
    bool has_counterpart = false;
    *out_count = 0;
    for (size_t i = 0; i < draft->parties_count && *out_count < KEYS_MAX; i++) {
        const struct ln_public_key *key =
            role_key_of(request->local, &draft->parties[i], compartment);
        if (key == NULL)
            continue;
        out[(*out_count)++] = *key;
        has_counterpart |= !ln_name_equal(&draft->parties[i].member, &request->local->member);
    }
    return has_counterpart ? 0 : LN_E_NO_RECIPIENT;
}

static int seal_section(struct request *request, struct draft *draft, size_t index,
                        struct ln_section *out_section)
{
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(LN_SECTION_MAX);
    const struct ln_door_section *section = &draft->sections[index];
    const struct ln_section_body body = {section->entries, section->entries_count};
    const char *name = ln_code_name(LN_LIST_COMPARTMENTS, section->compartment);
    struct ln_public_key keys[KEYS_MAX];
    size_t keys_count;
    int error = collect_keys(request, draft, section->compartment, keys, &keys_count);
    if (error == 0)
        error = ln_section_body_build(&body, &plaintext);
    if (error != 0)
        return request_say(request, error, "section %s", name);
    struct ln_section_head *heads = (struct ln_section_head *)(uintptr_t)draft->event.sections;
    return ln_section_seal(&draft->event, section->compartment, ln_buffer_view(&plaintext),
                           keys, keys_count, request->arena, &heads[index], out_section);
}

static int sign_event(struct request *request, const struct draft *draft,
                      struct ln_section *sections, struct apply_event *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct ln_signature signature;
    int error = ln_event_build(&draft->event, &body);
    if (error == 0)
        error = ln_sign_shape(LN_TYPE_EVENT, &request->local->federation, ln_buffer_view(&body),
                              officer_signer(request->session->officer), &signature);
    const struct ln_event_item item = {
        .event = {LN_TYPE_EVENT, ln_buffer_view(&body), &signature, 1},
        .sections = sections,
        .sections_count = draft->sections_count,
    };
    if (error == 0)
        error = ln_event_item_build(&item, &packed);
    return error == 0 ? apply_open(ln_buffer_view(&packed), request->arena, out) : error;
}

/* Committing ------------------------------------------------------------------------------- */

struct committing {
    const struct local *local;
    const struct ln_party *parties;
    size_t parties_count;
    struct ln_digest held_back; /* the REFER that waited for this APPROVE; zero: none */
    uint32_t urgency;           /* of that REFER */
    struct apply_event event;
};

/** Nothing waits for a country that left; for one whose root is to be accepted it does. */
static bool has_left(const struct local *local, const struct ln_name *member)
{
    return ln_trust_standing(local->trust, member) == LN_E_NOT_A_MEMBER;
}

/** What was held back goes first. */
static int post_to(struct store_txn *txn, const struct committing *committing,
                   const struct ln_name *member)
{
    int error = 0;
    if (!ln_digest_is_zero(&committing->held_back))
        error = apply_post_kept(txn, member, committing->urgency, &committing->held_back);
    return error == 0 ? apply_post(txn, member, &committing->event) : error;
}

/** What takes two officers does not leave before the second has signed. */
static int commit(struct store_txn *txn, void *context)
{
    const struct committing *committing = context;
    const struct local *local = committing->local;
    const struct ln_event *event = &committing->event.event;
    int error = apply_event(txn, local, &committing->event);
    if (case_takes_two(event))
        return error;
    for (size_t i = 0; i < committing->parties_count && error == 0; i++) {
        const struct ln_name *member = &committing->parties[i].member;
        if (!ln_name_equal(member, &local->member) && !has_left(local, member))
            error = post_to(txn, committing, member);
    }
    return error;
}

int draft_send(struct request *request, struct draft *draft)
{
    struct committing *committing = ln_arena_take(request->arena, sizeof *committing);
    struct ln_section *sections =
        ln_arena_array(request->arena, draft->sections_count + 1, sizeof *sections);
    if (committing == NULL || sections == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_has_room(request->local->store) ? 0 : LN_E_DISK_FULL;
    for (size_t i = 0; i < draft->sections_count && error == 0; i++)
        error = seal_section(request, draft, i, &sections[i]);
    committing->local = request->local;
    committing->parties = draft->parties;
    committing->parties_count = draft->parties_count;
    committing->urgency = draft->event.urgency;
    if (draft->event.action == LN_ACTION_APPROVE)
        committing->held_back = draft->refer;
    if (error == 0)
        error = sign_event(request, draft, sections, &committing->event);
    if (error != 0)
        return error;
    request->reply->case_id = draft->event.case_id;
    request->write = (struct request_write){commit, committing, draft->event.case_id};
    return 0;
}
