/*
 * What a new manifest keeps of the version before. Events and letters are verified by what a
 * manifest says of their signers, so nothing that signed may go by being forgotten in a source:
 * officers and signing keys that it leaves out are carried over as RETIRED, and what was
 * REVOKED stays in the manifest, whatever it is. Source: docs/protocol.md, Who is who.
 */
#ifndef CARRYOVER_H
#define CARRYOVER_H

#include "form.h"

#include <liaison/roster.h>

#include <stdio.h>

/* The entry of the version before (NULL: there is none); NULL if it has none. */
const struct ln_node_key *carryover_node_key(const struct ln_manifest *previous, uint32_t use,
                                             const struct ln_public_key *key);
const struct ln_officer *carryover_officer(const struct ln_manifest *previous,
                                           const struct ln_name *id);
/** Another officer with one of these keys. */
const struct ln_officer *carryover_same_keys(const struct ln_manifest *previous,
                                             const struct ln_officer *officer);
const struct ln_role_key *carryover_role_key(const struct ln_manifest *previous,
                                             const struct ln_public_key *key);

/**
 * Adds to the manifest what it leaves out of the version before, but for what `forget` (a list
 * of officers' names and keys; NULL: none) lets go. The manifest's lists have room for all of
 * it. LN_E_DRAFT: `forget` names what is not there, what the source itself has, or what was
 * REVOKED.
 */
LN_CHECKED int carryover_apply(const struct ln_manifest *previous,
                               const struct form_node *forget, struct ln_manifest *manifest,
                               struct form_error *error);

/** Says what is not as it was, a line each, for whoever is about to sign. */
void carryover_tell(const struct ln_manifest *previous, const struct ln_manifest *manifest,
                    FILE *out);

#endif
