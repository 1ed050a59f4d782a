#include "verifier/ledger/event.hpp"

#include <algorithm>

namespace tally::ledger {
namespace {

constexpr std::uint64_t max_count = 1'000'000'000;

void gather_text(std::string_view key, std::string_view text, Event& event) {
    switch (key.size()) {
    case 1:
        if (key == "t") {
            event.type = text;
        }
        break;
    case 3:
        if (key == "src") {
            event.src = text;
        }
        break;
    case 4:
        if (key == "user") {
            event.user = text;
        } else if (key == "kind") {
            event.kind = text;
        } else if (key == "verb") {
            event.verb = text;
        } else if (key == "addr") {
            event.address = text;
        } else if (key == "pool") {
            event.pool = text;
        }
        break;
    case 5:
        if (key == "layer") {
            event.layer = text;
        } else if (key == "class") {
            event.user_class = text;
        }
        break;
    case 6:
        if (key == "client") {
            event.client = text;
        }
        break;
    case 7:
        if (key == "feature") {
            event.feature = text;
        } else if (key == "package") {
            event.package = text;
        } else if (key == "version") {
            event.version = text;
        } else if (key == "account") {
            event.account = text;
        }
        break;
    default:
        break;
    }
}

} // namespace

Layer layer_of(std::string_view text) {
    return text == "package" ? Layer::package : text == "component" ? Layer::component : Layer::feature;
}

EndKind kind_of(std::string_view text) {
    if (text == "returned") {
        return EndKind::returned;
    }
    constexpr std::pair<std::string_view, EndKind> rarer[] = {
        {"server_shutdown", EndKind::server_shutdown},
        {"superseded", EndKind::superseded},
        {"exit", EndKind::exit},
        {"signal", EndKind::signal},
        {"core", EndKind::core},
        {"logoff", EndKind::logoff},
        {"lost_recorder_restart", EndKind::lost_recorder_restart},
        {"lost_reboot", EndKind::lost_reboot},
        {"lost_heartbeat", EndKind::lost_heartbeat},
        {"open_at_cutoff", EndKind::open_at_cutoff},
    };
    const auto* found =
        std::find_if(std::begin(rarer), std::end(rarer), [&](const auto& one) { return one.first == text; });
    return found == std::end(rarer) ? EndKind::other : found->second;
}

Verb verb_of(std::string_view text) {
    return text == "DENIED"        ? Verb::denied
           : text == "UNSUPPORTED" ? Verb::unsupported
           : text == "QUEUED"      ? Verb::queued
           : text == "DEQUEUED"    ? Verb::dequeued
                                   : Verb::other;
}

Event gather(const line::Fields& fields) {
    Event event;
    std::uint64_t to = 0;
    for (const auto& [key, value] : fields) {
        if (value.kind == line::Kind::string) {
            gather_text(key, value.text, event);
        } else if (key == "at" || key == "at_from") {
            event.at.from = static_cast<std::int64_t>(value.integer);
        } else if (key == "at_to") {
            to = value.integer;
        } else if (key == "wall") {
            event.wall = value.integer;
        } else if (key == "start" || key == "end") {
            event.other = value.integer;
        } else if (key == "count" && value.kind == line::Kind::integer) {
            event.count = std::min(value.integer, max_count);
        } else if (key == "borrow") {
            event.borrow = value.integer;
        } else if (key == "idle") {
            event.idle_known = value.integer == 1;
        }
    }
    event.at.span = std::max<std::int64_t>(0, static_cast<std::int64_t>(to) - event.at.from);
    return event;
}

} // namespace tally::ledger
