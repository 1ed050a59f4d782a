#include "tests/crash/disk.hpp"

#include <algorithm>

namespace tally::crash {
namespace {

using Kind = Call::Kind;

constexpr std::size_t a_directory = std::string::npos;

void edit(std::string& bytes, const Call& call, const Fate& fate) {
    if (call.kind == Kind::resize) {
        if (fate.to != 0) {
            bytes.resize(call.offset, '\0');
        }
        return;
    }
    const std::size_t to = std::min(fate.to, call.bytes.size());
    const std::size_t end = fate.size_reached ? call.bytes.size() : to;
    if (end > 0 && (fate.from < to || fate.size_reached)) {
        bytes.resize(std::max<std::size_t>(bytes.size(), call.offset + end), '\0');
    }
    if (fate.from < to) {
        bytes.replace(call.offset + fate.from, to - fate.from, call.bytes, fate.from, to - fate.from);
    }
}

std::string folder_of(const std::string& name) {
    const auto slash = name.rfind('/');
    return slash == std::string::npos ? "" : name.substr(0, slash);
}

} // namespace

Disk::Disk(const Tree& before) {
    for (const auto& [name, content] : before) { // numbered as the recording does
        durable_[name] = content ? files_.size() : a_directory;
        if (content) {
            files_.push_back(content);
        }
    }
}

void Disk::change(Names& names, const Call& call) {
    switch (call.kind) {
    case Kind::create_file:
        names[call.name] = call.file;
        break;
    case Kind::create_directory:
        names[call.name] = a_directory;
        break;
    case Kind::rename:
        names.erase(call.name);
        names[call.to] = call.file;
        break;
    default:
        names.erase(call.name);
    }
}

void Disk::apply(const Call& call) {
    switch (call.kind) {
    case Kind::mark:
        return;
    case Kind::write:
    case Kind::resize:
        edits_.push_back(&call);
        return;
    case Kind::sync_all:
        for (const Call* one : edits_) {
            std::string bytes = files_[one->file]->bytes;
            edit(bytes, *one, Fate::kept());
            files_[one->file] = std::make_shared<const Content>(std::move(bytes));
        }
        for (const Call* one : names_) {
            change(durable_, *one);
        }
        edits_.clear();
        names_.clear();
        return;
    case Kind::sync_file: {
        std::string bytes = files_[call.file]->bytes;
        std::erase_if(edits_, [&](const Call* one) {
            if (one->file == call.file) {
                edit(bytes, *one, Fate::kept());
            }
            return one->file == call.file;
        });
        files_[call.file] = std::make_shared<const Content>(std::move(bytes));
        return;
    }
    case Kind::sync_directory:
        std::erase_if(names_, [&](const Call* one) {
            const bool here =
                folder_of(one->name) == call.name || (one->kind == Kind::rename && folder_of(one->to) == call.name);
            if (here) {
                change(durable_, *one);
            }
            return here;
        });
        return;
    case Kind::create_file:
        files_.resize(std::max(files_.size(), call.file + 1), std::make_shared<const Content>(""));
        names_.push_back(&call);
        return;
    default:
        names_.push_back(&call);
    }
}

Tree Disk::surviving(const Choice& choice) const {
    Names names = durable_;
    std::for_each_n(names_.begin(), choice.names, [&](const Call* one) { change(names, *one); });
    std::map<std::size_t, std::string> edited;
    for (std::size_t i = 0; i < edits_.size(); ++i) {
        const auto place = edited.try_emplace(edits_[i]->file, files_[edits_[i]->file]->bytes).first;
        edit(place->second, *edits_[i], choice.fates[i]);
    }
    Tree tree;
    for (const auto& [name, file] : names) {
        const std::string folder = folder_of(name);
        const auto above = tree.find(folder);
        if (!folder.empty() && (above == tree.end() || above->second)) {
            continue; // its directory did not survive
        }
        const auto changed = edited.find(file);
        tree[name] = file == a_directory       ? nullptr
                     : changed != edited.end() ? std::make_shared<const Content>(changed->second)
                                               : files_[file];
    }
    return tree;
}

Tree Disk::everything() const { return surviving({names_.size(), std::vector<Fate>(edits_.size())}); }

std::size_t hash_of(const Tree& tree) {
    std::size_t hash = tree.size();
    for (const auto& [name, content] : tree) {
        hash = hash * 0x9E3779B97F4A7C15U + std::hash<std::string>{}(name);
        hash = hash * 0x9E3779B97F4A7C15U + (content ? content->hash : 1);
    }
    return hash;
}

} // namespace tally::crash
