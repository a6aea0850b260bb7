#include "model/phone/cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

struct row {
  std::string_view number;
  number_cost cost;
};

TEST(NumberCost, IsThatOfItsBeginningAndOfItsKind) {
  using enum number_cost;
  for (const auto& [number, cost] : {
           row{"+14155550100", ordinary},
           row{"+15551234567", ordinary},
           row{"+4570123456", ordinary},
           row{"+18005551212", ordinary},
           row{"+390899123456", ordinary},
           row{"+19005551234", premium},
           row{"+19765551234", premium},
           row{"+12129765551", premium},
           row{"+121297655519", premium},
           row{"+459012345678", premium},
           row{"+979123456789", premium},
           row{"+8781012345678", premium},
           row{"+448712345678", premium},
           row{"+449098790000", premium},
           row{"+4590123456", premium},
           row{"+33892123456", premium},
           row{"+447012345678", premium},
           row{"+881612345678", satellite},
           row{"+882161234567", satellite},
           row{"+883510012345678", satellite},
           row{"+870773111632", satellite},
           row{"+873612345678", satellite},
           row{"+80812345678", shared_cost},
           row{"+491805123456", shared_cost},
           row{"+33810123456", shared_cost},
           // as an agent that was talked into it may write them
           row{"+440871234567", ordinary},
           row{"+4408712345678", premium},
           row{"+119005551234", premium},
       })
    EXPECT_EQ(to_string(cost_of(number)), to_string(cost)) << number;
}

TEST(DialledNumber, IsWhatSomebodyWroteInE164) {
  struct written {
    std::string_view text, home, dialled;  // "": none
  };
  for (const auto& [text, home, dialled] : {
           written{"+1 (415) 555-0100", "+4570123456", "+14155550100"},
           written{"(415) 555-0100", "+14155550123", "+14155550100"},
           written{"415.555.0100", "+15551234567", "+14155550100"},
           written{"70 12 34 56", "+4570999999", "+4570123456"},
           written{"00 45 70 12 34 56", "+4570999999", "+4570123456"},
           written{"011 45 70 12 34 56", "+14155550123", "+4570123456"},
           written{"020 7946 0018", "+442079460000", "+442079460018"},
           written{"+44 (0)20 7946 0018", "+14155550123", "+442079460018"},
           written{"+4402079460018", "+14155550123", "+442079460018"},
           written{"+15551234567", "", "+15551234567"},
           written{"555-0100", "+14155550123", ""},
           written{"911", "+14155550123", ""},
           written{"112", "+4570123456", ""},
           written{"4155550100", "", ""},
           written{"+0019005551234", "+14155550123", ""},
           written{"+1 415 555 0100 ext. 7", "+14155550123", ""},
           written{"sip:+14155550100@evil.example", "+14155550123", ""},
           written{"the manager", "+14155550123", ""},
           written{"", "+14155550123", ""},
       })
    EXPECT_EQ(dialled_number(text, home).value_or(""), dialled) << text << " at " << home;
}

}  // namespace
}  // namespace tonris::model
