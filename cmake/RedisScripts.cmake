# Writes each script of a folder with its SHA-1 into one C++ unit: what the gateway runs at Redis is part of it. Made
# when a build is configured, and again when a script has changed.
function(tonris_embed_redis_scripts folder unit)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.lua)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${scripts})
  set(constants "")
  set(names "")
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    file(READ ${script} text)
    file(SHA1 ${script} sha1)
    string(APPEND constants "const redis_script ${name}{\"${name}\", R\"lua(${text})lua\", \"${sha1}\"};\n\n")
    string(APPEND names "${name}, ")
  endforeach()
  file(CONFIGURE OUTPUT ${unit} @ONLY CONTENT [[
#include "config/redis_scripts.hpp"

namespace tonris::config::redis_scripts {

@constants@
std::span<const redis_script> all() {
  static const redis_script scripts[] = {@names@};
  return scripts;
}

}  // namespace tonris::config::redis_scripts
]])
endfunction()
