/*
 * The one table of refusal codes: hub, node, CLI and docs speak from it, and nothing else.
 *
 * Each row: number, name, the rule it stands for (page: section of docs/), what is wrong, what
 * to do. A number is never reused. On the wire a code is its positive number; in C it is the
 * negative LN_E_ constant that functions return. docs/codes.md is printed from this table.
 */
#ifndef LIAISON_ERROR_H
#define LIAISON_ERROR_H

#include <liaison/base.h>

/* clang-format off */
#define LN_CODES(X)                                                                            \
    /* Bytes and bodies: what any door says of what it was handed */                           \
    X(1, TRUNCATED, "protocol: Decoding", "it ends before it is complete",                     \
      "send it again whole")                                                                   \
    X(2, TOO_LARGE, "protocol: Limits", "it is larger than the limit",                         \
      "shorten it, or split it into several")                                                  \
    X(3, MALFORMED, "protocol: Decoding", "it is not a well-formed message",                   \
      "check the sender's software version")                                                   \
    X(4, TRAILING, "protocol: Decoding", "bytes follow its end",                               \
      "check the sender's software version")                                                   \
    X(5, MISSING_FIELD, "protocol: Decoding", "a field that must be there is missing",         \
      "check the sender's software version")                                                   \
    X(6, UNKNOWN_FIELD, "protocol: Decoding", "it has a field that version 1 does not know",   \
      "update this node's software")                                                           \
    X(7, UNKNOWN_CODE, "protocol: Decoding",                                                   \
      "it has a protocol code that version 1 does not know", "update this node's software")    \
    X(8, FIELD_LENGTH, "protocol: Limits", "a field has a length that is not allowed",         \
      "check the field's limit in the protocol page")                                          \
    X(9, TOO_MANY, "protocol: Limits", "a list has more entries than allowed",                 \
      "split it into several")                                                                 \
    X(10, TEXT, "protocol: Text",                                                              \
      "a text is not plain UTF-8 (bad bytes, NUL, control or direction-changing characters)",  \
      "type the text again")                                                                   \
    X(11, NAME, "protocol: Names", "a name is not 1 to 32 letters, digits or hyphens",         \
      "use letters, digits and hyphens only")                                                  \
    X(12, WRONG_TYPE, "protocol: Signed bodies", "it is another kind of body than expected",   \
      "hand in the right file")                                                                \
    X(13, OUT_OF_MEMORY, "protocol: Limits",                                                   \
      "decoding it would take more memory than allowed",                                       \
      "check the sender's software version")                                                   \
    X(14, DUPLICATE_FIELD, "protocol: Decoding", "a field that may stand once stands twice",   \
      "check the sender's software version")                                                   \
    /* Signatures, keys, seals */                                                              \
    X(20, SIGNATURE, "protocol: Signed bodies", "a signature does not hold",                   \
      "do not trust it; ask the sender over another way")                                      \
    X(21, UNKNOWN_KEY, "protocol: Who is who",                                                 \
      "it is signed by a key that nobody in the roster has",                                   \
      "fetch the newest roster and manifests, or ask the sender")                              \
    X(22, TOO_FEW_SIGNATURES, "protocol: Roster", "fewer keys signed than the threshold asks", \
      "collect the missing signatures")                                                        \
    X(23, KEY_REVOKED, "protocol: Who is who", "the key was revoked", "use a current key")     \
    X(24, KEY_EXPIRED, "protocol: Who is who", "the key is past its validity",                 \
      "renew the key by a new manifest")                                                       \
    X(25, WEAK_KEY, "protocol: Keys", "the public key is not a valid point of the curve",      \
      "make a new key")                                                                        \
    X(26, UNSEALABLE, "protocol: Envelope", "it does not open with any key held here",         \
      "the sender seals it again by itself; wait, or see status")                              \
    X(27, PASSPHRASE, "protocol: Key files",                                                   \
      "the passphrase is wrong or the file was changed", "type the passphrase again")          \
    X(28, FINGERPRINT, "protocol: Fingerprints", "the fingerprint is another one",             \
      "compare all digits again; if they differ, stop and tell the other country")             \
    X(29, NOT_ANCHORED, "protocol: Evidence",                                                  \
      "no fingerprint of a root was given, so nothing is proved",                              \
      "give --root with the fingerprint you compared in person")                               \
    X(30, COMMITMENT, "protocol: Sections", "a section is not the one its author signed",      \
      "report it to the operator; keep the file")                                              \
    X(31, ROLE_KEY, "cases: Need to know", "no key held in this session opens this section",   \
      "ask an officer of the role that may read it")                                           \
    X(32, SHARE, "protocol: Key files",                                                        \
      "a share of a role key is not the one that was made",                                    \
      "leave that share out, or take another copy of the role file")                           \
    X(33, TOO_FEW_SHARES, "protocol: Key files",                                               \
      "fewer shares than it takes to recover the role key",                                    \
      "call more of the officers who have a share of it")                                      \
    /* Roster, manifest, epoch */                                                              \
    X(40, WRONG_FEDERATION, "protocol: Signed bodies", "it belongs to another federation",     \
      "check which federation this node is set up for")                                        \
    X(41, NOT_A_MEMBER, "protocol: Roster", "this member is not in the roster",                \
      "check the name, or fetch the newest roster")                                            \
    X(42, ROLLBACK, "protocol: Roster", "an older version than the one already held",          \
      "nothing: the newer one stays in force")                                                 \
    X(43, FORK, "protocol: Roster",                                                            \
      "the same version with other content: both are kept as evidence",                        \
      "tell every operator at once: someone signs two truths")                                 \
    X(44, VERSION_GAP, "protocol: Roster", "a version in between is missing",                  \
      "fetch the versions in order")                                                           \
    X(45, EXPIRED, "protocol: Roster", "the statement has expired",                            \
      "a new version must be signed; receiving goes on meanwhile")                             \
    X(46, NO_EPOCH_KEY, "protocol: Epochs",                                                    \
      "no current epoch key of the counterpart is known",                                      \
      "nothing: it is sent as soon as the counterpart publishes one")                          \
    X(47, INCONSISTENT, "protocol: Roster", "parts of the statement contradict each other",    \
      "correct the source file and sign again")                                                \
    X(48, ROOT_NOT_ACCEPTED, "protocol: Roster",                                               \
      "the country joined later, and its root was not accepted here",                          \
      "two officers compare its fingerprint and run: liaison root accept COUNTRY")             \
    /* Channel */                                                                              \
    X(60, WRONG_DESTINATION, "protocol: Letter", "it is addressed to another member",          \
      "nothing: it was not for this node")                                                     \
    X(61, REPLAY, "protocol: Channel", "it was received before",                               \
      "nothing: the first copy counts")                                                        \
    X(62, EQUIVOCATION, "protocol: Channel",                                                   \
      "the counterpart signed two different letters with one number: the channel is frozen",   \
      "talk to the counterpart; two officers reopen the channel")                              \
    X(63, CHAIN, "protocol: Channel", "the letter does not continue the chain",                \
      "talk to the counterpart's operator")                                                    \
    X(64, OLD_GENERATION, "protocol: Channel", "it belongs to a generation that was closed",   \
      "nothing: the sender sends it again in the new generation")                              \
    X(65, TOO_FAR_AHEAD, "protocol: Channel", "too many earlier letters are missing",          \
      "nothing: they are asked for and come again")                                            \
    X(66, ITEM_DIGEST, "protocol: Letter", "an item is not the one the letter names",          \
      "check the sender's software version")                                                   \
    X(67, FROZEN, "protocol: Channel", "the channel to this member is frozen",                 \
      "see status; two officers reopen it")                                                    \
    X(68, RESTORING, "protocol: Restore",                                                      \
      "the node was restored from a backup and still asks its counterparts what it forgot",    \
      "wait until the counterparts named in status have answered")                             \
    X(69, NOT_FROZEN, "cases: Two officers", "the channel to this member is not frozen",       \
      "nothing: its letters are taken; see status")                                            \
    /* Hub */                                                                                  \
    X(80, STRANGER, "protocol: Hub", "the connection's key is not in the roster",              \
      "check this node's transport key and the hub's roster")                                  \
    X(81, HELLO_FIRST, "protocol: Hub", "the connection has not said HELLO", "connect again")  \
    X(82, MANY_PARTS, "protocol: Hub", "a message of more than one frame",                     \
      "check the sender's software version")                                                   \
    X(83, MAILBOX_FULL, "protocol: Quotas",                                                    \
      "the mailbox from this sender to this member is full",                                   \
      "nothing: it is sent again when there is room")                                          \
    X(84, RATE, "protocol: Quotas", "more messages a minute than allowed",                     \
      "nothing: it is sent again later")                                                       \
    X(85, CREDIT, "protocol: Hub", "more messages than the credit allows",                     \
      "check the sender's software version")                                                   \
    X(86, NO_MAILBOX, "protocol: Hub", "the addressee has no mailbox at this hub",             \
      "try the addressee's other hubs")                                                        \
    X(87, PROTOCOL_VERSION, "protocol: Hub", "the other end speaks another protocol version",  \
      "update the software")                                                                   \
    X(88, DISK_FULL, "architecture: Failure stance", "the disk is full",                       \
      "make room on the disk; receipts are still taken")                                       \
    X(89, UNAVAILABLE, "architecture: Failure stance",                                         \
      "the service cannot take work just now", "nothing: it is tried again")                   \
    /* Cases and officers */                                                                   \
    X(100, NO_SESSION, "cases: Officers", "nobody is logged in", "run: liaison login")         \
    X(101, LOGIN, "cases: Officers", "unknown officer or wrong passphrase",                    \
      "check the officer's name and type the passphrase again")                                \
    X(102, LOGIN_DELAY, "cases: Officers", "too many wrong passphrases: wait a while",         \
      "wait, then try again")                                                                  \
    X(103, ROLE, "cases: Access", "this officer's roles do not allow this action",             \
      "ask an officer whose role allows it")                                                   \
    X(104, NO_CASE, "cases: The fold", "there is no such case here", "run: liaison inbox")     \
    X(105, NOT_A_PARTY, "cases: The fold", "this country or office is no party of the case",   \
      "check the case number")                                                                 \
    X(106, STATE, "cases: Referral", "the case's state does not allow this now",               \
      "run: liaison show CASE")                                                                \
    X(107, EVENT_ORDER, "cases: The fold", "the event does not fit behind the ones before it", \
      "nothing: it is kept and shown as without effect")                                       \
    X(108, DISPUTED, "cases: The fold", "one author signed two events with one number",        \
      "talk to the counterpart; both are kept")                                                \
    X(109, PARTIES, "cases: The fold",                                                         \
      "a case has two or three different countries, the author's first",                       \
      "correct the addressees")                                                                \
    X(110, NO_REASON, "cases: Urgency", "EMERGENCY and URGENT need a stated reason",           \
      "add urgency_reason")                                                                    \
    X(111, NO_RECIPIENT, "cases: Compartments",                                                \
      "the addressee has no office that can read this section",                                \
      "leave the section out, or address another office")                                      \
    X(112, DRAFT, "cases: Drafts",                                                             \
      "the draft is incomplete or has an entry that is not known",                             \
      "correct the line that is named")                                                        \
    X(113, NO_OFFICE, "cases: Officers", "there is no such office in the member's manifest",   \
      "run: liaison status --offices")                                                         \
    X(114, SAME_OFFICER, "cases: Two officers",                                                \
      "the second officer must be another than the first",                                     \
      "ask another officer to log in and do the same")                                         \
    X(115, AMBIGUOUS, "cases: The fold", "several cases begin like this",                      \
      "type more of the case's number")                                                        \
    X(116, NO_OFFICER, "cases: Officers", "no officer of this country has that name",          \
      "check the name")                                                                        \
    X(117, ERASED, "cases: Erasure", "it was erased",                                          \
      "if it is still needed, ask the country that sent it to send it anew")                   \
    X(118, ON_ITS_WAY, "cases: Erasure",                                                       \
      "something of the case has not arrived at another country yet",                          \
      "wait until liaison show CASE says that all of it was signed for")                       \
    X(119, LEGAL_HOLD, "cases: Erasure", "the case is under legal hold",                       \
      "two officers lift it with: liaison release CASE")                                       \
    /* Agreements */                                                                           \
    X(140, NO_AGREEMENT, "cases: Agreements",                                                  \
      "no agreement in force covers all these countries",                                      \
      "ask for an agreement, or leave a country out; see: liaison agreement list")             \
    X(141, OUTSIDE_AGREEMENT, "cases: Agreements",                                             \
      "no article of the agreement permits this",                                              \
      "ask first: liaison agreement permits; read: liaison agreement show")                    \
    X(142, AGREEMENT_VERSION, "cases: Agreements",                                             \
      "the agreement that it names is not in force here",                                      \
      "compare versions with the counterpart: liaison agreement list")                         \
    X(143, AGREEMENT_DATE, "cases: Agreements",                                                \
      "the agreement was not in force on that date, or has ended",                             \
      "sign a new version; begun cases may be answered in the wind-down")                      \
    X(144, PURPOSE, "cases: Agreements",                                                       \
      "the article does not permit this purpose",                                              \
      "state the purpose that applies; if none does, do not send it")                          \
    X(145, NEEDS_CONSENT, "cases: Consent",                                                    \
      "a section may leave with the person's consent only",                                    \
      "ask for consent and state it, or leave the section out")                                \
    X(146, CHILD, "cases: Children",                                                           \
      "the rules for children are not met",                                                    \
      "state the safeguards that are in place, or do not send it")                             \
    X(147, HANDLING_FLOOR, "cases: Handling",                                                  \
      "the handling code is less strict than the article asks",                                \
      "choose a stricter handling code for the section")                                       \
    X(148, UNGRADED, "cases: Handling",                                                        \
      "INTELLIGENCE must be graded",                                                           \
      "grade source and information (4x4)")                                                    \
    X(149, NEEDS_SECOND, "cases: Two officers",                                                \
      "it waits for a second officer of the same country",                                     \
      "another officer runs: liaison approve CASE")                                            \
    X(150, EMERGENCY_ONLY, "cases: Agreements",                                                \
      "the emergency article is for EMERGENCY only, and must be named",                        \
      "set the urgency to EMERGENCY and name the emergency article, or use another")           \
    X(151, PRINCIPLE, "cases: Principles",                                                     \
      "a guiding principle forbids it, whatever an agreement says",                            \
      "read the principle that is named; change the draft")                                    \
    X(152, AGREEMENT_SOURCE, "cases: Agreements",                                              \
      "the agreement contradicts itself, or has an article that nothing can satisfy",          \
      "correct the article that is named")                                                     \
    X(153, AGREEMENT_REJECTED, "cases: Agreements",                                            \
      "a party has rejected this version",                                                     \
      "propose the next version")                                                              \
    X(154, AGREEMENT_NOTICE, "cases: Agreements",                                              \
      "the end is sooner than the notice that was agreed",                                     \
      "choose a later day")                                                                    \
    X(156, AGREEMENT_QUOTA, "protocol: Agreements",                                            \
      "this country has too many unfinished proposals, rejections and endings here",           \
      "have the other parties sign what is proposed; propose no more until they have")         \
    /* Handling */                                                                             \
    X(160, HANDLING, "cases: Handling",                                                        \
      "the handling code does not allow this use",                                             \
      "ask the originator: liaison ask CASE EVENT")                                            \
    X(161, ONWARD, "cases: Handling",                                                          \
      "it may not be forwarded to that country",                                               \
      "ask the originator: liaison ask CASE EVENT")                                            \
    X(162, SECTION_EXPIRED, "cases: Handling",                                                 \
      "the section is locked since the day that its originator set",                           \
      "ask the originator for it again")                                                       \
    X(163, SECTION_REVOKED, "cases: Handling",                                                 \
      "its originator has revoked the section",                                                \
      "do not use it; tell everybody who had it from you")                                     \
    X(164, SECTION_CORRECTED, "cases: Handling",                                               \
      "its originator has corrected the section",                                              \
      "use the correction")                                                                    \
    X(165, ORIGIN, "cases: Handling",                                                          \
      "what it says of where it comes from is not right",                                      \
      "check the sender's software version; talk to the sender")                               \
    X(166, NO_EVENT, "cases: Handling",                                                        \
      "it is about an event or a section that is not in the case",                             \
      "run: liaison show CASE")                                                                \
    X(167, NOT_ORIGINATOR, "cases: Handling",                                                  \
      "this country may not say that of the section",                                          \
      "the originator corrects, revokes and grants; others ask")                               \
    X(168, WHOLE_CASE, "cases: Two officers",                                                  \
      "a whole case leaves the node only by two officers",                                     \
      "another officer runs the same with --approve OFFICER; or name what is needed with "     \
      "--compartment")                                                                         \
    X(155, KEPT_LONG_ENOUGH, "cases: Agreements",                                              \
      "the agreement lets it be kept no longer: it is locked",                                 \
      "if it is still needed, ask the country that sent it to send it anew")                   \
    X(169, LEFT_OUT, "cases: Handling",                                                        \
      "its compartment was not asked for in this export",                                      \
      "name it with --compartment")                                                            \
    /* This machine */                                                                         \
    X(120, USAGE, "operations: Usage", "the command line is not understood", "add --help")     \
    X(121, SETTINGS, "operations: Settings", "the settings file is not right",                 \
      "correct the line that is named")                                                        \
    X(122, SYSTEM, "operations: System", "the operating system refused",                       \
      "see the text behind it")                                                                \
    X(123, STORE, "architecture: Failure stance", "the store could not be read or written",    \
      "restart; if it happens again, check the disk and restore the backup")                   \
    X(124, STORE_DAMAGED, "architecture: Failure stance",                                      \
      "a stored record was changed or damaged",                                                \
      "restore the backup; keep the damaged store for inspection")                             \
    X(125, NOT_FOUND, "architecture: Store", "there is no such file or record",                \
      "check the name")                                                                        \
    X(126, EXISTS, "operations: Ceremony", "it is there already and is not overwritten",       \
      "name another file or remove the old one yourself")                                      \
    X(127, NOT_RUNNING, "operations: Node", "no node answers at the control door",             \
      "start liaison-node, or check the control directory")                                    \
    X(128, LOCKED_MEMORY, "operations: System", "secret memory could not be locked",           \
      "raise the limit of locked memory (ulimit -l, memlock)")                                 \
    X(129, FILE_MODE, "operations: Key files", "the file or directory can be read by others",  \
      "chmod go-rwx it")                                                                       \
    X(130, SELF_TEST, "threat-model: Hub", "the start-up self-test admitted a stranger",       \
      "do not run this build; report it")                                                      \
    X(131, BUSY, "architecture: Store", "another process owns this store",                     \
      "stop the other process")                                                                \
    X(132, UNANSWERED, "operations: Usage",                                                    \
      "the node took the request and gave no answer: it may have been done or not",            \
      "look first (liaison outbox, liaison show CASE); do it again only if it is not there")   \
    X(133, NEW_PASSPHRASE, "operations: Key files",                                            \
      "a new passphrase has 12 characters at least, and is typed twice alike",                 \
      "choose a longer one, and type it the same twice")                                       \
    /* The audit log */                                                                        \
    X(170, AUDIT_CUT, "cases: Audit", "entries of the audit log are missing",                  \
      "keep the store as it is, tell the supervisor, and ask who had access to its disk")      \
    X(171, AUDIT_REWRITTEN, "cases: Audit",                                                    \
      "an entry of the audit log is not the one that was written",                             \
      "keep the store as it is, tell the supervisor, and ask who had access to its disk")      \
    X(172, AUDIT_ROLLED_BACK, "cases: Audit",                                                  \
      "the log ends before what a counterpart has seen of it: an older store was put back",    \
      "ask the operator who put it back, and compare with the counterpart named")
/* clang-format on */

#define LN_CODE_ENUM(number, name, rule, text, advice) LN_E_##name = -(number),
enum ln_error { LN_CODES(LN_CODE_ENUM) };
#undef LN_CODE_ENUM

struct ln_code {
    int number; /* positive */
    const char *name;
    const char *rule;
    const char *text;
    const char *advice;
};

/** The whole table, ended by a row whose name is NULL. */
const struct ln_code *ln_codes(void);

/**
 * The row of an error (negative) or code (positive); never NULL: unknown numbers get a row that
 * says so.
 */
const struct ln_code *ln_code_of(int error);

#endif
