# A test that needs a control plane: a Bash script, run with what
# `./dev control-plane env` exports and with LAUNCHGATE_BINARY (if the target
# launchgate exists) and LAUNCHGATE_SOURCE_DIR. Its ctest label is e2e.
#
#   launchgate_e2e_test(rollout SCRIPT rollout_test.sh TIMEOUT 120)
#
# The script sources tests/e2e/support.sh. Without a control plane it skips itself
# (exit code 77), under `./dev test` it fails instead. SERIAL: nothing runs beside
# it. A C++ test at this level is launchgate_test(... LEVEL e2e).
function(launchgate_e2e_test name)
  cmake_parse_arguments(E "SERIAL" "SCRIPT;TIMEOUT" "ARGS" ${ARGN})
  if(NOT E_TIMEOUT)
    set(E_TIMEOUT 120)
  endif()
  set(environment "LAUNCHGATE_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
  if(TARGET launchgate)
    list(APPEND environment "LAUNCHGATE_BINARY=$<TARGET_FILE:launchgate>")
  endif()
  add_test(NAME e2e.${name} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/${E_SCRIPT}" ${E_ARGS})
  set_tests_properties(e2e.${name} PROPERTIES
    LABELS e2e
    TIMEOUT ${E_TIMEOUT}
    SKIP_RETURN_CODE 77
    RUN_SERIAL ${E_SERIAL}
    ENVIRONMENT "${environment}")
endfunction()
