/* Tallystick, interface for programs that tell how they are used. C99 and C++; link with -ltally.
 *
 * A session is one run of a product. What is told goes over a local socket to the recorder of this machine, or into a
 * file of this user while no recorder runs; the next call after it runs again sends that file, each event once.
 *
 * No function blocks, but for the milliseconds that the caller allows; none ends or interrupts the program, changes
 * errno, raises a signal, or starts a thread. A program that ignores every outcome is a correct program.
 * All functions may be called from any thread, also for the same session; tally_end of a session is its last call.
 * After fork() the child has no part in the sessions of its parent (TALLY_NOT_YOURS) and begins its own.
 * Texts are bytes, best UTF-8, not empty, at most 64 bytes; words of the program, never anything that a person typed.
 */
#ifndef TALLY_API_H
#define TALLY_API_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tally_session tally_session;

/* What became of what was told. Only TALLY_DURABLE promises anything. */
typedef enum tally_outcome {
    TALLY_DURABLE = 0,  /* on the recorder's disk */
    TALLY_SENT = 1,     /* handed to the recorder, which writes it within 50 ms unless it is killed before */
    TALLY_SPOOLED = 2,  /* in a file of this user, sent when the recorder runs; power loss may take it */
    TALLY_LOST = 3,     /* neither: that file is full or cannot be written. How many were lost is told later */
    TALLY_REFUSED = 4,  /* the recorder will not record it: a limit, or a session that it does not know */
    TALLY_INVALID = 5,  /* an argument is wrong: nothing was done */
    TALLY_NOT_YOURS = 6 /* the session was begun by another process, before a fork: nothing was done */
} tally_outcome;

/* A fixed English text, never NULL. */
const char *tally_outcome_text(tally_outcome outcome);

typedef struct tally_options {
    size_t size;         /* sizeof(tally_options): fields behind it are as if 0 */
    const char *version; /* of the program, or NULL */
    const char *pool;    /* what the site charges the use to, or NULL */
    int automation;      /* not 0: a batch program, nobody sits before it */
    unsigned beat_s;     /* a call at least that often; after three times that without one the session counts as lost.
                            0: the session lasts as long as the process */
    unsigned wait_ms;    /* how long tally_begin may wait for TALLY_DURABLE; 0: not at all */
} tally_options;

/* Begins a session of `product`, the product's word in the catalogue of the site. `options` may be NULL. On TALLY_INVALID
 * (and where no memory is left: TALLY_LOST) *session is NULL, which every other function takes and answers with
 * TALLY_INVALID. */
tally_outcome tally_begin(tally_session **session, const char *product, const tally_options *options);

/* The session is alive. Call it once a minute or so: it also sends what waits. */
tally_outcome tally_heartbeat(tally_session *session);

/* A feature or module of the product was used once more. */
tally_outcome tally_feature(tally_session *session, const char *name);

/* How often a command (or a category of them) was started, completed, cancelled and undone in this session altogether. */
typedef struct tally_totals {
    uint64_t started, completed, cancelled, undone;
} tally_totals;
tally_outcome tally_commands(tally_session *session, const char *name, const tally_totals *totals);

/* The program was started, a document was opened or saved: that took `ms` milliseconds and ends now. `bytes` is the
 * size of the document, or 0. */
typedef enum tally_sample_kind { TALLY_STARTUP = 0, TALLY_OPEN = 1, TALLY_SAVE = 2 } tally_sample_kind;
tally_outcome tally_sample(tally_session *session, tally_sample_kind kind, uint64_t ms, uint64_t bytes);

/* TALLY_DURABLE when everything that was told of this session is on the recorder's disk within `wait_ms`. */
tally_outcome tally_flush(tally_session *session, unsigned wait_ms);

/* Ends the session and frees it. A session that is never ended ends with the process. */
tally_outcome tally_end(tally_session *session, unsigned wait_ms);

#ifdef __cplusplus
}
#endif
#endif
