// What every judge needs to say what it found. Judges (comply, advise, watch) read the facts and add findings of their
// family to the outcome; they do not know each other: which of several findings of one fact stands is settled afterwards.
#pragma once

#include "verifier/count/facts.hpp"
#include "verifier/findings/outcome.hpp"

namespace tally::findings {

using count::assigned_from;
using count::count_key;
using count::CurvePair;
using count::curves_of;
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
using count::sweep;
using count::UseDay;
using count::value_at;

// What a position says of its lines, before anything is counted; and a finding about it.
void describe(Position& position, const Facts& facts, const Pool& pool);
[[nodiscard]] Finding finding_about(const Position& position);

// Gives the finding its identity and keeps the evidence bounded (R-PRECEDENCE).
void add_finding(Outcome& outcome, Finding finding);
// One fact, one primary finding: what a stronger one absorbs becomes a link of it (R-PRECEDENCE). Called once, after
// the judges.
void settle_precedence(Outcome& outcome);

} // namespace tally::findings
