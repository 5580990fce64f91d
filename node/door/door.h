/*
 * The control door: a unix socket in a directory of mode 0700, where programs of this machine
 * ask the node. Only the node's own user and root are heard. Source: docs/architecture.md,
 * Control door.
 */
#ifndef DOOR_H
#define DOOR_H

#include "link.h"
#include "local.h"
#include "loop.h"
#include "session.h"

struct door;

struct door_options {
    struct loop *loop;
    const struct local *local;
    struct link *link;
    struct sessions *sessions;
    const char *directory;
};

/** LN_E_BUSY: a node answers there already. LN_E_FILE_MODE, LN_E_SYSTEM. */
LN_CHECKED int door_open(const struct door_options *options, struct door **out);
void door_close(struct door **door_p);

#endif
