// Tables without findings: the same records counted four ways, products, days, people, requests that were not granted.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::reconcile {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void fill_tables(const Facts& facts, Outcome& outcome);
void fill_requests(const Facts& facts, Outcome& outcome);

} // namespace tally::reconcile
