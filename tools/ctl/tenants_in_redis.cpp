/// The tenants in the Redis that gateways share, by the gateways' own store and its scripts.
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "actors/access/redis_store.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/quiet_clock.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/tenant/redis_store.hpp"
#include "model/access/departed_keys.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"
#include "tools/ctl/redis_asker.hpp"
#include "tools/ctl/tenants.hpp"
#include "tools/ctl/tenants_without_gateway.hpp"

namespace tonris::ctl {

namespace {

using namespace std::chrono_literals;
using actors::looked_up_tenant;

constexpr std::chrono::seconds patience{5};

constexpr std::string_view is_away = "REDIS_URL: it does not answer any more; nobody knows whether it was done";
constexpr std::string_view has_lost = "REDIS_URL: its tenants are lost: docs/redis.md says how they come back";

struct actors_settings : caf::actor_system_config {
  actors_settings() {
    actors::use_quiet_clock(*this);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

std::string a_generation() {
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  return model::to_hex(bytes);
}

class kept_in_redis final : public kept_tenants {
 public:
  /// `believed`: the generation of the data that this machine's gateway has last believed to be all there is.
  kept_in_redis(const net::redis_options& options, std::string believed) {
    loop_.start();
    actors::redis_tenant_store::config store;
    store.loop = &loop_;
    store.options = options;
    store.fresh_generation = a_generation;
    store.counters = &counters_;
    *store.believed = std::move(believed);
    store_ = caf::actor_cast<actors::tenant_store>(
        actors::spawn_on<actors::redis_tenant_store>(system_, unit_, std::move(store)));
    const actors::redis_access_store::config keys{&loop_, options, "{tonris}:", &counters_};
    keys_ = caf::actor_cast<actors::access_store>(actors::spawn_on<actors::redis_access_store>(system_, unit_, keys));
  }
  ~kept_in_redis() override {
    caf::anon_send_exit(store_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(keys_, caf::exit_reason::user_shutdown);
    store_ = nullptr;
    keys_ = nullptr;
    system_.await_all_actors_done();
    loop_.stop();
  }

  /// Its data was looked at; an error: it was not in time, or it is not whole.
  [[nodiscard]] result<void> wait_until_open() {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(20ms))
      if (const auto there = ask<actors::tenant_page_read>(store_, actors::read_tenant_page{{}, 1})) return is_whole();
    return tl::unexpected(std::string{"REDIS_URL: it does not answer"});
  }

  result<std::optional<actors::stored_tenant>> find(const model::tenant_id& id) override {
    return look_up({"", id, ""});
  }
  result<std::optional<actors::stored_tenant>> find_by_number(std::string_view number) override {
    return look_up({std::string{number}, {}, ""});
  }
  result<actors::tenant_page> page(const model::tenant_id& after) override {
    return ask<actors::tenant_page_read>(store_, actors::read_tenant_page{after, actors::max_tenant_page})
        .map([](auto&& read) { return std::move(read.page); });
  }
  result<actors::tenant_written> write(const actors::tenant_write& wanted) override {
    return first_of(ask<actors::tenants_written>(store_, actors::write_tenants{{wanted}}));
  }

  /// The script that drops a tenant drops its keys; what it does not do is tell the trail.
  result<actors::tenant_written> erase(const model::tenant_id& id) override {
    const auto keys = ask<actors::listed_api_keys>(keys_, actors::list_api_keys{id});
    if (!keys) return tl::unexpected(keys.error());
    auto done = first_of(ask<actors::tenants_written>(store_, actors::erase_tenant{id, "*"}));
    if (!done || done->is != actors::tenant_written::outcome::ok || keys->keys.empty()) return done;
    if (!ask<actors::change_noted>(keys_,
                                   actors::note_change{model::keys_gone_with(id, std::chrono::system_clock::now())}))
      return tl::unexpected("tenant " + id.value + " is removed with his keys, and the audit trail does not say so");
    return done;
  }

 private:
  template <class Answer, class To, class Question>
  result<Answer> ask(const To& whom, Question question) {
    caf::scoped_actor self{system_};
    result<Answer> got = tl::unexpected(std::string{is_away});
    self->request(whom, patience, std::move(question))
        .receive([&](Answer& answer) { got = std::move(answer); }, [](const caf::error&) {});
    return got;
  }

  result<std::optional<actors::stored_tenant>> look_up(actors::tenant_wanted wanted) {
    auto looked = ask<actors::looked_up_tenants>(store_, actors::look_up_tenants{{std::move(wanted)}});
    if (!looked) return tl::unexpected(looked.error());
    if (!looked->is_whole) return tl::unexpected(std::string{has_lost});
    auto& one = looked->found.at(0);
    if (one.is == looked_up_tenant::outcome::nobody) return std::nullopt;
    return std::move(one.tenant);
  }

  result<void> is_whole() {
    const auto there = look_up({"", {"nobody"}, ""});
    if (!there) return tl::unexpected(there.error());
    return {};
  }

  static result<actors::tenant_written> first_of(result<actors::tenants_written>&& done) {
    if (!done) return tl::unexpected(std::move(done.error()));
    return std::move(done->answers.at(0));
  }

  actors_settings settings_;
  caf::actor_system system_{settings_};
  net::loop loop_{"redis"};
  actors::io_loop unit_{system_, loop_};
  actors::metrics counters_;
  actors::tenant_store store_;
  actors::access_store keys_;
};

}  // namespace

tl::expected<tenants_door, std::string> tenants_in_redis(const net::redis_options& options,
                                                         const std::string& data_dir) {
  // Asked by itself first: it says why a server is none that can be used, which the store only logs.
  const auto is_usable = redis_asker::open(options, patience);
  if (!is_usable) return tl::unexpected(is_usable.error());
  auto kept = std::make_unique<kept_in_redis>(options, actors::tenant_database::mirrored_generation(data_dir));
  if (const auto open = kept->wait_until_open(); !open) return tl::unexpected(open.error());
  return door_to(std::move(kept));
}

}  // namespace tonris::ctl
