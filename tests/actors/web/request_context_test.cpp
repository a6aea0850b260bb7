#include "actors/web/request_context.hpp"
#include "actors/web/metrics.hpp"

#include "actors/web/errors.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

TEST(RequestId, IsTheClientsWhereThatIsAPlainWord) {
  const auto id = [](std::string_view given) {
    net::http_request request;
    request.fields.add("x-request-id", given);
    return request_id_of(request);
  };
  for (const std::string given : {"1", "a-B_c.9", "0123456789012345678901234567890123456789012345678901234567890123"})
    EXPECT_EQ(id(given), given);
  for (const std::string given :
       {"", "a b", "a\tb", "\"", "é", "a/b", "01234567890123456789012345678901234567890123456789012345678901234"}) {
    const auto made = id(given);
    EXPECT_THAT(made, testing::MatchesRegex("[0-9a-f]{32}")) << given;
    EXPECT_NE(made, id(given));
  }
}

/// A request whose body a handler reads.
class JsonBody : public FrontTest {
 protected:
  /// What the client is told, and what was read.
  std::pair<answer, std::string> read(const std::string& body) {
    std::string to;
    service->handle = [&](net::http_request request, net::http_responder responder) {
      static constexpr route row{methods::post, "/calls", audience::api_user, web_metrics::endpoint::api, nullptr, 200};
      request_context asked{request, std::move(responder), row};
      asked.request_id = "id-1";
      const bool whole = asked.read_json([&](model::json_fields& fields) {
        to = fields.required_text("to", {1, 10, nullptr, ""});
        (void)fields.flag("record");
      });
      if (whole) asked.answer(json_answer("{}"));
    };
    auto got = exchange("POST /calls HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body);
    return {std::move(got), std::move(to)};
  }
  static std::string refusal(const std::string& message) {
    return R"({"error":{"code":"bad_request","message":")" + message + R"(","details":[{"path":")";
  }
};

TEST_F(JsonBody, IsReadByItsFields) {
  const auto [got, to] = read(R"({"to":"+1555","record":true})");
  EXPECT_EQ(got.status, 200u);
  EXPECT_EQ(to, "+1555");
}

TEST_F(JsonBody, IsRefusedWithAllThatIsWrongWithIt) {
  const std::pair<const char*, const char*> mistaken[] = {
      {R"({})", "to is missing"},
      {R"({"to":7,"record":"x","a\"b":1})",
       R"(to must be a text; record must be true or false; a\"b is not a known key)"},
      {R"([])", "the body must be an object"},
  };
  for (const auto& [body, message] : mistaken) {
    const auto got = read(body).first;
    EXPECT_EQ(got.status, 400u) << body;
    EXPECT_THAT(got.body, testing::StartsWith(refusal(message))) << body;
    EXPECT_THAT(got.head, testing::HasSubstr("X-Request-Id: id-1"));
  }
  EXPECT_THAT(read("{").first.body, testing::HasSubstr("the body is not JSON: "));
  EXPECT_THAT(read("").first.body, testing::HasSubstr("the body is not JSON: "));
  EXPECT_THAT(read(std::string(201, ' ')).first.body,
              testing::StartsWith(refusal("the body must have at most 200 bytes")));
}

}  // namespace
}  // namespace tonris::actors::test
