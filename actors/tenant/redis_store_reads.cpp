/// The shared tenant store's lists, and what it keeps of numbers: beside the look-ups and changes of redis_store.cpp.
#include <algorithm>
#include <utility>

#include "actors/tenant/redis_answers.hpp"
#include "actors/tenant/redis_rows.hpp"
#include "actors/tenant/redis_store.hpp"

namespace tonris::actors {

using redis_answers::away;
using redis_answers::change_limit;
using redis_rows::row_of;
namespace scripts = config::redis_scripts;

namespace {

constexpr std::size_t most_of_a_page = 200;  // what one script reads

}  // namespace

caf::result<tenant_page_read> redis_tenant_store::on(const read_tenant_page& wanted) {
  if (!is_open_) return away();
  auto to = make_response_promise<tenant_page_read>();
  const auto most = std::min(wanted.most, most_of_a_page);
  run(scripts::tenant_page, {key("gen"), key("ids")},
      {config_.prefix, wanted.after.value, std::to_string(most), std::to_string(max_tenant_page_bytes)}, change_limit,
      [this, to](const auto* answer) mutable {
        const auto* const reply = reply_in(answer);
        if (reply && is_lost(*reply)) open_anew();
        if (!reply || is_lost(*reply)) return (void)to.deliver(away());
        tenant_page page;
        page.last = {std::string{reply->text_at(1)}};
        for (std::size_t i = 2; i < reply->items.size(); ++i) page.tenants.push_back(row_of(reply->items[i]));
        to.deliver(tenant_page_read{std::move(page)});
      });
  return to;
}

caf::result<imported_tenants> redis_tenant_store::on(const read_imported_tenants&) {
  if (!is_open_) return away();
  auto to = make_response_promise<imported_tenants>();
  scan_imported("0", std::make_shared<imported_tenants>(), to);
  return to;
}

void redis_tenant_store::scan_imported(const std::string& cursor, std::shared_ptr<imported_tenants> so_far,
                                       caf::typed_response_promise<imported_tenants> to) {
  command({"HSCAN", key("imp"), cursor, "COUNT", "1000"}, change_limit,
          [this, so_far = std::move(so_far), to](const auto* answer) mutable {
            const auto* const reply = reply_in(answer);
            if (!reply || reply->items.size() != 2) return (void)to.deliver(away());
            const auto& pairs = reply->items[1].items;
            for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
              so_far->digests.insert_or_assign(model::tenant_id{pairs[i].text}, pairs[i + 1].text);
            if (reply->text_at(0) == "0") return (void)to.deliver(std::move(*so_far));
            scan_imported(std::string{reply->text_at(0)}, std::move(so_far), to);
          });
}

// --- numbers at Twilio

caf::result<number_kept> redis_tenant_store::on(const keep_of_number& wanted) {
  if (!is_open_) return away();
  auto to = make_response_promise<number_kept>();
  std::vector<std::string> words{wanted.json.empty() ? "HDEL" : "HSET", key("kept"), wanted.number};
  if (!wanted.json.empty()) words.push_back(wanted.json);
  command(words, change_limit, [to](const auto* answer) mutable {
    if (reply_in(answer))
      to.deliver(number_kept{});
    else
      to.deliver(away());
  });
  return to;
}

caf::result<kept_of_number> redis_tenant_store::on(const read_kept_of_number& wanted) {
  if (!is_open_) return away();
  auto to = make_response_promise<kept_of_number>();
  command({"HGET", key("kept"), wanted.number}, change_limit, [to](const auto* answer) mutable {
    const auto* const reply = reply_in(answer);
    if (reply)
      to.deliver(kept_of_number{reply->text});
    else
      to.deliver(away());
  });
  return to;
}

}  // namespace tonris::actors
