// Chain of seals: the input writes an honest log and then damages it. Whatever the chain accepts up to a seal is the
// honest log up to that seal. Byte 0: number of lines; then one byte a line (multiples of four are seals); then
// damages of four bytes: what, line, place, value.
#include "tests/fuzz/harness.hpp"

#include "tally/line/seal.hpp"

using namespace tally;
using namespace tally::line;

namespace {

class Input {
public:
    explicit Input(Bytes bytes) : rest_(bytes) {}
    std::uint8_t next() {
        if (rest_.empty()) {
            return 0;
        }
        const std::uint8_t byte = rest_[0];
        rest_ = rest_.subspan(1);
        return byte;
    }
    [[nodiscard]] bool ended() const { return rest_.empty(); }

private:
    Bytes rest_;
};

crypto::SecretKey key_of(std::uint64_t epoch) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = static_cast<std::uint8_t>(epoch + 1);
    return crypto::SecretKey::from_seed(seed);
}

std::vector<std::string> honest_log(Input& input, const std::string& host) {
    std::vector<std::string> lines;
    TreeHasher hasher;
    CompactRange range;
    Epoch epoch;
    const std::size_t count = input.next() % 24U;
    while (lines.size() < count) {
        const std::uint8_t what = input.next();
        Object fields;
        fields.token("host", host).integer("seq", lines.size());
        Object sealed = fields;
        sealed.token("boot", "b").integer("up", 1).integer("wall", 2).token("reason", "r").token("erasure", "e");
        lines.push_back(what % 4 == 0 ? make_seal(sealed, epoch, range.root(hasher),
                                                  key_of(epoch.number + 1).public_key(), key_of(epoch.number))
                                      : fields.token("t", "x").integer("v", what).str());
        epoch = what % 4 == 0 ? epoch.next() : epoch;
        range.append(hasher, hasher.leaf(lines.back()));
    }
    return lines;
}

void damage(Input& input, std::vector<std::string>& lines) {
    const std::uint8_t what = input.next();
    const std::size_t at = input.next();
    const std::size_t place = input.next();
    const std::uint8_t value = input.next();
    if (lines.empty()) {
        return;
    }
    auto& line = lines[at % lines.size()];
    switch (what % 6) {
    case 0:
        line[place % line.size()] = static_cast<char>(value);
        break;
    case 1:
        line.insert(place % line.size(), 1, static_cast<char>(value));
        break;
    case 2:
        line.erase(place % line.size(), 1);
        break;
    case 3:
        std::swap(line, lines[place % lines.size()]);
        break;
    case 4:
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at % lines.size()));
        break;
    default:
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place % lines.size()), std::string(line));
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const crypto::PublicKey first = key_of(0).public_key();
    static const std::string host = log_id(first).text();
    Input input({data, size});
    const auto honest = honest_log(input, host);
    auto lines = honest;
    for (int damages = 0; damages < 4 && !input.ended(); ++damages) {
        damage(input, lines);
        for (auto& line : lines) {
            line += line.empty() ? " " : "";
        }
    }
    Chain chain(host, {}, {}, first);
    bool faulty = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool good = chain.feed(lines[i]) == Chain::Fault::none;
        FUZZ_REQUIRE(!(faulty && good));
        faulty = !good;
        if (good && chain.sealed()) {
            FUZZ_REQUIRE(i < honest.size());
            FUZZ_REQUIRE(
                std::equal(honest.begin(), honest.begin() + static_cast<std::ptrdiff_t>(i) + 1, lines.begin()));
        }
        FUZZ_REQUIRE(faulty || chain.range().size() == i + 1);
    }
    FUZZ_REQUIRE(lines != honest || !faulty);
    return 0;
}
