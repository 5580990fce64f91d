/*
 * Events: what officers state about a case, with sections sealed to those who may read them.
 *
 * Source: docs/protocol.md, Events; docs/cases.md.
 */
#ifndef LIAISON_EVENT_H
#define LIAISON_EVENT_H

#include <liaison/signed.h>
#include <liaison/vocabulary.h>

enum {
    LN_PARTIES_MAX = 3,
    LN_SEEN_MAX = 8,
    LN_SECTIONS_MAX = 7, /* one a compartment */
    LN_WRAPS_MAX = 32,
    LN_ENTRIES_MAX = 256,
    LN_SECTION_MAX = 64 * 1024, /* bytes of a section's plaintext */
    LN_REASON_MAX = 500,        /* bytes of a reason or a legal basis */
    LN_SAFEGUARDS_MAX = 16,
    LN_ONWARD_COUNTRIES_MAX = 16,
    LN_EVENT_ITEM_MAX = 160 * 1024,
    LN_SECTION_KEY_BYTES = 32,
    LN_SEALED_KEY_BYTES = LN_SECTION_KEY_BYTES + 16,
    LN_SECTION_EXTRA_BYTES = 24 + 16,
};

struct ln_author {
    struct ln_name member, office, officer;
};

struct ln_party {
    struct ln_name member, office;
};

/** A country where no office is meant. */
struct ln_country {
    struct ln_name member;
};

static inline bool ln_has_country(const struct ln_country *list, size_t count,
                                  const struct ln_name *member)
{
    for (size_t i = 0; i < count; i++) {
        if (ln_name_equal(&list[i].member, member))
            return true;
    }
    return false;
}

struct ln_cited {
    struct ln_name member;
    struct ln_digest digest;
};

struct ln_section_head {
    uint32_t compartment;
    struct ln_digest commitment;
    struct ln_digest ciphertext_digest;
    /* What the originator allows: docs/cases.md, Handling. 0 or empty where nothing is said. */
    uint32_t handling;                        /* enum ln_handling */
    uint32_t source_grade, information_grade; /* 4x4 */
    const uint32_t *uses; /* enum ln_use: allowed in spite of the handling code */
    size_t uses_count;
    const struct ln_country *onward; /* countries to which it may be forwarded */
    size_t onward_count;
    uint64_t expires_ms; /* from then on it is locked */
};

/** From which event of which other case what is forwarded comes. */
struct ln_origin {
    struct ln_id case_id;
    struct ln_digest event;
    struct ln_name member;        /* the event's author's */
    const uint32_t *compartments; /* the sections that come from there */
    size_t compartments_count;
};

struct ln_event {
    struct ln_id federation;
    struct ln_id case_id;
    uint32_t case_kind;
    uint32_t action; /* enum ln_action */
    struct ln_author author;
    uint64_t number;           /* among the author country's events in this case, from 1 */
    struct ln_digest previous; /* zero in number 1 */
    const struct ln_cited *seen;
    size_t seen_count;
    uint64_t created_ms;
    uint32_t urgency;
    struct ln_bytes urgency_reason;
    const struct ln_party *parties;
    size_t parties_count;
    uint32_t request;
    const uint32_t *contents;
    size_t contents_count;
    struct ln_bytes legal_basis;
    uint32_t outcome;
    uint64_t manifest_version;
    struct ln_digest manifest_digest;
    const struct ln_section_head *sections;
    size_t sections_count;
    /* By which rule it is shared: docs/cases.md, Agreements */
    struct ln_digest agreement; /* zero: none, for what needs none */
    uint32_t article;
    uint32_t purpose; /* vocabulary */
    uint32_t consent; /* enum ln_consent; 0: none */
    struct ln_bytes consent_ground;
    uint32_t child; /* 1: it is about a child */
    const uint32_t *safeguards;
    size_t safeguards_count;
    uint32_t emergency; /* 1: by the emergency article */
    /* What became of what was shared: docs/cases.md, Handling */
    const struct ln_origin *origin; /* NULL: it is the author's own */
    struct ln_digest target;        /* the event that it is about */
    uint32_t target_compartment;    /* REVOKE: 0 is all of them */
    const uint32_t *asked_uses;     /* ASK: enum ln_use */
    size_t asked_uses_count;
    const struct ln_country *asked_countries; /* ASK: to which it is to be forwarded */
    size_t asked_countries_count;
};
LN_WIRE(event)

struct ln_sealed_key {
    uint8_t b[LN_SEALED_KEY_BYTES];
};

struct ln_wrap {
    struct ln_key_id role_key_id;
    struct ln_public_key encapsulated;
    struct ln_sealed_key sealed_key;
};

struct ln_section {
    struct ln_bytes ciphertext;
    const struct ln_wrap *wraps;
    size_t wraps_count;
};

struct ln_event_item {
    struct ln_signed event;
    const struct ln_section *sections;
    size_t sections_count;
};
LN_WIRE(event_item)

struct ln_entry {
    struct ln_bytes label; /* text */
    struct ln_bytes text;
};

struct ln_section_body {
    const struct ln_entry *entries;
    size_t entries_count;
};
LN_WIRE(section_body)

/* Sections --------------------------------------------------------------------------------- */

/**
 * Seals `plaintext` (a packed section body) under a fresh key and wraps that key to each role
 * key. The event's federation, case, author's member and number must be set: they are bound in.
 * Appends to nothing: everything it makes lives in `arena`.
 * LN_E_NO_RECIPIENT if `role_keys_count` is 0, LN_E_TOO_MANY, LN_E_WEAK_KEY,
 * LN_E_OUT_OF_MEMORY.
 */
LN_CHECKED int ln_section_seal(const struct ln_event *event, uint32_t compartment,
                               struct ln_bytes plaintext, const struct ln_public_key *role_keys,
                               size_t role_keys_count, struct ln_arena *arena,
                               struct ln_section_head *out_head,
                               struct ln_section *out_section);

/** Something that opens what is sealed to keys it keeps to itself. */
struct ln_unsealer {
    /**
     * Opens with the key of that id: LN_E_ROLE_KEY or LN_E_UNSEALABLE. `out` takes
     * ciphertext.size - 16.
     */
    int (*unseal)(void *context, const struct ln_key_id *key_id,
                  const struct ln_public_key *encapsulated, struct ln_bytes info,
                  struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out);
    void *context;
};

/**
 * Opens section `index` with whichever of its wraps the unsealer can open, and checks the
 * author's commitment. LN_E_ROLE_KEY (no wrap for a key held), LN_E_UNSEALABLE,
 * LN_E_COMMITMENT.
 */
LN_CHECKED int ln_section_open(const struct ln_event *event, const struct ln_event_item *item,
                               size_t index, const struct ln_unsealer *unsealer,
                               struct ln_buffer *out_plaintext);

/**
 * Checks that the item's sections are those its header names: count and digests of the
 * ciphertexts. LN_E_COMMITMENT. Needs no key.
 */
LN_CHECKED int ln_event_item_check(const struct ln_event *event,
                                   const struct ln_event_item *item);

#endif
