# Installs heapcore into a folder of its own, configures and builds the example against it and runs it.
# -DBUILD=... of the project, -DSOURCE=..., -DFOLDER=... to work in, -DGENERATOR=..., -DCOMPILER=..., -DCONFIG=...
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --component heapcore --prefix "${FOLDER}/installed")
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${FOLDER}/build" -G "${GENERATOR}" "-DCMAKE_BUILD_TYPE=${CONFIG}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${FOLDER}/installed")
run("${CMAKE_COMMAND}" --build "${FOLDER}/build" --config "${CONFIG}")
run("${FOLDER}/build/example")
