/*
 * A key for each case, outside LMDB: its free pages keep what was deleted, so erasing destroys
 * keys. The file "case-keys" in the store's directory is a row of sealed keys, numbered from 1,
 * each overwritten with zeros where its case was erased. Private to the store. Source:
 * docs/cases.md, Erasure.
 *
 * Keys are made ahead, so that one sync serves many cases; they are on the disk before the
 * commit that uses them. One thread.
 */
#ifndef CASEKEYS_H
#define CASEKEYS_H

#include <liaison/base.h>
#include <liaison/error.h>

enum { CASEKEYS_KEY_BYTES = 32 };

struct casekeys;

/** `store_key` seals the rows; borrowed. LN_E_SYSTEM; LN_E_FILE_MODE: others may read it. */
LN_CHECKED int casekeys_open(const char *directory, const uint8_t store_key[static 32],
                             struct casekeys **out);
void casekeys_close(struct casekeys **keys_p); /* safe on NULL */

/** There is a key of that number afterwards, on the disk; it was given to no case before.
 * LN_E_SYSTEM, LN_E_DISK_FULL. */
LN_CHECKED int casekeys_reserve(struct casekeys *keys, uint64_t number);
bool casekeys_has(const struct casekeys *keys, uint64_t number);
/** LN_E_STORE_DAMAGED also for a key that was destroyed. */
LN_CHECKED int casekeys_get(const struct casekeys *keys, uint64_t number,
                            uint8_t out_key[static CASEKEYS_KEY_BYTES]);
/** Nothing sealed under it opens again. May be done twice. LN_E_SYSTEM. */
LN_CHECKED int casekeys_destroy(struct casekeys *keys, uint64_t number);
/** Into a directory that has none. LN_E_EXISTS, LN_E_SYSTEM. */
LN_CHECKED int casekeys_copy(const struct casekeys *keys, const char *directory);

#endif
