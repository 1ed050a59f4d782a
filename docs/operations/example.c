/* A program that tells how it is used. Build: cc -o example example.c -ltally */
#include <stdio.h>
#include <tally/api.h>

int main(void) {
    tally_options options = {0};
    tally_session *session = NULL;
    tally_totals trim = {0};
    tally_outcome outcome;

    options.size = sizeof options;
    options.version = "2026.1";
    options.wait_ms = 500; /* this program wants to know whether its start is on the disk */
    outcome = tally_begin(&session, "example", &options);
    printf("begin: %s\n", tally_outcome_text(outcome));

    tally_sample(session, TALLY_STARTUP, 840, 0);
    tally_feature(session, "NASTRAN");
    trim.started = 45; /* of the whole session, each time it is told */
    trim.completed = 41;
    trim.cancelled = 3;
    trim.undone = 2;
    tally_commands(session, "TRIM", &trim);
    tally_sample(session, TALLY_OPEN, 2310, 4718592);
    tally_heartbeat(session); /* once a minute in a program that runs longer */

    outcome = tally_end(session, 500);
    printf("end: %s\n", tally_outcome_text(outcome));
    return 0;
}
