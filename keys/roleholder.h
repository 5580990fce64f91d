/*
 * The officers that a command about role keys names: NAME=BOX_KEY as it is printed when the
 * keys are made; or NAME alone, looked up in the country's manifest, where an officer must be
 * ACTIVE and in a role that is given the key.
 */
#ifndef ROLEHOLDER_H
#define ROLEHOLDER_H

#include "ceremony.h"
#include "rolefile.h"

/** Of whom the manifest must say what. */
enum roleholder_purpose { ROLEHOLDER_HOLDS, ROLEHOLDER_RECOVERS };

struct roleholder_question {
    const struct ln_manifest *manifest; /* NULL: none was given */
    uint32_t compartment;
    enum roleholder_purpose purpose;
};

/** The command's words are role files: LN_E_USAGE if there is none. */
LN_CHECKED int roleholder_need_files(const struct ceremony *ceremony);
/** The manifest of --manifest, in the arena; *out is NULL without one. */
LN_CHECKED int roleholder_manifest(const struct ceremony *ceremony, struct ln_arena *arena,
                                   const struct ln_manifest **out);
/**
 * LN_E_USAGE: a name alone, and no manifest; LN_E_UNKNOWN_KEY: the manifest has no such
 * officer; LN_E_KEY_REVOKED: it is not ACTIVE; LN_E_ROLE: none of its roles is given that key.
 * A line on stderr says which officer.
 */
LN_CHECKED int roleholder_read(const struct roleholder_question *question, const char *text,
                               struct rolefile_holder *out);
LN_CHECKED int roleholder_read_all(const struct roleholder_question *question,
                                   const struct options_list *list,
                                   struct rolefile_holder *out);

#endif
