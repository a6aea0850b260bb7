#include "actors/web/calls_list.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/call/live_board.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/tenant_of_calls.hpp"
#include "model/finding/call_line.hpp"
#include "model/finding/other_party.hpp"
#include "model/text/form.hpp"

namespace tonris::actors {

namespace {

using model::call_query;
using model::call_record;

constexpr std::chrono::seconds page_limit{5};
constexpr std::size_t export_page = 500;

model::json_mistakes unreadable_query() {
  return {{"", "the query cannot be read"}};
}

bool sees_numbers(const model::principal& who) {
  return may_ever(who, model::action::see_numbers);
}

/// Of a tenant's key his own calls, whatever he asks for.
tl::expected<call_query, net::http_response> query_of(const model::form& fields, const model::principal& who) {
  auto query = model::parse_call_query(fields, std::chrono::system_clock::now());
  if (!query) return tl::unexpected(mistakes_answer(error_code::bad_request, query.error()));
  if (who.is_operator()) return *std::move(query);
  if (query->tenant && *query->tenant != who.tenant) return tl::unexpected(no_such_tenant());
  query->tenant = who.tenant;
  if (query->number && !sees_numbers(who) && !tells_no_number(*query->number))
    return tl::unexpected(
        error_answer(error_code::forbidden,
                     "a key without the scope control looks for a whole number with its country, or by "
                     "four digits of its beginning at most, such as +4570*"));
  return *std::move(query);
}

/// Each once: one that has ended while the list was made is in both, and so is one whose caller has come back.
std::vector<call_record> merged(std::vector<call_record> live, const std::vector<std::string>& stored,
                                const live_board& board) {
  std::vector<call_record> all;
  std::unordered_set<model::call_sid> listed;
  for (auto& call : live)
    if (board.has(call.call) && listed.insert(call.call).second) all.push_back(std::move(call));
  for (const auto& json : stored)
    if (auto record = model::parse_call_record(json); record && listed.insert(record->call).second)
      all.push_back(*std::move(record));
  std::ranges::sort(all, [](const auto& a, const auto& b) { return comes_before(place_of(a), place_of(b)); });
  return all;
}

/// `last`: the store has more behind that. Then less than `limit` are here where this version cannot read some, and
/// those that go on and began before come with the next page.
net::http_response page_of(std::vector<call_record> calls, std::size_t limit, bool whole_numbers,
                           const std::optional<model::call_place>& last = {}) {
  auto behind = last;
  if (calls.size() > limit) {
    calls.resize(limit);
    behind = place_of(calls.back());
  } else if (last) {
    std::erase_if(calls, [&](const auto& call) { return comes_before(*last, place_of(call)); });
  }
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("items");
  for (const auto& call : calls) write(out, call_line_of(call, whole_numbers));
  out.close_list();
  if (behind) out.member("nextCursor", to_cursor(*behind));
  out.close_object();
  return json_answer(std::move(json));
}

struct page_wanted {
  tenant_asker asker;
  call_query query;
  bool whole_numbers = false;
};

void send_page(caf::event_based_actor* self, page_wanted wanted) {
  const auto& to = wanted.asker.to;
  const auto& board = wanted.asker.board;
  auto& query = wanted.query;
  const auto limit = query.limit++;  // one more tells that there is more
  // Before the store is asked: what ends meanwhile is in both, and not in neither.
  auto live = query.words.empty() ? board->list(query) : std::vector<call_record>{};
  if (query.live.value_or(false))
    return to->send(page_of(merged(std::move(live), {}, *board), limit, wanted.whole_numbers));
  ask(self, wanted.asker.store, page_limit, find_calls{query})
      .then(
          [asker = wanted.asker, whole = wanted.whole_numbers, limit,
           live = std::move(live)](const found_calls& found) {
            asker.to->send(page_of(merged(live, found.records, *asker.board), limit, whole, found.last));
          },
          say_unavailable(to));
}

}  // namespace

void list_calls(http_front& at, request_context& asked) {
  const auto fields = model::parse_form(asked.request.query());
  if (!fields) return asked.answer(mistakes_answer(error_code::bad_request, unreadable_query()));
  auto query = query_of(*fields, asked.by);
  if (!query) return asked.answer(query.error());
  const auto& house = at.settings();
  page_wanted wanted{tenant_asker_of(at, std::make_shared<api_reply>(asked)), *std::move(query),
                     sees_numbers(asked.by)};
  house.system->spawn(
      [wanted = std::move(wanted), who = asked.by, counters = house.counters](caf::event_based_actor* self) {
        guard(self, *counters);
        with_named_tenant(self, wanted.asker, who, wanted.query.tenant, [self, wanted] { send_page(self, wanted); });
      });
}

// --- all of them

namespace {

struct export_more {  // to itself
  using travels = in_process;
};

enum class export_form : std::uint8_t { ndjson, csv };

/// Reads a page, gives it to the client, and reads the next once he has taken it.
struct call_export {
  call_query query;
  export_form form = export_form::ndjson;
  bool whole_numbers = false;
  call_store store;
  std::optional<net::http_answer_stream> out{};
  std::string unsent{};  ///< was refused, until there is room
  bool is_last = false;

  std::string lines_of(const std::vector<std::string>& records) {
    std::string lines;
    for (const auto& json : records) {
      const auto record = model::parse_call_record(json);
      if (!record) continue;
      if (form == export_form::csv)
        lines += to_csv(call_line_of(*record, whole_numbers));
      else
        lines.append(to_json(whole_numbers ? *record : model::without_other_number(*record))).append("\n");
    }
    return lines;
  }
};

std::optional<export_form> form_of(std::string_view name) {
  if (name == "ndjson") return export_form::ndjson;
  if (name == "csv") return export_form::csv;
  return std::nullopt;
}

/// An error: what is wrong with the address.
tl::expected<call_export, net::http_response> export_of(std::string_view text, const model::principal& who) {
  auto fields = model::parse_form(text);
  if (!fields) return tl::unexpected(mistakes_answer(error_code::bad_request, unreadable_query()));
  model::json_mistakes mistakes;
  call_export wanted;
  for (const auto& [name, value] : *fields) {
    if (name == "limit" || name == "cursor" || name == "live")
      mistakes.push_back({name, "an export has all ended calls that fit: it takes no " + name});
    if (name != "format") continue;
    if (const auto form = form_of(value))
      wanted.form = *form;
    else
      mistakes.push_back({name, "must be ndjson or csv"});
  }
  if (!mistakes.empty()) return tl::unexpected(mistakes_answer(error_code::bad_request, mistakes));
  std::erase_if(*fields, [](const auto& field) { return field.first == "format"; });
  auto query = query_of(*fields, who);
  if (!query) return tl::unexpected(query.error());
  wanted.query = *std::move(query);
  wanted.query.limit = export_page;
  wanted.query.live = false;
  return wanted;
}

net::http_response head_of(export_form form) {
  auto head = form == export_form::csv
                  ? net::make_response(200, "text/csv; charset=utf-8", std::string{model::csv_header()})
                  : net::make_response(200, "application/x-ndjson", {});
  head.fields.set("Content-Disposition", form == export_form::csv ? "attachment; filename=\"calls.csv\""
                                                                  : "attachment; filename=\"calls.ndjson\"");
  return head;
}

/// A page that the client does not take yet waits, and nothing is read meanwhile. Who does not take it at all is cut
/// off by the server, as of every answer.
void give(caf::event_based_actor* self, call_export& job) {
  switch (job.out->write(job.unsent)) {
    case net::http_answer_stream::outcome::gone: return self->quit();
    case net::http_answer_stream::outcome::full: return;
    case net::http_answer_stream::outcome::taken: break;
  }
  job.unsent.clear();
  if (job.is_last) {
    job.out->end();
    return self->quit();
  }
  self->send(self, export_more{});
}

}  // namespace

void export_calls(http_front& at, request_context& asked) {
  auto wanted = export_of(asked.request.query(), asked.by);
  if (!wanted) return asked.answer(wanted.error());
  const auto& house = at.settings();
  wanted->whole_numbers = sees_numbers(asked.by);
  wanted->store = house.store;
  const auto id = asked.request_id;
  house.system->spawn([job = std::make_shared<call_export>(*std::move(wanted)), id, who = asked.by,
                       asker = tenant_asker_of(at, std::make_shared<api_reply>(asked)),
                       counters = house.counters](caf::event_based_actor* self) -> caf::behavior {
    guard(self, *counters);
    with_named_tenant(self, asker, who, job->query.tenant, [self, job, id, to = asker.to] {
      const auto address = caf::actor_cast<caf::actor>(self);
      net::http_answer_watch watch;
      watch.on_room = [address] { caf::anon_send(address, export_more{}); };
      watch.on_gone = [address] { caf::anon_send_exit(address, caf::exit_reason::user_shutdown); };
      job->out = to->responder()->stream(with_request_id(head_of(job->form), id), std::move(watch));
      self->send(self, export_more{});
    });
    return {[self, job](export_more) {
      if (!job->unsent.empty()) return give(self, *job);
      ask(self, job->store, page_limit, find_calls{job->query})
          .then(
              [self, job](const found_calls& found) {
                job->is_last = !found.last;
                job->query.after = found.last;
                job->unsent = job->lines_of(found.records);
                give(self, *job);
              },
              [self](const caf::error&) { self->quit(); });  // cut: nobody takes half of it for the whole
    }};
  });
}

}  // namespace tonris::actors
