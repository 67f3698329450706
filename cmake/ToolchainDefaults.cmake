# Language level, warnings, sanitizers and hardening, as one interface target
# that every module links: launchgate_options. No global flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug CACHE STRING "Build type" FORCE)
endif()

find_program(LAUNCHGATE_CCACHE ccache)
if(LAUNCHGATE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LAUNCHGATE_CCACHE}")
endif()

add_library(launchgate_options INTERFACE)

target_compile_options(launchgate_options INTERFACE
  -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough
  -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror=format-security
  $<$<BOOL:${LAUNCHGATE_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(launchgate_options INTERFACE -Wtrampolines -Wbidi-chars=any)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Otherwise ccache would take every precompiled header for another one.
  target_compile_options(launchgate_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
target_compile_definitions(launchgate_options INTERFACE _GLIBCXX_ASSERTIONS)

# The mold linker turns a 20 s incremental build into a 5 s one where installed.
find_program(LAUNCHGATE_MOLD mold)
if(LAUNCHGATE_MOLD AND CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang)$" AND NOT LAUNCHGATE_HARDENING)
  target_link_options(launchgate_options INTERFACE -fuse-ld=mold)
endif()

if(LAUNCHGATE_SANITIZERS)
  set(sanitize -fsanitize=${LAUNCHGATE_SANITIZERS} -fno-sanitize-recover=all
      -fno-omit-frame-pointer -fno-optimize-sibling-calls)
  target_compile_options(launchgate_options INTERFACE ${sanitize})
  target_link_options(launchgate_options INTERFACE ${sanitize})
  # Instrumented code hides from g++ that something is set (as its manual says): it
  # complains about libstdc++'s own std::stop_source.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(launchgate_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(LAUNCHGATE_SANITIZERS MATCHES "thread")
    # ThreadSanitizer does not understand fences (g++ refuses them with -Werror);
    # Asio's only repeat what its locks already say.
    target_compile_definitions(launchgate_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

# OpenSSF Compiler Options Hardening Guide, 2026-06-30. FORTIFY needs an
# optimised build and cannot be combined with sanitizers.
if(LAUNCHGATE_HARDENING)
  target_compile_options(launchgate_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong
    -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow
    -fno-strict-aliasing -fvisibility=hidden)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(launchgate_options INTERFACE -fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    target_compile_options(launchgate_options INTERFACE -mbranch-protection=standard)
  endif()
  target_link_options(launchgate_options INTERFACE
    -pie -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,-z,separate-code
    -Wl,--as-needed -Wl,--no-copy-dt-needed-entries)
endif()
