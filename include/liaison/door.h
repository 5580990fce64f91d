/*
 * The control door's requests and replies: what the CLI, and later the desk, say to the node of
 * the same machine. Frames are u32be length and a packed message. Source: docs/architecture.md,
 * Control door.
 */
#ifndef LIAISON_DOOR_H
#define LIAISON_DOOR_H

#include <liaison/audit.h>

enum {
    LN_DOOR_FRAME_MAX = 20 * 1024 * 1024,
    LN_DOOR_ROWS_MAX = 4000,
    LN_DOOR_EVENTS_MAX = 4096,
    LN_DOOR_PASSPHRASE_MAX = 1024,
    LN_DOOR_PREFIX_MAX = 26,
    LN_DOOR_DETAIL_MAX = 500,
    LN_DOOR_AGREEMENTS_MAX = 1024,
    LN_DOOR_DIGITS_MAX = 128,
    LN_DOOR_AUDIT_MAX = 4000,
    LN_DOOR_FINDINGS_MAX = 256,
};

enum ln_door_box { LN_DOOR_INBOX = 1, LN_DOOR_OUTBOX = 2 };

struct ln_door_token {
    uint8_t b[32];
};

/** What the originator allows: as in a section's head. docs/cases.md, Handling. */
struct ln_door_handling {
    uint32_t handling, source_grade, information_grade;
    const uint32_t *uses;
    size_t uses_count;
    const struct ln_country *onward;
    size_t onward_count;
    uint64_t expires_ms;
};

struct ln_door_section {
    uint32_t compartment;
    const struct ln_entry *entries;
    size_t entries_count;
    const struct ln_door_handling *handling; /* NULL: the compartment's default */
};

struct ln_door_login {
    struct ln_name officer;
    struct ln_bytes passphrase;
};

struct ln_door_empty {
    uint8_t nothing;
};

/** On which terms something is shared: docs/cases.md, Agreements. */
struct ln_door_terms {
    uint32_t purpose, consent;
    struct ln_bytes consent_ground;
    uint32_t child;
    const uint32_t *safeguards;
    size_t safeguards_count;
    uint32_t emergency; /* 1: by the emergency article */
};

struct ln_door_refer {
    const struct ln_party *addressees;
    size_t addressees_count;
    uint32_t request;
    const uint32_t *contents;
    size_t contents_count;
    uint32_t urgency;
    struct ln_bytes urgency_reason, legal_basis;
    const struct ln_door_section *sections;
    size_t sections_count;
    uint32_t dry_run; /* 1: check only */
    const struct ln_door_terms *terms;
};

struct ln_door_list {
    uint32_t box;
};

struct ln_door_show {
    struct ln_bytes case_prefix; /* of the case number's text */
};

/** For which use sections leave the node as plaintext: enum ln_use. */
struct ln_door_export {
    struct ln_bytes case_prefix;
    uint32_t use;
    const uint32_t *compartments; /* only these; none: the whole case, by two officers */
    size_t compartments_count;
    struct ln_name approves; /* as second officer: whom; nothing is shown. Empty: an export */
};

/** Sections of an event of one case begin another case with other countries. */
struct ln_door_forward {
    struct ln_bytes case_prefix;
    struct ln_name member; /* whose event; empty: the one by which the case began */
    uint64_t number;
    const uint32_t *compartments;
    size_t compartments_count;
    const struct ln_door_refer *refer; /* its sections are the forwarder's own */
};

/** The event that an ASK, GRANT, DENY, CORRECT or REVOKE is about, as people name it. */
struct ln_door_target {
    struct ln_name member;
    uint64_t number;
    uint32_t compartment; /* 0: all, or none is needed */
    const uint32_t *uses; /* ASK */
    size_t uses_count;
    const struct ln_country *countries;
    size_t countries_count;
};

struct ln_door_act {
    struct ln_bytes case_prefix;
    uint32_t action;
    const struct ln_door_section *sections;
    size_t sections_count;
    uint32_t outcome;
    const struct ln_door_terms *terms;
    const struct ln_door_target *target; /* NULL: it is about the case */
};

/** In a case that we forwarded: signs the next thing that its originator said since. */
enum ln_door_erase_verb {
    LN_DOOR_ERASE_ERASE = 1,
    LN_DOOR_ERASE_HOLD,
    LN_DOOR_ERASE_RELEASE,
    LN_DOOR_ERASE_LAST = LN_DOOR_ERASE_RELEASE
};

/** The reply counts the officers: 2, it is done. */
struct ln_door_erase {
    struct ln_bytes case_prefix;
    uint32_t verb;
};

struct ln_door_pass_on {
    struct ln_bytes case_prefix;
    const struct ln_door_terms *terms;
};

struct ln_door_courier {
    struct ln_name to;    /* write */
    struct ln_bytes file; /* read */
};

/** One of two officers wants the channel from this member open again. */
struct ln_door_reopen {
    struct ln_name member;
};

enum ln_door_agreement_verb {
    LN_DOOR_AGREEMENT_LIST = 1,
    LN_DOOR_AGREEMENT_SHOW,
    LN_DOOR_AGREEMENT_PROPOSE, /* an agreement or an ending, signed by roots, in a file */
    LN_DOOR_AGREEMENT_REJECT,
    LN_DOOR_AGREEMENT_LAST = LN_DOOR_AGREEMENT_REJECT,
};

struct ln_door_agreement {
    uint32_t verb;
    struct ln_name id;
    uint64_t version; /* 0: the newest */
    struct ln_bytes file, reason;
};

/** One of two officers has compared the fingerprint of a country that joined. */
struct ln_door_root_accept {
    struct ln_name member;
    struct ln_bytes digits; /* as the officer typed them */
};

/** Which entries of the audit log; what is empty or 0 is not asked for. */
struct ln_door_audit {
    struct ln_bytes case_prefix;
    struct ln_name officer;
    uint64_t from_ms, until_ms; /* from this time on; before this time */
};

/** Exactly one of the pointers is set. */
struct ln_door_request {
    struct ln_door_token token; /* zero: none */
    const struct ln_door_login *login;
    const struct ln_door_empty *logout;
    const struct ln_door_refer *refer;
    const struct ln_door_list *list;
    const struct ln_door_show *show;
    const struct ln_door_act *act;
    const struct ln_door_show *evidence;
    const struct ln_door_courier *courier_write, *courier_read;
    const struct ln_door_empty *status;
    const struct ln_door_reopen *reopen;
    const struct ln_door_agreement *agreement;
    const struct ln_door_empty *root_list;
    const struct ln_door_root_accept *root_accept;
    const struct ln_door_audit *audit_show;
    const struct ln_door_empty *audit_verify;
    struct ln_bytes why; /* it is asked: kept in the audit log */
    const struct ln_door_export *export;
    const struct ln_door_forward *forward;
    const struct ln_door_pass_on *pass_on;
    const struct ln_door_erase *erase;
};
LN_WIRE(door_request)

struct ln_door_party {
    struct ln_name member, office;
    uint32_t status;
};

struct ln_door_row {
    struct ln_id case_id;
    uint32_t urgency, request;
    struct ln_name from;
    const struct ln_door_party *parties;
    size_t parties_count;
    uint64_t updated_ms;
    uint32_t events, unread, delivery;
    uint32_t duties;  /* corrections and revocations that wait to be passed on */
    uint32_t is_late; /* not opened in time */
    const struct ln_door_party *escalated; /* to which offices it has gone by the ladder */
    size_t escalated_count;
    uint32_t is_locked; /* the agreement lets what others sent be kept no longer */
    uint32_t is_erased;
};

struct ln_door_delivery {
    struct ln_name member;
    uint32_t status, code;
    uint64_t when_ms, generation, sequence;
    struct ln_digest letter;
    uint32_t is_late;
};

struct ln_door_section_view {
    uint32_t compartment, code;
    const struct ln_entry *entries;
    size_t entries_count;
    const struct ln_door_handling *handling; /* what holds here, the default filled in */
    uint32_t standing; /* code: its originator has corrected or revoked it */
};

struct ln_door_event {
    struct ln_digest digest;
    struct ln_author author;
    uint32_t action;
    uint64_t number, created_ms, received_ms;
    uint32_t effect, code, outcome;
    const struct ln_door_section_view *sections;
    size_t sections_count;
    const struct ln_door_delivery *deliveries;
    size_t deliveries_count;
    struct ln_name target_member; /* the event that it is about; empty: none */
    uint64_t target_number;
    uint32_t target_compartment;
    const uint32_t *asked_uses;
    size_t asked_uses_count;
    const struct ln_country *asked_countries;
    size_t asked_countries_count;
    struct ln_id origin_case; /* what it forwards comes from there */
    struct ln_name origin_member;
};

/** The article by which something is shared. */
struct ln_door_permit {
    struct ln_name agreement;
    uint64_t version;
    uint32_t article;
    struct ln_bytes title;
    uint64_t acknowledge_ms, act_ms; /* the addressee's time */
    uint32_t retention_days, onward;
};

struct ln_door_case {
    struct ln_id case_id;
    uint32_t kind, urgency, request;
    const uint32_t *contents;
    size_t contents_count;
    struct ln_bytes legal_basis, urgency_reason;
    uint32_t is_disputed;
    const struct ln_door_party *parties;
    size_t parties_count;
    const struct ln_door_event *events;
    size_t events_count;
    const struct ln_door_permit *permit; /* NULL: needs none, or its agreement is not held */
    uint32_t purpose, child, emergency, needs_second, consent;
    struct ln_bytes consent_ground;
    uint64_t keep_until_ms;      /* as the article says; 0: nothing is said */
    uint64_t erased_ms, held_ms; /* 0: it is not */
    struct ln_name held_by;
    uint32_t duties, is_late; /* as in a row */
    const struct ln_door_party *escalated;
    size_t escalated_count;
};

struct ln_door_hub {
    struct ln_name hub;
    uint32_t state; /* 1 connecting, 2 greeting, 3 ready */
    uint64_t since_ms;
};

struct ln_door_peer {
    struct ln_name member;
    uint32_t open_letters, waiting, frozen, is_restoring;
    uint64_t heard_ms;
    uint32_t missing, can_seal;
    uint64_t manifest_version, manifest_expires_ms;
    uint64_t lacking_version; /* the peer holds it, and no hub has given it to us; 0: none */
    struct ln_name lacking_member; /* whose manifest; empty: the roster */
    uint32_t standing; /* 0, or why nothing is taken or sent: ROOT_NOT_ACCEPTED, NOT_A_MEMBER */
};

struct ln_door_refusal {
    uint32_t code;
    uint64_t count;
};

struct ln_door_office {
    struct ln_name member, office;
    struct ln_bytes title;
};

enum ln_door_expiry_kind {
    LN_DOOR_EXPIRY_ROSTER = 1,
    LN_DOOR_EXPIRY_MANIFEST = 2,
    LN_DOOR_EXPIRY_SIGNING_KEY = 3,
    LN_DOOR_EXPIRY_TRANSPORT_KEY = 4,
    LN_DOOR_EXPIRY_OFFICER = 5,
    LN_DOOR_EXPIRY_ROLE_KEY = 6,
    LN_DOOR_EXPIRY_AGREEMENT = 7,
    LN_DOOR_EXPIRY_LAST = LN_DOOR_EXPIRY_AGREEMENT,
};

enum { LN_DOOR_EXPIRIES_MAX = 1200 };

struct ln_door_expiry {
    uint32_t kind;
    struct ln_name member; /* empty: the roster, which is everybody's */
    struct ln_name name;   /* officer, or the role key's office */
    uint32_t compartment;
    uint64_t expires_ms;
};

struct ln_door_status {
    struct ln_name member;
    uint64_t roster_version, roster_expires_ms, epoch, epoch_ends_ms;
    uint32_t proofs;
    const struct ln_door_hub *hubs;
    size_t hubs_count;
    const struct ln_door_peer *peers;
    size_t peers_count;
    const struct ln_door_refusal *refusals;
    size_t refusals_count;
    const struct ln_door_office *offices;
    size_t offices_count;
    uint64_t time_ms;
    const struct ln_door_expiry *expiries; /* soonest first */
    size_t expiries_count;
    uint32_t duties; /* cases in which something waits to be passed on */
    uint32_t locked; /* cases of which an agreement lets nothing be kept any longer */
};

struct ln_door_agreement_row {
    struct ln_name id;
    uint64_t version;
    struct ln_digest digest;
    struct ln_bytes title;
    struct ln_bytes status; /* word */
    uint64_t from_ms, ends_ms;
    const struct ln_country *parties, *signed_by;
    size_t parties_count, signed_by_count;
    struct ln_name rejected_by; /* member */
    struct ln_bytes reason;     /* of the rejection, or of the ending */
    struct ln_name ended_by;
};

/** A member's roots, as the newest roster has them. */
struct ln_door_root {
    struct ln_name member;
    uint32_t standing, threshold, roots;
    /** Zero while it is not accepted: who accepts has the digits from elsewhere. */
    struct ln_digest fingerprint;
    struct ln_name first, second; /* who accepted it; second empty: somebody must still */
    uint64_t when_ms;             /* of the last of them; 0: it was there from the start */
};

struct ln_door_audit_row {
    struct ln_place place;
    struct ln_audit_entry entry;
};

struct ln_door_audit_finding {
    uint32_t code; /* 0: entries that a restore has lost, and that it said so */
    struct ln_name about, witness;
    uint64_t generation, sequence, count, when_ms;
};

struct ln_door_audit_witness {
    struct ln_name member;
    const struct ln_place *ours, *theirs;
};

struct ln_door_audit_verdict {
    const struct ln_place *head; /* NULL: the log is empty */
    uint64_t entries;
    const struct ln_door_audit_finding *findings;
    size_t findings_count;
    const struct ln_door_audit_witness *witnesses;
    size_t witnesses_count;
    uint64_t findings_all; /* there may be more than are told */
};

struct ln_door_reply {
    uint32_t code; /* 0, or the number of a row of error.h */
    struct ln_bytes detail;
    struct ln_door_token token;
    struct ln_id case_id;
    const struct ln_door_row *rows;
    size_t rows_count;
    const struct ln_door_case *view;
    const struct ln_door_status *status;
    struct ln_bytes file;
    uint64_t count, refused;
    const struct ln_door_permit *permit;
    const struct ln_door_agreement_row *agreements;
    size_t agreements_count;
    const struct ln_door_root *roots;
    size_t roots_count;
    const struct ln_door_audit_row *audit; /* newest first */
    size_t audit_count;
    const struct ln_door_audit_verdict *verdict;
};
LN_WIRE(door_reply)

#endif
