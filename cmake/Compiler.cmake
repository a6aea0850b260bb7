# Flags every target of ours is built with, and the build's own speed-ups.
add_library(tonris_flags INTERFACE)
target_include_directories(tonris_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tonris_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -Wswitch-enum)
option(TONRIS_WERROR "Warnings are errors, as our presets have it" OFF)
if(TONRIS_WERROR)
  target_compile_options(tonris_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: at -O2 and above, "text" + std::string warns of impossible overlaps and sizes inside libstdc++.
  target_compile_options(tonris_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()

if(TONRIS_SANITIZE)
  # -fno-sanitize=null: CAF 0.17's init_fun_factory.hpp binds a reference to null on every functor spawn.
  add_compile_options(-fsanitize=${TONRIS_SANITIZE} -fno-sanitize=null -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=${TONRIS_SANITIZE})
  if(NOT TONRIS_SANITIZE STREQUAL "thread")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports uninitialised values it only sees through the sanitizers' own code.
    add_compile_options(-Wno-maybe-uninitialized)
    # Standard C++ fences are unknown to GCC's tsan; Asio uses one.
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(TONRIS_LIBFUZZER)
  # The code under test reports what it reached; libFuzzer's own main is linked to the targets only.
  add_compile_options(-fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options(-fpch-preprocess)
endif()
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=gold TONRIS_GOLD)
if(TONRIS_GOLD)
  add_link_options(-fuse-ld=gold)
endif()
