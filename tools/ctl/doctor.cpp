#include "tools/ctl/doctor.hpp"

#include <array>
#include <exception>
#include <future>
#include <iterator>
#include <vector>

#include "model/doctor/report.hpp"
#include "tools/ctl/doctor_areas.hpp"

namespace tonris::ctl {

namespace {

using model::doctor::area;

struct look {
  area of;
  findings (*at)(const patient& p, const remaining_time& time);
};
constexpr std::array all_looks{look{area::settings, look_at_settings},
                               look{area::gateway, look_at_gateway},
                               look{area::public_address, look_at_public_address},
                               look{area::certificate, look_at_certificate},
                               look{area::twilio, look_at_twilio},
                               look{area::elevenlabs, look_at_elevenlabs},
                               look{area::redis, look_at_redis},
                               look{area::machine, look_at_machine}};

findings look_at(const look& one, const patient& p, std::chrono::milliseconds within) {
  try {
    return one.at(p, remaining_time{within});
  } catch (const std::exception& fault) {
    return {model::doctor::not_looked_at(one.of, "this area", fault.what())};
  }
}

}  // namespace

findings examine(const patient& p, std::chrono::milliseconds each) {
  std::vector<std::future<findings>> looks;
  looks.reserve(all_looks.size());
  for (const auto& one : all_looks)
    looks.push_back(std::async(std::launch::async, [&one, &p, each] { return look_at(one, p, each); }));
  findings all;
  for (auto& one : looks) {
    auto found = one.get();
    all.insert(all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  sort(all);
  return all;
}

}  // namespace tonris::ctl
