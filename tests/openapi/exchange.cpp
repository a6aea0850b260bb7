#include "tests/openapi/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "tests/openapi/openapi_file.hpp"

namespace tonris::test {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";

/// Cuts what is before the mark from `text`, and the mark.
std::string_view before(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto found = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return found;
}

/// How many segments of a path are a pattern's own words; -1: it is no such path.
int likeness(std::string_view pattern, std::string_view path) {
  int alike = 0;
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = before(pattern, '/'), segment = before(path, '/');
    if (wanted == segment)
      ++alike;
    else if (!wanted.starts_with('{') || segment.empty())
      return -1;
  }
  return pattern.empty() && path.empty() ? alike : -1;
}

const openapi_file::operation* operation_of(const openapi_file& file, std::string_view request) {
  auto line = request.substr(0, request.find("\r\n"));
  const auto method = before(line, ' ');
  auto target = before(line, ' ');
  const auto path = before(target, '?');
  const openapi_file::operation* best = nullptr;
  for (const auto& one : file.operations()) {
    if (one.method != method || likeness(one.path, path) < 0) continue;
    if (best == nullptr || likeness(one.path, path) > likeness(best->path, path)) best = &one;
  }
  return best;
}

unsigned status_of(std::string_view head) {
  before(head, ' ');
  const auto text = before(head, ' ');
  unsigned status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

/// As many of its bytes as its head says, or as chunks up to the one that ends it.
bool is_whole(std::string_view head, std::string_view body) {
  if (header_in(head, "Transfer-Encoding") == "chunked") return body.ends_with("\r\n0\r\n\r\n") || body == "0\r\n\r\n";
  const auto length = header_in(head, "Content-Length");
  return length.empty() ? body.empty() : length == std::to_string(body.size());
}

/// What the file's description adds to an operation's own answers; "": nothing of that status.
std::string_view beside_its_own(unsigned status) {
  switch (status) {
    case 404: return "NothingHere";
    case 405: return "MethodNotAllowed";
    case 400:
    case 408:
    case 413:
    case 417:
    case 431:
    case 501:
    case 505: return "BrokenRequest";
    default: return {};
  }
}

}  // namespace

std::string objection_to_exchange(std::string_view request, std::string_view answer) {
  static const openapi_file file;
  static std::mutex one_at_a_time;  // its schemas are made ready where they are first asked for
  const auto end = answer.find(head_end);
  const auto* const op = operation_of(file, request);
  if (op == nullptr || end == std::string_view::npos) return {};
  const auto head = answer.substr(0, end + 2);
  const auto body = answer.substr(end + head_end.size());
  const bool events = header_in(head, "Content-Type") == "text/event-stream";
  if (!events && op->method != "HEAD" && !is_whole(head, body)) return {};
  const std::lock_guard lock{one_at_a_time};
  const openapi_file::answer got{status_of(head), head, body};
  auto why = file.objection(*op, got);
  if (const auto name = beside_its_own(got.status); !why.empty() && !name.empty()) {
    const auto& says = file.document()["components"]["responses"][std::string{name}.c_str()];
    if (file.objection_to_response(says, got, true).empty()) return {};
  }
  return why.empty() ? why : op->name() + ": " + why;
}

}  // namespace tonris::test
