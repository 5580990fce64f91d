/*
 * One country of a federation for exercises: its roots, and then its node, offices, officers
 * and manifest. Private to the federation command.
 */
#ifndef EXERCISEMEMBER_H
#define EXERCISEMEMBER_H

#include "exercise.h"

/** Its directory and root keys, and its lines in the roster. */
LN_CHECKED int exercisemember_begin(struct exercise *making, const struct form_node *member,
                                    const char *id);
/** Everything else; the roster is made by then. */
LN_CHECKED int exercisemember_finish(struct exercise *making, const struct form_node *member,
                                     const char *id);

#endif
