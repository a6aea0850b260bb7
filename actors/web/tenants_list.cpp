/// The list of tenants, a part at a time.
#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/tenants_api.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/filter.hpp"
#include "model/tenant/rules.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::size_t ordinary_limit = 50, most_limit = 200;
constexpr std::size_t page_size = 200;         // of the store's: what one message takes of an actor's time
constexpr std::size_t most_looked_at = 2'000;  // by one request: whoever filters goes on with nextCursor
constexpr std::size_t most_bytes = 4 * 1024 * 1024;

struct list_wanted {
  std::size_t limit = ordinary_limit;
  model::tenant_id after{};
  model::tenant_filter filter{};
  std::string number{};  ///< in its meeting form; "": any
};

/// An error: what is wrong with the address.
tl::expected<list_wanted, std::string> wanted_in(std::string_view query) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(std::string{"the query cannot be read"});
  list_wanted wanted;
  for (const auto& [name, value] : *fields) {
    if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), wanted.limit);
      if (error != std::errc{} || end != value.data() + value.size() || wanted.limit < 1 || wanted.limit > most_limit)
        return tl::unexpected("limit must be a whole number from 1 to " + std::to_string(most_limit));
    } else if (name == "cursor") {
      wanted.after = {value};
    } else if (name == "status") {
      wanted.filter.status = model::tenant_rules::status_of(value);
      if (!wanted.filter.status)
        return tl::unexpected(std::string{"status must be pending, active, suspended or cancelled"});
    } else if (name == "q") {
      wanted.filter.text = value;
    } else if (name == "number") {
      const auto number = model::to_e164(value);
      if (!number) return tl::unexpected(std::string{"number must be a phone number in E.164, such as +15551234567"});
      wanted.number = model::meeting_form(*number);
    } else {
      return tl::unexpected("there is no " + name + ": limit, cursor, status, q and number are known");
    }
  }
  return wanted;
}

/// One answer in the making. Lives with its actor.
class tenant_list_request : public std::enable_shared_from_this<tenant_list_request> {
 public:
  tenant_list_request(caf::event_based_actor* self, list_wanted wanted, tenant_store store, api_reply reply)
      : self_(self), wanted_(std::move(wanted)), store_(std::move(store)), reply_(std::move(reply)) {
    json_.open_object();
    json_.open_list("items");
  }

  void start() {
    if (wanted_.number.empty()) return read_page();
    ask(self_, store_, answer_limit, look_up_tenants{{{wanted_.number, {}, ""}}})
        .then(
            [me = shared_from_this()](const looked_up_tenants& found) {
              const auto& [is, tenant] = found.found.at(0);
              if (is == looked_up_tenant::outcome::found) (void)me->add(tenant);
              me->finish({});
            },
            [me = shared_from_this()](const caf::error&) { me->fail(); });
  }

 private:
  void read_page() {
    ask(self_, store_, answer_limit, read_tenant_page{wanted_.after, page_size})
        .then([me = shared_from_this()](const tenant_page_read& read) { me->take(read.page); },
              [me = shared_from_this()](const caf::error&) { me->fail(); });
  }

  void take(const tenant_page& page) {
    for (const auto& tenant : page.tenants) {
      if (!add(tenant)) return finish(wanted_.after);
      wanted_.after = tenant.id;
    }
    looked_at_ += page.tenants.size();
    if (page.last.empty() || looked_at_ >= most_looked_at) return finish(page.last);
    read_page();
  }

  /// False: it has no room in this part.
  bool add(const stored_tenant& tenant) {
    if (!model::fits(wanted_.filter, tenant.json)) return true;
    if (items_ == wanted_.limit || (items_ > 0 && body_.size() + tenant.json.size() > most_bytes)) return false;
    json_.json(shown_tenant(tenant.json));
    ++items_;
    return true;
  }

  void finish(const model::tenant_id& next) {
    json_.close_list();
    if (!next.empty()) json_.member("nextCursor", next.value);
    json_.close_object();
    reply_.send(json_answer(std::move(body_)));
  }

  void fail() { reply_.send(tenant_store_away()); }

  // given
  caf::event_based_actor* self_;
  list_wanted wanted_;
  const tenant_store store_;
  api_reply reply_;

  // state
  std::string body_;
  model::json_writer json_{body_};
  std::size_t items_ = 0, looked_at_ = 0;
};

}  // namespace

void list_tenants(http_front& at, request_context& asked) {
  auto wanted = wanted_in(asked.request.query());
  if (!wanted) return asked.answer(error_answer(error_code::bad_request, wanted.error()));
  const auto& house = at.settings();
  house.system->spawn([wanted = std::move(*wanted), store = house.tenants, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    std::make_shared<tenant_list_request>(self, wanted, store, std::move(*reply))->start();
  });
}

}  // namespace tonris::actors
