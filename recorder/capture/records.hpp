// The record lines of imported usage (docs/formats/record.md): one function a type, each appends one line to the sink.
// Texts are given in canonical encoding. Remembers nothing.
#pragma once

#include "recorder/capture/importer.hpp"
#include "recorder/capture/rendering.hpp"

namespace tally::capture {

// One licence event, encoded, owning its texts so that it can be held back.
struct LicenceEvent {
    Instant at;
    Verb verb = Verb::out;
    Ending ending = Ending::returned;
    std::uint32_t count = 1;
    std::optional<Instant> begun; // of an end: exactly the session that began then
    bool is_whole = false;        // of a start: its own line tells the end
    bool end_is_unseen = false;   // of a start: its source never tells ends
    bool is_automation = false;   // of a start
    std::string daemon;
    std::string feature;
    std::string user;
    std::string client;
    std::string domain; // of the user, where the policy leaves it apart
    std::string version;
    std::string cdata;
    std::string reason;
};

enum class Layer : std::uint8_t { feature, component, package };
// By the server's own table first, then by the vendor's naming (87545ACD_2022_0F is a component, 64300ACD_F a package).
[[nodiscard]] Layer layer_of(const Source& source, const std::string& feature);

class Records {
public:
    // `fidelity`: of all starts; empty: not said. `stopped_kind`: of ends that follow from a stop. Both must outlive it.
    explicit Records(Sink& sink, std::string_view fidelity = {}, std::string_view stopped_kind = "server_shutdown")
        : sink_(&sink), fidelity_(fidelity), stopped_kind_(stopped_kind) {}

    // `end`: seq of the end without a start that was waiting for it.
    std::uint64_t start(const Source& source, const LicenceEvent& event, std::optional<std::uint64_t> end = {});
    std::uint64_t end(const LicenceEvent& event, std::uint64_t start);
    std::uint64_t orphan_end(const Source& source, const LicenceEvent& event);
    std::uint64_t inferred_end(std::uint64_t start, const Instant& at); // by a stop of the daemon
    std::uint64_t still_open(std::uint64_t start, std::int64_t at);
    std::uint64_t refusal(const Source& source, const LicenceEvent& event); // denial, queue, notice
    std::uint64_t server(const Source& source, std::string_view daemon, const Instant& at, std::string_view verb);
    std::uint64_t loss(const Source& source, std::uint64_t count, const Instant& between);
    std::uint64_t append(std::string_view fields);

    [[nodiscard]] std::uint64_t written() const { return written_; }

private:
    void time(const Instant& at);
    void optional(std::string_view key, const std::string& text);

    Sink* sink_;
    std::string_view fidelity_;
    std::string_view stopped_kind_;
    Rendering line_;
    std::uint64_t written_ = 0;
};

} // namespace tally::capture
