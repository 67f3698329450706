# One fuzz target: sources that define LLVMFuzzerTestOneInput, and the corpus folder
# tests/fuzz/corpus/<name>. Under clang with LAUNCHGATE_SANITIZERS=fuzzer-no-link,...
# (preset fuzz) it is linked with libFuzzer and searches for new inputs; under any
# other build it replays the corpus, as a test with the ctest label fuzz.
#
#   launchgate_fuzz(fuzz_template_hash SOURCES template_hash.cc DEPS decision json)
function(launchgate_fuzz name)
  cmake_parse_arguments(F "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  if(NOT IS_DIRECTORY "${corpus}")
    message(FATAL_ERROR "launchgate_fuzz(${name}): there is no corpus ${corpus}")
  endif()
  add_executable(${name} ${F_SOURCES})
  list(TRANSFORM F_DEPS PREPEND launchgate_)
  target_link_libraries(${name} PRIVATE ${F_DEPS} ${F_LIBS} launchgate_options)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/operator")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/fuzz")

  if("${LAUNCHGATE_SANITIZERS}" MATCHES "fuzzer-no-link")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz.${name} COMMAND ${name} -runs=0 "${corpus}")
  else()
    if(NOT TARGET launchgate_fuzz_replay)
      add_library(launchgate_fuzz_replay OBJECT "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
      target_link_libraries(launchgate_fuzz_replay PRIVATE launchgate_options)
    endif()
    target_link_libraries(${name} PRIVATE launchgate_fuzz_replay)
    add_test(NAME fuzz.${name} COMMAND ${name} "${corpus}")
  endif()
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)  # All of them: what ./dev fuzz builds.
  endif()
  add_dependencies(fuzz_targets ${name})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
endfunction()
