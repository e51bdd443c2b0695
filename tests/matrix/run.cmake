# Builds heapcore and its golden tests with one compiler and one level of optimisation in a folder of its own,
# runs them and throws the folder away.
# -DSOURCE=... of the project, -DFOLDER=... to work in, -DGENERATOR=..., -DCOMPILER=..., -DLEVEL=-O3
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${FOLDER}" -G "${GENERATOR}" -DTRICOLOUR_GUI=OFF -DTRICOLOUR_TESTS=ON
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=${LEVEL}" "-DCMAKE_CXX_COMPILER=${COMPILER}")
run("${CMAKE_COMMAND}" --build "${FOLDER}" --target golden_tests)
run("${FOLDER}/golden_tests")
file(REMOVE_RECURSE "${FOLDER}")
