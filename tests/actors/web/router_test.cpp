#include "actors/web/router.hpp"
#include "actors/web/metrics.hpp"

#include <array>

namespace tonris::actors::test {
namespace {

constexpr auto get = methods::get, put = methods::put, remove = methods::remove;

void nothing(http_front&, request_context&) {}

constexpr std::array table{
    route{get, "/calls/{call}", audience::api_user, web_metrics::endpoint::api, nothing, 1},
    route{get, "/calls/{call}/events", audience::api_user, web_metrics::endpoint::api, nothing, 2},
    route{put, "/calls/{call}", audience::api_user, web_metrics::endpoint::api, nothing, 3},
    route{methods::websocket, "/stream/{ticket...}", audience::twilio, web_metrics::endpoint::media_stream, nothing, 4},
    route{get | remove, "/calls/{call...}", audience::api_user, web_metrics::endpoint::api, nothing, 5},
    route{get, "/health", audience::anybody, web_metrics::endpoint::other, nothing, 6},
};

net::http_request request(std::string method, std::string target, bool upgrade = false) {
  net::http_request made;
  made.method = std::move(method);
  made.target = std::move(target);
  if (upgrade)
    for (const auto& [name, value] : {std::pair{"Host", "x"},
                                      {"Connection", "Upgrade"},
                                      {"Upgrade", "websocket"},
                                      {"Sec-WebSocket-Version", "13"},
                                      {"Sec-WebSocket-Key", "AAECAwQFBgcICQoLDA0ODw=="}})
      made.fields.add(name, value);
  return made;
}

TEST(Router, FindsTheRowOfAPathAndAMethod) {
  const struct {
    const char *method, *target;
    std::size_t row;  // by its limit; 0: nothing is there
    bool allowed = true;
    const char* allow = "";
    bool upgrade = false;
  } cases[] = {
      {"GET", "/calls/CA1", 1, true, "GET, PUT"},
      {"GET", "/calls/CA1?a=/b", 1, true, "GET, PUT"},
      {"PUT", "/calls/CA1", 3, true, "GET, PUT"},
      {"DELETE", "/calls/CA1", 1, false, "GET, PUT"},
      {"GET", "/calls/CA1/events", 2, true, "GET"},
      {"PUT", "/calls/CA1/events", 2, false, "GET"},
      {"DELETE", "/calls/CA1/more", 5, true, "GET, DELETE"},
      {"GET", "/stream/t", 4, false, ""},
      {"GET", "/stream/t", 4, true, "", true},
      {"POST", "/stream/t", 4, false, "", true},
      {"GET", "/", 0},
      {"GET", "", 0},
      {"GET", "*", 0},
  };
  for (const auto& one : cases) {
    const auto asked = request(one.method, one.target, one.upgrade);
    const auto found = find_route(table, door::everyone, asked);
    ASSERT_EQ(found.to != nullptr, one.row != 0) << one.target;
    if (!found.to) continue;
    EXPECT_EQ(found.to->max_body_bytes, one.row) << one.method << ' ' << one.target;
    EXPECT_EQ(found.method_allowed, one.allowed) << one.method << ' ' << one.target;
    EXPECT_EQ(found.allowed.allow(), one.allow) << one.target;
  }
  const auto asked = request("PUT", "/calls/CA1");
  EXPECT_EQ(find_route(table, door::everyone, asked).parameters["call"], "CA1");
}

TEST(Router, ServesAtEachDoorThoseWhoUseIt) {
  const struct {
    audience whom;
    bool everyone, twilio_only, operators_alone;
  } rows[] = {
      {audience::anybody, true, true, true},     {audience::metrics_reader, true, false, true},
      {audience::api_user, true, false, true},   {audience::twilio, true, true, false},
      {audience::elevenlabs, true, true, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(serves(door::everyone, row.whom), row.everyone);
    EXPECT_EQ(serves(door::twilio_only, row.whom), row.twilio_only);
    EXPECT_EQ(serves(door::operators_alone, row.whom), row.operators_alone);
  }
  EXPECT_EQ(find_route(table, door::twilio_only, request("GET", "/calls/CA1")).to, nullptr);
  EXPECT_EQ(find_route(table, door::operators_alone, request("GET", "/stream/t", true)).to, nullptr);
}

}  // namespace
}  // namespace tonris::actors::test
