/*
 * The door's client: one request, one reply, waiting. For programs of the same machine.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <liaison/door.h>

/** Called after each second without an answer, with the seconds so far. */
typedef void client_wait(unsigned seconds);

/**
 * Asks the node behind DIRECTORY/door. The reply lives in the arena. LN_E_NOT_RUNNING,
 * LN_E_SYSTEM, or of opening; a refusal by the node is in the reply's code.
 */
LN_CHECKED int client_ask(const char *directory, const struct ln_door_request *request,
                          client_wait *on_wait, struct ln_arena *arena,
                          struct ln_door_reply *out_reply);

#endif
