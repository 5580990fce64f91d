/*
 * Verifying a bundle: the statements prove each other from the anchor on, the events prove what
 * officers said, the letters which node sent them, the receipts which node signed for them.
 */
#include <liaison/evidence.h>

#include "trust.h"
#include "wire.h"

#include "evidence.pb-c.h"

#include <string.h>

static const struct wire_field evidence_fields[] = {
    WIRE_U32(1, REQUIRED, ln_evidence, protocol, 1, UINT32_MAX),
    WIRE_FIXED(2, REQUIRED, ln_evidence, case_id),
    WIRE_LIST_PART(3, ln_evidence, statements, 1, LN_EVIDENCE_ENTRIES_MAX, ln_wire_signed),
    WIRE_LIST_PART(4, ln_evidence, events, 1, LN_EVIDENCE_ENTRIES_MAX, ln_wire_signed),
    WIRE_LIST_PART(5, ln_evidence, letters, 0, LN_EVIDENCE_ENTRIES_MAX, ln_wire_signed),
    WIRE_LIST_PART(6, ln_evidence, receipts, 0, LN_EVIDENCE_ENTRIES_MAX, ln_wire_signed),
};
WIRE_MESSAGE(evidence, evidence, LN_EVIDENCE_MAX, false);

struct opened_letter {
    struct ln_letter letter;
    struct ln_digest digest;
    bool holds;
};

struct opened_receipt {
    struct ln_receipt receipt;
    bool holds;
};

struct verifying {
    struct ln_arena *arena;
    struct ln_trust *trust;
    struct ln_evidence bundle;
    struct opened_letter *letters;
    struct opened_receipt *receipts;
    struct ln_evidence_report *report;
    int first_problem;
};

static void destroy_trust(struct ln_trust **trust)
{
    ln_trust_destroy(trust);
}

static void note_problem(struct verifying *verifying, int error)
{
    verifying->report->problems_count++;
    if (verifying->first_problem == 0)
        verifying->first_problem = error;
}

/* Statements ------------------------------------------------------------------------------- */

static int take_statement(struct verifying *verifying, const struct ln_signed *statement,
                          const char *fingerprint)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX + 8192);
    const int error = ln_signed_build(statement, &literal);
    if (error != 0)
        return error;
    if (ln_trust_roster(verifying->trust) == NULL)
        return ln_trust_anchor(verifying->trust, ln_buffer_view(&literal), fingerprint);
    const int result = ln_trust_take(verifying->trust, ln_buffer_view(&literal));
    return result > 0 ? 0 : result;
}

static void find_anchor(struct verifying *verifying, const char *fingerprint)
{
    const struct ln_roster *roster = ln_trust_roster(verifying->trust);
    for (size_t i = 0; i < roster->members_count; i++) {
        struct ln_digest digest;
        ln_roots_fingerprint(roster->members[i].roots, roster->members[i].roots_count, &digest);
        if (ln_fingerprint_matches(fingerprint, &digest) == 0)
            verifying->report->anchor = roster->members[i].id;
    }
}

static int take_statements(struct verifying *verifying, const char *fingerprint)
{
    for (size_t i = 0; i < verifying->bundle.statements_count; i++) {
        const int error =
            take_statement(verifying, &verifying->bundle.statements[i], fingerprint);
        if (error != 0)
            return error; /* nothing stands on statements that do not hold */
        if (i == 0)
            find_anchor(verifying, fingerprint);
    }
    return 0;
}

/** A body must say itself that it is of the federation that its signature is for. */
static int check_federation(const struct verifying *verifying, const struct ln_id *federation)
{
    const struct ln_roster *roster = ln_trust_roster(verifying->trust);
    return ln_id_equal(federation, &roster->federation) ? 0 : LN_E_WRONG_FEDERATION;
}

/* Letters and receipts --------------------------------------------------------------------- */

static int open_letter(struct verifying *verifying, const struct ln_signed *signed_body,
                       struct opened_letter *out)
{
    int error = signed_body->type == LN_TYPE_LETTER ? 0 : LN_E_WRONG_TYPE;
    if (error == 0)
        error = ln_letter_open(signed_body->body, verifying->arena, &out->letter);
    if (error == 0)
        error = check_federation(verifying, &out->letter.federation);
    if (error == 0)
        error =
            trust_verify_node(verifying->trust, &out->letter.from, signed_body, LN_TYPE_LETTER);
    ln_signed_digest(signed_body, &out->digest);
    out->holds = error == 0;
    return error;
}

static const struct opened_letter *find_letter(const struct verifying *verifying,
                                               const struct ln_digest *digest)
{
    for (size_t i = 0; i < verifying->bundle.letters_count; i++) {
        if (verifying->letters[i].holds &&
            ln_digest_equal(&verifying->letters[i].digest, digest))
            return &verifying->letters[i];
    }
    return NULL;
}

/** A receipt counts if it is signed by the node that the letter was addressed to. */
static int open_receipt(struct verifying *verifying, const struct ln_signed *signed_body,
                        struct opened_receipt *out)
{
    int error = signed_body->type == LN_TYPE_RECEIPT ? 0 : LN_E_WRONG_TYPE;
    if (error == 0)
        error = ln_receipt_open(signed_body->body, verifying->arena, &out->receipt);
    if (error == 0)
        error = check_federation(verifying, &out->receipt.federation);
    if (error == 0)
        error = trust_verify_node(verifying->trust, &out->receipt.from, signed_body,
                                  LN_TYPE_RECEIPT);
    if (error != 0)
        return error;
    const struct opened_letter *letter = find_letter(verifying, &out->receipt.letter);
    if (letter == NULL)
        return LN_E_NOT_FOUND;
    if (!ln_name_equal(&letter->letter.to, &out->receipt.from) ||
        !ln_name_equal(&letter->letter.from, &out->receipt.to) ||
        letter->letter.sequence != out->receipt.sequence)
        return LN_E_WRONG_DESTINATION;
    out->holds = true;
    return 0;
}

static int open_crossings(struct verifying *verifying)
{
    const struct ln_evidence *bundle = &verifying->bundle;
    verifying->letters =
        ln_arena_array(verifying->arena, bundle->letters_count + 1, sizeof *verifying->letters);
    verifying->receipts = ln_arena_array(verifying->arena, bundle->receipts_count + 1,
                                         sizeof *verifying->receipts);
    if (verifying->letters == NULL || verifying->receipts == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < bundle->letters_count; i++) {
        const int error = open_letter(verifying, &bundle->letters[i], &verifying->letters[i]);
        if (error != 0)
            note_problem(verifying, error);
    }
    for (size_t i = 0; i < bundle->receipts_count; i++) {
        const int error =
            open_receipt(verifying, &bundle->receipts[i], &verifying->receipts[i]);
        if (error != 0)
            note_problem(verifying, error);
    }
    return 0;
}

/* Events ----------------------------------------------------------------------------------- */

static bool carries(const struct opened_letter *letter, const struct ln_digest *event)
{
    for (size_t i = 0; letter->holds && i < letter->letter.items_count; i++) {
        if (ln_digest_equal(&letter->letter.items[i], event))
            return true;
    }
    return false;
}

/** A refusal of this event weighs more than the delivery of the letter that it was in. */
static void add_receipts(const struct verifying *verifying, const struct opened_letter *letter,
                         const struct ln_digest *event, struct ln_proof *proof)
{
    for (size_t i = 0; i < verifying->bundle.receipts_count; i++) {
        const struct opened_receipt *opened = &verifying->receipts[i];
        const struct ln_receipt *receipt = &opened->receipt;
        if (!opened->holds || !ln_digest_equal(&receipt->letter, &letter->digest) ||
            proof->receipt == LN_RECEIPT_REFUSED)
            continue;
        if (receipt->kind == LN_RECEIPT_REFUSED && !ln_digest_equal(&receipt->item, event))
            continue;
        proof->receipt = receipt->kind;
        proof->code = receipt->code;
        proof->received_ms = receipt->created_ms;
    }
}

static int add_proofs(const struct verifying *verifying, struct ln_finding *finding)
{
    struct ln_proof *proofs =
        ln_arena_array(verifying->arena, verifying->bundle.letters_count + 1, sizeof *proofs);
    if (proofs == NULL)
        return LN_E_OUT_OF_MEMORY;
    finding->proofs = proofs;
    for (size_t i = 0; i < verifying->bundle.letters_count; i++) {
        const struct opened_letter *opened = &verifying->letters[i];
        if (!carries(opened, &finding->digest))
            continue;
        struct ln_proof *proof = &proofs[finding->proofs_count++];
        *proof = (struct ln_proof){.from = opened->letter.from,
                                   .to = opened->letter.to,
                                   .generation = opened->letter.generation,
                                   .sequence = opened->letter.sequence,
                                   .created_ms = opened->letter.created_ms};
        add_receipts(verifying, opened, &finding->digest, proof);
    }
    return 0;
}

static int verify_event(struct verifying *verifying, const struct ln_signed *signed_body,
                        struct ln_event *event)
{
    const struct ln_officer *officer;
    int error = signed_body->type == LN_TYPE_EVENT ? 0 : LN_E_WRONG_TYPE;
    if (error == 0)
        error = ln_event_open(signed_body->body, verifying->arena, event);
    if (error == 0)
        error = check_federation(verifying, &event->federation);
    if (error == 0 && !ln_id_equal(&event->case_id, &verifying->bundle.case_id))
        error = LN_E_NO_CASE;
    return error == 0 ? trust_verify_author(verifying->trust, signed_body, LN_TYPE_EVENT,
                                            &event->author, event->manifest_version,
                                            &event->manifest_digest, &officer)
                      : error;
}

static int verify_events(struct verifying *verifying)
{
    const size_t count = verifying->bundle.events_count;
    struct ln_finding *findings = ln_arena_array(verifying->arena, count, sizeof *findings);
    struct ln_event *events = ln_arena_array(verifying->arena, count, sizeof *events);
    if (findings == NULL || events == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct ln_finding *finding = &findings[i];
        finding->event = &events[i];
        finding->problem = verify_event(verifying, &verifying->bundle.events[i], &events[i]);
        ln_signed_digest(&verifying->bundle.events[i], &finding->digest);
        if (finding->problem != 0)
            note_problem(verifying, finding->problem);
        const int error = add_proofs(verifying, finding);
        if (error != 0)
            return error;
    }
    verifying->report->findings = findings;
    verifying->report->findings_count = count;
    return 0;
}

int ln_evidence_verify(struct ln_bytes bundle, const char *fingerprint, struct ln_arena *arena,
                       struct ln_evidence_report *out_report)
{
    AUTO(destroy_trust) struct ln_trust *trust = ln_trust_new();
    struct verifying verifying = {.arena = arena, .trust = trust, .report = out_report};
    *out_report = (struct ln_evidence_report){.findings_count = 0};
    if (fingerprint == NULL)
        return LN_E_NOT_ANCHORED;
    int error = ln_evidence_open(bundle, arena, &verifying.bundle);
    if (error == 0 && verifying.bundle.protocol != LN_EVIDENCE_PROTOCOL)
        error = LN_E_PROTOCOL_VERSION;
    if (error != 0)
        return error;
    out_report->case_id = verifying.bundle.case_id;
    error = take_statements(&verifying, fingerprint);
    if (error == 0)
        error = open_crossings(&verifying);
    if (error == 0)
        error = verify_events(&verifying);
    return error == 0 ? verifying.first_problem : error;
}
