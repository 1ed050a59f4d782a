#include "recorder/capture/records.hpp"

#include "tally/base/encoding.hpp"

namespace tally::capture {
namespace {

std::string_view name_of(Layer layer) {
    return layer == Layer::package ? "package" : layer == Layer::component ? "component" : "feature";
}

bool ends_like_component(std::string_view name) { // _YYYY_0F
    if (name.size() < 8 || !name.ends_with("_0F")) {
        return false;
    }
    const std::string_view year = name.substr(name.size() - 8, 5);
    return year[0] == '_' && is_digit(year[1]) && is_digit(year[2]) && is_digit(year[3]) && is_digit(year[4]);
}

bool starts_like_autodesk(std::string_view name) {
    for (std::size_t i = 0; i < 5; ++i) {
        if (i >= name.size() || !is_digit(name[i])) {
            return false;
        }
    }
    return name.size() > 6 && name[5] != '_';
}

std::string_view name_of(Ending ending) {
    static constexpr std::array<std::string_view, 5> names{"returned", "server_shutdown", "exit", "core", "superseded"};
    return names[static_cast<std::size_t>(ending)];
}

} // namespace

Layer layer_of(const Source& source, const std::string& feature) {
    if (source.packages.contains(feature)) {
        return Layer::package;
    }
    if (source.package_of.contains(feature)) {
        return Layer::component;
    }
    if (!starts_like_autodesk(feature)) {
        return Layer::feature;
    }
    return ends_like_component(feature) ? Layer::component : feature.ends_with("_F") ? Layer::package : Layer::feature;
}

std::uint64_t Records::append(std::string_view fields) {
    ++written_;
    return sink_->append(fields);
}

void Records::time(const Instant& at) {
    if (at.from == at.to) {
        line_.integer("at", static_cast<std::uint64_t>(at.from));
    } else {
        line_.integer("at_from", static_cast<std::uint64_t>(at.from))
            .integer("at_to", static_cast<std::uint64_t>(at.to));
    }
}

void Records::optional(std::string_view key, const std::string& text) {
    if (!text.empty()) {
        line_.text(key, text);
    }
}

std::uint64_t Records::start(const Source& source, const LicenceEvent& event, std::optional<std::uint64_t> end) {
    line_.begin();
    time(event.at);
    optional("cdata", event.cdata);
    if (event.is_automation) {
        line_.text("class", "automation");
    }
    line_.text("client", event.client);
    if (event.count > 1) {
        line_.integer("count", event.count);
    }
    optional("daemon", event.daemon);
    optional("domain", event.domain);
    if (end) {
        line_.integer("end", *end);
    }
    line_.text("feature", event.feature);
    if (!fidelity_.empty()) {
        line_.text("fidelity", fidelity_);
    }
    line_.text("layer", name_of(layer_of(source, event.feature)));
    if (const auto package = source.package_of.find(event.feature); package != source.package_of.end()) {
        line_.text("package", package->second);
    }
    line_.text("src", source.name).text("t", "start").text("user", event.user);
    optional("version", event.version);
    return append(line_.end());
}

std::uint64_t Records::end(const LicenceEvent& event, std::uint64_t start) {
    line_.begin();
    time(event.at);
    line_.text("kind", name_of(event.ending)).integer("start", start).text("t", "end");
    return append(line_.end());
}

std::uint64_t Records::orphan_end(const Source& source, const LicenceEvent& event) {
    line_.begin();
    time(event.at);
    line_.text("client", event.client);
    optional("daemon", event.daemon);
    optional("domain", event.domain);
    line_.text("feature", event.feature)
        .text("kind", name_of(event.ending))
        .text("layer", name_of(layer_of(source, event.feature)));
    line_.integer("orphan", 1).text("src", source.name).text("t", "end").text("user", event.user);
    return append(line_.end());
}

std::uint64_t Records::inferred_end(std::uint64_t start, const Instant& at) {
    line_.begin();
    time(at);
    line_.integer("inferred", 1).text("kind", stopped_kind_).integer("start", start).text("t", "end");
    return append(line_.end());
}

std::uint64_t Records::still_open(std::uint64_t start, std::int64_t at) {
    line_.begin();
    time({at, at});
    line_.integer("start", start).text("t", "open");
    return append(line_.end());
}

std::uint64_t Records::refusal(const Source& source, const LicenceEvent& event) {
    const bool denied = event.verb == Verb::denied || event.verb == Verb::unsupported;
    const bool queued = event.verb == Verb::queued || event.verb == Verb::dequeued;
    line_.begin();
    time(event.at);
    line_.text("client", event.client).integer("count", event.count);
    optional("daemon", event.daemon);
    optional("domain", event.domain);
    line_.text("feature", event.feature);
    optional("reason", event.reason);
    line_.text("src", source.name).text("t", denied ? "denial" : queued ? "queue" : "notice");
    line_.text("user", event.user).text("verb", capture::name_of(event.verb));
    return append(line_.end());
}

std::uint64_t Records::server(const Source& source, std::string_view daemon, const Instant& at, std::string_view verb) {
    line_.begin();
    time(at);
    if (!daemon.empty()) {
        line_.text("daemon", daemon);
    }
    line_.text("src", source.name).text("t", "server").text("verb", verb);
    return append(line_.end());
}

std::uint64_t Records::loss(const Source& source, std::uint64_t count, const Instant& between) {
    line_.begin();
    line_.integer("count", count).integer("from", static_cast<std::uint64_t>(between.from));
    line_.text("src", source.name).text("t", "loss").integer("to", static_cast<std::uint64_t>(between.to));
    return append(line_.end());
}

} // namespace tally::capture
