#include "recorder/capture/line_source.hpp"

#include "recorder/capture/decoder.hpp"

#include <array>
#include <cstdlib>
#include <cstring>

namespace tally::capture {
namespace {

constexpr std::size_t buffer_size = 1U << 18U;
static_assert(buffer_size > 2 * longest_line);

os::Descriptor spooled(const os::Descriptor& pipe, const os::fs::path& name, const os::fs::path& directory) {
    const std::string folder = directory.empty() ? "." : directory.string();
    os::Descriptor copy(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); // NOLINT(*-vararg)
    if (!copy.is_open()) {
        throw Error::system("create a temporary file in", folder);
    }
    std::array<char, 1U << 16U> block;
    while (const std::size_t size = os::read_some(pipe, block.data(), block.size(), name)) {
        os::write_all(copy, {block.data(), size}, folder);
    }
    return copy;
}

// Links are followed: which file is the log is the operator's choice. A named pipe without a writer does not block.
os::Descriptor open_log(const os::fs::path& path, const os::fs::path& spool_directory) {
    const bool is_stdin = path == "-";
    os::Descriptor file(is_stdin ? ::dup(0)
                                 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // NOLINT(*-vararg)
    if (!file.is_open()) {
        throw Error::system("open", path.string());
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw Error::system("stat", path.string());
    }
    if (S_ISDIR(status.st_mode)) {
        throw Error("open", path.string(), "is a directory", {"name the log files inside it"});
    }
    if (S_ISREG(status.st_mode)) {
        return file;
    }
    if (!is_stdin && !S_ISFIFO(status.st_mode)) {
        throw Error("open", path.string(), "neither a file nor a pipe");
    }
    if (!is_stdin) {
        ::fcntl(file.get(), F_SETFL, 0); // NOLINT(*-vararg)
    }
    return spooled(file, path, spool_directory);
}

// Looked for by its second letter: of the first one, "<", XML is full.
std::size_t place_of(std::string_view mark, std::string_view text) {
    for (std::size_t from = 1; from < text.size();) {
        const void* const hit = std::memchr(text.data() + from, mark[1], text.size() - from);
        if (hit == nullptr) {
            break;
        }
        const auto place = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
        if (text[place - 1] == mark[0] && text.substr(place - 1).starts_with(mark)) {
            return place - 1;
        }
        from = place + 1;
    }
    return std::string_view::npos;
}

} // namespace

LineSource::LineSource(const os::fs::path& path, const os::fs::path& spool_directory)
    : name_(path == "-" ? "stdin" : path.filename().string()), path_(path),
      file_(std::make_unique<os::Descriptor>(open_log(path, spool_directory))), buffer_(buffer_size, '\0') {
    rewind(UINT64_MAX);
}
LineSource::LineSource(LineSource&&) noexcept = default;
LineSource& LineSource::operator=(LineSource&&) noexcept = default;
LineSource::~LineSource() = default;

void LineSource::rewind(std::uint64_t limit) {
    if (::lseek(file_->get(), 0, SEEK_SET) < 0) {
        throw Error::system("seek", path_.string());
    }
    decoder_.reset();
    begin_ = 0;
    end_ = 0;
    searched_ = 0;
    read_ = 0;
    consumed_ = 0;
    number_ = 0;
    limit_ = limit;
    skipping_ = false;
    at_end_ = false;
    fault_.clear();
    sha_.reset();
}

bool LineSource::refill() {
    if (at_end_) {
        return false;
    }
    if (!decoder_) {
        decoder_ = make_decoder(*file_, path_);
    }
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        searched_ -= std::min(searched_, begin_);
        begin_ = 0;
    }
    const std::size_t room = std::min<std::uint64_t>(buffer_.size() - end_, limit_ - read_);
    const std::size_t got = room == 0 ? 0 : decoder_->read(buffer_.data() + end_, room);
    end_ += got;
    read_ += got;
    if (got == 0) {
        at_end_ = true;
        fault_ = decoder_->fault();
    }
    if (read_ == got) {
        refuse_other_formats();
    }
    return got > 0;
}

void LineSource::refuse_other_formats() {
    const std::string_view first(buffer_.data(), end_);
    if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) {
        fault_ = "is UTF-16 text: convert it first, for instance with iconv -f UTF-16 -t UTF-8";
    } else if (first.starts_with("PK\x03\x04") || first.starts_with("BZh") ||
               first.starts_with("\xFD"
                                 "7zXZ")) {
        fault_ = "is an archive of another kind: unpack it first";
    }
    if (!fault_.empty()) {
        at_end_ = true;
        end_ = 0;
    } else if (first.starts_with("\xEF\xBB\xBF")) {
        sha_.update(first.substr(0, 3));
        consumed_ += 3;
        begin_ += 3;
    }
}

bool LineSource::give(SourceLine& line, std::size_t size, std::size_t end_size, LineState state) {
    std::string_view text(buffer_.data() + begin_, size);
    sha_.update({buffer_.data() + begin_, size + end_size});
    begin_ += size + end_size;
    consumed_ += size + end_size;
    if (skipping_ || size > longest_line) {
        state = LineState::too_long;
        text = {};
    } else if (text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    skipping_ = false;
    line = {++number_, text, state};
    return true;
}

bool LineSource::finish_with_rest(SourceLine& line) {
    if (!fault_.empty() || (begin_ == end_ && !skipping_)) {
        return false;
    }
    return give(line, end_ - begin_, 0, LineState::unterminated);
}

// Bytes from begin_ to the next LF; npos when there is none in the buffer. None is looked for twice.
std::size_t LineSource::next_feed() {
    const std::size_t from = std::max(begin_, searched_);
    const void* feed = end_ > from ? std::memchr(buffer_.data() + from, '\n', end_ - from) : nullptr;
    searched_ = feed == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(feed) - buffer_.data());
    return feed == nullptr ? std::string_view::npos : searched_ - begin_;
}

// The end of a line by its mark, before its LF (at `feed`). Perhaps: what stands behind it is not read yet.
LineSource::Found LineSource::marked_end(std::string_view text, std::size_t feed, std::size_t& size) const {
    const std::size_t place = place_of(mark_, text.substr(0, feed));
    if (place == std::string_view::npos) {
        return Found::no;
    }
    size = place + mark_.size();
    const std::string_view rest = text.substr(0, feed).substr(size);
    if (feed == std::string_view::npos) {
        return rest.size() < 2 && !at_end_ ? Found::perhaps : Found::yes;
    }
    return rest.empty() || rest == "\r" ? Found::no : Found::yes; // its LF ends it
}

bool LineSource::next(SourceLine& line) {
    for (;;) {
        const std::string_view text(buffer_.data() + begin_, end_ - begin_);
        const std::size_t feed = next_feed();
        std::size_t size = 0;
        const Found marked = mark_.empty() ? Found::no : marked_end(text, feed, size);
        if (marked == Found::yes) {
            return give(line, size, 0, LineState::whole);
        }
        if (marked == Found::no && feed != std::string_view::npos) {
            return give(line, feed, 1, LineState::whole);
        }
        if (marked == Found::no && text.size() > longest_line + mark_.size()) {
            const std::size_t dropped = text.size() - mark_.size(); // no end in sight: it is one line all the same
            sha_.update(text.substr(0, dropped));
            consumed_ += dropped;
            begin_ += dropped;
            skipping_ = true;
        }
        if (!refill()) {
            return finish_with_rest(line);
        }
    }
}

Result<void> LineSource::fault() const {
    return fault_.empty() ? Result<void>() : Result<void>(Fault{fault_, number_ + 1});
}

} // namespace tally::capture
