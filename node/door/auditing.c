/*
 * Names, codes and compartments; never a word of a case. A name that no officer has is not
 * kept: a passphrase is soon typed into the wrong line.
 */
#include "auditing.h"

#include "request.h"

#include <liaison/agreement.h>

#include <string.h>

static uint32_t action_of_act(uint32_t action)
{
    static const uint32_t actions[] = {
        [LN_ACTION_REFER] = LN_AUDIT_REFER,     [LN_ACTION_OPEN] = LN_AUDIT_OPEN,
        [LN_ACTION_ANSWER] = LN_AUDIT_ANSWER,   [LN_ACTION_CLOSE] = LN_AUDIT_CLOSE,
        [LN_ACTION_APPROVE] = LN_AUDIT_APPROVE, [LN_ACTION_ASK] = LN_AUDIT_ASK,
        [LN_ACTION_GRANT] = LN_AUDIT_GRANT,     [LN_ACTION_DENY] = LN_AUDIT_DENY,
        [LN_ACTION_CORRECT] = LN_AUDIT_CORRECT, [LN_ACTION_REVOKE] = LN_AUDIT_REVOKE};
    return action < LN_COUNT(actions) && actions[action] != 0 ? actions[action]
                                                              : LN_AUDIT_OTHER;
}

static uint32_t action_of_verb(uint32_t verb)
{
    if (verb == LN_DOOR_AGREEMENT_PROPOSE)
        return LN_AUDIT_PROPOSE;
    return verb == LN_DOOR_AGREEMENT_REJECT ? LN_AUDIT_REJECT : LN_AUDIT_AGREEMENTS;
}

static uint32_t action_of_erase(uint32_t verb)
{
    if (verb == LN_DOOR_ERASE_HOLD)
        return LN_AUDIT_HOLD;
    return verb == LN_DOOR_ERASE_RELEASE ? LN_AUDIT_RELEASE : LN_AUDIT_ERASE;
}

/** Some rows stand for several actions; a row that names none is audited all the same. */
static uint32_t action_of(const struct ln_door_request *body, uint32_t action)
{
    if (body->list != NULL)
        return body->list->box == LN_DOOR_OUTBOX ? LN_AUDIT_OUTBOX : LN_AUDIT_INBOX;
    if (body->act != NULL)
        return action_of_act(body->act->action);
    if (body->agreement != NULL)
        return action_of_verb(body->agreement->verb);
    if (body->erase != NULL)
        return action_of_erase(body->erase->verb);
    if (body->export != NULL && body->export->approves.text[0] != '\0')
        return LN_AUDIT_APPROVE_EXPORT;
    if (body->export != NULL)
        return body->export->use == LN_USE_FOR_COURT ? LN_AUDIT_EXPORT_COURT
                                                     : LN_AUDIT_EXPORT_ANALYSIS;
    if (body->refer != NULL && body->refer->dry_run)
        return LN_AUDIT_CHECK;
    return action == 0 ? LN_AUDIT_OTHER : action;
}

/** Of what is proposed it is the agreement that the file is about; empty: the file is none. */
static struct ln_name agreement_of(struct request *request)
{
    const struct ln_door_agreement *asked = request->body->agreement;
    struct ln_signed statement;
    struct ln_agreement agreement = {.id = {{0}}};
    struct ln_ending ending = {.agreement = {{0}}};
    int error = LN_E_NOT_FOUND;
    if (asked->file.size == 0)
        return asked->id;
    if (ln_signed_open(asked->file, request->arena, &statement) != 0)
        return agreement.id;
    if (statement.type == LN_TYPE_AGREEMENT)
        error = ln_agreement_open(statement.body, request->arena, &agreement);
    else if (statement.type == LN_TYPE_ENDING)
        error = ln_ending_open(statement.body, request->arena, &ending);
    if (error != 0)
        return (struct ln_name){{0}};
    return statement.type == LN_TYPE_ENDING ? ending.agreement : agreement.id;
}

static struct ln_name subject_of(struct request *request)
{
    const struct ln_door_request *body = request->body;
    if (body->agreement != NULL)
        return agreement_of(request);
    if (body->reopen != NULL)
        return body->reopen->member;
    if (body->root_accept != NULL)
        return body->root_accept->member;
    return body->courier_write != NULL ? body->courier_write->to : (struct ln_name){{0}};
}

void auditing_start(struct request *request, uint32_t action)
{
    struct auditing *auditing = request->auditing;
    const struct ln_bytes purpose = request->body->why;
    auditing->entry = (struct ln_audit_entry){.when_ms = ln_now_ms(&request->local->clock),
                                              .action = action_of(request->body, action),
                                              .member = subject_of(request)};
    if (purpose.size <= sizeof auditing->purpose) {
        memcpy(auditing->purpose, purpose.data == NULL ? "" : (const char *)purpose.data,
               purpose.size);
        auditing->purpose_size = purpose.size;
    }
}

void auditing_person(struct request *request, const struct ln_name *officer)
{
    struct auditing *auditing = request->auditing;
    const struct ln_manifest *manifest =
        ln_trust_manifest(request->local->trust, &request->local->member);
    auditing->is_wanted = true;
    for (size_t i = 0; manifest != NULL && i < manifest->officers_count; i++) {
        const struct ln_officer *person = &manifest->officers[i];
        if (!ln_name_equal(&person->id, officer))
            continue;
        auditing->entry.officer = *officer;
        auditing->entry.roles_count = person->roles_count;
        memcpy(auditing->roles, person->roles, person->roles_count * sizeof person->roles[0]);
    }
}

void auditing_case(struct request *request, const struct ln_id *case_id)
{
    request->auditing->entry.case_id = *case_id;
}

void auditing_second(struct request *request, const struct ln_name *officer)
{
    request->auditing->entry.second = *officer;
}

void auditing_count(struct request *request, size_t count)
{
    request->auditing->entry.count = (uint32_t)count;
}

void auditing_section(struct request *request, uint32_t compartment, bool is_shown)
{
    struct auditing *auditing = request->auditing;
    if (compartment > LN_COMPARTMENT_LAST)
        return;
    if (is_shown)
        auditing->shown[compartment] = 1;
    else
        auditing->shut[compartment] = 1;
}

static size_t list_of(const uint8_t marks[static LN_COMPARTMENT_LAST + 1],
                      uint32_t out[static LN_COMPARTMENT_LAST])
{
    size_t count = 0;
    for (uint32_t i = 1; i <= LN_COMPARTMENT_LAST; i++) {
        if (marks[i])
            out[count++] = i;
    }
    return count;
}

int auditing_append(struct store_txn *txn, struct auditing *auditing, int error)
{
    uint32_t shown[LN_COMPARTMENT_LAST], shut[LN_COMPARTMENT_LAST];
    struct ln_audit_entry entry = auditing->entry;
    entry.code = (uint32_t)-error;
    entry.roles = auditing->roles;
    entry.purpose = ln_view(auditing->purpose, auditing->purpose_size);
    if (error == 0) { /* a refusal shows nothing, whatever was opened before it */
        entry.shown = shown;
        entry.shown_count = list_of(auditing->shown, shown);
        entry.shut = shut;
        entry.shut_count = list_of(auditing->shut, shut);
    } else {
        entry.count = 0;
    }
    return audit_append(txn, &entry);
}
