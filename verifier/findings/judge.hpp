// What every judge needs to say what it found. Judges (comply, advise, watch) read the facts and add findings of their
// family to the outcome; they do not know each other: which of several findings of one fact stands is settled afterwards.
#pragma once

#include "verifier/count/facts.hpp"
#include "verifier/findings/outcome.hpp"

namespace tally::findings {

using count::assigned_from;
using count::count_key;
using count::days_used;
using count::Device;
using count::episodes_over;
using count::Facts;
using count::Family;
using count::Interval;
using count::is_material;
using count::Keys;
using count::persistence_of;
using count::Person;
using count::Pool;
using count::product_word;
using count::ProductFact;
using count::seconds_of;
using count::Stay;
using count::StayKind;
using count::Steps;
using count::sweep;
using count::UseDay;
using count::value_at;

// What a position says of its lines, before anything is counted; and a finding about it.
void describe(Position& position, const Facts& facts, const Pool& pool);
[[nodiscard]] Finding finding_about(const Position& position);

// Gives the finding its identity and keeps the evidence bounded (R-PRECEDENCE).
void add_finding(Outcome& outcome, Finding finding);
// Whether it alone makes `reconcile` end with 4: certain use or assignment beyond what was bought (a momentary peak, too).
[[nodiscard]] bool exceeds(const Finding& finding);
// After the judges: what an agreed exception covers on the last day that counts becomes "accepted", for its reason.
void apply_waivers(const Facts& facts, Outcome& outcome);
// After the judges: a finding that rests on what somebody did not do, or is not listed for, is possible only where the
// records of its time name him, or may name him, in another way too (R-NAMES).
void doubt_names(const Facts& facts, Outcome& outcome);
// One fact, one primary finding: what a stronger one absorbs becomes a link of it and moves to Outcome::absorbed
// (R-PRECEDENCE). Called once, after the judges. What "one fact" is, it reads off the finding: uses by product and
// records; seats by agreement, line and whom it is about (Finding::person, or ::persons of a line or group, spelled as
// Person::name; a finding of that family without either is never absorbed); peaks, free seats and tokens by agreement
// and line. A possible finding never absorbs a certain one.
void settle_precedence(Outcome& outcome);

} // namespace tally::findings
