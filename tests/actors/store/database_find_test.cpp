/// What calls are looked for by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/store/database.hpp"
#include "model/finding/facets.hpp"
#include "model/finding/full_text.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::call_query;
using model::end_reason;
using testing::ElementsAre;
using testing::IsEmpty;

const auto noon = model::parse_iso_time("2026-11-29T12:00:00.000Z").value();

std::string sid(int number) {
  const auto digits = std::to_string(number);
  return "CA" + std::string(32 - digits.size(), '0') + digits;
}

model::call_record call(int number, std::chrono::system_clock::time_point started = noon) {
  model::call_record record;
  record.call = {sid(number)};
  record.tenant = {"salon"};
  record.from = "+4570000001";
  record.to = "+15550100002";
  record.agent = {"agent_a"};
  record.state = model::call_state::ended;
  record.started = started;
  record.ended = started + 61s;
  record.metered_seconds = 61;
  record.reason = end_reason::caller_hung_up;
  return record;
}

class CallsFound : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    db.reset();
    auto opened = call_database::open(directory.data());
    ASSERT_TRUE(opened) << opened.error().line;
    db.emplace(std::move(*opened));
  }
  void write(const std::vector<model::call_record>& records) {
    journal_batch batch;
    for (const auto& one : records) batch.records.push_back({one.call, one.tenant.value, one.started, to_json(one)});
    ASSERT_TRUE(db->write(batch, noon));
  }
  std::vector<int> found(const call_query& query) {
    const auto all = db->find(query);
    EXPECT_TRUE(all) << all.error().line;
    std::vector<int> numbers;
    for (const auto& one : *all)
      numbers.push_back(std::stoi(model::parse_call_record(one.json).value().call.value.substr(2)));
    return numbers;
  }

  a_directory directory;
  std::optional<call_database> db;
};

TEST_F(CallsFound, ComeTheNewestFirst) {
  write({call(1, noon), call(2, noon + 1s), call(3, noon - 1s), call(4, noon)});
  EXPECT_THAT(found({}), ElementsAre(2, 4, 1, 3));
}

TEST_F(CallsFound, AreThoseThatFit) {
  auto other = call(2, noon + 1s), troubled = call(3, noon + 2s), refused = call(4, noon + 3s);
  other.tenant = {"garage"};
  other.agent = {"agent_b"};
  other.variant = "new";
  other.node = "gateway-2";
  other.to = "+15550100003";
  troubled.troubled = model::call_trouble{end_reason::slow_agent, 5s};
  refused.reason = end_reason::tenant_busy;
  refused.metered_seconds = 0;
  refused.from = "+15550100009";
  write({call(1), other, troubled, refused});
  const auto with = [](auto set) {
    call_query query;
    set(query);
    return query;
  };
  struct row {
    const char* what;
    call_query query;
    std::vector<int> numbers;
  };
  for (const auto& [what, query, numbers] : std::vector<row>{
           {"tenant", with([](auto& q) { q.tenant = {"garage"}; }), {2}},
           {"called number",
            with([](auto& q) {
              q.number = {"+15550100002", false};
            }),
            {4, 3, 1}},
           {"caller's number",
            with([](auto& q) {
              q.number = {"+15550100009", false};
            }),
            {4}},
           {"the beginning of one",
            with([](auto& q) {
              q.number = {"+4570", true};
            }),
            {3, 2, 1}},
           {"of either side, once",
            with([](auto& q) {
              q.number = {"+155501", true};
            }),
            {4, 3, 2, 1}},
           {"the end of one",
            with([](auto& q) {
              q.number = {"0009", false, true};
            }),
            {4}},
           {"the end of either side, once",
            with([](auto& q) {
              q.number = {"00002", false, true};
            }),
            {4, 3, 1}},
           {"an end that another has but for its first digit",
            with([](auto& q) {
              q.number = {"900002", false, true};
            }),
            {}},
           {"one without its country",
            with([](auto& q) {
              q.number = {"70000001", false, true};
            }),
            {3, 2, 1}},
           {"one without its country that another has but for its first digit",
            with([](auto& q) {
              q.number = {"80000001", false, true};
            }),
            {}},
           {"from", with([](auto& q) { q.from = noon + 2s; }), {4, 3}},
           {"to", with([](auto& q) { q.to = noon + 2s; }), {2, 1}},
           {"agent", with([](auto& q) { q.agent = {"agent_b"}; }), {2}},
           {"variant", with([](auto& q) { q.variant = "new"; }), {2}},
           {"a variant without a name", with([](auto& q) { q.variant = "agent_a"; }), {4, 3, 1}},
           {"node", with([](auto& q) { q.node = "gateway-2"; }), {2}},
           {"reason", with([](auto& q) { q.reason = end_reason::tenant_busy; }), {4}},
           {"by", with([](auto& q) { q.by = model::caused_by::tenant; }), {4}},
           {"gone wrong: troubled, or ended so", with([](auto& q) { q.troubled = true; }), {4, 3}},
           {"not gone wrong", with([](auto& q) { q.troubled = false; }), {2, 1}},
           {"troubled so", with([](auto& q) { q.troubled = end_reason::slow_agent; }), {3}},
           {"live", with([](auto& q) { q.live = true; }), {}},
           {"tenant and reason",
            with([](auto& q) { q.tenant = {"salon"}, q.reason = end_reason::caller_hung_up; }),
            {3, 1}},
           {"two at once", with([](auto& q) { q.tenant = {"salon"}, q.troubled = false; }), {1}},
           {"a tenant's that went wrong", with([](auto& q) { q.tenant = {"salon"}, q.troubled = true; }), {4, 3}},
           {"another's that went wrong", with([](auto& q) { q.tenant = {"garage"}, q.troubled = true; }), {}},
           {"troubled behind an ordinary end",
            with([](auto& q) { q.reason = end_reason::caller_hung_up, q.troubled = true; }),
            {3}},
       })
    EXPECT_EQ(found(query), numbers) << what;
}

TEST_F(CallsFound, ComeInPartsThatStayWhereTheyAreWhileOthersEnd) {
  for (int n = 1; n <= 20; ++n) write({call(n, noon + std::chrono::seconds{n / 4})});
  call_query query;
  query.limit = 7;
  std::vector<int> all;
  for (auto part = found(query); !part.empty(); part = found(query)) {
    all.insert(all.end(), part.begin(), part.end());
    const auto last = part.back();
    query.after = model::call_place{std::chrono::duration_cast<std::chrono::milliseconds>(
                                        (noon + std::chrono::seconds{last / 4}).time_since_epoch())
                                        .count(),
                                    {sid(last)}};
    write({call(100 + last, noon + 1h)});  // newer
  }
  std::vector<int> expected(20);
  for (int n = 0; n < 20; ++n) expected[static_cast<std::size_t>(n)] = 20 - n;
  EXPECT_EQ(all, expected) << "calls of one second come by their SID";
}

TEST_F(CallsFound, AreFoundByWhatWasSaid) {
  auto haircut = call(1), dentist = call(2, noon + 1s);
  haircut.transcript.push_back({false, "I want a haircut on Tuesday, please.", noon, {}, 0});
  dentist.transcript.push_back({true, "Der Z\xc3\xa4hne wegen: haircut no, two o'clock yes.", noon, {}, 0});
  write({haircut, dentist});
  call_query query;
  for (const auto& [words, numbers] : std::vector<std::pair<const char*, std::vector<int>>>{{"haircut", {2, 1}},
                                                                                            {"HAIRCUT tuesday", {1}},
                                                                                            {"hair*", {2, 1}},
                                                                                            {"\"two o'clock\"", {2}},
                                                                                            {"zahne", {2}},
                                                                                            {"nobody", {}},
                                                                                            {"NOT haircut", {}},
                                                                                            {"text:haircut", {}}}) {
    query.words = words;
    EXPECT_EQ(found(query), numbers) << words;
  }
  query.words = "haircut";
  query.tenant = {"garage"};
  EXPECT_THAT(found(query), IsEmpty()) << "of that tenant";
  query.words = model::word_of(model::facet::tenant, "salon");
  query.tenant.reset();
  EXPECT_THAT(found(query), IsEmpty()) << "whose it is was not said";
}

/// Up to 2,000 whose number begins so they are looked at, up to 5,000 a set, and beyond 10,000 in the order of time.
TEST_F(CallsFound, AreTheSameHoweverManyNumbersBeginSo) {
  auto other = call(3, noon + 2s);
  other.from = "+4970000001";
  write({call(1), call(2, noon + 1s), other, call(4, noon + 3s)});
  call_query query;
  query.number = {"+457", true};
  query.limit = 2;
  EXPECT_THAT(found(query), ElementsAre(4, 2));
  const auto are_those_of_salon = [&] {
    auto filtered = query;
    filtered.tenant = {"salon"};
    EXPECT_THAT(found(filtered), ElementsAre(4, 2));
    filtered.limit = 1;
    EXPECT_THAT(found(filtered), ElementsAre(4));
    filtered.tenant = {"garage"};
    EXPECT_THAT(found(filtered), IsEmpty());
  };
  are_those_of_salon();
  ASSERT_TRUE(db->connection().exec(
      "INSERT INTO calls SELECT 100000 + value, 'older' || value, 'salon', '', '+4570000003', '', '', '', '', '', '',"
      " 0, 0, 0, 0, 0, '', 0"
      " FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 3000) SELECT * FROM n)"));
  EXPECT_THAT(found(query), ElementsAre(4, 2));
  are_those_of_salon();
  ASSERT_TRUE(db->connection().exec(
      "INSERT INTO calls SELECT value, 'old' || value, 'salon', '', '+4570000002', '', '', '', '', '', '', 0, 0, 0, 0, "
      "0, '', 0"
      " FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 20000) SELECT * FROM n)"));
  EXPECT_THAT(found(query), ElementsAre(4, 2));
  are_those_of_salon();
  query.number = {"0001", false, true};
  EXPECT_THAT(found(query), ElementsAre(4, 3)) << "few end so";
  query.number = {"000001", false, true};
  EXPECT_THAT(found(query), ElementsAre(4, 3));
  query.number = {"+49", true};
  EXPECT_THAT(found(query), ElementsAre(3));
  query.number = {"0002", false, true};
  EXPECT_THAT(found(query), ElementsAre(4, 3)) << "many end so, most of them without a record";
}

TEST_F(CallsFound, FollowTheirRecord) {
  write({call(1)});
  journal_batch batch;
  batch.facts.push_back({{sid(1)}, model::call_record::note{noon, "asked for invoices"}});
  batch.facts.push_back(
      {{sid(1)},
       model::call_record::charge{model::call_record::charge::part_type::twilio,
                                  {{8'500, model::us_dollars}, true, model::cost_source::vendor, noon}}});
  ASSERT_TRUE(db->write(batch, noon));
  call_query query;
  query.words = "invoices";
  EXPECT_THAT(found(query), ElementsAre(1));
  const auto used = db->usage_of({{}, noon, noon + 1s, 0, 10}).value();
  ASSERT_EQ(used.rows.size(), 1u);
  EXPECT_EQ(used.rows[0].used, (model::usage_figures{61, 8'500, false, end_reason::caller_hung_up}));
}

TEST_F(CallsFound, AreGoneWithTheirRecord) {
  auto old = call(1, noon - 31 * 24h);
  old.notes.push_back({noon, "old"});
  write({old, call(2)});
  while (db->prune(noon).value().has_more) continue;
  EXPECT_THAT(found({}), ElementsAre(2));
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM calls"), 1);
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM words"), 1);
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM words WHERE words MATCH 'text : old'"), 0);
}

TEST_F(CallsFound, UseWhatTheyUsedPartByPart) {
  auto refused = call(2, noon + 1s);
  refused.reason = end_reason::tenant_busy;
  write({call(1), refused, call(3, noon + 2s), call(4, noon + 1h)});
  std::vector<std::int64_t> seconds;
  call_database::usage_wanted wanted{{{"salon"}}, noon, noon + 1h, 0, 2};
  for (;;) {
    const auto part = db->usage_of(wanted).value();
    for (const auto& one : part.rows) seconds.push_back(one.used.seconds);
    if (part.last == 0) break;
    wanted.behind = part.last;
  }
  EXPECT_THAT(seconds, ElementsAre(61, 0, 61));
  wanted = {{{"garage"}}, noon, noon + 1h, 0, 2};
  EXPECT_THAT(db->usage_of(wanted).value().rows, IsEmpty());
}

/// What a query is made of: each of a kind, of which a query has one at most.
struct filter {
  std::string kind, what;
  std::function<void(call_query&)> set;
};
const std::vector<filter>& filters() {
  static const std::vector<filter> all{
      {"tenant", "salon", [](auto& q) { q.tenant = {"salon"}; }},
      {"tenant", "garage", [](auto& q) { q.tenant = {"garage"}; }},
      {"number", "of most callers",
       [](auto& q) {
         q.number = {"+4570000001", false};
       }},
      {"number", "of few callers",
       [](auto& q) {
         q.number = {"+4570000002", false};
       }},
      {"number", "beginning of most",
       [](auto& q) {
         q.number = {"+457", true};
       }},
      {"number", "beginning of few",
       [](auto& q) {
         q.number = {"+1555010000", true};
       }},
      {"number", "ending of most",
       [](auto& q) {
         q.number = {"0001", false, true};
       }},
      {"number", "ending of few",
       [](auto& q) {
         q.number = {"00002", false, true};
       }},
      {"agent", "agent_a", [](auto& q) { q.agent = {"agent_a"}; }},
      {"agent", "agent_b", [](auto& q) { q.agent = {"agent_b"}; }},
      {"variant", "new", [](auto& q) { q.variant = "new"; }},
      {"variant", "agent_a", [](auto& q) { q.variant = "agent_a"; }},
      {"node", "gateway-1", [](auto& q) { q.node = "gateway-1"; }},
      {"reason", "caller_hung_up", [](auto& q) { q.reason = end_reason::caller_hung_up; }},
      {"reason", "tenant_busy", [](auto& q) { q.reason = end_reason::tenant_busy; }},
      {"reason", "node_lost", [](auto& q) { q.reason = end_reason::node_lost; }},
      {"by", "caller", [](auto& q) { q.by = model::caused_by::caller; }},
      {"by", "tenant", [](auto& q) { q.by = model::caused_by::tenant; }},
      {"troubled", "true", [](auto& q) { q.troubled = true; }},
      {"troubled", "false", [](auto& q) { q.troubled = false; }},
      {"troubled", "slow_agent", [](auto& q) { q.troubled = end_reason::slow_agent; }},
      {"troubled", "agent_lost", [](auto& q) { q.troubled = end_reason::agent_lost; }},
      {"time", "from", [](auto& q) { q.from = noon + 100s; }},
      {"time", "to", [](auto& q) { q.to = noon + 250s; }},
      {"q", "haircut", [](auto& q) { q.words = "haircut"; }},
      {"q", "please", [](auto& q) { q.words = "please"; }}};
  return all;
}

/// 400 calls, of which most have each filter's first value.
std::vector<model::call_record> many_calls() {
  std::mt19937 draw{7};
  const auto seldom = [&draw] { return draw() % 5 == 0; };
  std::vector<model::call_record> all;
  for (int n = 0; n < 400; ++n) {
    auto& one = all.emplace_back(call(n, noon + std::chrono::seconds{n}));
    if (seldom()) one.tenant = {"garage"};
    if (seldom()) one.from = "+4570000002";
    if (seldom()) one.to = "+4570000001";
    if (seldom()) one.from = "+15550100005";
    if (seldom()) one.agent = {"agent_b"};
    if (seldom()) one.variant = "new";
    one.node = seldom() ? "gateway-2" : "gateway-1";
    if (seldom()) one.reason = end_reason::tenant_busy;
    if (seldom()) one.troubled = model::call_trouble{seldom() ? end_reason::agent_lost : end_reason::slow_agent, 5s};
    if (seldom()) continue;
    one.transcript.push_back({false, seldom() ? "a haircut, please" : "Tuesday, please", noon, {}, 0});
  }
  return all;
}

bool says(const model::call_record& record, const std::string& word) {
  return word.empty() || searched_text(record).find(word) != std::string::npos;
}

/// By hand, in the order of lists.
std::vector<int> fitting(const std::vector<model::call_record>& all, const call_query& query) {
  std::vector<int> numbers;
  for (auto at = all.rbegin(); at != all.rend() && numbers.size() < query.limit; ++at) {
    const bool is_behind = !query.after || comes_before(*query.after, place_of(*at));
    if (is_behind && fits(query, *at) && says(*at, query.words)) numbers.push_back(std::stoi(at->call.value.substr(2)));
  }
  return numbers;
}

/// Every two of all filters together, and some with a third.
void for_each_query(const std::function<void(const call_query& query, const std::string& what)>& look) {
  const auto& all = filters();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i; j < all.size(); ++j)
      for (std::size_t k = j; k < all.size(); k += 9) {
        if ((i != j && all[i].kind == all[j].kind) || (k != j && all[k].kind == all[j].kind) ||
            (k != i && all[k].kind == all[i].kind))
          continue;
        call_query query;
        std::string what;
        for (const auto n : {i, j, k}) {
          all[n].set(query);
          what.append(all[n].kind).append("=").append(all[n].what).append(" ");
        }
        look(query, what);
      }
}

TEST_F(CallsFound, AreThoseThatFitByWhicheverIndex) {
  const auto calls = many_calls();
  write(calls);
  const auto all_fit = [&](const std::string& when) {
    for_each_query([&](call_query query, const std::string& what) {
      query.limit = 9;
      EXPECT_EQ(found(query), fitting(calls, query)) << what << when;
      query.after = place_of(calls[150]);
      EXPECT_EQ(found(query), fitting(calls, query)) << what << "behind another, " << when;
    });
  };
  all_fit("listed");
  // As a version left them that knew a call's tenant alone there, and no call without words.
  ASSERT_TRUE(
      db->connection().exec("INSERT INTO unlisted SELECT call_sid FROM records; DELETE FROM words WHERE text = '';"
                            "UPDATE words SET whose = substr(whose, 1, instr(whose, ' ') - 1)"));
  all_fit("to be listed");
  ASSERT_TRUE(db->list_some().value());
  all_fit("in part");
  while (db->list_some().value()) continue;
  all_fit("listed again");
}

/// By whichever of the ends that are no ordinary ones.
TEST_F(CallsFound, HaveGoneWrongByEachEndThatIsNoOrdinaryOne) {
  std::vector<model::call_record> all;
  for (std::size_t i = 0; i < model::end_reason_count; ++i) {
    all.push_back(call(static_cast<int>(i), noon + std::chrono::seconds{i}));
    all.back().reason = static_cast<end_reason>(i);
  }
  write(all);
  for (const bool wrong : {true, false}) {
    call_query query;
    query.troubled = wrong;
    query.limit = call_query::most_limit;
    std::vector<int> expected;
    for (auto i = static_cast<int>(model::end_reason_count) - 1; i >= 0; --i)
      if ((gravity_of(static_cast<end_reason>(i)) != model::gravity::ordinary) == wrong) expected.push_back(i);
    EXPECT_EQ(found(query), expected) << wrong;
    query.tenant = {"salon"};
    EXPECT_EQ(found(query), expected) << wrong << ", a tenant's";
  }
}

TEST_F(CallsFound, EndForNoReasonThatSomebodyElseBringsAbout) {
  write({call(1)});
  call_query query;
  query.reason = end_reason::caller_hung_up;
  query.by = model::caused_by::caller;
  EXPECT_THAT(found(query), ElementsAre(1));
  query.by = model::caused_by::vendor;
  EXPECT_THAT(found(query), IsEmpty());
}

/// What connections that are opened while it is there run, as it was prepared: without values.
class statements_run {
 public:
  statements_run() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&note_connection)); }
  ~statements_run() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&note_connection)); }
  /// Those that read the list.
  static std::vector<std::string>& of_list() {
    static std::vector<std::string> all;
    return all;
  }

 private:
  static int note_connection(sqlite3* db, const char** /*why_not*/, const sqlite3_api_routines* /*api*/) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &note, nullptr);
  }
  static int note(unsigned /*what*/, void* /*mine*/, void* statement, void* /*text*/) {
    const auto* const sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    const std::string_view text{sql != nullptr ? sql : ""};
    const auto is_in = [text](std::string_view part) { return text.find(part) != std::string_view::npos; };
    if (is_in("FROM calls") || is_in("JOIN calls")) of_list().emplace_back(text);
    return 0;
  }
};

std::vector<std::string> plan_of(call_database& db, const std::string& sql) {
  auto rows = db.connection().prepare("EXPLAIN QUERY PLAN " + sql);
  EXPECT_TRUE(rows) << sql;
  std::vector<std::string> steps;
  while (rows && rows->step().value()) steps.emplace_back(rows->text(3));
  return steps;
}

int times_in(std::string_view text, std::string_view part) {
  int times = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

bool reads_all(const std::string& step) {
  const auto* const by_row = "SEARCH calls USING INTEGER PRIMARY KEY (rowid";
  return step.starts_with("SCAN calls") || (step.starts_with(by_row) && !step.ends_with("(rowid=?)"));
}

/// As they are asked for in the product. Who asks for all of a time, or for all that were not troubled, reads from the
/// newest on.
TEST_F(CallsFound, AreReadByAnIndexWhateverTheFilters) {
  const statements_run statements;
  open();
  write(many_calls());
  const auto look = [&](const call_query& query, const std::string& what) {
    statements_run::of_list().clear();
    (void)found(query);
    const auto ran = statements_run::of_list();
    if (query.reason && query.by) return;  // no statement where they do not go together
    EXPECT_FALSE(ran.empty()) << what;
    auto others = query;
    others.from.reset(), others.to.reset(), others.after.reset();
    if (others.troubled == std::variant<bool, end_reason>{false}) others.troubled.reset();
    for (const auto& sql : ran) {
      EXPECT_LE(times_in(sql, "id < ?"), 1) << what << sql << ": it begins at one of them, perhaps the wrong one";
      for (const auto& step : plan_of(*db, sql)) {
        EXPECT_EQ(reads_all(step), others == call_query{} && !step.starts_with("SEARCH records"))
            << what << sql << ": " << step;
        const bool may_sort = query.number && query.number->beginning;
        EXPECT_TRUE(may_sort || step.find("TEMP B-TREE") == std::string::npos) << what << sql << ": " << step;
      }
    }
  };
  look({}, "all");
  for_each_query([&](call_query query, const std::string& what) {
    look(query, what);
    query.after = model::call_place{0, {sid(1)}};
    look(query, what + "behind another ");
  });
}

TEST_F(CallsFound, AreReadByTheirOwnIndexWhereTheyHaveOneFilter) {
  const statements_run statements;
  open();
  write(many_calls());
  const std::map<std::string, std::string> indexes{
      {"tenant", "calls_of_tenant (tenant=?"},    {"agent", "calls_of_agent (agent=?"},
      {"variant", "calls_of_variant (variant=?"}, {"node", "calls_of_node (node=?"},
      {"reason", "calls_by_reason (reason=?"},    {"by", "calls_by_end (ended_by=?"}};
  for (const auto& one : filters()) {
    call_query query;
    one.set(query);
    auto index = indexes.contains(one.kind) ? indexes.at(one.kind) : std::string{};
    if (one.kind == "troubled" && one.what == "agent_lost") index = "calls_in_trouble (troubled=?";
    if (one.kind == "troubled" && one.what == "true") index = "SCAN words VIRTUAL TABLE";
    if (index.empty()) continue;
    statements_run::of_list().clear();
    (void)found(query);
    const bool asks_for_reasons = one.kind == "troubled" && one.what == "true";  // which of the wrong ends are there
    ASSERT_EQ(statements_run::of_list().size(), asks_for_reasons ? 2u : 1u) << one.what;
    EXPECT_THAT(plan_of(*db, statements_run::of_list().back()), testing::Contains(testing::HasSubstr(index)))
        << one.what;
  }
}

/// The full text of such a file has no filters, and nothing says so but its version.
TEST_F(CallsFound, AreThoseInTheFileOfAnOlderGateway) {
  auto other = call(2, noon + 1s);
  other.reason = end_reason::tenant_busy;
  write({call(1), other});
  ASSERT_TRUE(db->connection().exec("UPDATE words SET whose = ''; PRAGMA user_version = 16"));
  call_query query;
  query.tenant = {"salon"};
  query.reason = end_reason::tenant_busy;
  EXPECT_THAT(found(query), ElementsAre(2));
}

/// The file of a version that had no list.
TEST_F(CallsFound, AreListedAfterAnUpgrade) {
  write({call(1), call(2, noon + 1s)});
  auto& file = db->connection();
  ASSERT_TRUE(file.exec(
      "DROP TABLE calls; DROP TABLE words; DROP TABLE unlisted; DROP TABLE retention;"
      "DROP TABLE outbox; DROP TABLE gone; DROP TABLE feed; DROP TABLE node; DROP TABLE asked; DROP TABLE untold;"
      "DROP TABLE unmerged; DROP TABLE held; DROP TABLE aged; DROP TABLE waiting; DROP TABLE changed_days;"
      "DROP TABLE shared_too_long; DROP TABLE aged_out; DROP TABLE aged_out_told;"
      "DROP INDEX records_by_change; DROP INDEX own_by_change; ALTER TABLE records DROP COLUMN changed_ms;"
      "ALTER TABLE records DROP COLUMN rev; ALTER TABLE records DROP COLUMN node;"
      "CREATE INDEX records_of_caller ON records (tenant); PRAGMA user_version = 2"));
  open();
  EXPECT_THAT(found({}), IsEmpty());
  EXPECT_TRUE(db->list_some().value());
  EXPECT_FALSE(db->list_some().value());
  EXPECT_THAT(found({}), ElementsAre(2, 1));
}

}  // namespace
}  // namespace tonris::actors::test
