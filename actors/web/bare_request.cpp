#include "actors/web/bare_request.hpp"

#include "actors/web/errors.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/fields.hpp"
#include "model/text/form.hpp"

namespace tonris::actors {

bool has_no_query(request_context& asked) {
  const auto fields = model::parse_form(asked.request.query());
  if (fields && fields->empty()) return true;
  if (!fields) {
    asked.answer(error_answer(error_code::bad_request, "the query cannot be read"));
    return false;
  }
  model::json_mistakes mistakes;
  for (const auto& [name, value] : *fields)
    note(mistakes, model::path_below("", name), "is not known: no parameter is taken here");
  asked.answer(mistakes_answer(error_code::bad_request, mistakes));
  return false;
}

bool has_no_body(request_context& asked) {
  return asked.request.body.empty() || asked.read_json([](model::json_fields&) {});
}

}  // namespace tonris::actors
