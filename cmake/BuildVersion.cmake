# Which build this is: the project's version and, where the source is a git work tree of its own, the commit behind it,
# with ".dirty" where tracked files differ from it: "0.1.0+782319e5a1b2". One small C++ unit has it. It is looked at
# before each build and written only when it is another: a commit compiles that unit anew and links, no more.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(tonris_build_version_script ${CMAKE_CURRENT_LIST_FILE})
  function(tonris_build_version unit)
    add_custom_target(tonris_build_version
      COMMAND ${CMAKE_COMMAND} -D source=${PROJECT_SOURCE_DIR} -D version=${PROJECT_VERSION} -D unit=${unit}
              -P ${tonris_build_version_script}
      BYPRODUCTS ${unit} COMMENT "Looking which build this is" VERBATIM)
  endfunction()
  return()
endif()

# As cmake -P, told source, version and unit.
function(ask_git answer)
  execute_process(COMMAND ${GIT_EXECUTABLE} --no-optional-locks -C ${source} ${ARGN}
    OUTPUT_VARIABLE said RESULT_VARIABLE status ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    set(said "")
  endif()
  set(${answer} "${said}" PARENT_SCOPE)
endfunction()

find_package(Git QUIET)
set(build ${version})
if(GIT_EXECUTABLE)
  ask_git(top rev-parse --show-toplevel)
  file(REAL_PATH ${source} here)
  if(top STREQUAL here)  # and not a copy within another repository
    ask_git(commit rev-parse --short=12 HEAD)
    ask_git(changes status --porcelain --untracked-files=no)
  endif()
endif()
if(commit)
  string(APPEND build "+${commit}")
  if(changes)
    string(APPEND build ".dirty")
  endif()
endif()
file(CONFIGURE OUTPUT ${unit} @ONLY CONTENT [[
#include "config/settings.hpp"

namespace tonris::config {

std::string_view version() noexcept {
  return "@build@";
}

}  // namespace tonris::config
]])
