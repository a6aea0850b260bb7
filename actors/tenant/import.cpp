#include "actors/tenant/import.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "actors/store/tenant_write.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/text/digest.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds patience{30};  // for one part of it
using outcome = tenant_written::outcome;
using digests = std::unordered_map<model::tenant_id, std::string>;

/// Of what the file says, secrets included: they are sealed anew each time.
std::string digest_of(const model::tenant& t) {
  auto said = to_json(t) + '\n' + t.secrets.auth_tokens.text + '\n' + t.secrets.api_key.text;
  for (const auto* keys : {&t.secrets.tool_keys, &t.secrets.webhooks})
    for (const auto& [name, key] : *keys) said.append("\n").append(name).append("\n").append(key.text);
  return model::sha256_hex(said);
}

template <class Answer, class Question>
tl::expected<Answer, std::string> ask(caf::scoped_actor& self, const tenant_store& store, Question question) {
  tl::expected<Answer, std::string> got = tl::unexpected(std::string{"the tenant store cannot be used"});
  self->request(store, patience, std::move(question))
      .receive([&](Answer& answer) { got = std::move(answer); }, [](const caf::error&) {});
  return got;
}

class file_import {
 public:
  file_import(caf::scoped_actor& self, const tenants_destination& to, digests before)
      : self_(self), to_(to), store_(to.store), before_(std::move(before)) {}

  tl::expected<tenants_import, std::string> run(const model::tenant_list& file) {
    for (const auto& id : file.refused)
      if (before_.contains({id})) mistaken_.insert({id});
    add_changes(file);
    auto done = erase_those_that_left(file);
    // A number may pass from one tenant to another, by way of a third: whoever waits for one tries again.
    while (done && !waiting_.empty()) {
      const auto before = waiting_.size();
      done = write_waiting();
      if (done && waiting_.size() == before && !free_one()) break;
    }
    if (!done) return tl::unexpected(done.error());
    for (const auto& [id, write] : waiting_) refuse(id, "its number is that of tenant " + taken_by_[id].value);
    result_.kept = mistaken_.size();
    auto& [added, changed, removed] = result_.changes;
    for (auto* const ids : {&added, &changed, &removed}) std::ranges::sort(*ids);
    return std::move(result_);
  }

 private:
  using writes = std::unordered_map<model::tenant_id, tenant_write>;

  void add_changes(const model::tenant_list& file) {
    for (const auto& t : file.good) {
      auto digest = digest_of(t);
      const auto known = before_.find(t.id);
      if (known != before_.end() && known->second == digest) continue;
      auto sealed = t;
      begin_experiment_of_file(sealed, std::chrono::system_clock::now());
      if (!seal_secrets(sealed.secrets, t.id, *to_.seal, to_.fresh_nonce)) {
        refuse(t.id, "its secrets cannot be kept: SECRETS_KEY is not set");
        continue;
      }
      auto write = write_of(sealed, known == before_.end() ? "" : "*");
      write.imported = std::move(digest);
      waiting_.emplace(t.id, std::move(write));
    }
  }

  tl::expected<void, std::string> erase_those_that_left(const model::tenant_list& file) {
    std::unordered_set<std::string> there(file.refused.begin(), file.refused.end());
    for (const auto& t : file.good) there.insert(t.id.value);
    for (const auto& [id, digest] : before_) {
      if (there.contains(id.value)) continue;
      if (auto done = ask<tenants_written>(self_, store_, erase_tenant{id, "*"}); !done)
        return tl::unexpected(done.error());
      result_.changes.removed.push_back(id.value);
    }
    return {};
  }

  /// All that wait, each decided by itself.
  tl::expected<void, std::string> write_waiting() {
    std::vector<tenant_write> all;
    all.reserve(waiting_.size());
    for (const auto& [id, write] : waiting_) all.push_back(write);
    for (std::size_t from = 0; from < all.size(); from += max_tenant_page) {
      const auto to = std::min(from + max_tenant_page, all.size());
      const write_tenants part{
          {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)}};
      auto written = ask<tenants_written>(self_, store_, part);
      if (!written) return tl::unexpected(written.error());
      for (std::size_t i = 0; i < part.writes.size(); ++i) take(part.writes[i].id, written->answers.at(i));
    }
    return {};
  }

  void take(const model::tenant_id& id, const tenant_written& answer) {
    switch (answer.is) {
      case outcome::ok:
        (before_.contains(id) ? result_.changes.changed : result_.changes.added).push_back(id.value);
        break;
      case outcome::taken: taken_by_[id] = answer.owner; return;
      case outcome::exists: refuse(id, "another one of that id is there, which is not of the file"); break;
      case outcome::unknown:
      case outcome::stale:
      case outcome::lost: refuse(id, "it was changed meanwhile"); break;
    }
    waiting_.erase(id);
  }

  /// Where a number is held by one that the file gives another number, or has a mistake for: that one lets go first.
  bool free_one() {
    for (const auto& [id, owner] : taken_by_) {
      if (!waiting_.contains(id)) continue;
      if (const auto blocking = waiting_.find(owner); blocking != waiting_.end()) {
        if (let_go(blocking->second)) return true;
      } else if (mistaken_.contains(owner)) {
        if (!ask<tenants_written>(self_, store_, erase_tenant{owner, "*"})) return false;
        mistaken_.erase(owner);
        result_.changes.removed.push_back(owner.value);
        return true;
      }
    }
    return false;
  }

  /// Nobody reaches it until it is written again: its keys and what else is kept of it stay.
  bool let_go(const tenant_write& of) {
    if (of.want.empty() || !without_number_.insert(of.id).second) return false;
    auto unreachable = of;
    unreachable.numbers.clear();
    unreachable.imported.reset();
    unreachable.request = request_id("without a number" + of.request);
    const auto written = ask<tenants_written>(self_, store_, write_tenants{{std::move(unreachable)}});
    return written && written->answers.at(0).is == outcome::ok;
  }

  void refuse(const model::tenant_id& id, const std::string& why) {
    result_.refused.push_back("tenant " + id.value + ": " + why);
  }

  // given
  caf::scoped_actor& self_;
  const tenants_destination& to_;
  const tenant_store& store_;
  const digests before_;

  // state
  std::unordered_set<model::tenant_id> mistaken_;  // in the file, and served as before
  writes waiting_;
  std::unordered_set<model::tenant_id> without_number_;  // of those, for as long as they wait
  std::unordered_map<model::tenant_id, model::tenant_id> taken_by_;
  tenants_import result_;
};

}  // namespace

tl::expected<tenants_import, std::string> import_tenants(caf::scoped_actor& self, const tenants_destination& to,
                                                         const model::tenant_list& file) {
  auto before = ask<imported_tenants>(self, to.store, read_imported_tenants{});
  if (!before) return tl::unexpected(before.error());
  auto done = file_import(self, to, std::move(before->digests)).run(file);
  if (done && to.has_left)
    for (const auto& id : done->changes.removed) to.has_left({id});
  return done;
}

}  // namespace tonris::actors
