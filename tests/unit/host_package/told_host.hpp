// A site with its keys at hand and a host that listens to it: packages and letters of every kind, true and forged.
#pragma once

#include "recorder/inbox/instructions.hpp"
#include "recorder/journal/box_key.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <map>

namespace tally::test {

using minisig::SecretKey;

struct ToldHost {
    SecretKey root = SecretKey::generate();
    SecretKey exporter = SecretKey::generate();
    SecretKey verifier = SecretKey::generate();
    crypto::PublicKey station = crypto::SecretKey::generate().public_key();
    pseudonym::Secret secret = pseudonym::Secret::generate(1);
    LogDir dir;
    std::unique_ptr<journal::Journal> journal = dir.open();

    [[nodiscard]] crypto::BoxPublicKey box() const { return journal::open_box_key(dir.path).public_key(); }

    // Version 1, and 2 with another export key when `replaced` is given: the old one is retired.
    [[nodiscard]] site_file::Chain chain(const SecretKey* replaced = nullptr) const {
        site_file::Version version{*SiteId::parse("SITE1"), 1, {root.public_key()}, 1, station, {exporter.public_key()},
                                   {verifier.public_key()}, 0};
        const std::vector<const SecretKey*> signers{&root};
        std::string lines = site_file::signed_line(version, signers) + "\n";
        if (replaced != nullptr) {
            version.number = 2;
            version.retired = {{exporter.public_key(), 5}};
            version.exports = {replaced->public_key()};
            lines += site_file::signed_line(version, signers) + "\n";
        }
        return site_file::read_chain(lines).value();
    }
    [[nodiscard]] host_package::Package package(std::uint64_t n = 1) const {
        host_package::Package made{*SiteId::parse("SITE1"),
                                   chain().fingerprint(),
                                   1,
                                   station,
                                   journal->host(),
                                   box(),
                                   n,
                                   std::nullopt,
                                   std::nullopt};
        made.names = host_package::Names{pseudonym::Policy::standard(), {host_package::seal_secret(secret, made.box)}};
        return made;
    }
    [[nodiscard]] inbox::Letter letter(const host_package::Package& package, const SecretKey* key = nullptr,
                                       const std::string& comment = "",
                                       std::string_view note = host_package::letter_note) const {
        const std::string text = host_package::package_text(package);
        const auto signature =
            minisig::sign(key == nullptr ? exporter : *key, minisig::digest(as_bytes(text)),
                          {std::string(note), comment.empty() ? host_package::package_comment(package) : comment});
        return {"letter", text, std::string(host_package::package_format), package.host.text(),
                minisig::signature_file(signature)};
    }
    // Everything that lies there by name, with the lines of the log.
    [[nodiscard]] std::map<std::string, std::string> state() const {
        std::map<std::string, std::string> files{{"lines", std::to_string(journal->size())}};
        for (const auto& entry : fs::directory_iterator(dir.path)) {
            const std::string name = entry.path().filename().string();
            if (fs::is_regular_file(entry.path()) && name.find("journal.db") == std::string::npos) {
                files[name] = os::read_file(entry.path(), 1U << 20U);
            }
        }
        return files;
    }
    // Why it is refused; "" when it is applied. What is refused changes nothing.
    std::string refusal(const inbox::Letter& letter) { return refusal(letter, chain()); }
    std::string refusal(const inbox::Letter& letter, const site_file::Chain& under) {
        const auto before = state();
        const auto applied = inbox::apply(*journal, letter, under);
        const bool changed = state() != before;
        return applied ? "" : changed ? "refused, and yet something changed" : applied.fault().what;
    }
};

} // namespace tally::test
