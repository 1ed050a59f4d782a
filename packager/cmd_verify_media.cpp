#include "packager/commands.hpp"
#include "packager/media/verify.hpp"
#include "packager/media_text.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <set>

namespace tally::packager {
namespace {

using cli::print;

site_file::Chain site_of(const VerifyMediaOptions& options) {
    if (options.site.empty()) {
        return submission::read_site(options.state);
    }
    auto chain = site_file::read_chain(os::read_file(options.site, site_file::max_versions * (line::max_roster + 1)));
    if (!chain) {
        throw Error("read", options.site.string(),
                    "line " + std::to_string(chain.fault().at) + ": " + chain.fault().what);
    }
    return std::move(*chain);
}

// What the station's log says to be on this medium.
std::vector<crypto::Hash> expected_on(const std::string& medium, const VerifyMediaOptions& options) {
    std::set<crypto::Hash> digests;
    if (options.site.empty()) {
        submission::Station station(options.state, os::system_clock());
        station.log.for_each("written", [&](const line::Fields& fields) {
            const auto list = fields.array("digests");
            if (!list || !same_medium(std::string(fields.string("medium").value_or("")), medium)) {
                return;
            }
            line::Items items(*list);
            for (line::Value item; items.next(item);) {
                crypto::Hash digest{};
                if (from_hex(item.text, digest)) {
                    digests.insert(digest);
                }
            }
        });
    }
    return {digests.begin(), digests.end()};
}

void print_json(const media::MediumSeen& seen, const std::string& medium) {
    text::Json json;
    json.object().member("medium", medium).member("sound", seen.sound()).key("bundles").array();
    for (const auto& parcel : seen.whole) {
        json.object().member("bundle", parcel.bundle).member("agreement", parcel.agreement).member("n", parcel.n);
        json.member("size", parcel.size).member("sha256", to_hex(parcel.sha256));
        json.member("method", media::name_of(parcel.method)).end_object();
    }
    json.end_array().key("remarks").array();
    for (const auto& remark : seen.remarks) {
        json.object().member("doubt", media::name_of(remark.doubt)).member("where", remark.where);
        json.member("what", remark.what).end_object();
    }
    print(json.end_array().end_object().str() + "\n");
}

void print_text(const media::MediumSeen& seen, const std::string& medium) {
    std::string text = "medium     " + medium + "\n";
    for (const auto& parcel : seen.whole) {
        text += "whole      " + parcel.bundle + "  " + std::to_string(parcel.size) + " bytes, read back " +
                std::string(media::name_of(parcel.method)) + "\nsha256     " + to_hex(parcel.sha256) + "\n";
    }
    for (const auto& remark : seen.remarks) {
        std::string word(media::name_of(remark.doubt));
        text += word + std::string(11 - std::min<std::size_t>(word.size(), 10), ' ') + remark.where + "  " +
                remark.what + "\n";
    }
    if (seen.whole.empty()) {
        text += "nothing whole of this site is on the medium\n";
    }
    print(text);
}

} // namespace

Exit run_verify_media(const VerifyMediaOptions& options) {
    if (options.state.empty() && options.site.empty()) {
        throw Error("verify", options.medium.string(), "nothing says whose bundles are to be on it",
                    {"--state DIR where the station is; --site SITE.jsonl on another machine"}, Exit::usage);
    }
    const auto site = site_of(options);
    const auto medium = media::look_at(options.medium);
    const std::string name = name_of(medium, options.label);
    auto seen = media::verify(medium.directory, options.medium, site, expected_on(line::encode_text(name), options));
    if (medium.kind.keeps == media::Keeps::memory) {
        for (auto& parcel : seen.whole) {
            parcel.method = media::Method::memory;
        }
    }
    options.output == Output::json ? print_json(seen, name) : print_text(seen, name);
    return seen.sound() ? Exit::ok : Exit::findings;
}

} // namespace tally::packager
