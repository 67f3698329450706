# One call per module, layer included. The helper refuses, at configure time,
# an edge that points outward (ARCHITECTURE.md, "Three bands").
#
#   launchgate_module(decision
#     LAYER core
#     HEADERS decide.h facts.h
#     SOURCES decide.cc
#     DEPS base evidence             # launchgate modules, part of the interface
#     LIBS tl-expected               # outside libraries, part of the interface
#     PRIVATE_LIBS OpenSSL::Crypto)  # outside libraries only the sources see
#
# Creates the library launchgate_<name> with the alias launchgate::<name>. The modules
# of the operator share precompiled headers (operator/CMakeLists.txt).

set(LAUNCHGATE_LAYERS platform core shell app customer)
# Which layers a layer may depend on.
set(LAUNCHGATE_MAY_USE_platform platform)
set(LAUNCHGATE_MAY_USE_core core)
set(LAUNCHGATE_MAY_USE_shell core platform shell)
set(LAUNCHGATE_MAY_USE_app core platform shell app)
# The services under review and what injects faults into them: nothing of the operator.
set(LAUNCHGATE_MAY_USE_customer platform customer)
# The only edges inside the shell: who sends, and who is told the time.
set(LAUNCHGATE_SHELL_MAY_DEPEND_ON transport clock)

function(launchgate_module name)
  cmake_parse_arguments(M "OWN_PRECOMPILED_HEADERS" "LAYER" "HEADERS;SOURCES;DEPS;LIBS;PRIVATE_LIBS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "launchgate_module(${name}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT M_LAYER IN_LIST LAUNCHGATE_LAYERS)
    message(FATAL_ERROR "launchgate_module(${name}): LAYER must be one of ${LAUNCHGATE_LAYERS}")
  endif()

  if(M_LAYER MATCHES "^(platform|customer)$")
    set(include_root "${PROJECT_SOURCE_DIR}")
  else()
    set(include_root "${PROJECT_SOURCE_DIR}/operator")
  endif()

  set(target launchgate_${name})
  add_library(${target} STATIC)
  add_library(launchgate::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    LAUNCHGATE_LAYER ${M_LAYER}
    VERIFY_INTERFACE_HEADER_SETS ON)
  target_sources(${target}
    PRIVATE ${M_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS "${include_root}" FILES ${M_HEADERS})
  target_include_directories(${target} PUBLIC "${include_root}")
  target_include_directories(${target} SYSTEM PUBLIC
    "${NLOHMANN_JSON_INCLUDE_DIR}" "${EXPECTED_INCLUDE_DIR}")

  foreach(dep IN LISTS M_DEPS)
    if(NOT TARGET launchgate_${dep})
      message(FATAL_ERROR "launchgate_module(${name}): '${dep}' is not defined yet; "
        "modules are listed innermost first, so this edge would point outward")
    endif()
    get_target_property(dep_layer launchgate_${dep} LAUNCHGATE_LAYER)
    if(NOT dep_layer IN_LIST LAUNCHGATE_MAY_USE_${M_LAYER})
      message(FATAL_ERROR "launchgate_module(${name}): ${M_LAYER} must not depend on ${dep_layer} (${dep})")
    endif()
    if(M_LAYER STREQUAL "shell" AND dep_layer STREQUAL "shell"
       AND NOT dep IN_LIST LAUNCHGATE_SHELL_MAY_DEPEND_ON)
      message(FATAL_ERROR "launchgate_module(${name}): shell modules do not depend on each other (${dep})")
    endif()
    target_link_libraries(${target} PUBLIC launchgate_${dep})
  endforeach()
  target_link_libraries(${target} PUBLIC ${M_LIBS} PRIVATE launchgate_options ${M_PRIVATE_LIBS})
  if(M_LAYER MATCHES "^(core|shell|app)$" AND NOT M_OWN_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM launchgate_module_headers)
  endif()
endfunction()

# A test executable. LEVEL is unit, component, contract or fuzz; it becomes the
# ctest label, so that `./dev test unit` selects by level.
#
#   launchgate_test(decision_test LEVEL unit SOURCES decide_test.cc DEPS decision test_support)
function(launchgate_test name)
  cmake_parse_arguments(T "" "LEVEL;TIMEOUT" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  if(LAUNCHGATE_SANITIZERS)
    # Ten years of certificates take 10 s of processor time under AddressSanitizer.
    math(EXPR T_TIMEOUT "${T_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${T_SOURCES})
  list(TRANSFORM T_DEPS PREPEND launchgate_)
  target_link_libraries(${name} PRIVATE ${T_DEPS} ${T_LIBS} GTest::gmock GTest::gtest GTest::gtest_main
    launchgate_options)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/operator")
  target_compile_definitions(${name} PRIVATE
    LAUNCHGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    LAUNCHGATE_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  # A third of a clean build would be reading GoogleTest's headers again.
  target_precompile_headers(${name} REUSE_FROM launchgate_test_headers)
  gtest_discover_tests(${name}
    TEST_PREFIX "${T_LEVEL}."
    NO_PRETTY_VALUES
    DISCOVERY_TIMEOUT 120
    PROPERTIES LABELS "${T_LEVEL}" TIMEOUT ${T_TIMEOUT}
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()
