#include "actors/admission/redis_counts.hpp"

#include <algorithm>
#include <limits>

#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace scripts = config::redis_scripts;
using model::admission_verdict;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view schema = "1";
/// No node asks another for anything yet: that a node lives is what its key says.
constexpr const char* nobodys_address = "";

/// A script's numbers come as integers, or as texts where they may be long.
std::int64_t number_of(const net::redis_reply& item) {
  return item.is == net::redis_reply::kind::integer ? item.integer : number_in<std::int64_t>(item.text);
}
std::int64_t number_at(const net::redis_reply& reply, std::size_t index) {
  return index < reply.items.size() ? number_of(reply.items[index]) : 0;
}
std::uint64_t count_at(const net::redis_reply& reply, std::size_t index) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number_at(reply, index), 0));
}

/// What a script counts with is a double: larger limits than this are none.
std::string limit(std::uint64_t n) {
  return std::to_string(std::min<std::uint64_t>(n, std::uint64_t{1} << 52U));
}

const net::redis_reply* reply_in(const net::redis_answer& answer) {
  return answer.outcome == net::redis_outcome::ok && answer.reply.is == net::redis_reply::kind::items ? &answer.reply
                                                                                                      : nullptr;
}

model::admission_answer admission_in(const net::redis_reply& reply) {
  model::admission_answer said;
  for (std::size_t n = 0; n < model::admission_verdict_count; ++n)
    if (const auto verdict = static_cast<admission_verdict>(n); to_string(verdict) == reply.text_at(0))
      said.verdict = verdict;
  if (said.verdict == admission_verdict::ok) {
    said.epoch = count_at(reply, 1);
    said.met = count_at(reply, 2);
    said.again = number_at(reply, 3) == 1;
  } else if (said.verdict == admission_verdict::elsewhere) {
    said.node = reply.text_at(1);
  } else {
    said.met = count_at(reply, 1);
  }
  return said;
}

redis_counts::renewed renewal_in(const net::redis_reply& reply) {
  using what = model::renewal_answer::remark::what;
  redis_counts::renewed said;
  if (reply.items.size() != 3) {
    said.answer.lost = true;
    return said;
  }
  said.generation = reply.text_at(0);
  for (const auto& one : reply.items[1].items) {
    auto& remark = said.answer.remarks.emplace_back();
    remark.call = {std::string{one.text_at(0)}};
    if (one.text_at(1) == "fenced") {
      remark.is = what::fenced;
      remark.node = one.text_at(2);
    } else if (one.text_at(1) == "epoch") {
      remark.is = what::epoch;
      remark.epoch = count_at(one, 2);
    }
  }
  for (const auto& one : reply.items[2].items)
    said.answer.tenants.push_back(
        {{std::string{one.text_at(0)}}, {number_at(one, 1), number_at(one, 2), 0}, count_at(one, 3)});
  return said;
}

std::optional<model::release_verdict> release_in(std::string_view word) {
  using verdict = model::release_verdict;
  static constexpr std::pair<std::string_view, verdict> words[] = {
      {"ok", verdict::ok}, {"again", verdict::again}, {"fenced", verdict::fenced}, {"lost", verdict::lost}};
  for (const auto& [said, is] : words)
    if (said == word) return is;
  return std::nullopt;
}

}  // namespace

// --- the connections

redis_counts::redis_counts(config settings)
    : config_(std::move(settings)),
      alive_(std::make_shared<redis_counts*>(this)),
      admissions_(make_link()),
      upkeep_(make_link()) {}

redis_counts::~redis_counts() {
  alive_.reset();
}

std::unique_ptr<net::redis_link> redis_counts::make_link() {
  const auto changed = [this, me = std::weak_ptr{alive_}](const net::redis_state&) {
    if (!me.expired()) config_.enter(config_.link_changed);
  };
  const auto fault = [](const std::string& line) { log::error("REDIS_URL: {why}", {{"why", line}}); };
  std::vector<net::redis_script> run_here;
  for (const auto* one : {&scripts::counts_open, &scripts::admit, &scripts::renew, &scripts::release, &scripts::claim,
                          &scripts::restore, &scripts::reserve, &scripts::usage})
    run_here.push_back({one->text, one->sha1});
  return net::redis_link::make(*config_.loop, config_.options, std::move(run_here), {changed, fault});
}

redis_counts::link redis_counts::state() const noexcept {
  using phase = net::redis_state::phase;
  auto both = link::ready;
  for (const auto* one : {admissions_.get(), upkeep_.get()}) {
    const auto is = one->state().is;
    if (is == phase::away || is == phase::refused) return link::away;
    if (is == phase::connecting) both = link::looks;
  }
  return both;
}

std::uint64_t redis_counts::upkeep_losses() const noexcept {
  return upkeep_->losses();
}

void redis_counts::run(net::redis_link& by, const tonris::config::redis_script& script,
                       const std::vector<std::string>& keys, const std::vector<std::string>& arguments,
                       milliseconds within, answered then) {
  by.run({script.text, script.sha1}, keys, arguments, within, when_answered(std::move(then)));
}

redis_counts::answered redis_counts::when_answered(answered then) {
  return [this, me = std::weak_ptr{alive_}, then = std::move(then)](const net::redis_answer& answer) {
    if (me.expired()) return;
    config_.enter([&] {
      config_.count(answer.outcome);
      then(answer);
    });
  };
}

void redis_counts::command(const std::vector<std::string>& words, answered then) {
  const std::vector<std::string_view> views{words.begin(), words.end()};
  upkeep_->command(views, upkeep_limit, when_answered(std::move(then)));
}

std::string redis_counts::month_key(const model::tenant_id& tenant, model::usage_month month) const {
  return key("u:" + tenant.value + ":" + to_string(month));
}

// --- what is asked

void redis_counts::open(const std::string& known, const std::string& fresh, told<generation> then) {
  run(*upkeep_, scripts::counts_open, {key("gen"), key("young"), key("schema")},
      {known, fresh, std::to_string(config_.lease.count()), std::string{schema}}, upkeep_limit,
      [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        if (!reply) return then(std::nullopt);
        then(generation{std::string{reply->text_at(0)}, reply->text_at(1) > schema});
      });
}

void redis_counts::admit(const model::admission_place& who, const model::admission_limits& limits, milliseconds within,
                         std::function<void(admission_said)> then) {
  const auto& tenant = who.tenant.value;
  run(*admissions_, scripts::admit,
      {key("gen"), key("young"), key("l:" + who.call.value), key("c:" + tenant), key("m:" + tenant),
       month_key(who.tenant, who.month), key("r:" + tenant + ":" + who.caller), key("v:" + who.vendor),
       key("vn:" + who.vendor), key("vr:" + who.vendor)},
      {who.call.value, tenant, config_.node, who.vendor, std::to_string(config_.lease.count()), limit(limits.calls),
       limit(limits.calls_per_minute), limit(limits.month_seconds), limit(limits.month_microdollars),
       who.caller.empty() ? "0" : limit(limits.caller_calls), std::to_string(limits.caller_window.count()),
       limit(limits.vendor_calls), std::to_string(model::admission_table::slice_seconds),
       std::to_string(config_.settle.count())},
      within, [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        then({answer.outcome, reply ? admission_in(*reply) : model::admission_answer{}});
      });
}

void redis_counts::take_over(const model::call_sid& call, milliseconds within, told<std::uint64_t> then) {
  run(*admissions_, scripts::claim,
      {key("gen"), key("l:" + call.value), key("k:" + call.value), key("node:" + config_.node)},
      {config_.prefix, config_.node, nobodys_address, std::to_string(config_.lease.count()), "1"}, within,
      [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        if (!reply || reply->text_at(0) != "yours") return then(std::nullopt);
        then(count_at(*reply, 1));
      });
}

void redis_counts::renew(const std::vector<model::lease_renewal>& calls, model::usage_month month, told<renewed> then) {
  std::vector<std::string> arguments{config_.prefix,
                                     config_.node,
                                     nobodys_address,
                                     std::to_string(config_.lease.count()),
                                     std::to_string(config_.settle.count()),
                                     to_string(month)};
  for (const auto& one : calls)
    arguments.insert(arguments.end(), {one.call.value, one.tenant.value, one.vendor, std::to_string(one.epoch),
                                       std::to_string(one.seconds), std::to_string(one.microdollars)});
  run(*upkeep_, scripts::renew, {key("gen"), key("node:" + config_.node)}, arguments, upkeep_limit,
      [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        then(reply ? std::optional{renewal_in(*reply)} : std::nullopt);
      });
}

void redis_counts::release(const model::lease_release& what, told<model::release_verdict> then) {
  const auto& who = what.of;
  const auto& tenant = who.tenant.value;
  run(*upkeep_, scripts::release,
      {key("gen"), key("l:" + who.call.value), key("c:" + tenant), key("m:" + tenant), month_key(who.tenant, who.month),
       key("v:" + who.vendor), key("vn:" + who.vendor), key("r:" + tenant + ":" + who.caller)},
      {who.call.value, tenant, config_.node, what.epoch ? std::to_string(*what.epoch) : "",
       std::to_string(what.seconds), std::to_string(what.microdollars), std::to_string(config_.settle.count()),
       what.undo ? "1" : "0"},
      upkeep_limit, [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        then(reply ? release_in(reply->text_at(0)) : std::nullopt);
      });
}

void redis_counts::note_wait(const model::call_sid& call) {
  command({"SET", key("w:" + call.value), config_.node, "PX", std::to_string(config_.settle.count())},
          [](const auto&) {});
}

void redis_counts::find_in_line(const model::call_sid& call, told<bool> then) {
  command({"GET", key("w:" + call.value)}, [this, call, then = std::move(then)](const net::redis_answer& last) {
    if (last.outcome != net::redis_outcome::ok) return then(std::nullopt);
    const auto& by = last.reply;
    if (by.is != net::redis_reply::kind::nil && by.text != config_.node) return then(false);
    command({"EXISTS", key("l:" + call.value)}, [then](const net::redis_answer& lease) {
      if (lease.outcome != net::redis_outcome::ok) return then(std::nullopt);
      then(number_of(lease.reply) == 0);
    });
  });
}

void redis_counts::find_holder(const model::call_sid& call, told<holder> then) {
  command({"HMGET", key("l:" + call.value), "n", "end"},
          [this, then = std::move(then)](const net::redis_answer& lease) {
            const auto* const reply = reply_in(lease);
            if (!reply) return then(std::nullopt);
            const std::string node{reply->text_at(0)};
            if (!reply->text_at(1).empty()) return then(holder{true, false});
            if (node.empty() || node == config_.node) return then(holder{});
            command({"EXISTS", key("node:" + node)}, [then](const net::redis_answer& its_own) {
              if (its_own.outcome != net::redis_outcome::ok) return then(std::nullopt);
              then(holder{false, number_of(its_own.reply) == 1});
            });
          });
}

void redis_counts::restore(const model::tenant_id& tenant, model::usage_month month, const model::month_sums& booked,
                           std::function<void(bool)> then) {
  run(*upkeep_, scripts::restore, {key("gen"), month_key(tenant, month)},
      {config_.node, std::to_string(booked.seconds), std::to_string(booked.microdollars), std::to_string(booked.calls)},
      upkeep_limit, [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        then(reply && reply->text_at(0) != "lost");
      });
}

void redis_counts::reserve(const std::string& vendor,
                           const std::vector<std::pair<model::tenant_id, std::uint32_t>>& tenants,
                           std::function<void(bool)> then) {
  std::vector<std::string> arguments;
  for (const auto& [tenant, calls] : tenants) {
    arguments.push_back(tenant.value);
    arguments.push_back(std::to_string(calls));
  }
  run(*upkeep_, scripts::reserve, {key("gen"), key("vr:" + vendor)}, arguments, upkeep_limit,
      [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        then(reply && reply->text_at(0) == "ok");
      });
}

void redis_counts::describe(const model::tenant_id& tenant, const std::string& vendor, model::usage_month month,
                            told<used> then) {
  run(*upkeep_, scripts::usage,
      {key("gen"), key("c:" + tenant.value), key("m:" + tenant.value), month_key(tenant, month), key("v:" + vendor)},
      {}, upkeep_limit, [then = std::move(then)](const auto& answer) {
        const auto* const reply = reply_in(answer);
        if (!reply || reply->items.size() != 6) return then(std::nullopt);
        used is;
        is.live = count_at(*reply, 0);
        is.within_minute = count_at(*reply, 1);
        is.month = {number_at(*reply, 2), number_at(*reply, 3), number_at(*reply, 4)};
        is.at_vendor = count_at(*reply, 5);
        then(is);
      });
}

}  // namespace tonris::actors
