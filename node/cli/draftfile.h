/*
 * Drafts as people write them: a YAML file, or options. What is wrong is said with its line.
 */
#ifndef DRAFTFILE_H
#define DRAFTFILE_H

#include "cli.h"

/** Reads FILE, or standard input for "-". LN_E_DRAFT after a line on stderr. */
LN_CHECKED int draftfile_refer(const struct cli *cli, const char *path, struct ln_arena *arena,
                               struct ln_door_refer *out);
/** From options alone. */
LN_CHECKED int draftfile_refer_options(const struct cli *cli, struct ln_arena *arena,
                                       struct ln_door_refer *out);
/** Does the line say anything of a draft by options? */
bool draftfile_has_options(const struct cli *cli);
/** Sections and what is said of them: from a file, NULL: from options. */
LN_CHECKED int draftfile_answer(const struct cli *cli, const char *path, struct ln_arena *arena,
                                struct ln_door_act *out);
/** Purpose, consent and children, from options. */
LN_CHECKED int draftfile_terms(const struct cli *cli, struct ln_arena *arena,
                               const struct ln_door_terms **out);
void draftfile_print_template(void);

#endif
