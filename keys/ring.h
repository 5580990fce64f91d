/*
 * The node's keys: signing, transport, store, and the epoch keys that come and go. Unlocked
 * once at start; the secrets stay in locked memory and are never shown, only used.
 */
#ifndef RING_H
#define RING_H

#include <liaison/event.h>
#include <liaison/roster.h>

/** Length of an epoch; a new key is made this long before the old one ends. */
#define RING_EPOCH_MS (7 * LN_DAY_MS)
#define RING_EPOCH_AHEAD_MS LN_DAY_MS
/**
 * How long after its end an epoch's key is kept: a hub keeps envelopes for 35 days, senders
 * seal for 28.
 */
#define RING_EPOCH_KEPT_MS (70 * LN_DAY_MS)

/** Two years and more, for a node that hears nobody and may destroy nothing. */
enum { RING_EPOCHS_MAX = 128 };

struct ring;

/**
 * Opens DIRECTORY/node.key with the node's passphrase, and the epoch keys in DIRECTORY/epochs.
 * LN_E_PASSPHRASE, LN_E_FILE_MODE, LN_E_NOT_FOUND, or of opening.
 */
LN_CHECKED int ring_open(const char *directory, struct ln_bytes passphrase,
                         const struct ln_clock *clock, struct ring **out);
void ring_close(struct ring **ring_p);

const struct ln_name *ring_member(const struct ring *ring);
const struct ln_signer *ring_signer(const struct ring *ring);
const struct ln_public_key *ring_signing_key(const struct ring *ring);
/** Opens with epoch keys, found by key id: LN_E_ROLE_KEY if none has it. */
const struct ln_unsealer *ring_unsealer(const struct ring *ring);
const struct ln_public_key *ring_transport_public(const struct ring *ring);
const uint8_t *ring_transport_secret(const struct ring *ring);
const uint8_t *ring_store_key(const struct ring *ring);

/**
 * The epoch to be announced: the newest one; a new key is made and synced to disk first when
 * it has less than RING_EPOCH_AHEAD_MS left, or starts so far ahead that the clock was wrong,
 * or when `announced` (what was announced last; NULL: nothing) is one whose key is not here:
 * epochs are in no backup. With RING_EPOCHS_MAX keys the newest stays. Fills number, key, times
 * and oldest_openable.
 */
LN_CHECKED int ring_epoch_current(struct ring *ring, const struct ln_epoch *announced,
                                  struct ln_epoch *out);
/**
 * Destroys epoch keys that ended before `ended_ms`, the newest excepted: what was sealed to
 * them opens no more.
 */
LN_CHECKED int ring_epoch_forget(struct ring *ring, uint64_t ended_ms);

#endif
