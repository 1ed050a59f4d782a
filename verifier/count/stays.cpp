#include "verifier/count/stays.hpp"

#include <algorithm>

namespace tally::count {

Span Stays::lower_of_whole(Index session) const {
    const auto& whole = sessions_->whole(session);
    return clipped(whole.start_to, whole.end_from);
}

Span Stays::upper_of_whole(Index session) const {
    const auto& whole = sessions_->whole(session);
    return clipped(whole.start_from, whole.end_to);
}

std::int64_t Stays::start_to(Index i) const {
    const Index at = session(i);
    return sessions_->is_exact(at) ? sessions_->start(at) : sessions_->whole(at).start_to;
}

bool Stays::has_start(Index i) const {
    const Index at = session(i);
    return sessions_->is_exact(at) || sessions_->whole(at).start_seq != ledger::no_seq;
}

Stay Stays::operator[](std::size_t i) const {
    Stay stay;
    stay.index = static_cast<Index>(i);
    static_cast<StayKind&>(stay) = kind(stay.index);
    stay.device = device(stay.index);
    stay.client = client(stay.index);
    stay.lower = lower(stay.index);
    stay.upper = upper(stay.index);
    const Index at = session(stay.index);
    if (sessions_->is_exact(at)) {
        stay.start_from = stay.start_to = sessions_->start(at);
        stay.start_seq = sessions_->start_seq(at);
    } else {
        const auto& whole = sessions_->whole(at);
        stay.start_from = whole.start_from;
        stay.start_to = whole.start_to;
        stay.start_seq = whole.start_seq;
        stay.end_seq = whole.end_seq;
        stay.has_end = whole.end_seq != ledger::no_seq;
    }
    return stay;
}

Stays::Index Stays::of_session(Index session) const {
    const Index at = place_.empty() ? session : place_[session];
    if (at < first_.size()) {
        return static_cast<Index>(std::find(first_.begin(), first_.end(), at) - first_.begin());
    }
    return at < size() ? at : none;
}

} // namespace tally::count
