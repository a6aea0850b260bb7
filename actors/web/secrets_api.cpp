#include "actors/web/secrets_api.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::size_t page_size = 100;
constexpr std::size_t missing_told = 100;

/// What it needs of the house.
struct rotation_services {
  tenant_store store;
  access_registry access;
  std::shared_ptr<const model::field_seal> seal;
  std::function<model::aead_nonce()> fresh_nonce;
};

/// All tenants, page by page; each is written only as it was read. Lives with its actor.
class rotation : public std::enable_shared_from_this<rotation> {
 public:
  rotation(caf::event_based_actor* self, rotation_services house, model::principal by, api_reply reply)
      : self_(self), house_(std::move(house)), by_(std::move(by)), reply_(std::move(reply)) {}

  void read(const model::tenant_id& after) {
    ask(self_, house_.store, answer_limit, read_tenant_page{after, page_size})
        .then([me = shared_from_this()](const tenant_page_read& read) { me->go_on_from(read.page); },
              [me = shared_from_this()](const caf::error&) {
                me->reply_.send(tenant_store_away("it goes on from there"));
              });
  }

 private:
  void go_on_from(const tenant_page& page) {
    auto anew = seal_anew(page, *house_.seal, house_.fresh_nonce);
    std::ranges::move(anew.missing, std::back_inserter(missing_));
    write_tenants all{std::move(anew.writes)};
    if (all.writes.empty()) return go_on(page.last);
    ask(self_, house_.store, answer_limit, std::move(all))
        .then(
            [me = shared_from_this(), last = page.last](const tenants_written& written) {
              for (const auto& one : written.answers)
                ++(one.is == tenant_written::outcome::ok ? me->tenants_ : me->changed_meanwhile_);
              me->go_on(last);
            },
            [me = shared_from_this()](const caf::error&) {
              me->reply_.send(tenant_store_away("it goes on from there"));
            });
  }

  void go_on(const model::tenant_id& last) {
    if (!last.empty()) return read(last);
    std::string json;
    model::json_writer out{json};
    out.open_object();
    out.member("tenants", tenants_);
    out.member("changedMeanwhile", changed_meanwhile_);
    out.open_list("missing");
    for (std::size_t i = 0; i < missing_.size() && i < missing_told; ++i) out.value(missing_[i]);
    out.close_list();
    out.close_object();
    note_then(self_, house_.access, entry_of(by_, "secrets.rotate", {}, "", json),
              [me = shared_from_this(), json] { me->reply_.send(json_answer(json)); });
  }

  // given
  caf::event_based_actor* self_;
  const rotation_services house_;
  const model::principal by_;
  api_reply reply_;

  // state
  std::int64_t tenants_ = 0, changed_meanwhile_ = 0;
  std::vector<std::string> missing_;
};

}  // namespace

void rotate_secrets(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  if (!house.seal->can_seal()) return asked.answer(error_answer(error_code::no_secrets_key, "SECRETS_KEY is not set"));
  rotation_services services{house.tenants, house.access, house.seal, house.fresh_nonce};
  house.system->spawn([services = std::move(services), by = asked.by, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    std::make_shared<rotation>(self, services, by, std::move(*reply))->read({});
  });
}

}  // namespace tonris::actors
